//! Consent, spool and delivery on a private home, against a real server or a misbehaving one.

mod aftermath;
mod attempts;
mod auth;
mod clocks;
mod controls;
mod crashes;
mod damage;
mod delivery;
mod endpoints;
mod forget;
mod hazards;
mod identity;
mod identity_rotation;
mod link;
mod link_end;
pub(crate) mod link_server;
mod lived;
mod obstacles;
mod precedence;
mod privacy;
mod recorder;
pub(crate) mod server;
mod spool;
mod support;
mod withdrawal;
