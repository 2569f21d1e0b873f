//! What a person can ask of telemetry: status, explain, enable, disable, flush, log. Each answers a plain value.

mod disable;
mod enable;
mod explain;
mod flush;
mod status;
mod view;

use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::client::spool::{Ledger, LedgerEntry, SpoolState, waiting_events};
use crate::config::{Asked, Endpoint, Host};

pub use disable::disable;
pub use enable::{EnablePlan, Terms, plan_enable};
pub use explain::explain;
pub use flush::flush;
pub use status::status;
pub use view::{
    ControlView, Disabled, Enabled, EndpointView, EventView, Explanation, FieldView, Flushed, Log,
    Offer, PropertyView, SentBody, Status, StoredView,
};

/// The version of the shape of every answer.
const SCHEMA_VERSION: u32 = 1;

/// Shows the ledger and what waits; with `bodies` also what was sent. Writes nothing.
pub fn log(host: &Host, asked: &Asked<'_>, bodies: bool) -> Result<Log, ClientError> {
    let gate = Gate::open(host, asked)?;
    let store = Ledger::new(&gate.paths);
    let ledger = store.read()?;
    let sent = ledger
        .entries
        .iter()
        .filter(|_| bodies)
        .filter_map(|entry| match entry {
            LedgerEntry::Batch { batch, .. } => Some(SentBody {
                batch: *batch,
                body: store.body(*batch)?,
            }),
            _ => None,
        });
    let sent = sent.collect();
    let (waiting, lost) = match gate.grant() {
        Some(grant) => {
            let lost = SpoolState::read(&gate.paths, grant.epoch)?.lost;
            (waiting_events(&gate.paths, grant.epoch)?, lost)
        }
        None => (Vec::new(), 0),
    };
    Ok(Log {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.log",
        entries: ledger.entries,
        sent,
        waiting,
        lost,
        unreadable: ledger.unreadable,
    })
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
