//! What a person can know of every request: the ones that were refused, went unanswered, or were never made.

use std::io::Write as _;
use std::time::Duration;

use decantr::client::control;
use decantr::client::delivery::{End, Sender, Urgency};
use decantr::client::spool::{Ledger, LedgerEntry, inflate};
use decantr::config::Asked;
use flate2::{Compression, GzBuilder};
use jiff::SignedDuration;

use super::delivery::machine;
use super::server::{Behaviour, Server};
use super::support::{Machine, flush, outcomes, record, validator, write};

/// Status and error of every attempt in the ledger.
fn attempts(machine: &Machine) -> Vec<(Option<u16>, String)> {
    let ledger = Ledger::new(&machine.paths()).read().unwrap();
    let entries = ledger.entries.into_iter();
    entries
        .filter_map(|entry| match entry {
            LedgerEntry::Attempt { status, error, .. } => Some((status, error?)),
            _ => None,
        })
        .collect()
}

fn run(machine: &Machine, limit: Duration) -> End {
    let (gate, host) = (machine.gate(), machine.host());
    let sender = Sender::new(&gate, &host, limit).unwrap();
    sender.run(Urgency::Person).end
}

/// The bodies that `log --bytes` shows.
fn shown(machine: &Machine) -> Vec<String> {
    let log = control::log(&machine.host(), &Asked::default(), true).unwrap();
    log.sent.into_iter().map(|sent| sent.body).collect()
}

fn body_of(machine: &Machine) -> String {
    let frozen = machine.spool().frozen().unwrap();
    String::from_utf8(inflate(&frozen[0].bytes().unwrap()).unwrap()).unwrap()
}

#[test]
fn every_request_that_settles_nothing_is_in_the_log_with_its_bytes() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::Says(500, None, ""));
    flush(&machine);
    server.behave(Behaviour::Silent);
    run(&machine, Duration::from_millis(1500));
    assert_eq!(
        attempts(&machine),
        [
            (Some(500), "answered 500".to_owned()),
            (None, "did not answer in time".to_owned())
        ]
    );
    let body = body_of(&machine);
    assert_eq!(shown(&machine), [&*body], "once, though tried twice");
    server.behave(Behaviour::Good);
    flush(&machine);
    assert_eq!(shown(&machine), [body], "and once when it was settled");
    assert_eq!(attempts(&machine).len(), 2);
}

#[test]
fn what_was_tried_can_be_seen_after_its_time_and_after_withdrawal() {
    for withdrawn in [false, true] {
        let server = Server::start();
        let machine = machine(&server);
        server.behave(Behaviour::Says(500, None, ""));
        flush(&machine);
        let body = body_of(&machine);
        let outcome = if withdrawn {
            control::disable(&machine.host(), &Asked::default(), true).unwrap();
            "dropped consent_withdrawn"
        } else {
            machine.clock.advance(SignedDuration::from_hours(15 * 24));
            flush(&machine);
            "dropped spool_expired"
        };
        assert_eq!(outcomes(&machine), [outcome]);
        assert_eq!(shown(&machine), [body]);
        assert_eq!(server.posts().len(), 1);
    }
}

