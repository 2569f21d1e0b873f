//! What daily tables keep of an event's properties: by which of them it is counted, and which are added up.

use std::sync::Arc;

use super::{PropertySpec, PropertyType};

/// What is kept of one event's properties.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// By which it is counted. Numbers, lists and maps have too many values, or several at once, and are left out.
    pub dimensions: Vec<Dimension>,
    /// Which are added up.
    pub sums: Vec<Sum>,
}

/// A property by whose values events are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// The property's name.
    pub name: Arc<str>,
    /// Whose words its values are.
    pub words: Words,
}

/// Whose words the values of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Words {
    /// The catalog's: `bool` and `enum`.
    Listed,
    /// Numbers with dots: `version`.
    Version,
    /// Senders': `token`, `hash`, `domain` and `path_template`.
    Open,
}

impl Words {
    /// Of a type by whose values one can count.
    fn of(kind: &PropertyType) -> Option<Self> {
        match kind {
            PropertyType::Bool | PropertyType::Enum { .. } => Some(Self::Listed),
            PropertyType::Version => Some(Self::Version),
            PropertyType::Token { .. }
            | PropertyType::Hash { .. }
            | PropertyType::Domain
            | PropertyType::PathTemplate { .. } => Some(Self::Open),
            PropertyType::Int { .. }
            | PropertyType::Number { .. }
            | PropertyType::List { .. }
            | PropertyType::Map { .. } => None,
        }
    }
}

/// A property whose values are added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The property's name.
    pub name: Arc<str>,
    /// Whether it is a duration: a number of milliseconds.
    pub is_duration: bool,
}

impl Kept {
    /// What an event with these properties keeps, given the names of its dimensions and sums.
    pub(super) fn of(
        dimensions: &[Arc<str>],
        sums: &[Arc<str>],
        properties: &[PropertySpec],
    ) -> Self {
        let find = |name: &Arc<str>| properties.iter().find(|property| property.name == *name);
        let dimension = |property: &PropertySpec| {
            Words::of(&property.kind).map(|words| Dimension {
                name: Arc::clone(&property.name),
                words,
            })
        };
        let sum = |property: &PropertySpec| {
            let is_number = matches!(
                property.kind,
                PropertyType::Int { .. } | PropertyType::Number { .. }
            );
            is_number.then(|| Sum {
                name: Arc::clone(&property.name),
                is_duration: property.kind.is_duration(),
            })
        };
        Self {
            dimensions: dimensions
                .iter()
                .filter_map(|name| find(name).and_then(dimension))
                .collect(),
            sums: sums
                .iter()
                .filter_map(|name| find(name).and_then(sum))
                .collect(),
        }
    }
}
