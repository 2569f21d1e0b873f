//! The spool: bounded, whole lines, nothing lost unreported, whatever crashes when.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

use decantr::base::fsx;
use decantr::client::recorder::Recorded;
use decantr::client::spool::{
    Ledger, LedgerEntry, SPOOL_LIMIT, Spool, SpoolState, events_of, inflate, validator,
    waiting_events,
};
use decantr::model::catalog::Catalog;
use decantr::model::event::{Admission, RawEvent, RawValue, Sink as _};
use decantr::model::outcome::{Outcome, Reason};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::Value;

use super::support::{Machine, record};

fn state(machine: &Machine) -> SpoolState {
    let epoch = machine.gate().grant().unwrap().epoch;
    SpoolState::read(&machine.paths(), epoch).unwrap()
}

fn waiting(machine: &Machine) -> Vec<Value> {
    let epoch = machine.gate().grant().unwrap().epoch;
    waiting_events(&machine.paths(), epoch).unwrap()
}

/// The ids and reasons of what the ledger says was dropped.
fn dropped(machine: &Machine) -> Vec<(Option<String>, String)> {
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
    assert_eq!(queue.metadata().unwrap().len(), 0);
}

#[test]
fn a_full_spool_drops_the_oldest_and_counts_them() {
    let machine = recording();
    let recorder = machine.recorder();
    let mut recorded = 1;
    while dropped(&machine).is_empty() {
        assert_eq!(record(&recorder), Recorded::Done(Outcome::Accepted));
        recorded += 1;
    }
    let state = state(&machine);
    assert!(
        state.bytes <= SPOOL_LIMIT && state.bytes > SPOOL_LIMIT / 2,
        "{state:?}"
    );
    let dropped = dropped(&machine);
    assert_eq!(state.events + dropped.len(), recorded);
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
    while dropped(&machine).is_empty() {
        record(&recorder);
    }
    let state = state(&machine);
    assert_eq!(state.batches, 6);
    assert!(state.bytes <= SPOOL_LIMIT, "{state:?}");
}

#[test]
fn events_do_not_wait_for_ever() {
    let machine = recording();
    let frozen = machine.spool();
    frozen.freeze(&validator()).unwrap();
    machine.record();
    machine
        .clock
        .advance(SignedDuration::from_hours(14 * 24 + 1));
    assert!(frozen.frozen().unwrap()[0].is_expired(machine.now()));
    machine.record();
    machine.spool().freeze(&validator()).unwrap();
    let reasons: Vec<String> = dropped(&machine)
        .into_iter()
        .map(|(_, reason)| reason)
        .collect();
    assert_eq!(reasons, ["spool_expired"]);
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
                (0..60)
                    .for_each(|_| assert_eq!(record(&recorder), Recorded::Done(Outcome::Accepted)))
            });
        }
        scope.spawn(|| (0..20).for_each(|_| spool.freeze(&validator()).unwrap()));
    });
    assert_eq!(waiting(&machine).len(), 181);
    assert_eq!(dropped(&machine), []);
}

/// What may happen to a spool between two appends.
#[derive(Debug, Clone)]
enum Step {
    /// This many events are recorded.
    Append(usize),
    /// A process died in the middle of an append, this many bytes in.
    Tear(usize),
    /// A whole freeze.
    Freeze,
    /// A freeze that died before it emptied the queue, when this many of its batches were written.
    Crash(usize),
    /// The oldest batch was answered.
    Answered,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..130_usize).prop_map(Step::Append),
        2 => (1..60_usize).prop_map(Step::Tear),
        2 => Just(Step::Freeze),
        2 => (0..3_usize).prop_map(Step::Crash),
        1 => Just(Step::Answered),
    ]
}

/// A spool with everything that should be true of it.
struct Model {
    machine: Machine,
    spool: Spool,
    accepted: BTreeSet<String>,
    answered: BTreeMap<String, Value>,
    torn: usize,
}

impl Model {
    fn new() -> Self {
        let machine = Machine::new();
        machine.enable();
        machine.record();
        let accepted = waiting(&machine).iter().map(|event| id(event)).collect();
        Self {
            spool: machine.spool(),
            machine,
            accepted,
            answered: BTreeMap::new(),
            torn: 0,
        }
    }

