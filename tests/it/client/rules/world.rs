//! The program under the rules: its commands run in this process, on a machine of their own, with a server that keeps what it gets.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use decantr::cli::{self, Io, Terminals};
use decantr::client::control::{self, Status};
use decantr::config::{Asked, Host, Product};
use jiff::SignedDuration;
use serde_json::Value;

use super::super::server::{Behaviour, Server};
use super::super::support::{Machine, write};
use super::model::{Event, Layer};

/// The catalog of a program that is not decantr, at revision 1 and 2.
const NOTES: [&str; 2] = [
    r#"
id = "notes"
schema_version = "1"
accepts = ["1"]
revision = 1
retention_days = 30
sources = ["cli"]
never_collected = []
[buckets]
use = "Shows whether notes are used."
editing = "Shows whether notes are written."
[[events]]
name = "notes.sync.completed"
sources = ["cli"]
buckets = ["use"]
privacy = "aggregate"
public_ingest = true
purpose = "Counts syncs."
owner = "notes"
since = 1
[[events]]
name = "notes.edit.completed"
sources = ["cli"]
buckets = ["editing"]
privacy = "aggregate"
public_ingest = true
purpose = "Counts edits."
owner = "notes"
since = 1
"#,
    r#"
[[events]]
name = "notes.open.completed"
sources = ["cli"]
buckets = ["use"]
privacy = "aggregate"
public_ingest = true
purpose = "Counts opens."
owner = "notes"
since = 2
"#,
];

/// What a command gave.
pub(super) struct Ran {
    pub(super) code: u8,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// A machine, and a server that it reports to.
pub(super) struct World {
    pub(super) machine: Machine,
    server: Server,
    before_damage: Option<Vec<u8>>,
}

impl World {
    pub(super) fn new() -> Self {
        let server = Server::start();
        let machine = Machine::in_memory().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
        let world = Self {
            machine,
            server,
            before_damage: None,
        };
        world.catalog(1);
        world
    }

    /// Puts the catalog at `revision`.
    pub(super) fn catalog(&self, revision: u32) {
        let mut text = NOTES[0].to_owned();
        if revision > 1 {
            text = text.replace("revision = 1", "revision = 2") + NOTES[1];
        }
        write(&self.machine.root().join("notes.toml"), &text);
    }

    /// Runs `decantr telemetry WORDS` as a person without a terminal would.
    pub(super) fn run(&self, words: &[&str]) -> Ran {
        let catalog = self.machine.root().join("notes.toml");
        let catalog = catalog.to_str().unwrap().to_owned();
        let (command, rest) = words.split_first().unwrap();
        let head = ["decantr", "telemetry", command, "--catalog", &catalog];
        let args: Vec<_> = head.iter().chain(rest).map(Into::into).collect();
        let (out, err) = (Shared::default(), Shared::default());
        let io = Io {
            stdout: Box::new(out.clone()),
            stderr: Box::new(err.clone()),
            stdin: Box::new(Cursor::new(Vec::new())),
            terminals: Terminals::default(),
            width: None,
        };
        let code = cli::run(&self.machine.host(), &args, io);
        Ran {
            code,
            stdout: out.text(),
            stderr: err.text(),
        }
    }

    /// Asks the library, which needs no arguments to be read.
    fn ask<T>(&self, question: impl FnOnce(&Host, &Asked<'_>) -> T) -> T {
        let host = self.machine.host();
        let catalog = self.machine.root().join("notes.toml");
        let product = Product::named(catalog.to_str().unwrap(), &host.cwd).unwrap();
        let asked = Asked {
            product: Some(&product),
            ..Asked::default()
        };
        question(&host, &asked)
    }

    /// What `status` says.
    pub(super) fn status(&self) -> Status {
        self.ask(|host, asked| control::status(host, asked).unwrap())
    }

    pub(super) fn layer(&mut self, layer: Layer, says_no: bool) {
        match layer {
            Layer::Policy => {
                let text = if says_no {
                    "???"
                } else {
                    "telemetry = \"allow\""
                };
                self.machine.write_policy(text);
            }
            Layer::Project if says_no => self.machine.write_project(r#"{"telemetry":false}"#),
            Layer::Project => self.machine.write_project(r#"{"telemetry":true}"#),
            Layer::DoNotTrack => self
                .machine
                .set("DO_NOT_TRACK", if says_no { "1" } else { "" }),
            Layer::Environment => {
                let value = if says_no { "off" } else { "on" };
                self.machine.set("DECANTR_TELEMETRY", value);
            }
        }
    }

    pub(super) fn build_machine(&mut self, is_one: bool) {
        self.machine.set("CI", if is_one { "true" } else { "" });
    }

    pub(super) fn pass(&self, hours: i64) {
        self.machine
            .clock
            .advance(SignedDuration::from_hours(hours));
    }

    pub(super) fn server(&self, is_up: bool) {
        self.server.behave(if is_up {
            Behaviour::Good
        } else {
            Behaviour::Says(503, None, "")
        });
    }

    fn kept(&self, name: &str) -> std::path::PathBuf {
        self.machine.config("catalogs/notes").join(name)
    }

    /// Cuts a file off in the middle, as a foreign program might; tells whether there was one.
    pub(super) fn damage(&mut self, name: &str) -> bool {
        let path = self.kept(name);
        let Ok(bytes) = std::fs::read(&path) else {
            return false;
        };
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        self.before_damage = Some(bytes);
        true
    }

    pub(super) fn mend(&mut self, name: &str) {
        std::fs::write(self.kept(name), self.before_damage.take().unwrap()).unwrap();
    }

    pub(super) fn epoch(&self) -> u64 {
        let bytes = std::fs::read(self.kept("consent.json")).unwrap_or_default();
        let file: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        file["epoch"].as_u64().unwrap_or_default()
    }

    /// How many events the server took.
    pub(super) fn arrived(&self) -> usize {
        self.server.accepted()
    }

    pub(super) fn requests(&self) -> usize {
        self.server.requests().len()
    }

    /// The events that wait.
    pub(super) fn waiting(&self) -> Vec<String> {
        let log = self.ask(|host, asked| control::log(host, asked, false));
        let waiting = log.map_or_else(|_unreadable| Vec::new(), |log| log.waiting);
        let name = |event: &Value| event["name"].as_str().unwrap_or_default().to_owned();
        waiting.iter().map(name).collect()
    }
}

impl Event {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sync => "notes.sync.completed",
            Self::Edit => "notes.edit.completed",
            Self::Open => "notes.open.completed",
        }
    }
}

/// Output that can be read afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
