//! The commands, one file or folder each: arguments in, calls into the wings, results to the printer.

pub(super) mod account;
pub(super) mod analyze;
pub(super) mod ops;
pub(super) mod telemetry;
