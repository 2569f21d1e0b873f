//! The server over HTTP: ingest, durability, overload, reports.

mod access;
mod accounts;
mod accounts_forget;
mod accounts_support;
mod aliases;
mod bodies;
mod books;
mod connections;
mod crash;
mod digest;
mod erasure;
mod files;
mod forgetting;
mod identities;
mod ingest;
mod limits;
mod links;
mod measures;
mod overload;
mod recount;
mod rekeying;
mod retention;
mod snapshots;
mod store;
mod support;
mod unconfirmed;
