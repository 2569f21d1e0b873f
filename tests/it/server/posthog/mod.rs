//! PostHog's SDKs at our door: what they were recorded to send, byte by byte, and the rules of their protocols.

mod bodies;
mod door;
mod rules;
mod samples;
pub(crate) mod support;
mod times;
mod v1;
mod v1_refused;
