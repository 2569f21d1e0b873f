//! A machine on which every file that decantr keeps is really in use, and on which they can all be put back.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use axum::http::Method;
use decantr::base::error::chain;
use decantr::base::secret::Secret;
use decantr::client::auth::{Place, StoreKind};
use decantr::client::control;
use decantr::client::recorder::{Recorded, Recorder};
use decantr::config::{Asked, Host};
use decantr::model::protocol::FORGET_PATH;

use super::forget::record_about_project;
use super::link::{ASK, file, link};
use super::link_server::{KEY, LinkServer};
use super::support::{Machine, flush, record, write};

/// A machine with everything on it, and nobody at the address where it reports to.
pub(super) struct Lived {
    pub(super) machine: Machine,
    files: BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>,
}

/// A kind of file that decantr keeps or reads, with the command that has to name it when it is damaged.
pub(super) struct Kept {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    pub(super) named_by: NamedBy,
}

/// Which command says that a file cannot be used.
#[derive(Debug, Clone, Copy)]
pub(super) enum NamedBy {
    /// `telemetry status`, as a problem: exit code 3.
    Status,
    /// What needs the file, as its error: `reset` for ids, `forget` for pins, `logout` for keys.
    User(fn(&Host) -> Option<String>),
    /// It is read by lines or as a whole; what is torn is counted when it is frozen or sent.
    Freeze,
    /// The same, when the ledger is read.
    Log,
}

fn error<T, E: std::error::Error + 'static>(result: Result<T, E>) -> Option<String> {
    result.err().map(|error| chain(&error))
}

impl Lived {
    pub(super) fn new() -> Self {
        let server = LinkServer::start();
        let mut machine = Machine::in_memory();
        machine.set("DECANTR_API_URL", &server.url);
        machine.set("DECANTR_API_KEY", KEY);
        machine.write_policy("# of this company\ntelemetry = \"allow\"\n");
        machine.write_project("{\n  \"telemetry\": true\n}\n");
        machine.enable();
        write(
            &machine.config("config.json"),
            "{\n  \"theme\": \"dark\"\n}\n",
        );
        let (host, asked) = (machine.host(), Asked::default());
        let place = Place::find(&host, Some("https://api.example")).unwrap();
        place.keep(&Secret::new(KEY), StoreKind::File).unwrap();
        // Sent, acknowledged, and to be forgotten by a server that does not.
        record_about_project(&machine);
        assert!(!flush(&machine).failed);
        server.refuse("POST", FORGET_PATH, 500, "internal");
        assert_eq!(control::forget(&host, &asked).unwrap().pending.len(), 1);
        server.behave();
        // New ids twice, so that there are past ones; the last ones are linked.
        record_about_project(&machine);
        assert!(control::reset(&host, &asked).unwrap().renewed);
        record_about_project(&machine);
        link(&machine, &ASK).unwrap();
        assert!(!flush(&machine).failed);
        assert_eq!(server.bodies(&Method::POST, FORGET_PATH).len(), 1);
        drop(server);
        // A batch that was tried, what a freeze that died had taken, and a queue.
        record_about_project(&machine);
        assert!(flush(&machine).failed);
        record(&machine.recorder());
        let spool = machine.spool().folder().to_owned();
        std::fs::rename(spool.join("queue.ndjson"), spool.join("taken.ndjson")).unwrap();
        record(&machine.recorder());
        pause(&spool.join("delivery.json"));
        let files = machine.snapshot();
        Self { machine, files }
    }

    /// The same after a refusal that was written and could not be carried out: nothing was removed.
    pub(super) fn refused() -> Self {
        let mut lived = Self::new();
        let consent = lived.machine.config("consent.json");
        control::disable(&lived.machine.host(), &Asked::default(), false).unwrap();
        let refusal = std::fs::read(&consent).unwrap();
        lived.put_back();
        std::fs::write(&consent, refusal).unwrap();
        lived.files = lived.machine.snapshot();
        lived
    }

    /// Everything as it was.
    pub(super) fn put_back(&self) {
        for name in ["home", "project", "etc"] {
            std::fs::remove_dir_all(self.machine.root().join(name)).unwrap();
        }
        for (path, (mode, bytes)) in &self.files {
            match bytes {
                None => std::fs::create_dir(path).unwrap(),
                Some(bytes) => std::fs::write(path, bytes).unwrap(),
            }
            let mode = PermissionsExt::from_mode(*mode);
            std::fs::set_permissions(path, mode).unwrap();
        }
    }

