//! The server over HTTP: ingest, durability, overload, reports.

mod bodies;
mod books;
mod connections;
mod crash;
mod digest;
mod files;
mod identities;
mod ingest;
mod overload;
mod recount;
mod rekeying;
mod retention;
mod store;
mod support;
mod unconfirmed;
