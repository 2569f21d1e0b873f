//! `telemetry verify` and what is kept: every kind of residue is named, and what belongs to a grant or was asked for is none.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use decantr::client::consent::Actor;
use decantr::client::control::{self, Check, LIMIT, Level, Terms, Verdict, Verified, Watch};
use decantr::config::Asked;
use jiff::SignedDuration;

use super::server::Server;
use super::support::{Machine, flush, write};

/// Verifies without running any command: there is no program.
pub(super) fn verify(machine: &Machine) -> Verified {
    let interrupted = AtomicBool::new(false);
    let watch = Watch {
        program: Path::new(""),
        limit: LIMIT,
        interrupted: &interrupted,
    };
    control::verify(&machine.host(), &Asked::default(), watch).unwrap()
}

pub(super) fn check<'a>(verified: &'a Verified, name: &str) -> &'a Check {
    let found = verified.checks.iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name}"))
}

/// The names of the checks that do not hold.
pub(super) fn failed(verified: &Verified) -> Vec<&'static str> {
    let failed = verified.checks.iter().filter(|check| check.has_failed());
    failed.map(|check| check.name).collect()
}

fn disabled(keep_log: bool) -> Machine {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    machine.record();
    assert!(flush(&machine).permitted);
    control::disable(&machine.host(), &Asked::default(), keep_log).unwrap();
    machine
}

/// Puts residue somewhere.
type Put = Box<dyn Fn(&Machine)>;

/// Each kind of residue: the check that must name it, what it must name, and how it gets there.
fn residues() -> Vec<(&'static str, &'static str, Put)> {
    let state = |name: &'static str| -> Put { Box::new(move |m| write(&m.state(name), "\n")) };
    let config = |name: &'static str, text: &'static str| -> Put {
        Box::new(move |m| write(&m.config(name), text))
    };
    let folder = |name: &'static str| -> Put {
        Box::new(move |m| std::fs::create_dir_all(m.state(name)).unwrap())
    };
    let id = r#"{"telemetryInstallId":"install_00000000-0000-8000-8000-000000000001"}"#;
    vec![
        ("ids", "telemetryInstallId", config("config.json", id)),
        (
            "ids",
            "telemetryInstallId",
            config("config.json", r#"{"telemetryInstallId":7}"#),
        ),
        (
            "ids",
            "telemetryInstallIdAt",
            config(
                "config.json",
                r#"{"telemetryInstallIdAt":"2026-01-01T00:00:00Z"}"#,
            ),
        ),
        ("ids", "install-secret", state("install-secret")),
        ("ids", "projects.json", state("projects.json")),
        ("ids", "past-ids.json", state("past-ids.json")),
        ("waiting", "spool", folder("spool")),
        ("waiting", "spool/7", folder("spool/7")),
        ("waiting", "spool/7", state("spool/7/queue.ndjson")),
        ("waiting", "spool/odd", state("spool/odd")),
        ("log", "ledger", folder("ledger")),
        ("log", "ledger", state("ledger/2026-01-01/events.ndjson")),
        ("servers", "pins.json", state("pins.json")),
        ("servers", "link.json", state("link.json")),
        ("leftovers", ".tmp-a", state(".tmp-a")),
        ("leftovers", ".tmp-b", config(".tmp-b", "{")),
        (
            "leftovers",
            "spool.removed",
            state("spool.removed/1/queue.ndjson"),
        ),
        (
            "leftovers",
            "install-secret.removed",
            state("install-secret.removed"),
        ),
        ("leftovers", "consent.lock", config("consent.lock", "")),
    ]
}

#[test]
fn every_kind_of_residue_is_named_where_there_is_no_grant() {
    let undecided: fn() -> Machine = Machine::new;
    for make in [undecided, || disabled(false)] {
        let clean = verify(&make());
        assert_eq!(failed(&clean), Vec::<&str>::new());
        assert_eq!(clean.verdict, Verdict::Ok);
        for (name, says, put) in residues() {
            let machine = make();
            put(&machine);
            let before = machine.snapshot();
            let verified = verify(&machine);
            assert_eq!(machine.snapshot(), before, "{says}");
            assert_eq!(failed(&verified), [name], "{says}");
            assert_eq!(verified.verdict, Verdict::NotOk);
            let residue = &check(&verified, name).residue;
            assert!(
                residue.iter().any(|residue| residue.contains(says)),
                "{says} in {residue:?}"
            );
        }
    }
}

