//! Recording on a person's machine: consent is asked before anything is built, and asked again when a file that it rests on has
//! changed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::judge::{Judge, with_ids};
use super::{Recorded, nothing, shown};
use crate::base::clock::Clock;
use crate::base::fsx::{self, Stamp};
use crate::client::consent::{ConsentFile, Effective, Gate, Layer, Permit};
use crate::client::delivery::{
    BUILD_MACHINE_LIMIT, DeliveryState, End, Sender, Urgency, spawn_detached,
};
use crate::client::identity::{self, IdentityError, Ids};
use crate::client::spool::Spool;
use crate::client::withdrawal;
use crate::config::layers::Switch;
use crate::config::project::PROJECT_FILE;
use crate::config::{Asked, Host, Paths, Product};
use crate::model::catalog::Catalog;
use crate::model::event::{Event, RawEvent, RawValue, Sink as _};
use crate::model::outcome::{Outcome, Reason};

/// A person's machine, and what it takes to ask again.
#[derive(Debug)]
pub(super) struct Tool {
    host: Host,
    asked: Owned,
    /// Files that consent rests on.
    watched: Vec<PathBuf>,
    current: Mutex<Current>,
    catalog: OnceLock<Arc<Catalog>>,
    /// What a person should hear once.
    ended: Option<String>,
}

/// What was asked for, owned.
#[derive(Debug)]
struct Owned {
    no_telemetry: bool,
    project: Option<PathBuf>,
    endpoint: Option<String>,
    product: Product,
    events: Vec<String>,
}

/// The decision, the files as they were when it was made, and when it ends by itself.
#[derive(Debug)]
struct Current {
    stamps: Vec<Stamp>,
    until: Option<Timestamp>,
    mode: Arc<Mode>,
}

#[derive(Debug)]
enum Mode {
    /// Not permitted.
    Off,
    /// Not permitted, and `DECANTR_TELEMETRY=log` wants to know that.
    ShowNothing { why: String },
    /// Permitted but for `DECANTR_TELEMETRY=log`.
    Show { judge: Box<Judge>, ids: Ids },
    /// Permitted.
    On(Box<On>),
}

#[derive(Debug)]
struct On {
    gate: Gate,
    permit: Permit,
    judge: Judge,
    spool: Spool,
    clock: Clock,
    found: Ids,
    /// Whether those have lasted long enough.
    due: bool,
    minted: OnceLock<Ids>,
    project: Option<PathBuf>,
}

impl Owned {
    fn of(host: &Host, asked: &Asked<'_>, events: &[&str]) -> Self {
        Self {
            no_telemetry: asked.no_telemetry,
            project: asked.project.map(|path| host.cwd.join(path)),
            endpoint: asked.endpoint.map(str::to_owned),
            product: asked.product(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
        }
    }

    /// The files that a decision rests on.
    fn files(&self, host: &Host) -> Vec<PathBuf> {
        let mut files = vec![host.policy_file.clone(), host.cwd.join(PROJECT_FILE)];
        files.extend(self.project.iter().map(|folder| folder.join(PROJECT_FILE)));
        if let Ok(paths) = Paths::of(&host.env, &self.product) {
            files.extend([ConsentFile::path(&paths), paths.config_file()]);
        }
        files
    }

    fn gate(&self, host: &Host) -> Option<Gate> {
        let asked = Asked {
            no_telemetry: self.no_telemetry,
            project: self.project.as_deref(),
            endpoint: self.endpoint.as_deref(),
            product: Some(&self.product),
        };
        Gate::open(host, &asked).ok()
    }

    /// The catalog, or the part of it that is about the events.
    fn catalog(&self) -> Arc<Catalog> {
        let events: Vec<&str> = self.events.iter().map(String::as_str).collect();
        self.product.catalog_for(&events)
    }

    fn mode(&self, gate: Gate, host: &Host) -> Mode {
        self.mode_of(gate, host).unwrap_or(Mode::Off)
    }

    /// What the gate, if there is one, comes to, with these stamps of the files that were there before it was read.
    fn current(&self, gate: Option<Gate>, host: &Host, stamps: Vec<Stamp>) -> Current {
        let until = gate.as_ref().and_then(|gate| gate.grant()?.until);
        Current {
            stamps,
            until: until.filter(|until| *until > host.clock.now()),
            mode: Arc::new(gate.map_or(Mode::Off, |gate| self.mode(gate, host))),
        }
    }

    fn mode_of(&self, gate: Gate, host: &Host) -> Option<Mode> {
        let permit = gate.permit();
        if permit.is_none() && gate.layers.switch != Switch::Log {
            return None;
        }
        if permit.is_none() && !gate.shows() {
            let verdicts = gate.decision().verdicts().iter();
            let mut others = verdicts.filter(|v| v.denies && v.layer != Layer::Environment);
            let why = others.next().map_or("", |verdict| &verdict.says).to_owned();
            return Some(Mode::ShowNothing { why });
        }
        // Ids that cannot be read are tried again when an event is recorded, which then says why it is dropped.
        let ids = Ids::existing(&gate, self.project.as_deref());
        let ids = ids.unwrap_or_else(|_damaged| Ids::committed(&gate, self.project.as_deref()));
        let judge = Judge::new(
            self.catalog(),
            gate.grant()?.clone(),
            self.product.source(),
            host.clock.clone(),
        );
        Some(match permit {
            None => Mode::Show {
                judge: Box::new(judge),
                ids: ids.or_placeholders(self.project.is_some()),
            },
            Some(permit) => Mode::On(Box::new(On {
                spool: Spool::new(&gate.paths, &permit, &host.clock),
                due: Ids::are_due(&gate, host.clock.now()),
                clock: host.clock.clone(),
                gate,
                permit,
                judge,
                found: ids,
                minted: OnceLock::new(),
                project: self.project.clone(),
            })),
        })
    }
}

impl Tool {
    pub(super) fn open(host: &Host, asked: &Asked<'_>, events: &[&str]) -> Self {
        let asked = Owned::of(host, asked, events);
        let watched = asked.files(host);
        // Before they are read: what changes in between is seen later.
        let stamps = stamps(&watched);
        let gate = asked.gate(host);
        let ended = gate
            .as_ref()
            .and_then(|gate| withdrawal::expire(gate, host).ok()?);
        Self {
            host: host.clone(),
            current: Mutex::new(asked.current(gate, host, stamps)),
            ended: ended.map(|ended| ended.notice()),
            catalog: OnceLock::new(),
            asked,
            watched,
        }
    }

