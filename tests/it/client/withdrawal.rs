//! Withdrawal: one transaction, and nothing that was under way can undo it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use decantr::client::consent::{Effective, Locked, Stored};
use decantr::client::control::{self, Disabled};
use decantr::client::delivery::{End, Sender, Urgency};
use decantr::client::recorder::Recorded;
use decantr::client::spool::LedgerEntry;
use decantr::config::{Asked, Host};
use decantr::model::outcome::{Outcome, Reason};

use super::server::{Behaviour, Server};
use super::support::{Machine, outcomes, record, write};

fn disable(machine: &Machine) -> Disabled {
    control::disable(&machine.host(), &Asked::default(), false).unwrap()
}

/// The only traces that a refusal may leave.
fn assert_only_the_refusal(machine: &Machine) {
    let files = machine.files();
    let state: Vec<_> = files
        .iter()
        .filter(|name| name.contains(".local/state/decantr"))
        .collect();
    assert!(state.is_empty(), "{state:?}");
    let config: Vec<_> = files
        .iter()
        .filter(|name| name.contains("decantr/"))
        .collect();
    assert_eq!(config, [".config/decantr/consent.json"]);
}

#[test]
fn it_removes_everything_and_says_what() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    let project = machine.project();
    let asked = Asked {
        project: Some(&project),
        ..Asked::default()
    };
    record(&machine.recorder_for(&asked));
    control::flush(&machine.host(), &asked).unwrap();
    machine.record();
    let disabled = disable(&machine);
    assert_eq!(disabled.removed.len(), 6, "{:?}", disabled.removed);
    assert!(disabled.residue.is_empty());
    assert_only_the_refusal(&machine);
    assert!(matches!(machine.gate().stored, Stored::Refused { .. }));
    assert_eq!(machine.record(), Recorded::Nothing);
}

#[test]
fn other_settings_stay() {
    let machine = Machine::new();
    write(&machine.config("config.json"), r#"{"b":1,"a":2}"#);
    machine.enable();
    machine.record();
    disable(&machine);
    let text = std::fs::read_to_string(machine.config("config.json")).unwrap();
    assert_eq!(
        text.split_whitespace().collect::<String>(),
        r#"{"b":1,"a":2}"#
    );
}

#[test]
fn the_ledger_stays_when_asked() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    machine.record();
    control::flush(&machine.host(), &Asked::default()).unwrap();
    machine.record();
    let disabled = control::disable(&machine.host(), &Asked::default(), true).unwrap();
    assert!(disabled.kept_log);
    assert_eq!(
        outcomes(&machine),
        ["accepted", "dropped consent_withdrawn"]
    );
    let log = control::log(&machine.host(), &Asked::default(), false).unwrap();
    assert!(
        log.entries
            .iter()
            .any(|entry| matches!(entry, LedgerEntry::Batch { .. }))
    );
    assert!(!machine.state("spool").exists());
}

#[test]
fn a_recorder_that_was_open_revives_nothing() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    let open = machine.recorder();
    assert_eq!(record(&open), Recorded::Done(Outcome::Accepted));
    disable(&machine);
    assert_eq!(record(&open), Recorded::Nothing);
    assert_eq!(open.notice(), None);
    assert_only_the_refusal(&machine);
}

#[test]
fn a_recorder_that_has_not_minted_yet_mints_nothing() {
    let machine = Machine::new();
    machine.enable();
    let open = machine.recorder();
    disable(&machine);
    assert_eq!(record(&open), Recorded::Nothing);
    assert_only_the_refusal(&machine);
}

#[test]
fn a_file_that_is_still_open_revives_nothing() {
    use std::io::Write as _;
    let machine = Machine::new();
    machine.enable();
    machine.record();
    let queue = machine.spool().folder().join("queue.ndjson");
    let mut open = std::fs::OpenOptions::new()
        .append(true)
        .open(queue)
        .unwrap();
    disable(&machine);
    open.write_all(b"{}\n").unwrap();
    drop(open);
    assert_only_the_refusal(&machine);
}

#[test]
fn an_old_recorder_writes_under_a_new_consent_with_the_ids_of_that() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    let id = || {
        let events = super::spool::waiting(&machine);
        assert_eq!(events.len(), 1);
        events[0]["context"]["installId"].clone()
    };
    let (old, before) = (machine.recorder(), id());
    disable(&machine);
    machine.enable();
    assert_eq!(record(&old), Recorded::Done(Outcome::Accepted));
    assert_ne!(id(), before, "a removed id does not come back");
}

/// Whatever came in between, each event that the recorder took has one outcome, and the log that was kept tells it.
#[test]
fn a_withdrawn_event_is_noted_where_a_log_was_kept() {
    let machine = Machine::new();
    machine.enable();
    let (start, taken) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let recorder = machine.recorder();
                for _ in 0..2000 {
                    match record(&recorder) {
                        Recorded::Done(Outcome::Dropped(Reason::SpoolBusy)) => {}
                        Recorded::Done(_) => {
                            taken.fetch_add(1, Ordering::Relaxed);
                        }
                        _ => break,
                    }
                    start.store(true, Ordering::Relaxed);
                }
            });
        }
        while !start.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        control::disable(&machine.host(), &Asked::default(), true).unwrap();
    });
    let noted = outcomes(&machine);
    let withdrawn = noted
        .iter()
        .filter(|what| *what == "dropped consent_withdrawn");
    assert_eq!(withdrawn.count(), taken.into_inner(), "{noted:?}");
}