/// Compresses `body` as a freeze does, with a file's name in it if told.
fn gzip(body: &str, name: Option<&str>) -> Vec<u8> {
    let mut builder = GzBuilder::new();
    if let Some(name) = name {
        builder = builder.filename(name);
    }
    let mut gzip = builder.write(Vec::new(), Compression::default());
    gzip.write_all(body.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

/// What somebody else writes in place of a batch with this body.
type Change = dyn Fn(&str) -> Vec<u8>;

#[test]
fn a_frozen_batch_leaves_only_as_a_freeze_would_write_it() {
    let server = Server::start();
    let machine = machine(&server);
    let alter = |change: &Change| {
        machine.record();
        machine.spool().freeze(&validator()).unwrap();
        let frozen = machine.spool().frozen().unwrap().pop().unwrap();
        let body = String::from_utf8(inflate(&frozen.bytes().unwrap()).unwrap()).unwrap();
        std::fs::write(&frozen.path, change(&body)).unwrap();
        frozen
    };
    flush(&machine);
    let (before, posts) = (outcomes(&machine).len(), server.posts().len());
    let replaced = |from: &'static str, to: &'static str| {
        move |body: &str| {
            assert!(body.contains(from), "{body}");
            gzip(&body.replacen(from, to, 1), None)
        }
    };
    let changes: [&Change; 10] = [
        &replaced("\"success\":", "\"path\":\"/home/me\",\"success\":"),
        &replaced("\"cli.command.completed\"", "\"who.am.i\""),
        &replaced(
            "\"source\":\"cli\"",
            "\"source\":\"cli\",\"userId\":\"me@example.com\"",
        ),
        &replaced("{\"schemaVersion\"", "{ \"schemaVersion\""),
        &replaced("\"schemaVersion\"", "\"note\":\"x\",\"schemaVersion\""),
        &replaced("\"schemaVersion\":\"0.3.0\"", "\"schemaVersion\":\"9.9.9\""),
        &replaced(
            "\"batchId\":\"",
            "\"batchId\":\"00000000-0000-7000-8000-000000000000\",\"x\":\"",
        ),
        &|body| [gzip(body, None), b"secret".to_vec()].concat(),
        &|body| gzip(body, Some("secret")),
        &|_| Vec::new(),
    ];
    for change in changes {
        let frozen = alter(change);
        let flushed = flush(&machine);
        assert_eq!((flushed.batches.len(), flushed.waiting), (0, 0));
        assert!(!frozen.path.exists());
        assert_eq!(machine.spool().ledger().body(frozen.id), None);
    }
    assert_eq!(server.posts().len(), posts);
    assert_eq!(outcomes(&machine)[before..], ["dropped spool_torn"; 10]);
    let log = control::log(&machine.host(), &Asked::default(), true).unwrap();
    assert!(!format!("{log:?}").contains("who.am.i"));
    // The same in an older form that the catalog still takes was written by an older decantr.
    alter(&replaced(
        "\"schemaVersion\":\"0.3.0\"",
        "\"schemaVersion\":\"0.2.0\"",
    ));
    flush(&machine);
    assert_eq!(server.posts().len(), posts + 1);
}

#[test]
fn a_key_page_that_does_not_come_costs_two_seconds_once() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::SilentKey);
    let recorder = machine.recorder();
    for _ in 0..250 {
        record(&recorder);
    }
    let flushed = flush(&machine);
    assert_eq!((flushed.failed, flushed.batches.len()), (false, 3));
    for sent in &flushed.batches {
        assert!(sent.receipt.contains("the key page"), "{}", sent.receipt);
    }
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn time_that_runs_out_is_said() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::SilentKey);
    let recorder = machine.recorder();
    for _ in 0..120 {
        record(&recorder);
    }
    // The first batch is answered at once; the key takes the rest of the time.
    let end = run(&machine, Duration::from_millis(1800));
    assert!(matches!(end, End::TimeUp), "{end:?}");
    assert_eq!(server.posts().len(), 1);
    server.behave(Behaviour::Good);
    assert_eq!(flush(&machine).batches.len(), 1);
}

#[test]
fn damaged_notes_of_deliveries_are_reported_and_left_alone() {
    let server = Server::start();
    let machine = machine(&server);
    let path = machine.spool().folder().join("delivery.json");
    write(&path, "{broken");
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert!(
        status.problems[0].contains("delivery.json"),
        "{:?}",
        status.problems
    );
    let error = control::flush(&machine.host(), &Asked::default()).unwrap_err();
    assert_eq!(error.exit_class(), decantr::client::ExitClass::Config);
    decantr::client::delivery::run_bounded(&machine.host(), None);
    assert_eq!(server.requests().len(), 0);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "{broken");
}
