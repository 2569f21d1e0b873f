//! Telemetry that can be verified.
//!
//! # The path of an event
//!
//! ```text
//! catalog → event → consent, identity → spool → delivery  ~ network ~  ingest → store → rollup → report → jobs
//! ```
//!
//! 1. A **catalog** ([`model::catalog`]) lists what can be reported at all: events, and properties of closed types.
//! 2. A command hands a raw **event** to [`client::recorder`]. **Consent** ([`client::consent`]) is asked first: without a
//!    permit nothing is built, no id exists, no folder, no socket. With one, the validator ([`model::event`]) keeps only what
//!    the catalog can express, and **identity** ([`client::identity`]) adds opaque ids.
//! 3. The event becomes one line of the **spool** ([`client::spool`]); the command goes on at once.
//! 4. **Delivery** ([`client::delivery`]), in a process of its own, freezes batches, sends them, checks the signed receipts
//!    and writes the ledger.
//! 5. On the operator's machine a request passes the door, **access** ([`server::access`]): keys, limits, sizes. **Ingest**
//!    ([`server::ingest`]) validates again and answers after the **store**
//!    ([`server::store`]) has committed events and **rollups** ([`server::rollup`]) in one transaction.
//! 6. **Reports** ([`server::report`]) read rollups only; **jobs** ([`server::jobs`]) turn them into digests.
//!    A forwarder ([`server::jobs::forward`]) copies events to PostHog ([`server::posthog`]), if the operator wants that.
//!
//! Who somebody is, is known only when they say so: a person signs in ([`client::auth`]) and links the ids of a machine
//! ([`client::control`]), or an operator says what an id is. The rule by which events are attributed is
//! [`model::event::resolve`]; the store applies it to new events, and to retained counts when it is known better.
//!
//! Every event that enters a half ends in exactly one [`model::outcome::Outcome`]; nothing is lost silently.
//!
//! # The house
//!
//! | wing | owns | may use |
//! |---|---|---|
//! | [`base`] | clock, ids, hashes and signatures, atomic files and locks, the one HTTP client | |
//! | [`model`] | outcomes, catalogs, the normalised event and its validator, the protocol | `base` |
//! | [`config`] | settings; the only reader of the environment and of settings files | `base`, `model` |
//! | [`client`] | what runs on a developer's machine | `base`, `model`, `config` |
//! | [`server`] | what an operator runs | `base`, `model`, `config` |
//! | [`analyze`] | reading web projects | `base` |
//! | [`cli`] | arguments, commands, all printing, exit codes | everything |
//!
//! `client`, `server` and `analyze` never see each other, and nothing uses `cli`; a test holds the arrows.

pub mod analyze;
pub mod base;
pub mod cli;
pub mod client;
pub mod config;
pub mod model;
pub mod server;
