//! Without a yes nothing is made: no id, no file, no folder, no lock, no connection.

use decantr::client::control;
use decantr::client::delivery;
use decantr::client::recorder::Recorded;
use decantr::config::Asked;
use jiff::SignedDuration;

use super::server::Server;
use super::support::Machine;

/// Everything that only looks, and everything that would record or send.
fn use_everything(machine: &Machine) {
    let (host, asked) = (machine.host(), Asked::default());
    let recorder = machine.recorder();
    assert_eq!(recorder.notice(), None);
    assert_eq!(super::support::record(&recorder), Recorded::Nothing);
    recorder.hand_off();
    control::status(&host, &asked).unwrap();
    control::explain(&host, &asked, None).unwrap();
    control::log(&host, &asked, true).unwrap();
    let flushed = control::flush(&host, &asked).unwrap();
    assert!(!flushed.permitted && !flushed.failed && !flushed.why.is_empty());
    delivery::run_bounded(&host, None);
    drop(control::plan_enable(
        &host,
        &asked,
        control::Terms::default(),
    ));
}

#[test]
fn undecided_leaves_no_trace() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    let before = machine.snapshot();
    use_everything(&machine);
    assert_eq!(machine.snapshot(), before);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn refused_leaves_no_trace_but_the_refusal() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    let (host, asked) = (machine.host(), Asked::default());
    let disabled = control::disable(&host, &asked, false).unwrap();
    assert_eq!((disabled.removed.len(), disabled.residue.len()), (0, 0));
    let only = [".config", ".config/decantr", ".config/decantr/consent.json"];
    assert_eq!(machine.files(), only);
    let before = machine.snapshot();
    use_everything(&machine);
    assert_eq!(machine.snapshot(), before);
    assert_eq!(server.requests().len(), 0);
}

/// The positive control of the two above: with a yes the same calls do leave traces and do connect.
#[test]
fn granted_does_leave_traces() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    let before = machine.snapshot();
    assert!(matches!(machine.record(), Recorded::Done(_)));
    assert_ne!(machine.snapshot(), before);
    assert!(
        control::flush(&machine.host(), &Asked::default())
            .unwrap()
            .permitted
    );
    assert_eq!(server.posts().len(), 1);
}

#[test]
fn a_grant_that_is_overridden_mints_and_sends_nothing() {
    let server = Server::start();
    let mut machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.set("DO_NOT_TRACK", "1");
    let enabled = machine.enable();
    assert!(enabled.overridden);
    assert!(enabled.why.contains("DO_NOT_TRACK"), "{}", enabled.why);
    let before = machine.snapshot();
    use_everything(&machine);
    assert_eq!(machine.snapshot(), before);
    assert_eq!(server.requests().len(), 0);
    machine.set("DO_NOT_TRACK", "0");
    assert!(
        matches!(machine.record(), Recorded::Done(_)),
        "the answer was kept"
    );
}

#[test]
fn a_grant_for_one_endpoint_is_none_for_another() {
    let mut machine = Machine::new();
    machine.enable();
    machine.record();
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "https://other.example");
    let before = machine.snapshot();
    use_everything(&machine);
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn a_grant_that_ended_is_none() {
    let machine = Machine::new();
    let (host, asked) = (machine.host(), Asked::default());
    let terms = control::Terms {
        until: machine
            .now()
            .checked_add(SignedDuration::from_hours(24))
            .ok(),
        ..control::Terms::default()
    };
    let plan = control::plan_enable(&host, &asked, terms).unwrap();
    plan.commit(&host, &asked, decantr::client::consent::Actor::YesFlag)
        .unwrap();
    machine.record();
    machine.clock.advance(SignedDuration::from_hours(24));
    let before = machine.snapshot();
    control::status(&host, &asked).unwrap();
    control::explain(&host, &asked, None).unwrap();
    assert_eq!(machine.snapshot(), before, "looking changes nothing");
    assert!(machine.recorder().notice().is_some());
    use_everything(&machine);
    let after = machine.snapshot();
    for gone in ["spool", "install-secret", "projects.json"] {
        assert!(!machine.state(gone).exists(), "{gone}");
    }
    use_everything(&machine);
    assert_eq!(machine.snapshot(), after);
}

#[test]
fn showing_events_records_none() {
    let machine = Machine::new().with("DECANTR_TELEMETRY", "log");
    let before = machine.snapshot();
    let Recorded::Shown(line) = machine.record() else {
        panic!("log shows");
    };
    assert!(
        line.contains("nothing") && line.contains("nobody has decided"),
        "{line}"
    );
    assert_eq!(machine.snapshot(), before);
    machine.enable();
    let before = machine.snapshot();
    let Recorded::Shown(line) = machine.record() else {
        panic!("log shows");
    };
    assert!(
        line.contains("\"name\":\"cli.command.completed\""),
        "{line}"
    );
    assert!(
        line.contains("install_00000000-0000-0000-0000-000000000000"),
        "{line}"
    );
    assert_eq!(machine.snapshot(), before);
    machine.write_policy("telemetry = \"deny\"");
    let Recorded::Shown(line) = machine.record() else {
        panic!("log shows");
    };
    assert!(line.contains("policy"), "{line}");
}

#[test]
fn an_explanation_can_be_shared() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    machine.write_policy("broken");
    let explanation = control::explain(&machine.host(), &Asked::default(), None).unwrap();
    assert!(explanation.ids.install_id.is_some());
    let json = serde_json::to_string(&explanation).unwrap();
    let root = machine.root().to_str().unwrap();
    let secret = std::fs::read_to_string(machine.state("install-secret")).unwrap();
    for private in [root, &secret, "/home"] {
        assert!(!json.contains(private), "{private} in {json}");
    }
}
