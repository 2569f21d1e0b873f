//! What an operator's machine does on a schedule or by hand, from reports to messages.

pub mod check;
pub mod digest;
pub mod forward;
pub mod health;
pub mod message;
pub mod remote;
pub mod snapshot;
pub mod webhook;
pub mod weekly;
