//! The one call that commands make: consent before anything is built, validation before anything is kept, and no failure ever
//! reaches the caller.

mod errors;
mod face;
mod scope;
pub mod service;
mod tracker;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::json;

use crate::base::clock::Clock;
use crate::base::fsx;
use crate::client::consent::{Effective, Gate, Layer, Permit};
use crate::client::delivery::{
    BUILD_MACHINE_LIMIT, DeliveryState, Sender, Urgency, spawn_detached,
};
use crate::client::identity::{self, IdentityError, Ids};
use crate::client::spool::{self, Spool};
use crate::config::layers::Switch;
use crate::config::{Asked, Host};
use crate::model::catalog::Catalog;
use crate::model::event::{
    Admission, Environment, Event, RawEvent, RawMap, RawValue, Sink as _, Validator,
};
use crate::model::outcome::{Outcome, Reason};

pub use errors::{ErrorClass, ErrorMap, Question};
pub use scope::Scope;
pub use service::Books;
use service::Service;
pub use tracker::Tracker;

/// The source that decantr's own commands report as.
pub const SOURCE: &str = "cli";

/// Records events, if the person agreed to it, or the operator of the service turned it on ([`Recorder::service`]); otherwise does
/// nothing.
#[derive(Debug)]
pub struct Recorder {
    mode: Mode,
}

#[derive(Debug)]
enum Mode {
    /// Not permitted.
    Off,
    /// Not permitted, and `DECANTR_TELEMETRY=log` wants to know that.
    ShowNothing { why: String },
    /// Permitted but for `DECANTR_TELEMETRY=log`.
    Show { judge: Judge, ids: Ids },
    /// Permitted.
    On(Box<On>),
    /// A service's, which its operator turned on.
    Service(Box<Service>),
}

#[derive(Debug)]
struct On {
    gate: Gate,
    permit: Permit,
    judge: Judge,
    spool: Spool,
    found: Ids,
    /// Whether those have lasted long enough.
    due: bool,
    minted: OnceLock<Ids>,
    project: Option<PathBuf>,
}

/// What became of an event that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// Nothing was recorded: it is not permitted, or a sampling service passed it over.
    Nothing,
    /// `DECANTR_TELEMETRY=log`: the JSON line to show on stderr; nothing was recorded.
    Shown(String),
    /// It was judged and, if accepted, spooled or queued.
    Done(Outcome),
}

impl Recorder {
    /// A recorder for source `cli` and these `events` of the catalog. Never fails: whatever is wrong makes it one that does
    /// nothing.
    pub fn open(host: &Host, asked: &Asked<'_>, events: &[&str]) -> Self {
        let mode = Gate::open(host, asked)
            .ok()
            .and_then(|gate| Mode::of(gate, host, asked, events));
        Self {
            mode: mode.unwrap_or(Mode::Off),
        }
    }

    /// A recorder that does nothing.
    pub fn off() -> Self {
        Self { mode: Mode::Off }
    }

    /// One line for stderr when the catalog has grown since the person agreed; once per revision.
    pub fn notice(&self) -> Option<String> {
        let Mode::On(on) = &self.mode else {
            return None;
        };
        if on.gate.decision().effective() != Effective::OnPartial {
            return None;
        }
        let revision = on.judge.validator.catalog().revision;
        let marker = on.spool.folder().join(format!("noticed-{revision}"));
        let mut options = fsx::private_options();
        options.write(true).create_new(true).open(marker).ok()?;
        Some(format!(
            "telemetry: the catalog has grown to revision {revision}; only what you agreed to (revision {}) is sent. \
             `decantr telemetry explain` shows all of it",
            on.permit.revision()
        ))
    }

    /// Records one event now.
    pub fn record<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        match &self.mode {
            Mode::Off => Recorded::Nothing,
            Mode::ShowNothing { why } => Recorded::Shown(nothing(why)),
            Mode::Show { judge, ids } => Recorded::Shown(match judge.event(name, properties) {
                Ok(event) => shown(&with_ids(event, ids)),
                Err(reason) => nothing(reason.code()),
            }),
            Mode::On(on) => Recorded::Done(on.record(name, properties)),
            Mode::Service(service) => service.record(name, properties),
        }
    }

    /// Sends what is spooled if that is due: by a detached process, on a build machine at once and bounded. Call it last.
    pub fn hand_off(self, host: &Host) {
        let Mode::On(on) = self.mode else { return };
        if on.gate.layers.ci.is_some() {
            if let Some(sender) = Sender::new(&on.gate, host, BUILD_MACHINE_LIMIT) {
                drop(sender.run(Urgency::BuildMachine));
            }
        } else if let Some(endpoint) = &on.gate.endpoint
            && !on.spool.is_empty()
            && let Ok(state) = DeliveryState::load(&on.gate.paths, on.permit.epoch())
            && state.pause(Urgency::Background, host.clock.now()).is_none()
        {
            spawn_detached(host, endpoint);
        }
    }
}

