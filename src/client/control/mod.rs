//! What a person can ask of telemetry: status, explain, enable, disable, flush, log, link, unlink, reset, forget, verify. Each
//! answers a plain value.

mod accept;
mod diff;
mod disable;
mod enable;
mod error;
mod explain;
mod flush;
mod forget;
mod link;
mod network;
mod preview;
mod record;
mod reset;
mod status;
mod verify;
mod view;

use std::collections::BTreeSet;

use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Gate};
use crate::client::spool::{Ledger, LedgerEntry, SpoolState, frozen_body, waiting_events};
use crate::config::{Asked, ConfigFile, Endpoint, Host, Paths};

pub use accept::{grant_time, plan_accept};
pub use diff::{Diff, Gained, diff};
pub use disable::{disable, disable_and_forget};
pub use enable::{EnablePlan, Terms, plan_enable};
pub use error::ControlError;
pub use explain::explain;
pub use flush::flush;
pub use forget::{Erased, Forget, ForgetCheck, ForgetView, Ticket, Waiting, check_ticket, forget};
pub use link::{
    LinkAsk, LinkFailure, LinkOffer, LinkPlan, Linked, Unlinked, label, linked_at, org_slug,
    plan_link, unlink,
};
pub use preview::{Leaving, Observed, Preview, RequestView, preview};
pub use record::{Given, NotAnEvent, RecordedEvent, RecordedEvents, record};
pub use reset::{Reset, reset};
pub use status::status;
pub use verify::{
    CAGED_ARGUMENT, Check, LIMIT, Level, Verdict, Verified, Watch, run_caged, verify,
};
pub use view::{
    ControlView, Disabled, Enabled, EndpointView, EventView, Explanation, FieldView, Flushed,
    LinkView, Log, Offer, PropertyView, SentBody, Status, StoredView,
};

/// The version of the shape of every answer.
const SCHEMA_VERSION: u32 = 1;

/// Fails where settings or the record cannot be used, so that a control does not take that for a no.
fn check_sound(host: &Host, asked: &Asked<'_>, paths: &Paths) -> Result<(), ClientError> {
    let settings = ConfigFile::load(&paths.config_file())?;
    Endpoint::resolve(asked.endpoint, &host.env, &settings)?;
    ConsentFile::load(paths)?;
    Ok(())
}

/// Shows the ledger and what waits; with `bodies` also what was sent. Writes nothing.
pub fn log(host: &Host, asked: &Asked<'_>, bodies: bool) -> Result<Log, ClientError> {
    let gate = Gate::open(host, asked)?;
    let store = Ledger::new(&gate.paths);
    let ledger = store.read()?;
    let sent = if bodies {
        sent_bodies(&gate.paths, &store, &ledger.entries)
    } else {
        Vec::new()
    };
    let epoch = gate.grant().map(|grant| grant.epoch);
    let state = SpoolState::read(&gate.paths, epoch)?;
    let waiting = match epoch {
        Some(epoch) => waiting_events(&gate.paths, epoch)?,
        None => Vec::new(),
    };
    Ok(Log {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.log",
        entries: ledger.entries,
        sent,
        waiting,
        elsewhere: state.elsewhere,
        lost: state.lost,
        unreadable: ledger.unreadable,
    })
}

/// What left, or may have left: the bytes of every batch that was answered or tried, once each.
fn sent_bodies(paths: &Paths, store: &Ledger, entries: &[LedgerEntry]) -> Vec<SentBody> {
    let mut seen = BTreeSet::new();
    let batches = entries.iter().filter_map(|entry| match entry {
        LedgerEntry::Batch { batch, .. } | LedgerEntry::Attempt { batch, .. } => Some(*batch),
        _ => None,
    });
    batches
        .filter(|batch| seen.insert(*batch))
        .filter_map(|batch| {
            let body = store.body(batch).or_else(|| frozen_body(paths, batch))?;
            Some(SentBody { batch, body })
        })
        .collect()
}

impl From<&Endpoint> for EndpointView {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            url: endpoint.url.to_string(),
            origin: endpoint.origin.clone(),
            source: endpoint.source,
            key: endpoint.key,
        }
    }
}
