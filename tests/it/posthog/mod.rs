//! PostHog: the operating dashboard, queries and the forwarder, against a server that has PostHog's documented traps.

mod access;
mod apply;
mod cli;
mod computed;
mod cuts;
pub(crate) mod fake;
mod forward;
mod forward_serve;
mod mapping;
mod objects;
mod query;
mod tiles;
mod weekly;
