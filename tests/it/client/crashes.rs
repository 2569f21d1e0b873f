//! Random histories of a spool, with a crash at every step: no event is lost unreported, none gets another id.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use decantr::client::spool::{Spool, events_of, inflate};
use decantr::model::event::{Admission, RawEvent, Sink as _};
use decantr::model::outcome::Outcome;
use proptest::prelude::*;
use serde_json::Value;

use super::spool::{dropped, waiting};
use super::support::{Machine, validator};

/// What may happen to a spool between two appends.
#[derive(Debug, Clone)]
enum Step {
    /// This many events are recorded.
    Append(usize),
    /// A process died in the middle of an append, this many bytes in.
    Tear(usize),
    /// A whole freeze.
    Freeze,
    /// A freeze that died when this many of its batches were written.
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
        let accepted = waiting(&machine).iter().map(id).collect();
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
                let before = std::fs::read(self.queue()).unwrap_or_default();
                let mut options = std::fs::OpenOptions::new();
                let mut queue = options
                    .append(true)
                    .create(true)
                    .open(self.queue())
                    .unwrap();
                let event = good_event(&validator(), self.machine.now());
                let line = serde_json::to_vec(&event).unwrap();
                queue.write_all(&line[..*bytes]).unwrap();
                // A tail that is torn already grows; it stays one torn line.
                self.torn += usize::from(before.is_empty() || before.ends_with(b"\n"));
            }
            Step::Freeze => self.spool.freeze(&validator()).unwrap(),
            Step::Crash(written) => self.crash(*written),
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

    /// A freeze that died: its batches beyond the first `written` do not exist, and what it had taken still does.
    fn crash(&mut self, written: usize) {
        let taken = self.spool.folder().join("taken.ndjson");
        let (left, queue) = (std::fs::read(&taken), std::fs::read(self.queue()));
        let queue = queue.unwrap_or_default();
        let judged = [left.as_ref().map_or(&[][..], |bytes| bytes), &queue].join(&b'\n');
        let lines = judged
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let torn = lines.filter(|line| serde_json::from_slice::<Value>(line).is_err());
        self.torn += torn.count();
        let before: Vec<_> = self.spool.frozen().unwrap();
        self.spool.freeze(&validator()).unwrap();
        let all = self.spool.frozen().unwrap();
        for batch in all
            .iter()
            .filter(|batch| !before.contains(batch))
            .skip(written)
        {
            std::fs::remove_file(&batch.path).unwrap();
        }
        match left {
            Ok(left) => {
                std::fs::write(&taken, left).unwrap();
                std::fs::write(self.queue(), queue).unwrap();
            }
            Err(_) if !queue.is_empty() => std::fs::write(&taken, queue).unwrap(),
            Err(_) => {}
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
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

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
}
