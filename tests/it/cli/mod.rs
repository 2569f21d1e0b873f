//! Commands as a person runs them: what they print, and how they end.

mod analyze;
mod demo;
mod telemetry;
mod usage;
