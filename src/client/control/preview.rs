//! `telemetry preview`: the exact bytes that would leave, now and if telemetry were on. Makes nothing, keeps nothing, sends nothing.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::SCHEMA_VERSION;
use super::enable::{Terms, hypothetical};
use crate::base::crypto;
use crate::client::ClientError;
use crate::client::consent::{Gate, Grant, Stored, decide};
use crate::client::delivery::events_request;
use crate::client::identity::Ids;
use crate::client::recorder::{Judge, with_ids};
use crate::client::spool::{Encoded, Spool, validator_of, would_leave};
use crate::config::{Asked, Endpoint, Host, Standing};
use crate::model::event::{Event, RawMap, time_ordered_id};

/// An event that a command would report, as it says it.
pub type Observed<'a> = (Cow<'a, str>, RawMap<'a>);

/// What `telemetry preview` says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.preview`.
    pub kind: &'static str,
    /// The command that is looked at; absent where it is what waits already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// What would leave as things are.
    pub now: Leaving,
    /// What would leave after `telemetry enable` on its usual terms.
    pub if_enabled: Leaving,
}

/// What would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Leaving {
    /// The requests; none means that nothing would leave.
    pub requests: Vec<RequestView>,
    /// Why nothing would leave, or why some of it would not; one sentence each.
    pub why: Vec<String>,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestView {
    /// The head as it is written, lines ending with CRLF.
    pub head: String,
    /// How many bytes follow it.
    pub bytes: usize,
    /// These bytes, in Base64 (RFC 4648).
    pub base64: String,
    /// The same decoded: the JSON, character for character.
    pub body: String,
    /// Its SHA-256 in hex, which the server signs in its receipt.
    pub digest: String,
}

/// Tells what would leave if a command reported `observed` events (none: it reports nothing); without a command, what of that which
/// waits already. Ids that are not made yet are shown as zeros; the ids of events and batches are made anew for every event.
///
/// # Errors
/// When local files cannot be read.
pub fn preview(
    host: &Host,
    asked: &Asked<'_>,
    command: Option<(String, &[Observed<'_>])>,
) -> Result<Preview, ClientError> {
    let gate = Gate::open(host, asked)?;
    let view = Viewer {
        gate: &gate,
        host,
        asked,
    };
    let (now, if_enabled) = match &command {
        Some((_, observed)) => (view.now(observed)?, view.if_enabled(observed)?),
        None => (
            view.waiting()?,
            Leaving::nothing("nothing was recorded before, so nothing waits then"),
        ),
    };
    Ok(Preview {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.preview",
        command: command.map(|(command, _)| command),
        now,
        if_enabled,
    })
}

impl Leaving {
    fn nothing(why: impl Into<String>) -> Self {
        Self {
            requests: Vec::new(),
            why: vec![why.into()],
        }
    }
}

struct Viewer<'a> {
    gate: &'a Gate,
    host: &'a Host,
    asked: &'a Asked<'a>,
}

impl Viewer<'_> {
    /// What waits, as it would be sent now.
    fn waiting(&self) -> Result<Leaving, ClientError> {
        let gate = self.gate;
        let (Some(permit), Some(endpoint)) = (gate.permit(), &gate.endpoint) else {
            return Ok(Leaving::nothing(gate.decision().why()));
        };
        let spool = Spool::new(&gate.paths, &permit, &self.host.clock);
        let leaving = would_leave(&spool, &validator_of(gate.catalog()))?;
        if leaving.is_empty() {
            return Ok(Leaving::nothing("nothing waits to be sent"));
        }
        Ok(Leaving {
            requests: leaving
                .into_iter()
                .map(|encoded| request(endpoint, encoded))
                .collect(),
            why: Vec::new(),
        })
    }

    fn now(&self, observed: &[Observed<'_>]) -> Result<Leaving, ClientError> {
        match self.gate.grant() {
            Some(grant) if self.gate.decision().effective().is_on() => {
                self.under(grant.clone(), observed)
            }
            _ => Ok(Leaving::nothing(self.gate.decision().why())),
        }
    }

    fn if_enabled(&self, observed: &[Observed<'_>]) -> Result<Leaving, ClientError> {
        let now = self.host.clock.now();
        let grant = hypothetical(self.gate, Terms::default(), now);
        let stored = Stored::Granted(grant.clone());
        let decision = decide(&self.gate.layers, &stored, now, |_| Standing::Same);
        match decision.reason() {
            Some(verdict) => Ok(Leaving::nothing(format!("even then: {}", verdict.says))),
            None => self.under(grant, observed),
        }
    }

    /// What would leave under this grant.
    fn under(&self, grant: Grant, observed: &[Observed<'_>]) -> Result<Leaving, ClientError> {
        let gate = self.gate;
        let Some(endpoint) = &gate.endpoint else {
            return Ok(Leaving::nothing(gate.problems.join("; ")));
        };
        if observed.is_empty() {
            return Ok(Leaving::nothing("this command reports nothing"));
        }
        let catalog = gate.catalog();
        let clock = self.host.clock.clone();
        let judge = Judge::new(catalog.clone(), grant, gate.product.source(), clock);
        let project = self.asked.project.map(|path| self.host.cwd.join(path));
        let ids = Ids::existing(gate, project.as_deref())?.or_placeholders(project.is_some());
        let mut why = Vec::new();
        let mut events: Vec<Event> = Vec::new();
        for (name, properties) in observed {
            let properties = properties.iter();
            let raw = judge.raw(name, properties.map(|(key, value)| (&**key, value.clone())));
            match judge.judge(&raw) {
                Ok(judged) => events.push(with_ids(judged.event, &ids)),
                Err(rejection) => why.push(format!("not {name}: {}", rejection.detail)),
            }
        }
        if events.is_empty() {
            return Ok(Leaving {
                requests: Vec::new(),
                why,
            });
        }
        let id = time_ordered_id(self.host.clock.now());
        let encoded = Encoded::of(&catalog, &events, id);
        let encoded =
            encoded.map_err(crate::base::fsx::context("encode", &gate.paths.state_dir))?;
        Ok(Leaving {
            requests: vec![request(endpoint, encoded)],
            why,
        })
    }
}

fn request(endpoint: &Endpoint, encoded: Encoded) -> RequestView {
    let (url, request) = events_request(endpoint, encoded.bytes);
    let head = request.head(&url);
    let bytes = request.body.unwrap_or_default();
    RequestView {
        head,
        bytes: bytes.len(),
        base64: STANDARD.encode(&bytes),
        digest: crypto::hex(&crypto::sha256(&encoded.body)),
        body: String::from_utf8_lossy(&encoded.body).into_owned(),
    }
}
