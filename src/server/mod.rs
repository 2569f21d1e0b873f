//! What an operator runs: rollup, store, posthog, access, ingest, report, jobs, api, serve.
//!
//! Arrows inside: `rollup` ← `store` ← `access` ← `ingest`, `report` ← `jobs` ← `api` ← `serve`. `posthog` uses none of them.

pub mod access;
pub mod api;
pub mod ingest;
pub mod jobs;
pub mod posthog;
pub mod report;
pub mod rollup;
pub mod serve;
pub mod store;