    fn queue(&self) -> std::path::PathBuf {
        self.spool.folder().join("queue.ndjson")
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Append(count) => {
                let catalog = validator();
                for _ in 0..*count {
                    let event = good_event(&catalog, self.machine.now());
                    assert_eq!(self.spool.put(&event), Outcome::Accepted);
                    self.accepted.insert(event.id.to_string());
                }
            }
            Step::Tear(bytes) => {
                let queue = std::fs::OpenOptions::new().append(true).open(self.queue());
                let at_start = self.queue().metadata().unwrap().len() == 0
                    || std::fs::read(self.queue()).unwrap().ends_with(b"\n");
                let line =
                    serde_json::to_vec(&good_event(&validator(), self.machine.now())).unwrap();
                // A tail that is torn already grows; it stays one torn line.
                queue.unwrap().write_all(&line[..*bytes]).unwrap();
                self.torn += usize::from(at_start);
            }
            Step::Freeze => self.spool.freeze(&validator()).unwrap(),
            Step::Crash(written) => {
                let before: Vec<_> = self.spool.frozen().unwrap();
                let queue = std::fs::read(self.queue()).unwrap();
                let torn_again = queue.split(|b| *b == b'\n').filter(|line| {
                    !line.is_empty() && serde_json::from_slice::<Value>(line).is_err()
                });
                self.torn += torn_again.count();
                self.spool.freeze(&validator()).unwrap();
                std::fs::write(self.queue(), queue).unwrap();
                let new = self
                    .spool
                    .frozen()
                    .unwrap()
                    .into_iter()
                    .filter(|b| !before.contains(b));
                for batch in new.skip(*written) {
                    std::fs::remove_file(batch.path).unwrap();
                }
            }
            Step::Answered => {
                let Some(batch) = self.spool.frozen().unwrap().into_iter().next() else {
                    return;
                };
                let body: Value =
                    serde_json::from_slice(&inflate(&batch.bytes().unwrap()).unwrap()).unwrap();
                for event in body["events"].as_array().unwrap() {
                    self.answered.insert(id(event), event.clone());
                }
                self.spool
                    .ledger()
                    .keep(self.machine.now(), &batch)
                    .unwrap();
            }
        }
    }

    /// Every accepted event is somewhere, wherever it is it is the same, and what was torn is counted.
    fn check(&self) {
        let mut found = self.answered.clone();
        for event in waiting(&self.machine) {
            let id = id(&event);
            let same = found.get(&id).is_none_or(|known| *known == event);
            assert!(same, "{event} differs from its other copy");
            found.insert(id, event);
        }
        let reported: BTreeSet<String> = dropped(&self.machine)
            .into_iter()
            .filter_map(|(id, _)| id)
            .collect();
        for id in &self.accepted {
            assert!(
                found.contains_key(id) || reported.contains(id),
                "{id} was lost"
            );
        }
        for id in found.keys() {
            assert!(self.accepted.contains(id), "{id} came from nowhere");
        }
        for batch in self.spool.frozen().unwrap() {
            let events = events_of(&inflate(&batch.bytes().unwrap()).unwrap());
            assert!((1..=100).contains(&events.len()));
        }
    }
}

fn id(event: &Value) -> String {
    event["id"].as_str().unwrap().to_owned()
}

fn good_event(
    validator: &decantr::model::event::Validator,
    now: jiff::Timestamp,
) -> decantr::model::event::Event {
    let raw = r#"{"name":"cli.command.completed","context":{"source":"cli","environment":"production"},
        "properties":{"command":"analyze","durationMs":5,"success":true}}"#;
    let raw: RawEvent<'_> = serde_json::from_str(raw).unwrap();
    let admission = Admission {
        now,
        has_key: false,
    };
    validator.normalise(&raw, admission).unwrap().event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_crashes_when_nothing_is_lost_unreported(steps in prop::collection::vec(step(), 1..14)) {
        let mut model = Model::new();
        for step in &steps {
            model.apply(step);
            model.check();
        }
        model.spool.freeze(&validator()).unwrap();
        model.check();
        let torn = dropped(&model.machine).iter().filter(|(_, reason)| reason == "spool_torn").count();
        prop_assert_eq!(torn, model.torn);
    }

    #[test]
    fn an_event_survives_the_wire_unchanged(
        command in "[a-z]{1,12}",
        duration in 0_i64..90_000_000,
        success in any::<bool>(),
        version in "[0-9]{1,3}\\.[0-9]{1,3}(-beta\\.[0-9]{1,2})?",
        install in "[A-Za-z0-9-]{1,64}",
        second in 0_i64..1_000_000,
        nano in 0_i32..1_000_000_000,
    ) {
        let at = jiff::Timestamp::new(1_770_000_000 + second, nano).unwrap();
        let admission = Admission { now: at, has_key: false };
        let validator = validator();
        let raw = RawEvent {
            name: Some("cli.command.completed".into()),
            context: Some(RawValue::Map(vec![
                ("source".into(), "cli".into()),
                ("decantrVersion".into(), version.into()),
                ("installId".into(), format!("install_{install}").into()),
            ])),
            properties: Some(RawValue::Map(vec![
                ("command".into(), command.into()),
                ("durationMs".into(), duration.into()),
                ("success".into(), success.into()),
            ])),
            is_object: true,
            ..RawEvent::default()
        };
        let Ok(first) = validator.normalise(&raw, admission) else { return Ok(()) };
        let wire = serde_json::to_string(&first.event).unwrap();
        let again: RawEvent<'_> = serde_json::from_str(&wire).unwrap();
        let again = validator.normalise(&again, admission).unwrap();
        prop_assert_eq!(again.event, first.event);
        prop_assert!(again.strips.is_empty() || again.strips == [decantr::model::outcome::Strip::Other]);
    }
}

#[test]
fn the_catalog_of_the_gate_is_the_one_it_names() {
    assert_eq!(
        &*Catalog::decantr().id,
        decantr::client::consent::CATALOG_ID
    );
}
