//! The server over HTTP: ingest, durability, overload, reports.
