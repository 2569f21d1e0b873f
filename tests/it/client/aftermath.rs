//! What a delivery leaves on this machine, and what it makes of files that are old or damaged.

use decantr::client::control;
use decantr::client::spool::{Ledger, LedgerEntry};
use decantr::config::Asked;
use jiff::SignedDuration;

use super::delivery::machine;
use super::server::Server;
use super::support::{Machine, flush, outcomes, record, validator, write};

#[test]
fn batches_that_waited_too_long_are_not_sent() {
    let server = Server::start();
    let machine = machine(&server);
    machine.spool().freeze(&validator()).unwrap();
    machine.clock.advance(SignedDuration::from_hours(15 * 24));
    let flushed = flush(&machine);
    assert_eq!((flushed.batches.len(), flushed.waiting), (0, 0));
    assert_eq!(server.requests().len(), 0);
    assert_eq!(outcomes(&machine), ["dropped spool_expired"]);
}

#[test]
fn a_damaged_batch_is_counted_and_kept_out_of_the_way() {
    let server = Server::start();
    let machine = machine(&server);
    machine.spool().freeze(&validator()).unwrap();
    std::fs::write(&machine.spool().frozen().unwrap()[0].path, b"damaged").unwrap();
    machine.record();
    assert_eq!(flush(&machine).batches.len(), 1);
    assert_eq!(outcomes(&machine), ["dropped spool_torn", "accepted"]);
}

#[test]
fn broken_pins_are_reported_and_left_alone() {
    let server = Server::start();
    let machine = machine(&server);
    write(&machine.state("pins.json"), "{broken");
    let flushed = flush(&machine);
    assert!(
        flushed.batches[0].receipt.contains("pins.json"),
        "{:?}",
        flushed.batches
    );
    assert_eq!(
        std::fs::read_to_string(machine.state("pins.json")).unwrap(),
        "{broken"
    );
}

#[test]
fn a_build_machine_sends_at_once() {
    let server = Server::start();
    let machine = Machine::new()
        .with("DECANTR_TELEMETRY_ENDPOINT", &server.url)
        .with("CI", "true");
    let (host, asked) = (machine.host(), Asked::default());
    let terms = control::Terms {
        scopes: vec![decantr::client::consent::Scope::Ci],
        ..control::Terms::default()
    };
    let plan = control::plan_enable(&host, &asked, terms).unwrap();
    plan.commit(&host, &asked, decantr::client::consent::Actor::YesFlag)
        .unwrap();
    for _ in 0..2 {
        let recorder = machine.recorder();
        record(&recorder);
        recorder.hand_off();
    }
    assert_eq!(server.posts().len(), 2);
}

#[test]
fn the_ledger_stays_small_and_says_so() {
    let server = Server::start();
    let machine = machine(&server);
    flush(&machine);
    machine.clock.advance(SignedDuration::from_hours(24 * 60));
    machine.record();
    flush(&machine);
    machine.clock.advance(SignedDuration::from_hours(24 * 31));
    machine.record();
    flush(&machine);
    let ledger = Ledger::new(&machine.paths()).read().unwrap();
    let pruned = ledger
        .entries
        .iter()
        .filter(|e| matches!(e, LedgerEntry::Pruned { day, .. } if day == "2026-03-01"));
    assert_eq!(pruned.count(), 1);
    assert_eq!(outcomes(&machine), ["accepted", "accepted"]);
}
