//! What both halves agree on: outcomes, catalogs, the normalised event and the words they exchange.
//!
//! Arrows inside: `outcome` ← `catalog` ← `event` ← `protocol`.

pub mod catalog;
pub mod event;
pub mod outcome;
pub mod protocol;
