//! What an operator runs: rollup, store, posthog, describe, access, ingest, report, jobs, api, serve.
//!
//! Arrows inside: `rollup` ← `store` ← `access` ← `ingest`, `report` ← `jobs` ← `api` ← `serve`. `posthog` and
//! `describe` use none of them.

pub mod access;
pub mod api;
pub mod describe;
pub mod ingest;
pub mod jobs;
pub mod posthog;
pub mod report;
pub mod rollup;
pub mod serve;
pub mod store;