    /// What holds now: the same as before, unless a file that it rests on has changed or the grant has ended. A file that is replaced in the same
    /// moment as it is looked at is seen the next time; a withdrawn grant's spool is gone at once all the same.
    fn mode(&self) -> Arc<Mode> {
        let stamps = stamps(&self.watched);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.host.clock.now();
        if current.stamps != stamps || current.until.is_some_and(|until| until <= now) {
            let gate = self.asked.gate(&self.host);
            *current = self.asked.current(gate, &self.host, stamps);
        }
        Arc::clone(&current.mode)
    }

    /// One line for stderr when what was agreed to has ended, or the catalog has grown since; once each.
    pub(super) fn notice(&self) -> Option<String> {
        if let Some(ended) = &self.ended {
            return Some(ended.clone());
        }
        let mode = self.mode();
        let Mode::On(on) = &*mode else {
            return None;
        };
        if on.gate.decision().effective() != Effective::OnPartial {
            return None;
        }
        let revision = self.asked.product.revision();
        let marker = on.spool.folder().join(format!("noticed-{revision}"));
        let mut options = fsx::private_options();
        options.write(true).create_new(true).open(marker).ok()?;
        Some(format!(
            "telemetry: the catalog has grown to revision {revision}; only what you agreed to (revision {}) is sent. \
             `decantr telemetry explain --diff` shows what is new",
            on.permit.revision()
        ))
    }

    pub(super) fn record<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        match &*self.mode() {
            Mode::Off => Recorded::Nothing,
            Mode::ShowNothing { why } => Recorded::Shown(nothing(why)),
            Mode::Show { judge, ids } => {
                Recorded::Shown(match judge.judge(&judge.raw(name, properties)) {
                    Ok(judged) => shown(&with_ids(judged.event, ids)),
                    Err(rejection) => nothing(rejection.reason.code()),
                })
            }
            Mode::On(on) => Recorded::Done(self.record_on(on, &on.judge.raw(name, properties))),
        }
    }

    fn record_on(&self, on: &On, raw: &RawEvent<'_>) -> Outcome {
        let withdrawn = Outcome::Dropped(Reason::Withdrawn);
        match on.record(raw) {
            outcome if outcome != withdrawn => outcome,
            // The grant is gone. If somebody agreed again meanwhile, the event is recorded under what they agreed to, with the
            // ids of now; else it ends here, and a log that was kept tells of it.
            _ => {
                let again = self.asked.gate(&self.host);
                let again = again.map(|gate| self.asked.mode(gate, &self.host));
                let outcome = match &again {
                    Some(Mode::On(again)) => again.record(raw),
                    _ => withdrawn,
                };
                if outcome == withdrawn {
                    on.note(raw, withdrawn);
                }
                outcome
            }
        }
    }

