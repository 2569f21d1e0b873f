//! Real clients at a real server, over a line that fails in every way: each event that they were given is stored, and once.
//!
//! Every trial prints a row of a table: client, fault, and how many events were given, acknowledged, stored, and recognised as sent before.
//! `cargo test --test it clients:: -- --nocapture` shows them.

mod canary;
mod canary_clients;
mod decantr;
mod drift;
mod given;
mod line;
mod planted;
mod posthog;
mod program;
mod secrets;
mod trial;