#[test]
fn what_a_grant_made_stays_with_it_whatever_else_says_no() {
    let server = Server::start();
    let mut machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    machine.record();
    assert!(flush(&machine).permitted);
    machine.record();
    assert_eq!(failed(&verify(&machine)), Vec::<&str>::new());
    for (key, value) in [
        ("DO_NOT_TRACK", "1"),
        ("CI", "true"),
        ("DECANTR_TELEMETRY_ENDPOINT", "https://other.example"),
    ] {
        let (before, url) = (machine.snapshot(), server.url.clone());
        machine.set(key, value);
        let verified = verify(&machine);
        assert!(!verified.effective.is_on(), "{key}");
        assert_eq!(failed(&verified), Vec::<&str>::new(), "{key}");
        let ids = &check(&verified, "ids").details;
        assert!(ids.contains(&url), "names its owner: {ids}");
        assert_eq!(machine.snapshot(), before, "{key}");
    }
}

#[test]
fn a_spool_that_no_grant_owns_is_residue_beside_one_that_is_owned() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    write(&machine.state("spool/77/queue.ndjson"), "\n");
    let verified = verify(&machine);
    assert_eq!(failed(&verified), ["waiting"]);
    assert!(check(&verified, "waiting").residue[0].contains("spool/77"));
}

#[test]
fn what_an_ended_grant_made_is_said_to_be_its_own() {
    let machine = Machine::new();
    let (host, asked) = (machine.host(), Asked::default());
    let terms = Terms {
        until: machine
            .now()
            .checked_add(SignedDuration::from_hours(1))
            .ok(),
        ..Terms::default()
    };
    let plan = control::plan_enable(&host, &asked, terms).unwrap();
    plan.commit(&host, &asked, Actor::YesFlag).unwrap();
    machine.record();
    machine.clock.advance(SignedDuration::from_hours(2));
    let verified = verify(&machine);
    assert_eq!(failed(&verified), Vec::<&str>::new());
    let ids = &check(&verified, "ids").details;
    assert!(ids.contains("ended on 2026-03-01"), "{ids}");
}

#[test]
fn a_log_that_was_asked_to_stay_is_no_residue_and_can_still_be_checked() {
    let machine = disabled(true);
    let verified = verify(&machine);
    assert_eq!(failed(&verified), Vec::<&str>::new());
    assert!(check(&verified, "log").details.contains("as you asked"));
    let receipts = check(&verified, "receipts");
    assert_eq!(
        (receipts.level, receipts.passed),
        (Level::Proved, Some(true))
    );
    // Refusing once more and asking again changes nothing.
    control::disable(&machine.host(), &Asked::default(), true).unwrap();
    let again = verify(&machine);
    assert_eq!(failed(&again), Vec::<&str>::new());
    assert_eq!(check(&again, "receipts").level, Level::Proved);
}

#[test]
fn a_log_that_only_looks_kept_is_residue() {
    let machine = disabled(true);
    let note = machine.state("ledger/kept.json");
    let text = std::fs::read_to_string(&note).unwrap();
    write(&note, &text.replace("2026-03-01", "2026-03-02"));
    assert_eq!(failed(&verify(&machine)), ["log"]);
    // Without the note nobody has the key any more either.
    std::fs::remove_file(&note).unwrap();
    let verified = verify(&machine);
    assert_eq!(failed(&verified), ["log"]);
    let receipts = check(&verified, "receipts");
    assert_eq!((receipts.level, receipts.passed), (Level::NotChecked, None));
}

#[test]
fn an_unreadable_record_is_a_problem_and_nobody_knows_whose_files_are() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    write(&machine.config("consent.json"), "{");
    let verified = verify(&machine);
    assert!(!verified.problems.is_empty());
    assert_eq!(failed(&verified), Vec::<&str>::new());
    for name in ["ids", "waiting", "log", "servers"] {
        assert_eq!(check(&verified, name).passed, None, "{name}");
    }
}

#[test]
fn a_request_to_forget_stays_because_it_was_asked_for() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    machine.record();
    assert!(flush(&machine).permitted);
    server.behave(super::server::Behaviour::Says(503, None, ""));
    drop(server);
    let done = control::disable_and_forget(&machine.host(), &Asked::default(), false).unwrap();
    assert!(!done.forget.unwrap().pending.is_empty());
    let verified = verify(&machine);
    assert_eq!(failed(&verified), Vec::<&str>::new());
    let details = &check(&verified, "ids").details;
    assert!(details.contains("still to forget"), "{details}");
}
