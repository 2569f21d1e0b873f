//! Events on their way: the queue, frozen batches, and the ledger of what became of each.

mod ledger;

use jiff::Timestamp;
use serde::Serialize;

pub use ledger::LedgerEntry;

/// What waits to be sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpoolState {
    /// How many events wait, frozen ones included.
    pub events: usize,
    /// How many bytes they take on disk.
    pub bytes: u64,
    /// How many batches are frozen, that is: tried or about to be.
    pub batches: usize,
    /// When the oldest was recorded.
    pub oldest: Option<Timestamp>,
}
