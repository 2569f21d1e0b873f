//! Commands as a person runs them: what they print, and how they end.

mod analyze;
mod consent;
mod demo;
mod faults;
mod telemetry;
mod usage;
