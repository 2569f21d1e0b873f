//! The ledger: what became of every event, the exact bytes of every request, and its receipt.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::protocol::Receipt;

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum LedgerEntry {
    /// Where an event ended.
    Event {
        /// When this was noted.
        at: Timestamp,
        /// The event; absent when its line was unreadable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Uuid>,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// `accepted`, `duplicate` or `dropped`.
        outcome: String,
        /// Why it was dropped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The batch it was in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<Uuid>,
    },
    /// A batch that was answered. Its exact bytes are kept beside the ledger.
    Batch {
        /// When this was noted.
        at: Timestamp,
        /// The batch.
        batch: Uuid,
        /// The server it was sent to.
        origin: String,
        /// How many events it had.
        events: usize,
        /// How many bytes were sent.
        bytes: usize,
        /// SHA-256 of the inflated body, in hex, as in the receipt.
        digest: String,
        /// The HTTP status of the answer.
        status: u16,
        /// The receipt, as it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Receipt>,
        /// `verified`, or why not.
        verification: String,
    },
    /// Older parts of the ledger were removed to keep it small.
    Pruned {
        /// When.
        at: Timestamp,
        /// The day that was removed.
        day: String,
    },
}
