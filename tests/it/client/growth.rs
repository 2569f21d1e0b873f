//! Catalogs of other programs: a consent and ids of their own each, and nothing of what they gained before somebody accepts it.

use std::sync::Arc;

use decantr::client::consent::{Actor, Effective};
use decantr::client::control::{self, Terms};
use decantr::client::recorder::{Recorded, Recorder};
use decantr::config::{Asked, Product};
use decantr::model::catalog::Catalog;
use decantr::model::event::RawValue;

use super::support::Machine;
use super::terms::{ACCEPTED, NOT_COVERED, enable};

/// A catalog of somebody's, at revision 1 and grown to 2: an event, a property and a value more.
const NOTES: &str = r#"
id = "notes"
schema_version = "1"
accepts = ["1"]
revision = REVISION
retention_days = 30
sources = ["cli"]
never_collected = []
[buckets]
use = "Shows whether notes are used."
[[events]]
name = "notes.sync.completed"
sources = ["cli"]
buckets = ["use"]
privacy = "aggregate"
public_ingest = true
purpose = "Counts syncs."
owner = "notes"
since = 1
properties = [
  { name = "success", type = "bool", required = true, since = 1, purpose = "Whether it worked." },
  { name = "kind", type = "enum", values = ["full"MORE_VALUES], since = 1, purpose = "What was synced." },
MORE_PROPERTIES]
MORE_EVENTS
"#;

fn notes(revision: u32) -> Product {
    let (values, properties, events) = if revision > 1 {
        (
            r#", { value = "partial", since = 2 }"#,
            r#"{ name = "notes", type = "int", min = 0, max = 1000, unit = "notes", since = 2, purpose = "How many." },"#,
            "[[events]]\nname = \"notes.open.completed\"\nsources = [\"cli\"]\nbuckets = [\"use\"]\nprivacy = \"aggregate\"\n\
             public_ingest = true\npurpose = \"Counts opens.\"\nowner = \"notes\"\nsince = 2\nproperties = []\n",
        )
    } else {
        ("", "", "")
    };
    let text = NOTES
        .replace("REVISION", &revision.to_string())
        .replace("MORE_VALUES", values)
        .replace("MORE_PROPERTIES", properties)
        .replace("MORE_EVENTS", events);
    Product::of(Arc::new(Catalog::parse(&text).unwrap())).unwrap()
}

fn of(product: &Product) -> Asked<'_> {
    Asked {
        product: Some(product),
        ..Asked::default()
    }
}

/// Records the largest event of the grown catalog.
fn sync(machine: &Machine, product: &Product) -> Recorded {
    let properties = [
        ("success", RawValue::from(true)),
        ("kind", "partial".into()),
        ("notes", 7_i64.into()),
    ];
    Recorder::open(&machine.host(), &of(product), &[]).record("notes.sync.completed", properties)
}

fn waiting(machine: &Machine, product: &Product) -> Vec<serde_json::Value> {
    control::log(&machine.host(), &of(product), false)
        .unwrap()
        .waiting
}

#[test]
fn what_a_catalog_gained_is_not_sent_before_it_is_accepted() {
    let machine = Machine::new();
    let (old, grown) = (notes(1), notes(2));
    enable(&machine, &of(&old), Terms::default());
    assert_eq!(sync(&machine, &grown), ACCEPTED);
    let sent = waiting(&machine, &grown).pop().unwrap();
    assert_eq!(
        sent["properties"],
        serde_json::json!({ "success": true, "kind": "other" })
    );
    let opened = Recorder::open(&machine.host(), &of(&grown), &[]);
    assert_eq!(opened.record("notes.open.completed", []), NOT_COVERED);
    let notice = opened.notice().unwrap();
    assert!(
        notice.contains("revision 2") && notice.contains("explain --diff"),
        "{notice}"
    );
    assert_eq!(opened.notice(), None, "once");

    let host = machine.host();
    for wrong in [1, 3] {
        let refused = control::plan_accept(&host, &of(&grown), wrong).unwrap_err();
        assert_eq!(refused.exit_class(), decantr::client::ExitClass::Consent);
    }
    let plan = control::plan_accept(&host, &of(&grown), 2).unwrap();
    plan.commit(&host, &of(&grown), Actor::Terminal).unwrap();
    assert_eq!(
        waiting(&machine, &grown).len(),
        1,
        "what waited goes on waiting"
    );
    assert_eq!(sync(&machine, &grown), ACCEPTED);
    let sent = waiting(&machine, &grown).pop().unwrap();
    assert_eq!(
        sent["properties"],
        serde_json::json!({ "success": true, "kind": "partial", "notes": 7 })
    );
}

