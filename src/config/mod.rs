//! Settings: layers and typed views; the only reader of the environment and of files of settings.
//!
//! Loading never writes, a repository's file can only say no, and an invalid value is an error that names its source and key.

pub mod client;
pub mod env;
pub mod env_file;
mod error;
pub mod file;
pub mod layers;
pub mod paths;
pub mod policy;
pub mod product;
pub mod project;
pub mod service;

use std::path::PathBuf;

use crate::base::clock::Clock;

pub use client::{Endpoint, Source};
pub use env::Env;
pub use error::ConfigError;
pub use file::ConfigFile;
pub use layers::{Asked, Layers};
pub use paths::CATALOGS_FOLDER;
pub use paths::Paths;
pub use product::{CATALOG_VARIABLE, Product, ProductError, Standing, find_catalog};
pub use service::ServiceConfig;

/// The machine as a parameter: everything outside the arguments that a command may depend on.
#[derive(Debug, Clone)]
pub struct Host {
    /// The environment, read once.
    pub env: Env,
    /// The working directory.
    pub cwd: PathBuf,
    /// The time.
    pub clock: Clock,
    /// The administrator's policy; a field so that tests can point elsewhere, and never settable by environment.
    pub policy_file: PathBuf,
    /// This program, for starting the detached sender.
    pub executable: PathBuf,
}

impl Host {
    /// The real machine.
    ///
    /// A working directory or executable that the system cannot name stays empty: nothing is found below it, and no sender
    /// starts.
    pub fn from_process() -> Self {
        Self {
            env: Env::from_process(),
            cwd: std::env::current_dir().unwrap_or_default(),
            clock: Clock::system(),
            policy_file: PathBuf::from(policy::POLICY_FILE),
            executable: std::env::current_exe().unwrap_or_default(),
        }
    }
}
