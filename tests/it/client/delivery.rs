//! Delivery against servers that answer well, badly, late, or not at all.

use std::time::Duration;

use decantr::client::control;
use decantr::client::delivery::{DeliveryState, End, Report, Sender, Urgency};
use decantr::config::Asked;
use jiff::SignedDuration;

use super::server::{Behaviour, Server};
use super::support::{Machine, flush, outcomes, record, validator};

pub(super) fn machine(server: &Server) -> Machine {
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    machine.record();
    machine
}

fn run(machine: &Machine, urgency: Urgency, limit: Duration) -> Report {
    let (gate, host) = (machine.gate(), machine.host());
    Sender::new(&gate, &host, limit).unwrap().run(urgency)
}

fn state(machine: &Machine) -> DeliveryState {
    let epoch = machine.gate().grant().unwrap().epoch;
    DeliveryState::load(&machine.paths(), epoch).unwrap()
}

fn kept_bytes(machine: &Machine) -> Vec<Vec<u8>> {
    let day = machine.state("ledger").join("2026-03-01");
    let mut files: Vec<_> = std::fs::read_dir(day)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.retain(|path| path.to_str().unwrap().ends_with(".json.gz"));
    files
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[test]
fn a_good_server_gets_the_batch_and_its_receipt_is_verified() {
    let server = Server::start();
    let machine = machine(&server);
    let flushed = flush(&machine);
    assert_eq!(
        (flushed.permitted, flushed.failed, flushed.waiting),
        (true, false, 0)
    );
    assert_eq!(flushed.batches[0].receipt, "verified");
    assert_eq!(flushed.batches[0].accepted, 1);
    let post = &server.posts()[0];
    assert_eq!(post.headers["content-type"], "application/json");
    assert_eq!(post.headers["content-encoding"], "gzip");
    assert!(post.headers.get("authorization").is_none());
    assert!(post.headers.get("cookie").is_none());
    assert_eq!(outcomes(&machine), ["accepted"]);
    let kept = kept_bytes(&machine);
    assert!(kept.iter().eq([&post.body]), "exactly what was sent");
    assert!(machine.spool().is_empty());
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(
        status.delivery.last_receipt,
        Some(flushed.batches[0].clone())
    );
}

#[test]
fn the_key_is_pinned_at_the_first_receipt() {
    let server = Server::start();
    let machine = machine(&server);
    flush(&machine);
    machine.record();
    flush(&machine);
    assert_eq!(server.requests().len(), 3, "the key page is asked for once");
    server.behave(Behaviour::OtherKey);
    machine.record();
    let flushed = flush(&machine);
    let receipt = &flushed.batches[0].receipt;
    assert!(
        receipt.starts_with("not verified: ") && receipt.contains("is pinned"),
        "{receipt}"
    );
    assert_eq!(flushed.batches[0].accepted, 1, "the answer still counts");
    assert!(machine.spool().is_empty());
}

#[test]
fn a_missing_receipt_is_noted_and_the_answer_counts() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::NoReceipt);
    let flushed = flush(&machine);
    assert!(
        flushed.batches[0].receipt.starts_with("not verified"),
        "{:?}",
        flushed.batches
    );
    assert_eq!(outcomes(&machine), ["accepted"]);
}

#[test]
fn a_server_that_is_down_costs_nothing_but_patience() {
    let server = Server::start();
    let machine = machine(&server);
    drop(server);
    let flushed = flush(&machine);
    assert!(
        flushed.failed && flushed.why.contains("could not be asked"),
        "{}",
        flushed.why
    );
    assert_eq!(flushed.waiting, 1);
    let failed = state(&machine);
    assert_eq!(failed.failures, 1);
    let wait = failed.not_before.unwrap().duration_since(machine.now());
    assert!((30..=60).contains(&wait.as_secs()), "{wait}");
    let report = run(&machine, Urgency::Background, Duration::from_secs(1));
    assert!(matches!(report.end, End::NotYet { .. }));
    machine.clock.advance(SignedDuration::from_secs(60));
    run(&machine, Urgency::Background, Duration::from_secs(1));
    assert_eq!(state(&machine).failures, 2);
}

#[test]
fn a_silent_server_is_given_up_on() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::Silent);
    let report = run(&machine, Urgency::Person, Duration::from_millis(1500));
    let End::Failed(error) = report.end else {
        panic!("{report:?}");
    };
    assert!(error.contains("did not answer"), "{error}");
    assert_eq!(flush_count(&machine), 1);
}

fn flush_count(machine: &Machine) -> usize {
    control::status(&machine.host(), &Asked::default())
        .unwrap()
        .spool
        .events
}

#[test]
fn what_a_server_refuses_is_dropped_with_its_reason() {
    for status in [400, 401, 404, 413, 422] {
        let server = Server::start();
        let machine = machine(&server);
        server.behave(Behaviour::Says(status, None, "{}"));
        let flushed = flush(&machine);
        assert_eq!((flushed.failed, flushed.waiting), (true, 0), "{status}");
        assert!(flushed.why.contains("refused 1 event"), "{}", flushed.why);
        assert!(flushed.refused == 1 && flushed.batches[0].refused);
        assert_eq!(
            (flushed.batches[0].status, flushed.batches[0].dropped),
            (status, 1)
        );
        assert_eq!(outcomes(&machine), ["dropped refused_by_server"]);
        assert_eq!(kept_bytes(&machine).len(), 1);
    }
}

