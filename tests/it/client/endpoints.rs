//! One machine, several grants: what waits for one endpoint never goes to another, is seen, and does not wait for ever.

use decantr::client::consent::{Actor, Locked};
use decantr::client::control::{self, Status};
use decantr::client::recorder::Recorded;
use decantr::client::spool::Spool;
use decantr::config::Asked;
use decantr::model::outcome::{Outcome, Reason};
use jiff::SignedDuration;

use super::delivery::machine;
use super::server::{Behaviour, Server};
use super::spool::waiting;
use super::support::{Machine, flush, outcomes, record, validator, write};

fn status(machine: &Machine) -> Status {
    control::status(&machine.host(), &Asked::default()).unwrap()
}

fn switch(machine: &mut Machine, server: &Server) {
    machine.set("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
}

#[test]
fn a_record_that_was_removed_by_hand_brings_no_epoch_back() {
    let (one, two) = (Server::start(), Server::start());
    let mut machine = machine(&one);
    std::fs::remove_file(machine.config("consent.json")).unwrap();
    switch(&mut machine, &two);
    assert_eq!(waiting(&machine).len(), 0);
    assert_eq!(outcomes(&machine), ["dropped consent_withdrawn"]);
    assert_eq!(Spool::epochs(&machine.paths()).unwrap(), [2]);
    flush(&machine);
    assert_eq!((one.posts().len(), two.posts().len()), (0, 0));
}

#[test]
fn a_new_grant_starts_empty_whatever_lies_about() {
    let (one, two) = (Server::start(), Server::start());
    let mut machine = machine(&one);
    let line = std::fs::read_to_string(machine.spool().folder().join("queue.ndjson")).unwrap();
    for epoch in ["2", "3", "9", "18446744073709551615"] {
        write(
            &machine.state(&format!("spool/{epoch}/queue.ndjson")),
            &line,
        );
    }
    switch(&mut machine, &two);
    assert_eq!(waiting(&machine).len(), 0);
    assert_eq!(outcomes(&machine), ["dropped consent_withdrawn"; 3]);
    assert_eq!(Spool::epochs(&machine.paths()).unwrap(), [1, 10]);
    flush(&machine);
    assert_eq!(two.posts().len(), 0);
    machine.set("DECANTR_TELEMETRY_ENDPOINT", &one.url);
    assert_eq!(waiting(&machine).len(), 1, "what is somebody's stays");
}

#[test]
fn what_waits_for_others_is_seen() {
    let (one, two) = (Server::start(), Server::start());
    let mut machine = machine(&one);
    machine.spool().freeze(&validator()).unwrap();
    machine.record();
    switch(&mut machine, &two);
    let log = control::log(&machine.host(), &Asked::default(), false).unwrap();
    assert_eq!((log.waiting.len(), log.elsewhere), (0, 2));
    let status = status(&machine);
    assert_eq!((status.spool.events, status.spool.elsewhere), (0, 2));
    assert!(status.warnings.is_empty(), "{:?}", status.warnings);
}

#[test]
fn what_waits_for_others_does_not_wait_for_ever() {
    let (one, two) = (Server::start(), Server::start());
    let mut machine = machine(&one);
    machine.spool().freeze(&validator()).unwrap();
    let frozen = machine.spool().frozen().unwrap().pop().unwrap();
    machine.record();
    machine.clock.advance(SignedDuration::from_hours(24));
    machine.record();
    switch(&mut machine, &two);
    machine
        .clock
        .advance(SignedDuration::from_hours(14 * 24 - 1));
    flush(&machine);
    assert_eq!(outcomes(&machine), ["dropped spool_expired"; 2]);
    assert_eq!(status(&machine).spool.elsewhere, 1);
    assert!(machine.spool().ledger().body(frozen.id).is_some());
    assert_eq!(one.posts().len() + two.posts().len(), 0);
}

#[test]
fn left_over_events_are_warned_about_where_there_are_any() {
    let until = |machine: &Machine| control::Terms {
        until: machine
            .now()
            .checked_add(SignedDuration::from_hours(1))
            .ok(),
        ..control::Terms::default()
    };
    for recorded in [false, true] {
        let machine = Machine::new();
        let (host, asked) = (machine.host(), Asked::default());
        let plan = control::plan_enable(&host, &asked, until(&machine)).unwrap();
        plan.commit(&host, &asked, Actor::YesFlag).unwrap();
        if recorded {
            machine.record();
        }
        machine.clock.advance(SignedDuration::from_hours(2));
        let warnings = status(&machine).warnings;
        assert_eq!(
            warnings.iter().any(|text| text.contains("earlier grant")),
            recorded,
            "{warnings:?}"
        );
    }
}

#[test]
fn one_servers_pause_is_not_anothers() {
    let (one, two) = (Server::start(), Server::start());
    let mut machine = machine(&one);
    one.behave(Behaviour::Says(429, Some(600), ""));
    assert!(flush(&machine).failed);
    switch(&mut machine, &two);
    machine.record();
    let flushed = flush(&machine);
    assert_eq!((flushed.failed, flushed.batches.len()), (false, 1));
    machine.set("DECANTR_TELEMETRY_ENDPOINT", &one.url);
    assert!(flush(&machine).why.contains("asked to wait"));
    let frozen = machine.spool().frozen().unwrap();
    std::fs::remove_file(&frozen[0].path).unwrap();
    assert!(!flush(&machine).failed, "nothing waits, so nobody has to");
}

#[test]
fn a_state_folder_that_was_removed_is_made_again_before_the_first_id() {
    for with_id in [false, true] {
        let machine = Machine::new();
        machine.enable();
        if with_id {
            machine.record();
        }
        std::fs::remove_dir_all(machine.paths().state_dir).unwrap();
        let project = machine.project();
        let asked = Asked {
            project: Some(&project),
            ..Asked::default()
        };
        let recorder = machine.recorder_for(&asked);
        assert_eq!(record(&recorder), Recorded::Done(Outcome::Accepted));
        assert!(waiting(&machine)[0]["context"]["projectId"].is_string());
    }
}

#[test]
fn what_is_dropped_is_counted_even_when_the_state_folder_is_gone() {
    let machine = Machine::new();
    machine.enable();
    std::fs::remove_dir_all(machine.paths().state_dir).unwrap();
    machine.recorder().record("cli.command.completed", []);
    assert_eq!(outcomes(&machine), ["dropped missing_required_property"]);
}

#[test]
fn minting_waits_for_who_mints_and_says_that_it_was_busy() {
    let machine = Machine::new();
    machine.enable();
    let held = Locked::open(&machine.paths(), std::time::Duration::ZERO).unwrap();
    let busy = Outcome::Dropped(Reason::SpoolBusy);
    assert_eq!(machine.record(), Recorded::Done(busy));
    assert_eq!(outcomes(&machine), ["dropped spool_busy"]);
    std::thread::scope(|scope| {
        let recording = scope.spawn(|| machine.record());
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(held);
        let recorded = recording.join().unwrap();
        assert_eq!(recorded, Recorded::Done(Outcome::Accepted));
    });
}
