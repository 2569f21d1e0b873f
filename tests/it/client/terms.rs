//! The terms of a grant: which events, which sources, where, how long, and what a catalog that has grown since may send.

use decantr::client::consent::{Actor, Effective, Layer, Scope};
use decantr::client::control::{self, Terms};
use decantr::client::recorder::{Recorded, Recorder};
use decantr::config::{Asked, Product};
use decantr::model::event::RawValue;
use decantr::model::outcome::{Outcome, Reason};
use jiff::SignedDuration;

use super::support::{Machine, outcomes, record};

pub(super) const ACCEPTED: Recorded = Recorded::Done(Outcome::Accepted);
pub(super) const NOT_COVERED: Recorded = Recorded::Done(Outcome::Dropped(Reason::NotCovered));

/// Agrees on these terms.
pub(super) fn enable(machine: &Machine, asked: &Asked<'_>, terms: Terms) {
    let plan = control::plan_enable(&machine.host(), asked, terms).unwrap();
    plan.commit(&machine.host(), asked, Actor::Terminal)
        .unwrap();
}

fn analysed(recorder: &Recorder) -> Recorded {
    let properties = [
        ("command", RawValue::from("analyze")),
        ("success", true.into()),
        ("durationMs", 1_i64.into()),
    ];
    recorder.record("decantr.analyze.completed", properties)
}

#[test]
fn only_the_chosen_buckets_leave() {
    let machine = Machine::new();
    let terms = Terms {
        only: vec!["product_activation".to_owned()],
        ..Terms::default()
    };
    let plan = control::plan_enable(&machine.host(), &Asked::default(), terms.clone()).unwrap();
    let names: Vec<&str> = plan.offer.events.iter().map(|event| &*event.name).collect();
    assert!(names.contains(&"decantr.analyze.completed"), "{names:?}");
    assert!(!names.contains(&"cli.command.completed"), "{names:?}");
    enable(&machine, &Asked::default(), terms);
    let recorder = machine.recorder();
    assert_eq!(analysed(&recorder), ACCEPTED);
    assert_eq!(record(&recorder), NOT_COVERED);
    let unknown = Terms {
        only: vec!["nope".to_owned()],
        ..Terms::default()
    };
    let error = control::plan_enable(&machine.host(), &Asked::default(), unknown).unwrap_err();
    assert_eq!(error.exit_class(), decantr::client::ExitClass::Usage);
    assert!(error.to_string().contains("cli_adoption"), "{error}");
}

#[test]
fn what_waits_under_wider_terms_does_not_leave_under_narrower_ones() {
    let machine = Machine::new();
    machine.enable();
    assert_eq!(machine.record(), ACCEPTED);
    machine.enable();
    assert_eq!(super::spool::waiting(&machine).len(), 1, "the same terms");
    let narrow = Terms {
        only: vec!["product_activation".to_owned()],
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), narrow);
    assert!(machine.spool().is_empty());
    assert_eq!(outcomes(&machine), ["dropped consent_withdrawn"]);
}

#[test]
fn a_grant_is_about_the_sources_that_were_shown() {
    let machine = Machine::new();
    let pipeline = Product::own()
        .reporting_as(&["content-ci".to_owned()])
        .unwrap();
    let asked = Asked {
        product: Some(&pipeline),
        ..Asked::default()
    };
    machine.enable();
    let published = |asked: &Asked<'_>| {
        let recorder = machine.recorder_for(asked);
        let name = "content.validation.completed";
        Recorder::open(&machine.host(), asked, &[name])
            .record(name, [("valid", RawValue::from(true))])
            .clone()
            .eq(&ACCEPTED)
            && record(&recorder) != ACCEPTED
    };
    assert!(!published(&asked), "the grant is about cli");
    enable(&machine, &asked, Terms::default());
    assert!(published(&asked));
    assert_eq!(machine.record(), NOT_COVERED, "now it is about content-ci");
    let nobody = Product::own()
        .reporting_as(&["nope".to_owned()])
        .unwrap_err();
    assert!(nobody.to_string().contains("content-ci"), "{nobody}");
}

#[test]
fn a_grant_for_build_machines_holds_there_only() {
    let mut machine = Machine::new();
    let terms = Terms {
        scopes: vec![Scope::Ci],
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), terms);
    assert_eq!(machine.record(), Recorded::Nothing);
    machine.set("CI", "true");
    assert_eq!(machine.record(), ACCEPTED);
}

#[tokio::test]
async fn a_build_machine_sends_at_once_from_an_async_program_too() {
    let machine = Machine::new()
        .with("CI", "true")
        .with("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:1");
    let terms = Terms {
        scopes: vec![Scope::Ci],
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), terms);
    let recorder = machine.recorder();
    assert_eq!(record(&recorder), ACCEPTED);
    recorder.hand_off();
}

#[test]
fn a_time_is_an_hour_to_ten_years() {
    let hours = |text| control::grant_time(text).map(|time| time.as_hours());
    assert_eq!(hours("90d"), Ok(90 * 24));
    assert_eq!(hours("2 weeks"), Ok(14 * 24));
    assert_eq!(hours("12h"), Ok(12));
    for wrong in [
        "",
        "90",
        "-3d",
        "59m",
        "soon",
        "1000000d",
        "3 months",
        "9999999999999999y",
    ] {
        assert!(hours(wrong).is_err(), "{wrong}");
    }
}

/// A machine with a grant for a day, an event that waits, and a day that has passed.
fn ended() -> Machine {
    let machine = Machine::new();
    let terms = Terms {
        until: machine
            .now()
            .checked_add(SignedDuration::from_hours(24))
            .ok(),
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), terms);
    assert_eq!(machine.record(), ACCEPTED);
    machine.clock.advance(SignedDuration::from_hours(24));
    machine
}

