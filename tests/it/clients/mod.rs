//! Real clients at a real server, over a line that fails in every way: each event that they were given is stored, and once.
//!
//! Every test prints rows of a table, client × fault × given × stored × duplicates; `cargo test --test it clients:: -- --nocapture`
//! shows them.

mod decantr;
mod drift;
mod given;
mod line;
mod posthog;
mod program;
mod trial;
