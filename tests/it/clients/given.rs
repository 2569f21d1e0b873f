//! Events to give to clients: one after the other of those that a catalog takes from anybody, each with a number of its own.

use decantr::model::catalog::{Catalog, EventSpec, PropertyType};
use serde_json::{Map, Value, json};

/// Events to begin with; the numbers of a run are higher than what values of a catalog's lists could be.
const FIRST: i64 = 1_000;

/// An event, before a client has it.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) name: String,
    pub(super) source: String,
    /// Its number, which is also in one of its properties.
    pub(super) number: i64,
    /// All that the catalog has of it; stored as it is.
    pub(super) properties: Map<String, Value>,
}

impl Given {
    /// The properties with others that the catalog does not have, odd ones among them, and the number as `n`.
    pub(super) fn with_others(&self) -> Value {
        let mut properties = self.properties.clone();
        properties.insert("n".to_owned(), self.number.into());
        properties.insert("note \"ü\" \u{1f980}".to_owned(), "two\nlines\t\\".into());
        properties.insert(
            "deep".to_owned(),
            json!({ "a": [1, { "b": null }], "": [[]] }),
        );
        properties.insert("$lib_custom".to_owned(), false.into());
        properties.into()
    }
}

/// So many events of this catalog. Which event is known by its number, so names without a number to set are left out.
pub(super) fn some(catalog: &Catalog, count: usize, is_wanted: fn(&str) -> bool) -> Vec<Given> {
    let specs = catalog.events.iter();
    let specs: Vec<(&EventSpec, &str)> = specs
        .filter(|spec| spec.public_ingest && is_wanted(&spec.name))
        .filter_map(|spec| Some((spec, numbered(spec)?)))
        .collect();
    assert!(specs.len() > 3, "{} events", specs.len());
    let event = |(at, (spec, numbered)): (usize, &(&EventSpec, &str))| {
        let source = spec.sources.first().unwrap().to_string();
        let number = FIRST + i64::try_from(at).unwrap();
        let mut properties = whole(spec, &source);
        properties.insert((*numbered).to_owned(), number.into());
        Given {
            name: spec.name.to_string(),
            source,
            number,
            properties,
        }
    };
    let events = specs.iter().cycle().take(count).enumerate();
    events.map(event).collect()
}

/// The property of an event that takes the number.
fn numbered(spec: &EventSpec) -> Option<&str> {
    let is_wide = |kind: &PropertyType| matches!(kind, PropertyType::Int { min, max, .. } if *min <= FIRST && *max >= 2 * FIRST);
    let property = spec.properties.iter().find(|p| is_wide(&p.kind));
    property.map(|property| &*property.name)
}

/// Every property of an event that this source may send, with some value of its type.
pub(super) fn whole(spec: &EventSpec, source: &str) -> Map<String, Value> {
    let properties = spec.properties_of(source);
    properties
        .filter(|property| !property.public_only)
        .map(|property| (property.name.to_string(), value(&property.kind)))
        .collect()
}

fn value(kind: &PropertyType) -> Value {
    match kind {
        PropertyType::Bool => true.into(),
        PropertyType::Int { min, .. } => (*min).max(3).into(),
        PropertyType::Number { min, .. } => min.max(0.5).into(),
        PropertyType::Enum { values } => (*values[0].text).into(),
        PropertyType::Token { .. } => "example".into(),
        PropertyType::Version => "3.8.1".into(),
        PropertyType::Domain => "example.com".into(),
        PropertyType::PathTemplate { .. } => "/".into(),
        PropertyType::Hash { length } => "a".repeat(*length).into(),
        PropertyType::List { of, .. } => vec![value(of)].into(),
        PropertyType::Map { of, .. } => json!({ "approved": value(of) }),
    }
}