    /// The bytes of `path` as they were.
    pub(super) fn bytes(&self, path: &Path) -> &[u8] {
        self.files[path].1.as_ref().unwrap()
    }

    /// Every kind of file, each of which is there.
    pub(super) fn kept(&self) -> Vec<Kept> {
        use NamedBy::{Freeze, Log, Status};
        let machine = &self.machine;
        let ids = NamedBy::User(|host| error(control::forget(host, &Asked::default())));
        let keys = NamedBy::User(|host| {
            error(
                Place::find(host, Some("https://api.example"))
                    .unwrap()
                    .noted(),
            )
        });
        let spool = self.folder_of("queue.ndjson");
        let day = machine.state("ledger/2026-03-01");
        let batch = |folder: &Path| {
            let mut files = self.files.keys();
            let is_batch = |path: &&PathBuf| {
                path.parent() == Some(folder) && path.extension().is_some_and(|e| e == "gz")
            };
            files.find(is_batch).unwrap().clone()
        };
        let kept = [
            ("the record", machine.config("consent.json"), Status),
            ("settings", machine.config("config.json"), Status),
            ("keys", machine.config("credentials.json"), keys),
            ("the secret", machine.state("install-secret"), ids),
            ("projects", machine.state("projects.json"), Status),
            ("past ids", machine.state("past-ids.json"), Status),
            ("the link", machine.state("link.json"), Status),
            ("pins", machine.state("pins.json"), ids),
            (
                "what is to be forgotten",
                machine.state("forget.json"),
                Status,
            ),
            ("the state of delivery", spool.join("delivery.json"), Status),
            ("the queue", spool.join("queue.ndjson"), Freeze),
            ("what a freeze took", spool.join("taken.ndjson"), Freeze),
            ("a frozen batch", batch(&spool), Freeze),
            ("the count of losses", spool.join("losses"), Freeze),
            ("a day of the ledger", day.join("events.ndjson"), Log),
            ("kept bytes", batch(&day), Log),
            (
                "the project's file",
                machine.project().join(".decantr/project.json"),
                Status,
            ),
            ("the policy", machine.root().join("etc/policy.toml"), Status),
        ];
        kept.map(|(name, path, named_by)| {
            assert!(self.files.contains_key(&path), "{name}");
            Kept {
                name,
                path,
                named_by,
            }
        })
        .into()
    }

    /// The folder that has a file of this name.
    fn folder_of(&self, name: &str) -> PathBuf {
        let mut files = self.files.keys();
        let file = files.find(|path| path.file_name().is_some_and(|n| n == name));
        file.unwrap().parent().unwrap().to_owned()
    }

    /// Records an event about the project, as `analyze` does.
    pub(super) fn record(&self) -> Recorded {
        let project = self.machine.project();
        let asked = Asked {
            project: Some(&project),
            ..Asked::default()
        };
        let events = ["cli.command.completed"];
        let recorder = Recorder::open(&self.machine.host(), &asked, &events);
        recorder.notice();
        let outcome = record(&recorder);
        recorder.hand_off();
        outcome
    }
}

/// Makes it a pause that the server asked for, so that a delivery ends before it opens a connection, which takes long.
fn pause(path: &Path) {
    let mut state = file(path);
    state["serverAsked"] = true.into();
    state["notBefore"] = "2026-03-01T18:00:00Z".into();
    write(path, &serde_json::to_string_pretty(&state).unwrap());
}

/// No two files are of one kind, and no file is of none but locks.
#[test]
fn every_file_on_a_machine_is_listed() {
    for lived in [Lived::new(), Lived::refused()] {
        let mut listed: Vec<PathBuf> = lived.kept().into_iter().map(|kept| kept.path).collect();
        listed.sort();
        let files = lived.files.iter().filter(|(_, (_, bytes))| bytes.is_some());
        let mut files: Vec<PathBuf> = files.map(|(path, _)| path.clone()).collect();
        files.retain(|path| !path.ends_with("sender.lock"));
        // One kept request stands for all of them.
        let is_kept = |path: &PathBuf| {
            path.starts_with(lived.machine.state("ledger"))
                && path.extension().is_some_and(|e| e == "gz")
        };
        let first = files.iter().find(|path| is_kept(path)).cloned();
        files.retain(|path| !is_kept(path) || Some(path) == first.as_ref());
        assert_eq!(listed, files);
    }
}
