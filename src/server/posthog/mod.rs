//! PostHog: its REST interface, its query language, and what of it mirrors our catalog. Knows nothing of stores or terminals.

pub mod capture;
pub mod dashboard;
mod error;
mod hogql;
pub mod mapping;
mod rest;
mod rules;
mod settings;
pub mod spec;
mod wait;

pub use error::PostHogError;
pub use hogql::Table;
pub use rest::{Client, Topic};
pub use settings::{
    DEFAULT_HOST, ENVIRONMENT_VARIABLE, HOST_VARIABLE, KEY_VARIABLE, PROJECT_VARIABLE, Settings,
    SettingsError, Values, parse_host,
};
pub use wait::Waiter;
