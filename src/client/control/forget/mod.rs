//! `telemetry forget`: erasure on the server of everything under this machine's ids, and asking later what was erased.
//!
//! The one request that is made while telemetry is off, because the person asks for it.

mod check;
mod prepare;
mod requests;
mod send;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::SCHEMA_VERSION;
use crate::base::ids::OpaqueId;
use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::config::{Asked, Host, Paths};
use crate::model::protocol::Forgotten;

pub use check::{ForgetCheck, check_ticket};
pub(super) use prepare::Prepared;
pub(super) use requests::{FORGET_FILE, Requests};

use requests::Pending;

/// What `telemetry forget` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forget {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.forget`.
    pub kind: &'static str,
    /// What servers have erased.
    pub erased: Vec<Erased>,
    /// What no server has erased yet; not empty means exit code 6.
    pub pending: Vec<Waiting>,
    /// Ids of other tools: nobody can prove them, so only the operator can erase what is under them.
    pub foreign: Vec<OpaqueId>,
    /// How many events that waited to be sent under the ids were dropped.
    pub dropped: usize,
}

/// What one server has erased.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Erased {
    /// The server's base address.
    pub server: String,
    /// What the server says.
    #[serde(flatten)]
    pub forgotten: Forgotten,
    /// `verified`, or why not.
    pub receipt: String,
}

/// A request that no server has granted yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The server's base address.
    pub server: String,
    /// How many ids it is about.
    pub ids: usize,
    /// Since when.
    pub since: Timestamp,
    /// Why the last attempt came to nothing.
    pub error: Option<String>,
}

impl From<&Pending> for Waiting {
    fn from(pending: &Pending) -> Self {
        Self {
            server: pending.server.clone(),
            ids: pending.ids.len(),
            since: pending.since,
            error: pending.error.clone(),
        }
    }
}

/// A request that was granted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// The server's base address.
    pub server: String,
    /// By which `telemetry forget --check` asks for it.
    pub ticket: Uuid,
    /// When.
    pub at: Timestamp,
}

/// What servers were asked to forget.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForgetView {
    /// What no server has granted yet; `telemetry forget` asks again.
    pub pending: Vec<Waiting>,
    /// What was granted.
    pub tickets: Vec<Ticket>,
}

impl ForgetView {
    /// Reads it; nothing where nothing was ever asked.
    pub(super) fn read(paths: &Paths) -> Result<Option<Self>, ClientError> {
        let requests = Requests::load(paths)?;
        let ticket = |done: &requests::Granted| Ticket {
            server: done.server.clone(),
            ticket: done.ticket,
            at: done.at,
        };
        Ok((!requests.is_empty()).then(|| Self {
            pending: requests.pending.iter().map(Waiting::from).collect(),
            tickets: requests.done.iter().map(ticket).collect(),
        }))
    }
}

/// Puts the ids of this machine aside and has everything under them erased, by every server that may know them. What cannot be
/// sent stays pending; the next call sends it again.
///
/// # Errors
/// When a local file stands in the way. A server that fails is no error but a part of the answer.
pub fn forget(host: &Host, asked: &Asked<'_>) -> Result<Forget, ClientError> {
    let gate = Gate::open(host, asked)?;
    let mut prepared = Prepared::read(&gate)?;
    let mut dropped = 0;
    if prepared.has_ids() {
        dropped = prepare::put_aside(&gate, &mut prepared, host.clock.now())?;
    }
    let mut answer = send_pending(host, &gate.paths)?;
    answer.foreign = prepared.foreign().to_vec();
    answer.dropped = dropped;
    Ok(answer)
}

/// Sends what is pending; nothing is opened where nothing is.
pub(super) fn send_pending(host: &Host, paths: &Paths) -> Result<Forget, ClientError> {
    let (erased, pending) = send::send_all(host, paths)?;
    Ok(Forget {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.forget",
        erased,
        pending,
        foreign: Vec::new(),
        dropped: 0,
    })
}