#[test]
fn writers_in_full_swing_leave_nothing_behind() {
    for _ in 0..20 {
        let machine = Machine::new();
        machine.enable();
        let (start, recorder) = (AtomicBool::new(false), machine.recorder());
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    // Bounded, so that a spool that comes back is a failure and not a hang.
                    for _ in 0..2000 {
                        if record(&recorder) != Recorded::Done(Outcome::Accepted) {
                            break;
                        }
                        start.store(true, Ordering::Relaxed);
                    }
                });
            }
            while !start.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            assert_eq!(disable(&machine).residue, Vec::<String>::new());
        });
        assert_only_the_refusal(&machine);
    }
}

/// Runs `act` while the server holds the first of two batches.
fn withdraw_in_flight(
    machine: &Machine,
    server: &Server,
    act: impl Fn(&Host) + Send + Sync + 'static,
) -> End {
    let recorder = machine.recorder();
    for _ in 0..150 {
        record(&recorder);
    }
    let host = machine.host();
    server.behave(Behaviour::After(Box::new(move || {
        std::thread::scope(|scope| scope.spawn(|| act(&host)).join().unwrap());
    })));
    let (gate, host) = (machine.gate(), machine.host());
    let sender = Sender::new(&gate, &host, Duration::from_secs(10)).unwrap();
    sender.run(Urgency::Person).end
}

#[test]
fn a_sender_in_flight_stops_and_revives_nothing() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    let end = withdraw_in_flight(&machine, &server, |host| {
        control::disable(host, &Asked::default(), false).unwrap();
    });
    assert!(matches!(end, End::Withdrawn), "{end:?}");
    assert_eq!(server.posts().len(), 1, "the second batch never left");
    assert_only_the_refusal(&machine);
}

/// As when `disable` dies right after it wrote the refusal: the files are all still there.
#[test]
fn the_refusal_alone_stops_a_sender_in_flight() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    let (paths, now, key) = (
        machine.paths(),
        machine.now(),
        machine.gate().key().unwrap(),
    );
    let end = withdraw_in_flight(&machine, &server, move |_| {
        let mut locked = Locked::open(&paths, Duration::from_secs(1)).unwrap();
        locked.refuse(&key, now).unwrap();
    });
    assert!(matches!(end, End::Withdrawn), "{end:?}");
    assert_eq!(server.requests().len(), 1, "not even the key was asked for");
    assert_eq!(
        std::fs::read_dir(machine.state("spool")).unwrap().count(),
        0
    );
}

#[test]
fn a_sender_in_flight_sends_nothing_more_under_a_new_consent() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    withdraw_in_flight(&machine, &server, |host| {
        let asked = Asked::default();
        control::disable(host, &asked, false).unwrap();
        let plan = control::plan_enable(host, &asked, control::Terms::default()).unwrap();
        plan.commit(host, &asked, decantr::client::consent::Actor::Terminal)
            .unwrap();
    });
    assert_eq!(server.posts().len(), 1);
    assert!(machine.spool().is_empty());
    assert!(!machine.config("config.json").exists(), "no id came back");
    assert!(!machine.state("pins.json").exists(), "no key came back");
}

#[test]
fn agreeing_again_keeps_what_waits() {
    let machine = Machine::new();
    let before = machine.enable();
    machine.record();
    let old = machine.recorder();
    let after = machine.enable();
    assert_eq!(
        (before.effective, after.effective),
        (Effective::On, Effective::On)
    );
    assert!(!machine.spool().is_empty());
    assert_eq!(record(&old), Recorded::Done(Outcome::Accepted));
    assert_eq!(super::spool::waiting(&machine).len(), 2);
}

#[test]
fn what_cannot_be_removed_is_named() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    write(&machine.config("config.json"), "{broken");
    let disabled = disable(&machine);
    assert_eq!(disabled.residue.len(), 1);
    assert!(
        disabled.residue[0].contains("config.json"),
        "{:?}",
        disabled.residue
    );
    assert_eq!(
        std::fs::read_to_string(machine.config("config.json")).unwrap(),
        "{broken"
    );
    assert!(!machine.paths().state_dir.exists(), "the rest is gone");
}

#[test]
fn what_a_crash_left_half_removed_goes_with_the_next() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    std::fs::rename(machine.state("spool"), machine.state("spool.removed")).unwrap();
    let disabled = disable(&machine);
    assert!(
        disabled.removed.iter().any(|what| what.contains("spool")),
        "{disabled:?}"
    );
    assert_only_the_refusal(&machine);
}

#[test]
fn a_setting_that_cannot_be_used_is_off_and_can_still_be_refused() {
    let mut machine = Machine::new();
    machine.enable();
    machine.record();
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "http://far.example");
    assert_eq!(machine.record(), Recorded::Nothing);
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(status.effective, Effective::Broken);
    assert!(
        status.why.contains("DECANTR_TELEMETRY_ENDPOINT"),
        "{}",
        status.why
    );
    disable(&machine);
    assert_only_the_refusal(&machine);
    machine.set("DECANTR_TELEMETRY_ENDPOINT", "");
    assert!(
        matches!(machine.gate().stored, Stored::Refused { .. }),
        "every grant is withdrawn"
    );
}

#[test]
fn changes_of_mind_at_once_end_whole() {
    let machine = Machine::new();
    std::thread::scope(|scope| {
        for at in 0..6 {
            let machine = &machine;
            scope.spawn(move || {
                if at % 2 == 0 {
                    disable(machine);
                } else {
                    machine.enable();
                }
            });
        }
    });
    let locked = Locked::open(&machine.paths(), Duration::ZERO).unwrap();
    assert_eq!(locked.file().epoch(), 6);
    drop(locked);
    assert!(!machine.config("consent.lock").exists());
}