    /// The catalog, unless nothing may be recorded.
    pub(super) fn catalog(&self) -> Option<&Catalog> {
        if matches!(&*self.mode(), Mode::Off | Mode::ShowNothing { .. }) {
            return None;
        }
        let catalog = self.catalog.get_or_init(|| self.asked.catalog());
        Some(catalog)
    }

    /// Sends what waits, for at most `timeout`; tells whether nothing waits then.
    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let mode = self.mode();
        let Mode::On(on) = &*mode else { return true };
        let Some(sender) = Sender::on_clock(&on.gate, &on.clock, timeout) else {
            return false;
        };
        matches!(run(&sender, Urgency::Person), Some(End::Done))
    }

    /// Sends what is spooled if that is due: by a detached process, on a build machine at once and bounded.
    pub(super) fn hand_off(&self) {
        let mode = self.mode();
        let Mode::On(on) = &*mode else { return };
        let host = &self.host;
        if on.gate.layers.ci.is_some() {
            if let Some(sender) = Sender::new(&on.gate, host, BUILD_MACHINE_LIMIT) {
                drop(run(&sender, Urgency::BuildMachine));
            }
        } else if let Some(endpoint) = &on.gate.endpoint
            && !on.spool.is_empty()
            && let Ok(state) = DeliveryState::load(&on.gate.paths, on.permit.epoch())
            && state.pause(Urgency::Background, host.clock.now()).is_none()
        {
            spawn_detached(host, endpoint, &self.asked.product);
        }
    }
}

/// Sends, and tells how it ended, if it could begin. A sender has a runtime of its own, which cannot be started within the caller's.
fn run(sender: &Sender, urgency: Urgency) -> Option<End> {
    std::thread::scope(|scope| {
        let sending = std::thread::Builder::new();
        let sending = sending.spawn_scoped(scope, || sender.run(urgency).end);
        sending.ok().and_then(|sending| sending.join().ok())
    })
}

fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    files.iter().map(|path| fsx::stamp(path)).collect()
}

impl On {
    fn record(&self, raw: &RawEvent<'_>) -> Outcome {
        match self.judge.judge(raw) {
            Ok(judged) => self.put(&judged.event),
            Err(rejection) => {
                let outcome = Outcome::Dropped(rejection.reason);
                self.note(raw, outcome);
                outcome
            }
        }
    }

    /// Notes what became of it. A name that the catalog does not have is not written down either.
    fn note(&self, raw: &RawEvent<'_>, outcome: Outcome) {
        let name = match &raw.name {
            Some(RawValue::Text(name)) => self.judge.catalog().event(name),
            _ => None,
        };
        self.spool.note(name.map(|spec| &*spec.name), outcome);
    }

    fn put(&self, event: &Event) -> Outcome {
        let ids = match self.minted.get() {
            Some(ids) => Ok(ids),
            None => self
                .mint(self.found_or_renewed())
                .map(|ids| self.minted.get_or_init(|| ids)),
        };
        match ids {
            Ok(ids) => self.spool.put(&with_ids(event.clone(), ids)),
            Err(Reason::Withdrawn) => Outcome::Dropped(Reason::Withdrawn),
            Err(reason) => {
                let outcome = Outcome::Dropped(reason);
                self.spool.note(Some(&event.name), outcome);
                outcome
            }
        }
    }

    /// The ids that were found, if they may still be used; else only what need not be made anew. Ids that cannot be renewed now
    /// serve once more.
    fn found_or_renewed(&self) -> Ids {
        let now = self.clock.now();
        if self.due && identity::renew(&self.gate.paths, &self.permit, now).is_ok() {
            Ids::committed(&self.gate, self.project.as_deref())
        } else {
            self.found.clone()
        }
    }

    fn mint(&self, ids: Ids) -> Result<Ids, Reason> {
        let now = self.clock.now();
        match ids.mint(&self.gate.paths, &self.permit, self.project.as_deref(), now) {
            Ok(ids) => Ok(ids),
            Err(IdentityError::Withdrawn) => Err(Reason::Withdrawn),
            Err(error) if error.is_busy() => Err(Reason::SpoolBusy),
            Err(_unwritable) => Err(Reason::SpoolUnwritable),
        }
    }
}
