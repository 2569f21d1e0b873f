//! What an operator runs: rollup, store, ingest, report, jobs, api, serve.
//!
//! Arrows inside: `rollup` ← `store` ← `ingest`, `report` ← `jobs` ← `api` ← `serve`.
