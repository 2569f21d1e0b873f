//! The server over HTTP: ingest, durability, overload, reports.

mod bodies;
mod crash;
mod digest;
mod ingest;
mod overload;
mod recount;
mod store;
mod support;
