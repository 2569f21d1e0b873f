//! `telemetry verify` and what was sent: whatever is changed afterwards in bytes, log, receipts or keys is caught.

use std::path::PathBuf;

use decantr::base::crypto::{hex, sha256};
use decantr::client::control::{Level, Verified};
use decantr::client::spool::inflate;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::server::{Behaviour, Server};
use super::support::{Machine, flush, write};
use super::verify::{check, failed, verify};

/// A machine that has sent two batches, of two events and of one, and has an event waiting.
struct Sent {
    machine: Machine,
    _server: Server,
}

impl Sent {
    fn new() -> Self {
        let server = Server::start();
        let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
        machine.enable();
        for events in [2, 1] {
            for _ in 0..events {
                machine.record();
            }
            assert!(!flush(&machine).failed);
            machine.clock.advance(jiff::SignedDuration::from_secs(1));
        }
        machine.record();
        Self {
            machine,
            _server: server,
        }
    }

    fn log(&self) -> PathBuf {
        self.machine.state("ledger/2026-03-01/events.ndjson")
    }

    /// Changes the lines of the log.
    fn edit_log(&self, edit: impl FnOnce(&mut Vec<Value>)) {
        let text = std::fs::read_to_string(self.log()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let mut lines: Vec<Value> = lines.collect();
        edit(&mut lines);
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        write(&self.log(), &(lines.join("\n") + "\n"));
    }

    /// The files with the bytes of batches, oldest first.
    fn bodies(&self) -> Vec<PathBuf> {
        let folder = self.log().parent().unwrap().to_owned();
        let entries = std::fs::read_dir(folder).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "gz"));
        paths.sort();
        assert_eq!(paths.len(), 2);
        paths
    }

    fn verify(&self) -> Verified {
        verify(&self.machine)
    }
}

/// The lines of one kind.
fn of_kind<'a>(lines: &'a mut [Value], kind: &'a str) -> impl Iterator<Item = &'a mut Value> {
    lines.iter_mut().filter(move |line| line["kind"] == kind)
}

#[test]
fn what_was_sent_and_not_touched_holds() {
    let sent = Sent::new();
    let before = sent.machine.snapshot();
    let verified = sent.verify();
    assert_eq!(failed(&verified), Vec::<&str>::new());
    assert!(verified.problems.is_empty(), "{:?}", verified.problems);
    for (name, level) in [
        ("bytes", Level::Proved),
        ("receipts", Level::Proved),
        ("outcomes", Level::Observed),
        ("catalog", Level::Observed),
    ] {
        assert_eq!(check(&verified, name).level, level, "{name}");
    }
    assert!(
        check(&verified, "receipts")
            .details
            .starts_with("2 receipts signed")
    );
    assert!(
        check(&verified, "catalog")
            .details
            .starts_with("3 events in 2 batches and 1 ")
    );
    assert_eq!(sent.machine.snapshot(), before);
}

#[test]
fn a_flipped_byte_anywhere_in_kept_bytes_is_caught() {
    let sent = Sent::new();
    let path = sent.bodies().remove(0);
    let good = std::fs::read(&path).unwrap();
    let body = inflate(&good).unwrap();
    let mut harmless = 0;
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, &bytes).unwrap();
        let verified = sent.verify();
        if failed(&verified).is_empty() {
            // Padding between compressed blocks says nothing.
            assert_eq!(inflate(&bytes).unwrap(), body, "byte {at}");
            harmless += 1;
        } else {
            assert!(failed(&verified).contains(&"bytes"), "byte {at}");
        }
    }
    assert!(harmless <= 1, "{harmless} flips were not seen");
}

