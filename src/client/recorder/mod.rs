//! The one call that commands make: consent before anything is built, validation before anything is kept, and no failure ever
//! reaches the caller.
//!
//! A tool on a person's machine, with a catalog of its own (a service: see [`service`]):
//!
//! ```
//! use std::sync::Arc;
//! use decantr::base::clock::Clock;
//! use decantr::client::consent::Actor;
//! use decantr::client::control::{self, Terms};
//! use decantr::client::delivery::{DELIVER_ARGUMENT, run_detached};
//! use decantr::client::recorder::{Recorded, Recorder};
//! use decantr::config::{Asked, Env, Host, Product};
//! use decantr::model::catalog::Catalog;
//! use decantr::model::outcome::Outcome;
//!
//! const CATALOG: &str = r#"
//! id = "notes"
//! owner = "the notes team"
//! [[events]]
//! name = "notes.sync.completed"
//! purpose = "Counts synchronisations, to see whether they work."
//! properties = [{ name = "success", type = "bool", purpose = "Whether it worked." }]
//! "#;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let product = Product::of(Arc::new(Catalog::parse(CATALOG)?))?;
//! // A real tool takes `Host::from_process()`.
//! let home = tempfile::tempdir()?;
//! let host = Host {
//!     env: Env::from_pairs([("HOME", home.path())]),
//!     cwd: home.path().to_owned(),
//!     clock: Clock::system(),
//!     policy_file: home.path().join("no-policy.toml"),
//!     executable: std::path::PathBuf::new(),
//! };
//! // The tool sends by starting itself with this argument; nobody waits for it.
//! if std::env::args().nth(1).is_some_and(|first| first == DELIVER_ARGUMENT) {
//!     run_detached(&host, Some(&product));
//!     return Ok(());
//! }
//!
//! let asked = Asked { product: Some(&product), ..Asked::default() };
//! let recorder = Recorder::open(&host, &asked, &[]);
//! let sync = || recorder.record("notes.sync.completed", [("success", true.into())]);
//! assert_eq!(sync(), Recorded::Nothing, "nobody has agreed to anything");
//!
//! // Somebody does: show `plan.offer`, ask, then commit.
//! let plan = control::plan_enable(&host, &asked, Terms::default())?;
//! assert_eq!(plan.offer.events.len(), 1);
//! plan.commit(&host, &asked, Actor::Terminal)?;
//! assert_eq!(sync(), Recorded::Done(Outcome::Accepted), "the same recorder has seen it");
//!
//! control::disable(&host, &asked, false)?;
//! assert_eq!(sync(), Recorded::Nothing);
//! recorder.hand_off();
//! # Ok(())
//! # }
//! ```

mod errors;
mod face;
mod judge;
mod scope;
pub mod service;
mod tool;
mod tracker;

use serde_json::json;

use crate::config::{Asked, Host};
use crate::model::event::{Event, RawValue};
use crate::model::outcome::Outcome;

pub use errors::{ErrorClass, ErrorMap, Question};
pub use judge::{Judge, with_ids};
pub use scope::Scope;
pub use service::Books;
pub use tracker::Tracker;

use service::Service;
use tool::Tool;

/// Records events, if the person agreed to it, or the operator of the service turned it on ([`Recorder::service`]); otherwise does
/// nothing.
#[derive(Debug)]
pub struct Recorder {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Does nothing.
    Off,
    /// On a person's machine.
    Tool(Box<Tool>),
    /// A service's, which its operator turned on.
    Service(Box<Service>),
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
    /// A recorder for the product and source that `asked` names, and these `events` of its catalog (of another catalog than
    /// decantr's own all are known). Never fails: whatever is wrong makes it one that does nothing.
    ///
    /// A program that runs long keeps it: before every event the files that consent rests on are looked at, and what they say
    /// is asked again when one has changed.
    pub fn open(host: &Host, asked: &Asked<'_>, events: &[&str]) -> Self {
        Self {
            kind: Kind::Tool(Box::new(Tool::open(host, asked, events))),
        }
    }

    /// A recorder that does nothing.
    pub fn off() -> Self {
        Self { kind: Kind::Off }
    }

    /// One line for stderr when what the person agreed to has ended, or the catalog has grown since; once each.
    pub fn notice(&self) -> Option<String> {
        match &self.kind {
            Kind::Tool(tool) => tool.notice(),
            Kind::Off | Kind::Service(_) => None,
        }
    }

    /// Records one event now.
    pub fn record<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        match &self.kind {
            Kind::Off => Recorded::Nothing,
            Kind::Tool(tool) => tool.record(name, properties),
            Kind::Service(service) => service.record(name, properties),
        }
    }

    /// Sends what is spooled if that is due: by a detached process, on a build machine at once and bounded. Call it last; in a
    /// program that runs long now and then. A service sends by itself.
    pub fn hand_off(&self) {
        match &self.kind {
            Kind::Tool(tool) => tool.hand_off(),
            Kind::Off | Kind::Service(_) => {}
        }
    }
}

fn shown(event: &Event) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

fn nothing(why: &str) -> String {
    json!({ "telemetry": "nothing", "why": why }).to_string()
}