#[test]
fn a_catalog_that_changed_what_was_agreed_to_is_undecided() {
    let machine = Machine::new();
    enable(&machine, &of(&notes(1)), Terms::default());
    let text = NOTES
        .replace("REVISION", "1")
        .replace("MORE_VALUES", ", \"secret\"")
        .replace("MORE_PROPERTIES", "")
        .replace("MORE_EVENTS", "");
    let changed = Product::of(Arc::new(Catalog::parse(&text).unwrap())).unwrap();
    assert_eq!(sync(&machine, &changed), Recorded::Nothing);
    let status = control::status(&machine.host(), &of(&changed)).unwrap();
    assert_eq!(status.effective, Effective::Undecided);
    assert!(
        status.why.contains("not the one that was agreed to"),
        "{}",
        status.why
    );
    assert_eq!(sync(&machine, &notes(1)), ACCEPTED, "the old one still is");
}

#[test]
fn every_product_has_a_consent_ids_and_files_of_its_own() {
    let machine = Machine::new();
    let product = notes(1);
    machine.enable();
    assert_eq!(machine.record(), ACCEPTED);
    assert_eq!(
        sync(&machine, &product),
        Recorded::Nothing,
        "nobody agreed to that"
    );
    enable(&machine, &of(&product), Terms::default());
    assert_eq!(sync(&machine, &product), ACCEPTED);
    let own = super::spool::waiting(&machine).pop().unwrap();
    let other = waiting(&machine, &product).pop().unwrap();
    assert_ne!(own["context"]["installId"], other["context"]["installId"]);
    control::disable(&machine.host(), &Asked::default(), false).unwrap();
    assert_eq!(
        sync(&machine, &product),
        ACCEPTED,
        "the other one was not asked about"
    );
    control::disable(&machine.host(), &of(&product), false).unwrap();
    let left: Vec<String> = machine
        .files()
        .into_iter()
        .filter(|name| name.contains(".json"))
        .collect();
    assert!(
        left.iter()
            .all(|name| name.ends_with("consent.json") || name.ends_with("config.json")),
        "{left:?}"
    );
}

#[test]
fn nobody_elses_catalog_can_pass_for_an_embedded_one() {
    let text = NOTES.replace("id = \"notes\"", "id = \"decantr\"");
    let text = text
        .replace("REVISION", "1")
        .replace("MORE_VALUES", "")
        .replace("MORE_PROPERTIES", "")
        .replace("MORE_EVENTS", "");
    let error = Product::of(Arc::new(Catalog::parse(&text).unwrap())).unwrap_err();
    assert!(error.to_string().contains("an id of its own"), "{error}");
}

#[test]
fn the_difference_names_what_is_new_with_the_values_of_this_machine() {
    let machine = Machine::new();
    let (old, grown) = (notes(1), notes(2));
    let host = machine.host();
    let diff = |product: &Product| control::diff(&host, &of(product), &observed()).unwrap();
    assert!(diff(&grown).next.contains("nobody has agreed"));
    enable(&machine, &of(&old), Terms::default());
    let same = diff(&old);
    assert!(same.gained.is_empty() && same.next.contains("nothing is new"));
    let before = machine.snapshot();
    let grew = diff(&grown);
    assert_eq!(machine.snapshot(), before);
    assert_eq!((grew.agreed, grew.current), (Some(1), 2));
    let found: Vec<(&str, String, Option<serde_json::Value>)> = grew
        .gained
        .iter()
        .map(|gained| (gained.kind, gained.place(), gained.here.clone()))
        .collect();
    let sync = "notes.sync.completed";
    for expected in [
        ("event", "notes.open.completed".to_owned(), None),
        ("property", format!("{sync}.notes"), Some(7.into())),
        ("value", format!("{sync}.kind"), Some("partial".into())),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert!(grew.next.contains("--accept 2"), "{}", grew.next);
    let plan = control::plan_accept(&host, &of(&grown), 2).unwrap();
    assert_eq!(
        plan.offer.gained.map(|gained| gained.len()),
        Some(grew.gained.len())
    );
}

/// What a command would say, of which an old grant lets less leave.
fn observed() -> [control::Observed<'static>; 1] {
    let properties = vec![
        ("success".into(), true.into()),
        ("kind".into(), "partial".into()),
        ("notes".into(), 7_i64.into()),
    ];
    [("notes.sync.completed".into(), properties)]
}
