//! The dashboard names nothing that the catalog does not have.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Spec, mark};
use crate::model::catalog::Catalog;

/// Every value below `value` with the key that it has, depth first.
fn walk<'a>(value: &'a Value, key: &str, seen: &mut dyn FnMut(&str, &'a Value)) {
    seen(key, value);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, key, seen)),
        Value::Array(list) => list.iter().for_each(|value| walk(value, key, seen)),
        _ => {}
    }
}

/// The names between single quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('\'').skip(1).step_by(2)
}

#[test]
fn every_event_that_it_names_is_in_the_catalog() {
    let catalog = Catalog::decantr();
    let spec = Spec::of(&catalog);
    let mut named = BTreeSet::new();
    for item in spec.insights.iter().chain(&spec.cohorts) {
        for (key, value) in &item.fields {
            walk(value, key, &mut |key, value| match (key, value) {
                ("event", Value::String(name)) => drop(named.insert(name.clone())),
                ("key", Value::String(text)) if text.starts_with("event in") => {
                    named.extend(quoted(text).map(str::to_owned));
                }
                _ => {}
            });
        }
    }
    for item in &spec.cohorts {
        walk(&item.fields["filters"], "", &mut |key, value| {
            if key == "key" {
                named.insert(value.as_str().unwrap().to_owned());
            }
        });
    }
    let strange: Vec<&String> = named
        .iter()
        .filter(|name| catalog.event(name).is_none())
        .collect();
    assert_eq!(strange, Vec::<&String>::new());
    assert!(named.len() > 35, "{named:?}");
}

#[test]
fn every_property_that_it_names_is_in_the_catalog_or_is_one_that_is_sent_beside() {
    let catalog = Catalog::decantr();
    let sent = ["decantr_actor_type", "decantr_source", "registry_source"];
    for item in Spec::of(&catalog).insights {
        let mut properties = BTreeSet::new();
        walk(&item.fields["query"], "", &mut |_, value| {
            let is_event = value.get("type").and_then(Value::as_str) == Some("event");
            let name = value.get("key").or_else(|| value.get("property"));
            if let (true, Some(name)) = (is_event, name.and_then(Value::as_str)) {
                properties.insert(name.to_owned());
            }
        });
        for property in properties {
            let is_known = catalog
                .events
                .iter()
                .any(|event| event.property(&property).is_some());
            assert!(
                is_known || sent.contains(&&*property),
                "{}: {property}",
                item.key
            );
        }
    }
}

#[test]
fn keys_differ_marks_are_in_place_and_texts_fit() {
    let spec = Spec::of(&Catalog::decantr());
    assert_eq!(spec.insights.len(), 20);
    assert_eq!((spec.cohorts.len(), spec.alerts.len()), (3, 4));
    let mut keys = BTreeSet::new();
    for (kind, items) in [("insight", &spec.insights), ("cohort", &spec.cohorts)] {
        for item in items {
            assert!(keys.insert(item.key), "{} twice", item.key);
            let description = item.fields["description"].as_str().unwrap();
            assert!(
                description.ends_with(&mark(kind, item.key)),
                "{description}"
            );
            assert!(description.len() <= 400, "{description}");
        }
    }
    for alert in &spec.alerts {
        let insight = spec.insights.iter().find(|item| item.key == alert.insight);
        let query = &insight.unwrap().fields["query"]["source"];
        assert_eq!(query["kind"], "TrendsQuery", "only trends can be watched");
        assert_eq!(query["trendsFilter"]["display"], "ActionsLineGraph");
    }
}

#[test]
fn an_event_of_a_bucket_is_in_the_trend_of_the_bucket() {
    let spec = Spec::of(&Catalog::decantr());
    let text = |key: &str| {
        let item = spec.insights.iter().find(|item| item.key == key).unwrap();
        item.fields["query"].to_string()
    };
    assert!(text("commercial-intent").contains("\"event\":\"org.created\""));
    assert!(text("customer-usage").contains("registry.sync.completed"));
    assert!(!text("registry-web-adoption").contains("registry_web.billing_viewed"));
    assert!(!text("registry-web-commercial-intent").contains("org.created"));
}
