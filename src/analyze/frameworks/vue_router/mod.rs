//! Vue Router: routes written as objects, or found among files.

mod pattern;

pub(super) use pattern::pattern;
