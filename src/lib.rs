//! Telemetry that can be verified.

pub mod analyze;
pub mod base;
pub mod model;
