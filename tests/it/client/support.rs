//! A private machine for one test: its own home, a fixed clock, an environment of exactly these variables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use decantr::base::clock::Clock;
use decantr::client::consent::{Actor, Gate};
use decantr::client::control::{self, Enabled, Flushed, Terms};
use decantr::client::recorder::{Recorded, Recorder};
use decantr::client::spool::{Ledger, LedgerEntry, Spool, validator_of};
use decantr::config::{Asked, Env, Host, Paths};
use decantr::model::catalog::Catalog;
use decantr::model::event::Validator;
use jiff::Timestamp;
use tempfile::TempDir;

/// The first instant of every test.
pub(crate) const START: &str = "2026-03-01T12:00:00Z";

/// A machine with nothing on it but an empty project folder.
pub(crate) struct Machine {
    folder: TempDir,
    env: Vec<(String, String)>,
    pub(crate) clock: Clock,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self::below(tempfile::tempdir().unwrap())
    }

    /// The same on a disk of memory where there is one, for tests with thousands of writes.
    pub(crate) fn in_memory() -> Self {
        let memory = tempfile::tempdir_in("/dev/shm");
        memory.map_or_else(|_none| Self::new(), Self::below)
    }

    fn below(folder: TempDir) -> Self {
        for name in ["home", "project", "etc"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let home = folder.path().join("home").to_str().unwrap().to_owned();
        Self {
            env: vec![("HOME".to_owned(), home)],
            clock: Clock::fixed(START.parse().unwrap()),
            folder,
        }
    }

    /// The same machine with one more variable.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.env.retain(|(known, _)| known != key);
        self.env.push((key.to_owned(), value.to_owned()));
    }

    pub(crate) fn host(&self) -> Host {
        Host {
            env: Env::from_pairs(self.env.iter().cloned()),
            cwd: self.project(),
            clock: self.clock.clone(),
            policy_file: self.folder.path().join("etc/policy.toml"),
            executable: PathBuf::new(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub(crate) fn paths(&self) -> Paths {
        Paths::resolve(&self.host().env).unwrap()
    }

    pub(crate) fn config(&self, name: &str) -> PathBuf {
        self.paths().config_dir.join(name)
    }

    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.paths().state_dir.join(name)
    }

    pub(crate) fn write_policy(&self, text: &str) {
        write(&self.folder.path().join("etc/policy.toml"), text);
    }

    pub(crate) fn write_project(&self, text: &str) {
        write(&self.project().join(".decantr/project.json"), text);
    }

    /// Agrees, as a person would.
    pub(crate) fn enable(&self) -> Enabled {
        let (host, asked) = (self.host(), Asked::default());
        let plan = control::plan_enable(&host, &asked, Terms::default()).unwrap();
        plan.commit(&host, &asked, Actor::Terminal).unwrap()
    }

    pub(crate) fn gate(&self) -> Gate {
        Gate::open(&self.host(), &Asked::default()).unwrap()
    }

    /// The spool of the grant that stands.
    pub(crate) fn spool(&self) -> Spool {
        let gate = self.gate();
        Spool::new(&gate.paths, &gate.permit().unwrap(), &self.clock)
    }

    pub(crate) fn recorder(&self) -> Recorder {
        self.recorder_for(&Asked::default())
    }

    /// A recorder for everything that source `cli` can report.
    pub(crate) fn recorder_for(&self, asked: &Asked<'_>) -> Recorder {
        let catalog = Catalog::decantr();
        let events: Vec<&str> = catalog.events_of("cli").map(|event| &*event.name).collect();
        Recorder::open(&self.host(), asked, &events)
    }

    /// Records one good event.
    pub(crate) fn record(&self) -> Recorded {
        record(&self.recorder())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Every file and folder of the machine with its bytes and mode.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, (u32, Option<Vec<u8>>)> {
        let mut seen = BTreeMap::new();
        walk(self.root(), &mut seen);
        seen
    }

    /// The names of everything below the home folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let home = self.root().join("home");
        let below = |path: &PathBuf| {
            let path = path.strip_prefix(&home).ok()?.to_str()?.to_owned();
            Some(path).filter(|path| !path.is_empty())
        };
        self.snapshot().keys().filter_map(below).collect()
    }
}

/// Writes a file and its folders.
pub(crate) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The judge by decantr's own catalog.
pub(crate) fn validator() -> Validator {
    validator_of(Catalog::decantr())
}

/// Records one good event.
pub(crate) fn record(recorder: &Recorder) -> Recorded {
    let properties = [
        ("command", "analyze".into()),
        ("durationMs", 12_i64.into()),
        ("success", true.into()),
    ];
    recorder.record("cli.command.completed", properties)
}

fn walk(folder: &Path, seen: &mut BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let meta = path.symlink_metadata().unwrap();
        let mode = std::os::unix::fs::MetadataExt::mode(&meta);
        if meta.is_dir() {
            seen.insert(path.clone(), (mode, None));
            walk(&path, seen);
        } else {
            seen.insert(path.clone(), (mode, std::fs::read(&path).ok()));
        }
    }
}

/// Sends now.
pub(crate) fn flush(machine: &Machine) -> Flushed {
    control::flush(&machine.host(), &Asked::default()).unwrap()
}

/// Outcome and reason of every event in the ledger.
pub(crate) fn outcomes(machine: &Machine) -> Vec<String> {
    let ledger = Ledger::new(&machine.paths()).read().unwrap();
    ledger
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            LedgerEntry::Event {
                outcome,
                reason: Some(reason),
                ..
            } => Some(format!("{outcome} {reason}")),
            LedgerEntry::Event { outcome, .. } => Some(outcome),
            _ => None,
        })
        .collect()
}
