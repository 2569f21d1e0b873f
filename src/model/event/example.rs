//! Examples of events, made from the catalog alone: what a person is shown before saying yes, and what an operator's check sends.

use super::raw::RawValue;
use crate::model::catalog::{EventSpec, PropertySpec, PropertyType};

/// The properties of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Every property that the source may send, if its type is closed or it must be there.
    Whole,
    /// Only what must be there.
    Required,
}

/// The properties of an example of `spec` from `source`.
pub fn example_properties<'a>(
    spec: &'a EventSpec,
    source: &'a str,
    filling: Filling,
) -> RawValue<'a> {
    let wanted = |property: &&PropertySpec| match filling {
        Filling::Whole => property.required || property.kind.is_closed(),
        Filling::Required => property.required,
    };
    let properties = spec.properties_of(source).filter(wanted);
    RawValue::Map(
        properties
            .filter_map(|property| Some(((*property.name).into(), example_value(&property.kind)?)))
            .collect(),
    )
}

/// Some value of a type.
fn example_value(kind: &PropertyType) -> Option<RawValue<'_>> {
    Some(match kind {
        PropertyType::Bool => RawValue::Bool(true),
        PropertyType::Int { min, max, .. } => RawValue::Int((*min).max(42.min(*max))),
        PropertyType::Number { min, max, .. } => RawValue::Float(min.max(0.5_f64.min(*max))),
        PropertyType::Enum { values } => RawValue::Text((**values.first()?).into()),
        PropertyType::Version => RawValue::Text(env!("CARGO_PKG_VERSION").into()),
        PropertyType::Token { .. } => RawValue::Text("example".into()),
        PropertyType::Domain => RawValue::Text("example.com".into()),
        PropertyType::PathTemplate { .. } => RawValue::Text("/".into()),
        PropertyType::Hash { length } => RawValue::Text("a".repeat(*length).into()),
        PropertyType::List { .. } => RawValue::List(Vec::new()),
        PropertyType::Map { .. } => RawValue::Map(Vec::new()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::Catalog;
    use crate::model::event::{Admission, RawEvent, Validator};

    #[test]
    fn an_example_of_every_event_is_admitted_as_it_is() {
        let catalog = Catalog::decantr();
        let validator = Validator::new(catalog.clone(), [0; 32], 90);
        let admission = Admission {
            now: "2026-11-20T05:00:00Z".parse().unwrap(),
            has_key: true,
        };
        let events = catalog.events.iter();
        for (spec, source) in events.flat_map(|spec| spec.sources.iter().map(move |s| (spec, s))) {
            let judged = |filling| {
                let context = vec![("source".into(), (**source).into())];
                let event = RawEvent {
                    name: Some((*spec.name).into()),
                    context: Some(context.into()),
                    properties: Some(example_properties(spec, source, filling)),
                    is_object: true,
                    ..RawEvent::default()
                };
                let judged = validator.normalise(&event, admission);
                judged.unwrap_or_else(|error| panic!("{}: {error}", spec.name))
            };
            let strips = judged(Filling::Required).strips;
            assert!(strips.is_empty(), "{}: {strips:?}", spec.name);
            assert!(!judged(Filling::Whole).event.properties.is_empty());
        }
    }
}
