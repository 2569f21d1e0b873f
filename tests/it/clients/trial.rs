//! One client, one fault: a server of its own, what the client was given, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use decantr::model::catalog::Catalog;
use decantr::server::store::{self, StoreUrl, StoredEvent};
use serde_json::{Map, Value};

use super::given::{self, Given};
use super::line::{Fault, Line};
use crate::support::process::Home;

/// How many events a client is given: three batches of the SDKs.
const EVENTS: usize = 60;

/// How many servers run at once.
const AT_ONCE: usize = 3;

/// What a trial came to.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) fault: Fault,
    pub(super) given: usize,
    /// How many of them the client knows to be delivered.
    pub(super) acknowledged: usize,
    pub(super) stored: usize,
    /// How often the server was sent what it had.
    pub(super) duplicates: u64,
}

/// What a trial is about.
pub(super) struct Setup {
    /// The client's name in the table.
    pub(super) client: &'static str,
    /// The catalog of the events, which the server serves.
    pub(super) catalog: &'static str,
    pub(super) is_wanted: fn(&str) -> bool,
}

impl Setup {
    /// Tries every fault. `send` gives the events to the client, whose server is at the address.
    pub(super) fn each(&self, send: impl Fn(&str, &[Given], &Home) + Sync) -> Vec<Trial> {
        let mut trials = Vec::new();
        for faults in Fault::ALL.chunks(AT_ONCE) {
            let ended: Vec<Trial> = std::thread::scope(|scope| {
                let send = &send;
                let running: Vec<_> = faults
                    .iter()
                    .map(|fault| scope.spawn(move || self.run(*fault, send)))
                    .collect();
                running
                    .into_iter()
                    .map(|trial| trial.join().unwrap())
                    .collect()
            });
            trials.extend(ended);
        }
        trials
    }

    fn run(&self, fault: Fault, send: &(impl Fn(&str, &[Given], &Home) + Sync)) -> Trial {
        let catalog = Catalog::embedded(self.catalog).unwrap();
        let given = given::some(&catalog, EVENTS, self.is_wanted);
        let home = Home::in_memory();
        let server = home.serve_with(&["--rate-limit", "0", "--catalog", self.catalog]);
        let line = Line::to(&server.url, fault);
        send(&line.url, &given, &home);
        let acknowledged = numbers(&line.acknowledged());
        drop(line);
        assert_eq!(server.stop().0, Some(0));
        let stored = stored(&home);
        let context = || format!("{}, {}", self.client, fault.as_str());
        let known = assert_as_given(&stored, &given, &context());
        let lost: Vec<&i64> = acknowledged.difference(&known).collect();
        assert!(
            lost.is_empty(),
            "{}: acknowledged, not stored: {lost:?}",
            context()
        );
        let trial = Trial {
            fault,
            given: given.len(),
            acknowledged: acknowledged.len(),
            stored: stored.len(),
            duplicates: duplicates(&home),
        };
        trial.print(self.client);
        trial
    }
}

impl Trial {
    fn print(&self, client: &str) {
        println!(
            "| {client} | {} | {} | {} | {} | {} |",
            self.fault.as_str(),
            self.given,
            self.acknowledged,
            self.stored,
            self.duplicates
        );
    }

    /// Fails unless everything is stored, and what was sent twice was seen to be.
    pub(super) fn assert_whole(&self, client: &str) {
        assert_eq!(self.stored, self.given, "{client}: {self:?}");
        assert_eq!(self.acknowledged, self.given, "{client}: {self:?}");
        if self.fault.makes_duplicates() {
            assert!(self.duplicates > 0, "{client} sent nothing again: {self:?}");
        }
    }
}

/// The numbers of the events in these bodies.
fn numbers(bodies: &[String]) -> BTreeSet<i64> {
    let rests = bodies.iter().flat_map(|body| body.split("\"n\":").skip(1));
    let number = |rest: &str| {
        let digits = rest.trim_start().split(|c: char| !c.is_ascii_digit());
        digits.into_iter().next().unwrap().parse().unwrap()
    };
    rests.map(number).collect()
}

/// Fails unless each stored event is one of those given, as it was given, and no two are the same one; gives their numbers.
fn assert_as_given(stored: &[StoredEvent], given: &[Given], context: &str) -> BTreeSet<i64> {
    let given: BTreeMap<(&str, String), i64> = given
        .iter()
        .map(|event| ((&*event.name, sorted(&event.properties)), event.number))
        .collect();
    let mut known = BTreeSet::new();
    for event in stored {
        let properties = serde_json::from_str(&event.properties).unwrap();
        let number = given.get(&(&*event.name, sorted(&properties)));
        let number = number.unwrap_or_else(|| panic!("{context}: nobody gave {event:?}"));
        assert!(known.insert(*number), "{context}: stored twice: {event:?}");
    }
    known
}

/// Properties in one order.
fn sorted(properties: &Map<String, Value>) -> String {
    let sorted: BTreeMap<&String, &Value> = properties.iter().collect();
    serde_json::to_string(&sorted).unwrap()
}

/// All events in a store.
pub(super) fn stored(home: &Home) -> Vec<StoredEvent> {
    let url: StoreUrl = home.store().parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = store::open(&url).await.unwrap();
        store.events(0, usize::MAX).await.unwrap()
    })
}

fn duplicates(home: &Home) -> u64 {
    let StoreUrl::Sqlite(path) = home.store().parse().unwrap() else {
        panic!("not a file: {}", home.store())
    };
    let db = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT coalesce(sum(count), 0) FROM outcome_daily WHERE outcome = 'duplicate'";
    let count: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
    u64::try_from(count).unwrap()
}
