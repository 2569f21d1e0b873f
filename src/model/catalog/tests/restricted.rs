//! What a catalog could express at an earlier revision, and for some of the questions only.

use super::*;

/// The sample after it grew: at revision 2 by a property and a value, at revision 3 by an event and a value.
const GROWN: &str = r#"
  { name = "late", sources = ["web"], type = "list", max = 3, of = { type = "enum", values = ["x", { value = "y", since = 3 }] }, since = 2, purpose = "What came late, to see what that is." },
]

[[events]]
name = "thing.undone"
buckets = []
purpose = "Counts things that were undone."
since = 3
dimensions = ["kind"]
properties = [{ use = "kind" }]
"#;

fn grown() -> Catalog {
    let text = changed(
        r#"["a", "b"]"#,
        r#"["a", "b", { value = "c", since = 2 }, { value = "d", since = 3 }]"#,
    );
    let text = text.replace("revision = 2", "revision = 3");
    Catalog::parse(&format!("{}{GROWN}", text.trim_end().trim_end_matches(']'))).unwrap()
}

fn values(catalog: &Catalog, event: &str, property: &str) -> String {
    let property = catalog.event(event).unwrap().property(property).unwrap();
    property.kind.signature()
}

#[test]
fn a_catalog_at_a_revision_holds_what_it_held_then() {
    let catalog = grown();
    let names = |catalog: &Catalog| {
        let events = catalog.events.iter().map(|event| event.name.to_string());
        events.collect::<Vec<_>>()
    };
    let first = catalog.at(1);
    assert_eq!(
        (first.revision, names(&first)),
        (1, vec!["thing.done".to_owned()])
    );
    assert_eq!(values(&first, "thing.done", "kind"), "enum a|b");
    assert!(
        first
            .event("thing.done")
            .unwrap()
            .property("late")
            .is_none()
    );
    let old = Catalog::parse(GOOD).unwrap();
    assert_eq!(first.wire_digest(), old.wire_digest());
    assert_eq!(first.events, old.events);
    let second = catalog.at(2);
    assert_eq!(values(&second, "thing.done", "kind"), "enum a|b|c");
    assert_eq!(values(&second, "thing.done", "late"), "list 3 of (enum x)");
    assert!(second.event("thing.undone").is_none());
    for revision in [3, 4] {
        let whole = catalog.at(revision);
        assert_eq!(whole.revision, revision);
        assert_eq!(whole.wire_digest(), catalog.wire_digest());
        assert_eq!(whole.events, catalog.events);
    }
    assert!(catalog.at(0).events.is_empty());
}

#[test]
fn values_of_a_shared_definition_are_no_older_than_the_properties_that_use_it() {
    let catalog = grown();
    let undone = catalog.event("thing.undone").unwrap();
    let kind = undone.property("kind").unwrap();
    let PropertyType::Enum { values } = &kind.kind else {
        panic!("{kind:?}")
    };
    assert!(kind.since == 3 && values.iter().all(|value| value.since == 3));
    assert_eq!(
        complaints_about(&catalog),
        [
            "thing.undone: it has no owner",
            "thing.undone: it counts in no bucket"
        ]
    );
}

#[test]
fn what_is_counted_at_a_revision_exists_then() {
    let text = changed("unit = \"items\", since = 1", "unit = \"items\", since = 2");
    let catalog = Catalog::parse(&text).unwrap();
    let first = catalog.at(1);
    let event = first.event("thing.done").unwrap();
    assert!(event.sums.is_empty() && event.kept.sums.is_empty());
    assert_eq!(event.kept.dimensions.len(), 1);
    assert_eq!(catalog.at(2).events, catalog.events);
}

#[test]
fn the_catalog_that_is_released_next_is_a_released_one() {
    let catalog = Catalog::decantr();
    let digest = catalog.wire_digest();
    assert!(
        is_released(catalog.revision, digest),
        "model/catalog/released.rs lacks ({}, \"{digest}\")",
        catalog.revision
    );
    assert!(!is_released(catalog.revision + 1, digest));
    assert!(!is_released(
        catalog.revision,
        &digest.replace(digest.get(..1).unwrap(), "x")
    ));
}
