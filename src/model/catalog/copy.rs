//! Copies of a catalog that share no counted text with it, for threads that would else wait for each other's counts.

use std::sync::Arc;

use super::{Catalog, PropertyType};

impl Catalog {
    /// A copy whose events, properties, sources and enum values have texts of their own: what events are made of when they are
    /// read. All else is shared.
    pub(in crate::model) fn apart(&self) -> Self {
        let mut copy = self.clone();
        apart(&mut copy.id);
        copy.sources.iter_mut().for_each(apart);
        for event in &mut copy.events {
            apart(&mut event.name);
            for property in &mut event.properties {
                apart(&mut property.name);
                values_apart(&mut property.kind);
            }
        }
        copy
    }
}

fn apart(text: &mut Arc<str>) {
    *text = Arc::from(&**text);
}

fn values_apart(kind: &mut PropertyType) {
    match kind {
        PropertyType::Enum { values } => {
            for value in values {
                apart(&mut value.text);
            }
        }
        PropertyType::List { of, .. } | PropertyType::Map { of, .. } => values_apart(of),
        _ => {}
    }
}
