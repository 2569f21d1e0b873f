//! Telemetry that can be verified.

pub mod analyze;
pub mod base;
pub mod client;
pub mod config;
pub mod model;
pub mod server;
