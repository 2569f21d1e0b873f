//! Sending: one sender at a time, frozen bytes, signed receipts, patience. A command never waits for any of it.

pub(in crate::client) mod answer;
mod detach;
mod pins;
mod receipts;
mod send;
mod sender;
mod state;
mod wire;

use std::time::Duration;

pub use detach::{DELIVER_ARGUMENT, run_bounded, run_detached, spawn_detached};
pub use pins::{PINS_FILE, pinned_keys};
pub use send::events_request;
pub use sender::{End, Report, Sender};
pub use state::{DELIVERY_FILE, DeliveryState, Sent, Urgency};

/// How long one delivery takes at most, connections and waiting included.
pub const LIMIT: Duration = Duration::from_secs(10);

/// How long a build machine waits for a delivery; nothing is left to send it later.
pub const BUILD_MACHINE_LIMIT: Duration = Duration::from_secs(5);
