//! What an operator runs: rollup, store, ingest, report, jobs, api, serve.
//!
//! Arrows inside: `rollup` ← `store` ← `ingest`, `report` ← `jobs` ← `api` ← `serve`.

pub mod api;
pub mod ingest;
pub mod jobs;
pub mod report;
pub mod rollup;
pub mod serve;
pub mod store;
