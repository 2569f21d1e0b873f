//! What runs on a developer's machine: consent, identity, signing in (`auth`), spool, delivery, withdrawal, the recorder, and the
//! controls over them.
//!
//! Arrows inside: a room uses only rooms named before it in that list.

pub mod auth;
pub mod consent;
pub mod control;
pub mod delivery;
mod error;
pub mod identity;
pub mod recorder;
pub mod spool;
pub mod withdrawal;

pub use error::{ClientError, ExitClass};
