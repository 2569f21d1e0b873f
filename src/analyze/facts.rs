//! What a parsed file says: a script, a style sheet, or a component with both.

use super::css::Style;
use super::parse::{Component, Script};

/// What a parsed file says.
#[derive(Debug)]
pub(super) enum Facts {
    /// A script.
    Script(Box<Script>),
    /// A style sheet.
    Style(Style),
    /// A single-file component, with scripts and styles.
    Component(Box<Component>),
}

impl Facts {
    /// What its scripts say.
    pub(super) fn script(&self) -> Option<&Script> {
        match self {
            Self::Script(script) => Some(script),
            Self::Component(component) => Some(&component.script),
            Self::Style(_) => None,
        }
    }

    /// What its styles say.
    pub(super) fn styles(&self) -> &[Style] {
        match self {
            Self::Script(_) => &[],
            Self::Component(component) => &component.styles,
            Self::Style(style) => std::slice::from_ref(style),
        }
    }
}
