//! The recorder: what the grant covers, what the catalog allows, and never a failure for the caller.

use decantr::client::control;
use decantr::client::recorder::{Recorded, Recorder};
use decantr::client::spool::waiting_events;
use decantr::config::Asked;
use decantr::model::event::{Admission, RawEvent, RawValue};
use decantr::model::outcome::{Outcome, Reason, Strip};
use proptest::prelude::*;

use super::support::{Machine, record, validator};

#[test]
fn an_event_says_who_where_and_what_and_no_more() {
    let machine = Machine::new();
    machine.enable();
    assert_eq!(machine.record(), Recorded::Done(Outcome::Accepted));
    let epoch = machine.gate().grant().unwrap().epoch;
    let event = waiting_events(&machine.paths(), epoch)
        .unwrap()
        .pop()
        .unwrap();
    let context = event["context"].as_object().unwrap();
    let keys: Vec<&str> = context.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["source", "environment", "decantrVersion", "installId"]
    );
    assert_eq!(
        event["context"]["decantrVersion"],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(event["timestamp"], super::support::START);
    assert_eq!(event["properties"]["durationMs"], 12);
}

#[test]
fn what_the_catalog_does_not_allow_is_dropped_with_its_reason() {
    let machine = Machine::new();
    machine.enable();
    let recorder = machine.recorder();
    for (name, properties, reason) in [
        ("nope", vec![], Reason::UnknownEvent),
        ("cli.command.completed", vec![], Reason::MissingRequired),
        (
            "cli.command.completed",
            vec![
                ("command", "analyze".into()),
                ("durationMs", "soon".into()),
                ("success", true.into()),
            ],
            Reason::InvalidRequired,
        ),
    ] {
        assert_eq!(
            recorder.record(name, properties),
            Recorded::Done(Outcome::Dropped(reason))
        );
    }
    assert!(machine.spool().is_empty());
    let log = control::log(&machine.host(), &Asked::default(), false).unwrap();
    assert_eq!(log.entries.len(), 3);
    assert!(
        !format!("{log:?}").contains("nope"),
        "unknown names are not written down"
    );
}

#[test]
fn a_machine_without_a_home_records_nothing_and_fails_nothing() {
    let machine = Machine::new().with("HOME", "");
    assert_eq!(machine.record(), Recorded::Nothing);
    let error = control::status(&machine.host(), &Asked::default()).unwrap_err();
    assert_eq!(error.exit_class(), decantr::client::ExitClass::Config);
    assert!(error.to_string().contains("HOME"), "{error}");
    assert_eq!(record(&Recorder::off()), Recorded::Nothing);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_event_survives_the_wire_unchanged(
        command in "[a-z]{1,12}",
        duration in 0_i64..90_000_000,
        success in any::<bool>(),
        version in "[0-9]{1,3}\\.[0-9]{1,3}(-beta\\.[0-9]{1,2})?",
        install in "[A-Za-z0-9-]{1,64}",
        second in 0_i64..1_000_000,
        nano in 0_i32..1_000_000_000,
    ) {
        let at = jiff::Timestamp::new(1_770_000_000 + second, nano).unwrap();
        let admission = Admission { now: at, has_key: false };
        let validator = validator();
        let raw = RawEvent {
            name: Some("cli.command.completed".into()),
            context: Some(vec![
                ("source".into(), "cli".into()),
                ("decantrVersion".into(), version.into()),
                ("installId".into(), format!("install_{install}").into()),
            ].into()),
            properties: Some(RawValue::Map(vec![
                ("command".into(), command.into()),
                ("durationMs".into(), duration.into()),
                ("success".into(), success.into()),
            ])),
            is_object: true,
            ..RawEvent::default()
        };
        let Ok(first) = validator.normalise(&raw, admission) else { return Ok(()) };
        let wire = serde_json::to_string(&first.event).unwrap();
        let again: RawEvent<'_> = serde_json::from_str(&wire).unwrap();
        let again = validator.normalise(&again, admission).unwrap();
        prop_assert_eq!(again.event, first.event);
        prop_assert!(again.strips.is_empty() || again.strips == [Strip::Other]);
    }
}
