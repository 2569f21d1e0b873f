//! Property tests of growth: random catalogs, every form they had, and random mistakes of their authors.

mod author;

use std::sync::Arc;

use decantr::model::catalog::{Catalog, EventSpec, PropertySpec, PropertyType, compare};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::validator::{normalise_by, validator_of};
use author::{Event, Kind, LAST, Property, any_edit, any_events, edit, file, parsed};

/// Whether whatever `new` can express, `old` could: read from the meaning of the types, not from the code that compares.
fn is_within(new: &Catalog, old: &Catalog) -> bool {
    new.events.iter().all(|event| {
        old.event(&event.name).is_some_and(|before| {
            event.sources.iter().all(|source| before.allows(source))
                && event
                    .buckets
                    .iter()
                    .all(|bucket| before.buckets.contains(bucket))
                && event.public_ingest <= before.public_ingest
                && event
                    .properties
                    .iter()
                    .all(|property| holds(before, property))
        })
    })
}

fn holds(event: &EventSpec, new: &PropertySpec) -> bool {
    event
        .property(&new.name)
        .is_some_and(|old| old.public_only <= new.public_only && kind_within(&new.kind, &old.kind))
}

fn kind_within(new: &PropertyType, old: &PropertyType) -> bool {
    match (new, old) {
        (PropertyType::Bool, PropertyType::Bool) => true,
        (PropertyType::Int { max, .. }, PropertyType::Int { max: before, .. }) => max <= before,
        (PropertyType::Enum { values }, PropertyType::Enum { values: before }) => values
            .iter()
            .all(|value| before.iter().any(|known| known.text == value.text)),
        (PropertyType::List { of, .. }, PropertyType::List { of: before, .. }) => {
            kind_within(of, before)
        }
        _ => false,
    }
}

/// Every property of the event, each with a value that `pick` chooses.
fn filled(event: &Event, pick: Index) -> Map<String, Value> {
    let properties = event.properties.iter().enumerate();
    properties
        .map(|(at, property)| {
            let value = match &property.kind {
                Kind::Bool => json!(true),
                Kind::Int { .. } => json!(1),
                Kind::Enum { values, in_list } => {
                    let name = json!(format!("v{}", pick.index(values.len())));
                    if *in_list { json!([name, "v0"]) } else { name }
                }
            };
            (format!("p{at}"), value)
        })
        .collect()
}

/// Whether a value that was kept was already there at `revision`.
fn was_there(property: &Property, value: &Value, revision: u32) -> bool {
    match &property.kind {
        Kind::Enum { values, .. } => {
            let names = value
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()]);
            names.iter().all(|name| {
                let name = name.as_str().unwrap();
                let at = name
                    .strip_prefix('v')
                    .and_then(|at| at.parse::<usize>().ok());
                at.map_or(name == "other", |at| values[at] <= revision)
            })
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_catalog_that_only_grew_still_knows_all_that_it_was(events in any_events()) {
        let new = parsed(&events, LAST);
        for revision in 1..=LAST {
            let old = parsed(&events, revision);
            let then = new.at(revision);
            prop_assert_eq!(then.wire_digest(), old.wire_digest());
            prop_assert_eq!(&then.events, &old.events);
            let growth = compare(&old, &new);
            prop_assert_eq!(&growth.violations, &[]);
            prop_assert_eq!(&growth.removed, &[]);
            prop_assert_eq!(growth.added.is_empty(), new.wire_digest() == old.wire_digest());
        }
    }

    #[test]
    fn nothing_newer_than_the_consent_gets_through(events in any_events(), pick: Index, revision in 1..=LAST) {
        let then = Arc::new(parsed(&events, LAST).at(revision));
        let validator = validator_of(then);
        let at = pick.index(events.len());
        let event = &events[at];
        let sent = json!({
            "name": format!("event{at}"),
            "context": { "source": "cli" },
            "properties": filled(event, pick),
        });
        match normalise_by(&validator, &sent, true) {
            Err(_) => prop_assert!(event.since > revision),
            Ok(normalised) => {
                prop_assert!(event.since <= revision);
                let kept = serde_json::to_value(&normalised.event).unwrap();
                let kept = kept["properties"].as_object().unwrap().clone();
                for (at, property) in event.properties.iter().enumerate() {
                    match kept.get(&format!("p{at}")) {
                        None => prop_assert!(property.since > revision || property.public_only),
                        Some(value) => {
                            prop_assert!(property.since <= revision, "p{} of {}", at, property.since);
                            prop_assert!(was_there(property, value, revision), "p{} = {}", at, value);
                        }
                    }
                }
            }
        }
    }

    /// Whoever breaks a promise hears of it: without a complaint, an old consent covers all that is sent under it.
    #[test]
    fn no_edit_widens_an_old_consent_unnoticed(
        events in any_events(),
        edits in prop::collection::vec((any::<Index>(), any_edit()), 1..4),
        revision in 1..=LAST,
    ) {
        let old = parsed(&events, revision);
        let mut edited = events;
        for (pick, what) in edits {
            if !edited.is_empty() {
                edit(&mut edited, pick, what);
            }
        }
        // An edit can also leave something that is no catalog at all.
        if let Ok(new) = Catalog::parse(&file(&edited, LAST)) {
            let growth = compare(&old, &new);
            if growth.violations.is_empty() {
                prop_assert!(is_within(&new.at(revision), &old), "{}", file(&edited, LAST));
            }
        }
    }
}
