//! The spool: bounded, whole lines, nothing lost unreported, whatever crashes when.

use std::io::Write as _;
use std::time::Duration;

use decantr::base::fsx;
use decantr::client::recorder::Recorded;
use decantr::client::spool::{Ledger, LedgerEntry, SPOOL_LIMIT, SpoolState, waiting_events};
use decantr::model::outcome::{Outcome, Reason};
use jiff::SignedDuration;
use serde_json::Value;

use super::support::{Machine, record, validator};

fn state(machine: &Machine) -> SpoolState {
    let epoch = machine.gate().grant().map(|grant| grant.epoch);
    SpoolState::read(&machine.paths(), epoch).unwrap()
}

pub(super) fn waiting(machine: &Machine) -> Vec<Value> {
    let epoch = machine.gate().grant().unwrap().epoch;
    waiting_events(&machine.paths(), epoch).unwrap()
}

/// The ids and reasons of what the ledger says was dropped.
pub(super) fn dropped(machine: &Machine) -> Vec<(Option<String>, String)> {
    let ledger = Ledger::new(&machine.paths()).read().unwrap();
    assert_eq!(ledger.unreadable, 0);
    ledger
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            LedgerEntry::Event { id, reason, .. } => Some((id.map(|id| id.to_string()), reason?)),
            _ => None,
        })
        .collect()
}

fn recording() -> Machine {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    machine
}

#[test]
fn a_torn_tail_costs_only_itself() {
    let machine = recording();
    let queue = machine.spool().folder().join("queue.ndjson");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&queue)
        .unwrap();
    file.write_all(b"{\"id\":\"torn").unwrap();
    machine.record();
    assert_eq!(waiting(&machine).len(), 2);
    machine.spool().freeze(&validator()).unwrap();
    assert_eq!(waiting(&machine).len(), 2);
    assert_eq!(dropped(&machine), [(None, "spool_torn".to_owned())]);
    assert!(!queue.exists());
}

#[test]
fn a_full_spool_drops_the_oldest_and_counts_them() {
    let machine = recording();
    let recorder = machine.recorder();
    let mut total = 1;
    while dropped(&machine).is_empty() && total < 5000 {
        assert_eq!(record(&recorder), Recorded::Done(Outcome::Accepted));
        total += 1;
    }
    let state = state(&machine);
    assert!(
        state.bytes <= SPOOL_LIMIT && state.bytes > SPOOL_LIMIT / 2,
        "{state:?}"
    );
    let dropped = dropped(&machine);
    assert_eq!(state.events + dropped.len(), total);
    assert!(
        dropped
            .iter()
            .all(|(id, reason)| id.is_some() && reason == "spool_full")
    );
}

#[test]
fn frozen_batches_count_against_the_limit() {
    let machine = recording();
    let recorder = machine.recorder();
    for _ in 0..500 {
        record(&recorder);
    }
    machine.spool().freeze(&validator()).unwrap();
    for _ in 0..1500 {
        record(&recorder);
    }
    assert!(!dropped(&machine).is_empty());
    let state = state(&machine);
    assert_eq!(state.batches, 6);
    assert!(state.bytes <= SPOOL_LIMIT, "{state:?}");
}

#[test]
fn events_do_not_wait_for_ever() {
    let machine = recording();
    machine.clock.advance(SignedDuration::from_hours(10 * 24));
    // Freezing does not make it younger.
    machine.spool().freeze(&validator()).unwrap();
    machine.record();
    machine.clock.advance(SignedDuration::from_hours(5 * 24));
    machine.record();
    machine.spool().expire().unwrap();
    assert_eq!(reasons(&machine), ["spool_expired"]);
    assert_eq!((state(&machine).events, state(&machine).batches), (2, 0));
    machine.clock.advance(SignedDuration::from_hours(10 * 24));
    machine.spool().freeze(&validator()).unwrap();
    assert_eq!(reasons(&machine), ["spool_expired", "spool_expired"]);
    assert_eq!(waiting(&machine).len(), 1);
}

/// The reasons of what the ledger says was dropped.
fn reasons(machine: &Machine) -> Vec<String> {
    let dropped = dropped(machine).into_iter();
    dropped.map(|(_, reason)| reason).collect()
}

#[test]
fn a_full_disk_drops_the_event_and_nothing_else() {
    let machine = recording();
    let queue = machine.spool().folder().join("queue.ndjson");
    std::fs::remove_file(&queue).unwrap();
    std::os::unix::fs::symlink("/dev/full", &queue).unwrap();
    let expected = Outcome::Dropped(Reason::SpoolUnwritable);
    assert_eq!(machine.record(), Recorded::Done(expected));
    assert_eq!(dropped(&machine), [(None, "spool_unwritable".to_owned())]);
}

#[test]
fn a_spool_in_use_is_not_waited_for() {
    let machine = recording();
    let queue = machine.spool().folder().join("queue.ndjson");
    let mut options = fsx::private_options();
    let held = fsx::open_locked(options.append(true), &queue, Duration::ZERO).unwrap();
    let expected = Outcome::Dropped(Reason::SpoolBusy);
    assert_eq!(machine.record(), Recorded::Done(expected));
    drop(held);
    assert_eq!(machine.record(), Recorded::Done(Outcome::Accepted));
    assert_eq!(dropped(&machine), [(None, "spool_busy".to_owned())]);
}

#[test]
fn a_lost_folder_is_made_again_while_consent_stands() {
    let machine = recording();
    std::fs::remove_dir_all(machine.paths().state_dir).unwrap();
    assert_eq!(machine.record(), Recorded::Done(Outcome::Accepted));
    assert_eq!(waiting(&machine).len(), 1);
}

#[test]
fn what_others_write_into_the_queue_does_not_leave() {
    let machine = recording();
    let queue = machine.spool().folder().join("queue.ndjson");
    let mut event = waiting(&machine).pop().unwrap();
    event["id"] = "00000000-0000-4000-8000-000000000000".into();
    event["properties"]["path"] = "/home/somebody".into();
    event["context"]["userId"] = "me@example.com".into();
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&queue)
        .unwrap();
    writeln!(file, "{event}").unwrap();
    writeln!(file, "{{\"name\":\"secret\"}}").unwrap();
    machine.spool().freeze(&validator()).unwrap();
    let text = serde_json::to_string(&waiting(&machine)).unwrap();
    assert_eq!(waiting(&machine).len(), 2);
    assert!(
        !text.contains("somebody") && !text.contains("example.com"),
        "{text}"
    );
    assert_eq!(dropped(&machine).len(), 1);
}

#[test]
fn appends_and_freezes_at_once_lose_nothing() {
    let machine = recording();
    let (spool, recorder) = (machine.spool(), machine.recorder());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..60 {
                    assert_eq!(record(&recorder), Recorded::Done(Outcome::Accepted));
                }
            });
        }
        scope.spawn(|| (0..20).for_each(|_| spool.freeze(&validator()).unwrap()));
    });
    assert_eq!(waiting(&machine).len(), 181);
    assert_eq!(dropped(&machine), []);
}