#[test]
fn what_a_server_cannot_take_now_is_kept() {
    for (status, body, says) in [
        (408, "", "answered 408"),
        (429, "", "answered 429"),
        (500, "", "answered 500"),
        (503, "", "answered 503"),
        (302, "", "a redirect (302)"),
        (307, "", "a redirect (307)"),
        (200, "<html>hello", "not like a decantr server"),
        (
            202,
            "{\"accepted\":true,\"results\":[]}",
            "not like a decantr server",
        ),
    ] {
        let server = Server::start();
        let machine = machine(&server);
        server.behave(Behaviour::Says(status, None, body));
        let flushed = flush(&machine);
        assert!(
            flushed.failed && flushed.why.contains(says),
            "{status}: {}",
            flushed.why
        );
        assert_eq!(flushed.waiting, 1, "{status}");
        assert_eq!(outcomes(&machine).len(), 0, "{status}");
        assert_eq!(server.requests().len(), 1, "a redirect is not followed");
        server.behave(Behaviour::Good);
        assert_eq!(flush(&machine).batches.len(), 1);
        assert_eq!(state(&machine).failures, 0);
    }
}

#[test]
fn a_server_that_asks_for_a_pause_gets_it_even_from_a_person() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::Says(429, Some(600), ""));
    flush(&machine);
    server.behave(Behaviour::Good);
    let flushed = flush(&machine);
    assert!(
        flushed.failed && flushed.why.contains("asked to wait"),
        "{}",
        flushed.why
    );
    assert_eq!(server.posts().len(), 1);
    machine.clock.advance(SignedDuration::from_secs(600));
    assert_eq!(flush(&machine).batches.len(), 1);
}

#[test]
fn a_resend_is_the_same_request() {
    let server = Server::start();
    let machine = machine(&server);
    server.behave(Behaviour::Says(500, None, ""));
    flush(&machine);
    machine.record();
    server.behave(Behaviour::Good);
    flush(&machine);
    let posts = server.posts();
    assert_eq!(posts.len(), 3);
    assert_eq!(posts[0].body, posts[1].body);
    assert_ne!(posts[1].batch()["batchId"], posts[2].batch()["batchId"]);
}

#[test]
fn a_crash_between_freeze_and_send_changes_nothing() {
    let server = Server::start();
    let machine = machine(&server);
    let spool = machine.spool();
    let queue = std::fs::read(spool.folder().join("queue.ndjson")).unwrap();
    spool.freeze(&validator()).unwrap();
    let frozen = spool.frozen().unwrap();
    // The sender died before it removed what it had taken: the event is frozen and taken.
    std::fs::write(spool.folder().join("taken.ndjson"), queue).unwrap();
    let bytes = frozen[0].bytes().unwrap();
    let flushed = flush(&machine);
    let posts = server.posts();
    assert_eq!(posts[0].body, bytes);
    assert_eq!(
        posts[0].batch()["batchId"],
        frozen[0].id.to_string().as_str()
    );
    assert_eq!(
        flushed
            .batches
            .iter()
            .map(|sent| sent.accepted)
            .sum::<usize>(),
        1
    );
    assert_eq!(
        flushed
            .batches
            .iter()
            .map(|sent| sent.duplicates)
            .sum::<usize>(),
        1
    );
}

#[test]
fn of_two_senders_one_sends() {
    let server = Server::start();
    let machine = machine(&server);
    let (gate, host) = (machine.gate(), machine.host());
    let other = Sender::new(&gate, &host, Duration::from_secs(5)).unwrap();
    let (ends, seen) = std::sync::mpsc::channel();
    server.behave(Behaviour::After(Box::new(move || {
        ends.send(other.run_elsewhere()).unwrap();
    })));
    let report = run(&machine, Urgency::Person, Duration::from_secs(5));
    assert!(matches!(report.end, End::Done));
    assert_eq!(seen.recv().unwrap(), "Busy");
    assert_eq!(server.posts().len(), 1);
}

#[test]
fn a_person_waits_for_the_sender_that_is_at_work() {
    let server = Server::start();
    let machine = machine(&server);
    let (gate, host) = (machine.gate(), machine.host());
    let other = Sender::new(&gate, &host, Duration::from_secs(5)).unwrap();
    let (threads, seen) = std::sync::mpsc::channel();
    let other = std::sync::Mutex::new(Some(other));
    server.behave(Behaviour::After(Box::new(move || {
        let other = other.lock().unwrap().take().unwrap();
        let waiting = std::thread::spawn(move || other.run(Urgency::Person));
        threads.send(waiting).unwrap();
    })));
    let report = run(&machine, Urgency::Background, Duration::from_secs(5));
    assert!(matches!(report.end, End::Done));
    let waited = seen.recv().unwrap().join().unwrap();
    assert!(matches!(waited.end, End::Done) && waited.batches.is_empty());
    assert_eq!(server.posts().len(), 1);
}

/// Runs a sender on a thread of its own, since a runtime cannot be built inside another.
trait Elsewhere {
    fn run_elsewhere(&self) -> String;
}

impl Elsewhere for Sender {
    fn run_elsewhere(&self) -> String {
        std::thread::scope(|scope| {
            let run = scope.spawn(|| format!("{:?}", self.run(Urgency::BuildMachine).end));
            run.join().unwrap()
        })
    }
}

#[test]
fn a_large_spool_goes_in_batches_of_a_hundred() {
    let server = Server::start();
    let machine = machine(&server);
    let recorder = machine.recorder();
    for _ in 0..250 {
        record(&recorder);
    }
    let flushed = flush(&machine);
    let sizes: Vec<usize> = flushed.batches.iter().map(|sent| sent.events).collect();
    assert_eq!(sizes, [100, 100, 51]);
    assert!(
        flushed
            .batches
            .iter()
            .all(|sent| sent.receipt == "verified")
    );
    assert_eq!(outcomes(&machine).len(), 251);
}