impl Mode {
    fn of(gate: Gate, host: &Host, asked: &Asked<'_>, events: &[&str]) -> Option<Self> {
        let permit = gate.permit();
        if permit.is_none() && gate.layers.switch != Switch::Log {
            return None;
        }
        if permit.is_none() && !gate.shows() {
            let verdicts = gate.decision().verdicts().iter();
            let mut others = verdicts.filter(|v| v.denies && v.layer != Layer::Environment);
            let why = others.next().map_or("", |verdict| &verdict.says).to_owned();
            return Some(Self::ShowNothing { why });
        }
        let project = asked.project.map(|path| host.cwd.join(path));
        let ids = Ids::existing(&gate, project.as_deref()).ok()?;
        let judge = Judge {
            validator: spool::validator_of(Catalog::decantr_part(events)),
            revision: gate.grant()?.revision,
            clock: host.clock.clone(),
        };
        Some(match permit {
            None => Self::Show {
                judge,
                ids: ids.or_placeholders(project.is_some()),
            },
            Some(permit) => Self::On(Box::new(On {
                spool: Spool::new(&gate.paths, &permit, &host.clock),
                due: Ids::are_due(&gate, host.clock.now()),
                gate,
                permit,
                judge,
                found: ids,
                minted: OnceLock::new(),
                project,
            })),
        })
    }
}

impl On {
    fn record<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Outcome {
        match self.judge.event(name, properties) {
            Ok(event) => match self.put(&event) {
                Outcome::Dropped(Reason::Withdrawn) => self.put_again(&event),
                outcome => outcome,
            },
            Err(reason) => {
                let outcome = Outcome::Dropped(reason);
                // A name that the catalog does not have is not written down either.
                let known = self.judge.validator.catalog().event(name);
                self.spool.note(known.map(|spec| &*spec.name), outcome);
                outcome
            }
        }
    }

    fn put(&self, event: &Event) -> Outcome {
        let ids = match self.minted.get() {
            Some(ids) => Ok(ids),
            None => mint(self.found_or_renewed(), self, &self.permit)
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
        let now = self.judge.clock.now();
        if self.due && identity::renew(&self.gate.paths, &self.permit, now).is_ok() {
            Ids::committed(&self.gate, self.project.as_deref())
        } else {
            self.found.clone()
        }
    }

    /// The grant is gone. If somebody agreed again meanwhile, the event is recorded under what they agreed to, with the ids of
    /// now; else it ends here, and a log that was kept tells of it.
    fn put_again(&self, event: &Event) -> Outcome {
        let withdrawn = Outcome::Dropped(Reason::Withdrawn);
        let renewed = self.gate.renewed(self.judge.clock.now());
        let renewed = renewed.filter(|permit| permit.revision() >= self.judge.revision);
        let outcome = renewed.map_or(withdrawn, |permit| self.put_under(&permit, event));
        if outcome == withdrawn {
            self.spool.note(Some(&event.name), withdrawn);
        }
        outcome
    }

    fn put_under(&self, permit: &Permit, event: &Event) -> Outcome {
        let spool = Spool::new(&self.gate.paths, permit, &self.judge.clock);
        let ids = Ids::committed(&self.gate, self.project.as_deref());
        match mint(ids, self, permit) {
            Ok(ids) => spool.put(&with_ids(event.clone(), &ids)),
            Err(reason) => {
                let outcome = Outcome::Dropped(reason);
                if reason != Reason::Withdrawn {
                    spool.note(Some(&event.name), outcome);
                }
                outcome
            }
        }
    }
}

fn mint(ids: Ids, on: &On, permit: &Permit) -> Result<Ids, Reason> {
    let now = on.judge.clock.now();
    match ids.mint(&on.gate.paths, permit, on.project.as_deref(), now) {
        Ok(ids) => Ok(ids),
        Err(IdentityError::Withdrawn) => Err(Reason::Withdrawn),
        Err(error) if error.is_busy() => Err(Reason::SpoolBusy),
        Err(_unwritable) => Err(Reason::SpoolUnwritable),
    }
}

/// Makes events that the catalog allows and the grant covers.
#[derive(Debug)]
struct Judge {
    validator: Validator,
    /// The revision that was agreed to; what is newer stays here.
    revision: u32,
    clock: Clock,
}

impl Judge {
    fn event<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Result<Event, Reason> {
        let mut properties: RawMap<'a> = properties
            .into_iter()
            .map(|(key, value)| (Cow::Borrowed(key), value))
            .collect();
        if let Some(spec) = self.validator.catalog().event(name) {
            let is_newer = |since: u32| since > self.revision;
            let mut required = spec.properties_of(SOURCE).filter(|p| p.required);
            if is_newer(spec.since) || required.any(|property| is_newer(property.since)) {
                return Err(Reason::NotCovered);
            }
            properties.retain(|(key, _)| !spec.property(key).is_some_and(|p| is_newer(p.since)));
        }
        let context = RawValue::Map(vec![
            ("source".into(), SOURCE.into()),
            (
                "environment".into(),
                Environment::Production.as_str().into(),
            ),
            ("decantrVersion".into(), env!("CARGO_PKG_VERSION").into()),
        ]);
        let raw = RawEvent {
            name: Some(name.into()),
            context: Some(context),
            properties: Some(RawValue::Map(properties)),
            is_object: true,
            ..RawEvent::default()
        };
        let now = self.clock.now();
        let admission = Admission {
            // Finer than a millisecond tells nobody anything about usage.
            now: now.round(jiff::Unit::Millisecond).unwrap_or(now),
            has_key: false,
        };
        match self.validator.normalise(&raw, admission) {
            Ok(normalised) => Ok(normalised.event),
            Err(rejection) => Err(rejection.reason),
        }
    }
}

/// The ids are typed and not part of what a command says, so they join after the judgement; a rejected event mints none.
fn with_ids(mut event: Event, ids: &Ids) -> Event {
    event.context.install_id.clone_from(&ids.install_id);
    event.context.project_id.clone_from(&ids.project_id);
    event
}

fn shown(event: &Event) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

fn nothing(why: &str) -> String {
    json!({ "telemetry": "nothing", "why": why }).to_string()
}
