//! The server over HTTP: ingest, durability, overload, reports.

mod bodies;
mod connections;
mod crash;
mod digest;
mod files;
mod ingest;
mod overload;
mod recount;
mod retention;
mod store;
mod support;
mod unconfirmed;