#[test]
fn the_end_of_a_grant_is_said_once_and_leaves_nothing_but_the_log() {
    let machine = ended();
    let said = machine.recorder().notice().unwrap();
    assert!(
        said.contains("ended on 2026-03-02") && !said.contains('\n'),
        "{said}"
    );
    assert_eq!(machine.recorder().notice(), None);
    assert_eq!(machine.record(), Recorded::Nothing);
    assert_eq!(outcomes(&machine), ["dropped consent_withdrawn"]);
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(status.effective, Effective::Undecided);
    let left = machine.files();
    let is_known = |name: &String| name.contains("ledger") || name.ends_with("consent.json");
    let files = left
        .iter()
        .filter(|name| machine.root().join("home").join(name).is_file());
    assert!(
        files.clone().count() > 1 && files.clone().all(is_known),
        "{left:?}"
    );
}

#[test]
fn no_clock_brings_a_grant_back_that_has_ended() {
    let machine = ended();
    assert!(machine.recorder().notice().is_some());
    machine.clock.advance(SignedDuration::from_hours(-24));
    assert_eq!(machine.record(), Recorded::Nothing);
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(
        (status.effective, status.by),
        (Effective::Undecided, Some(Layer::Record))
    );
}

#[test]
fn a_flush_ends_a_grant_too_and_a_look_does_not() {
    let machine = ended();
    let before = machine.snapshot();
    let (host, asked) = (machine.host(), Asked::default());
    let status = control::status(&host, &asked).unwrap();
    assert!(status.why.contains("ended on"), "{}", status.why);
    control::preview(&host, &asked, None).unwrap();
    assert_eq!(machine.snapshot(), before);
    let flushed = control::flush(&host, &asked).unwrap();
    assert!(!flushed.permitted && flushed.notice.is_some());
    assert!(!machine.state("spool").exists());
}

#[test]
fn another_grant_keeps_the_ids_when_one_ends() {
    let mut machine = ended();
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "https://other.example");
    machine.enable();
    assert_eq!(machine.record(), ACCEPTED);
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "");
    assert!(machine.recorder().notice().is_some());
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "https://other.example");
    assert_eq!(machine.record(), ACCEPTED);
    assert_eq!(super::spool::waiting(&machine).len(), 2);
}

#[test]
fn what_waits_does_not_leave_from_where_the_next_grant_does_not_hold() {
    let machine = Machine::new();
    let both = Terms {
        scopes: vec![Scope::Local, Scope::Ci],
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), both);
    assert_eq!(machine.record(), ACCEPTED);
    let narrow = Terms {
        scopes: vec![Scope::Ci],
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), narrow);
    assert_eq!(outcomes(&machine), ["dropped consent_withdrawn"]);
}

#[test]
fn ids_do_not_outlive_the_last_grant_that_stands() {
    let mut machine = ended();
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "https://other.example");
    let day = SignedDuration::from_hours(24);
    let terms = Terms {
        until: machine.now().checked_add(day).ok(),
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), terms);
    assert_eq!(machine.record(), ACCEPTED);
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "");
    let said = machine.recorder().notice().unwrap();
    assert!(!said.contains("ids are removed"), "another stands: {said}");
    machine.enable();
    // Ended as well, and nobody asks about it any more.
    let terms = Terms {
        until: machine.now().checked_add(day).ok(),
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), terms);
    assert_eq!(machine.record(), ACCEPTED);
    machine.clock.advance(day);
    let said = machine.recorder().notice().unwrap();
    assert!(said.contains("ids are removed"), "{said}");
    let settings = std::fs::read_to_string(machine.config("config.json")).unwrap_or_default();
    assert!(!settings.contains("install_"), "{settings}");
    assert!(!machine.state("spool").exists());
}

#[test]
fn an_open_recorder_stops_when_the_grant_ends() {
    let machine = Machine::new();
    let day = SignedDuration::from_hours(24);
    let terms = Terms {
        until: machine.now().checked_add(day).ok(),
        ..Terms::default()
    };
    enable(&machine, &Asked::default(), terms);
    let recorder = machine.recorder();
    // The first event makes the ids, which changes the settings; after the second nothing changes but the time.
    assert_eq!(record(&recorder), ACCEPTED);
    assert_eq!(record(&recorder), ACCEPTED);
    machine.clock.advance(day);
    assert_eq!(record(&recorder), Recorded::Nothing);
    assert_eq!(super::spool::waiting(&machine).len(), 2);
}

/// A program that runs for long does not go by what it read at its start.
#[test]
fn an_open_recorder_sees_every_change_of_mind() {
    let machine = Machine::new();
    let recorder = machine.recorder();
    assert_eq!(record(&recorder), Recorded::Nothing);
    machine.enable();
    assert_eq!(record(&recorder), ACCEPTED);
    machine.write_project(r#"{"telemetry":false}"#);
    assert_eq!(record(&recorder), Recorded::Nothing);
    machine.write_project(r#"{"telemetry":true}"#);
    assert_eq!(record(&recorder), ACCEPTED);
    machine.write_policy("telemetry = \"deny\"");
    assert_eq!(record(&recorder), Recorded::Nothing);
    machine.write_policy("telemetry = \"allow\"");
    assert_eq!(record(&recorder), ACCEPTED);
    control::disable(&machine.host(), &Asked::default(), false).unwrap();
    assert_eq!(record(&recorder), Recorded::Nothing);
}
