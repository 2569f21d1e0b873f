//! Whether anything may be recorded or sent: the person's record, the layers that can only subtract, and the permit that
//! follows from both.

mod decide;
mod gate;
mod grant;
mod ready;
mod record;

use jiff::Timestamp;

pub use decide::{Decision, Effective, Layer, Verdict, decide};
pub use gate::Gate;
pub use grant::{Actor, Grant, Key, Scope};
pub use ready::Ready;
pub use record::{ConsentError, ConsentFile, Locked, Record};

/// What the record says about one catalog and endpoint.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// Nothing: no person has decided.
    Undecided,
    /// Yes, on these terms.
    Granted(Grant),
    /// No.
    Refused {
        /// When.
        at: Timestamp,
    },
    /// It cannot be known, because a file is unreadable or invalid. Counts as no.
    Broken(String),
}

/// Leave to record and send under one grant. Only this room makes one, and only while the decision is yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    key: Key,
    epoch: u64,
    revision: u32,
}

impl Permit {
    /// The catalog and endpoint it is about.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The epoch of the grant, which names its spool.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The catalog revision that was agreed to.
    pub fn revision(&self) -> u32 {
        self.revision
    }
}