/// How the log is changed, and the checks that must fail.
type Edit = (&'static str, fn(&mut Vec<Value>), &'static [&'static str]);

const EDITS: [Edit; 9] = [
    (
        "the number of events",
        |lines| of_kind(lines, "batch").next().unwrap()["events"] = json!(3),
        &["outcomes"],
    ),
    (
        "the number of bytes",
        |lines| of_kind(lines, "batch").next().unwrap()["bytes"] = json!(3),
        &["bytes"],
    ),
    (
        "the digest",
        |lines| of_kind(lines, "batch").next().unwrap()["digest"] = json!("00"),
        &["bytes", "receipts"],
    ),
    (
        "an outcome",
        |lines| of_kind(lines, "event").next().unwrap()["outcome"] = json!("dropped"),
        &["receipts"],
    ),
    (
        "the event that an outcome is about",
        |lines| of_kind(lines, "event").next().unwrap()["id"] = json!(uuid::Uuid::nil()),
        &["outcomes"],
    ),
    (
        "a dropped event line",
        |lines| drop(lines.remove(0)),
        &["receipts", "outcomes"],
    ),
    (
        "a dropped answer",
        |lines| lines.retain(|line| line["kind"] != "batch"),
        &["outcomes"],
    ),
    (
        "a dropped receipt",
        |lines| {
            let answer = of_kind(lines, "batch").next().unwrap();
            answer.as_object_mut().unwrap().remove("receipt");
        },
        &["receipts"],
    ),
    (
        "receipts that change places",
        |lines| {
            let mut batches = of_kind(lines, "batch");
            let (one, other) = (batches.next().unwrap(), batches.next().unwrap());
            let receipt = one["receipt"].take();
            one["receipt"] = other["receipt"].take();
            other["receipt"] = receipt;
        },
        &["receipts"],
    ),
];

#[test]
fn a_log_that_was_changed_is_caught() {
    for (what, edit, fails) in EDITS {
        let sent = Sent::new();
        sent.edit_log(edit);
        let verified = sent.verify();
        assert_eq!(failed(&verified), fails, "{what}");
        for name in fails {
            let residue = &check(&verified, name).residue;
            assert!(
                residue.iter().all(|text| text.len() > 20),
                "{what}: {residue:?}"
            );
        }
    }
}

#[test]
fn a_replaced_or_removed_key_is_caught() {
    for pins in [
        None,
        Some(decantr::base::crypto::SigningKey::generate().unwrap().0),
    ] {
        let sent = Sent::new();
        let path = sent.machine.state("pins.json");
        match &pins {
            None => std::fs::remove_file(&path).unwrap(),
            Some(key) => {
                let text = std::fs::read_to_string(&path).unwrap();
                let mut json: Value = serde_json::from_str(&text).unwrap();
                let page = decantr::model::protocol::KeyPage::of(key);
                for pinned in json.as_object_mut().unwrap().values_mut() {
                    *pinned = serde_json::to_value(&page).unwrap();
                }
                write(&path, &json.to_string());
            }
        }
        let verified = sent.verify();
        assert_eq!(failed(&verified), ["receipts"]);
        assert_eq!(check(&verified, "receipts").residue.len(), 2);
    }
}

#[test]
fn a_removed_body_is_caught() {
    let sent = Sent::new();
    std::fs::remove_file(sent.bodies().remove(1)).unwrap();
    let verified = sent.verify();
    assert_eq!(failed(&verified), ["bytes", "receipts"]);
    assert!(check(&verified, "bytes").residue[0].contains("not kept any more"));
}

#[test]
fn bytes_that_say_more_than_the_catalog_allows_are_caught_even_with_a_digest_to_match() {
    let sent = Sent::new();
    let path = sent.bodies().remove(0);
    let body = inflate(&std::fs::read(&path).unwrap()).unwrap();
    let mut json: Value = serde_json::from_slice(&body).unwrap();
    json["events"][0]["properties"]["path"] = json!("/home/me");
    let body = json.to_string();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    std::io::Write::write_all(&mut gzip, body.as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    std::fs::write(&path, &bytes).unwrap();
    sent.edit_log(|lines| {
        let answer = of_kind(lines, "batch").next().unwrap();
        answer["digest"] = json!(hex(&sha256(body.as_bytes())));
        answer["bytes"] = json!(bytes.len());
    });
    let verified = sent.verify();
    assert_eq!(failed(&verified), ["receipts", "catalog"]);
}

#[test]
fn a_waiting_event_that_says_more_than_the_catalog_allows_is_caught() {
    let sent = Sent::new();
    let queue = sent.machine.spool().folder().join("queue.ndjson");
    let text = std::fs::read_to_string(&queue).unwrap();
    write(
        &queue,
        &text.replace("\"properties\":{", "\"properties\":{\"path\":\"/home/me\","),
    );
    let verified = sent.verify();
    assert_eq!(failed(&verified), ["catalog"]);
    assert!(check(&verified, "catalog").residue[0].contains("more than the catalog allows"));
    write(&queue, "{\"name\":\"no.such.event\"}\n");
    let verified = sent.verify();
    assert_eq!(failed(&verified), ["catalog"]);
}

#[test]
fn what_the_consent_does_not_cover_is_caught() {
    let sent = Sent::new();
    let path = sent.machine.config("consent.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let scopes = "\"scopes\": [";
    assert!(text.contains(scopes));
    let only = format!("\"only\": [\"registry_discovery\"],\n{scopes}");
    std::fs::write(&path, text.replace(scopes, &only)).unwrap();
    let verified = sent.verify();
    assert_eq!(failed(&verified), ["catalog"]);
    assert!(check(&verified, "catalog").residue[0].contains("not covered by what you agreed to"));
}

/// What came of one batch that was sent to a server that behaves like this.
fn after(behaviour: Behaviour) -> Verified {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    machine.record();
    server.behave(behaviour);
    flush(&machine);
    verify(&machine)
}

#[test]
fn a_server_that_breaks_its_side_is_named() {
    for behaviour in [Behaviour::NoReceipt, Behaviour::OtherKey] {
        let verified = after(behaviour);
        assert_eq!(failed(&verified), ["receipts"]);
        assert!(check(&verified, "receipts").residue[0].contains("http://127.0.0.1:"));
    }
}

#[test]
fn a_refused_batch_has_no_receipt_and_breaks_nothing() {
    let verified = after(Behaviour::Says(422, None, "{}"));
    assert_eq!(failed(&verified), Vec::<&str>::new());
    assert!(
        check(&verified, "receipts")
            .details
            .contains("1 batches refused")
    );
}

#[test]
fn a_batch_that_is_still_to_be_sent_breaks_nothing() {
    let verified = after(Behaviour::Says(503, None, "{}"));
    assert_eq!(failed(&verified), Vec::<&str>::new());
    assert!(
        check(&verified, "catalog")
            .details
            .starts_with("1 events in 1 batches")
    );
}
