//! Sending: one sender at a time, frozen bytes, signed receipts, patience.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::config::Host;

/// What came of the last deliveries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeliveryState {
    /// When a sender last tried.
    pub last_attempt: Option<Timestamp>,
    /// How many attempts have failed since the last success.
    pub failures: u32,
    /// Before this, no sender tries by itself.
    pub not_before: Option<Timestamp>,
    /// Whether the server asked for that pause.
    pub server_asked: bool,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// The last batch that was answered.
    pub last_receipt: Option<Sent>,
}

/// A batch that was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The batch.
    pub batch_id: Uuid,
    /// When, by this machine's clock.
    pub at: Timestamp,
    /// How many events it had.
    pub events: usize,
    /// How many bytes were sent.
    pub bytes: usize,
    /// The HTTP status of the answer.
    pub status: u16,
    /// How many events the server stored.
    pub accepted: usize,
    /// How many it had stored before.
    pub duplicates: usize,
    /// How many it dropped.
    pub dropped: usize,
    /// The receipt: `verified`, or why not.
    pub receipt: String,
}

/// The hidden argument by which the detached sender is started.
pub const DELIVER_ARGUMENT: &str = "__deliver";

/// The whole life of the detached sender: its own session, one bounded delivery, no output. Never fails.
pub fn run_detached(host: &Host) {
    drop(host.clone());
    todo!()
}
