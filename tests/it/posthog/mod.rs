//! PostHog: the operating dashboard and queries, against a server that has PostHog's documented traps.

mod access;
mod apply;
mod cli;
mod computed;
mod cuts;
pub(crate) mod fake;
mod objects;
mod query;
