//! What can go wrong in a control, and which exit code that is.

use crate::base::fsx::{FsError, LockError};
use crate::base::http::HttpError;
use crate::client::auth::{AccountError, AuthError};
use crate::client::consent::ConsentError;
use crate::client::control::ControlError;
use crate::client::identity::IdentityError;
use crate::client::spool::FreezeError;
use crate::config::{ConfigError, Source};

/// The exit codes that a client error can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitClass {
    /// 2: the command line asks for something that does not exist.
    Usage,
    /// 3: configuration or a local file is unreadable or invalid.
    Config,
    /// 4: consent is missing or overridden, or residue is left.
    Consent,
    /// 5: not signed in, or not allowed.
    Access,
    /// 6: the server failed.
    Remote,
}

/// A control that could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The consent record cannot be used.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// A file of the state folder cannot be used.
    #[error(transparent)]
    File(#[from] FsError),
    /// Another process held a lock for too long.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The queue could not be turned into batches.
    #[error(transparent)]
    Freeze(#[from] FreezeError),
    /// Ids could not be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A file of the state folder is not what decantr wrote.
    #[error("cannot parse {}; correct or remove it", path.display())]
    NotJson {
        /// The file.
        path: std::path::PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// The place where keys are kept cannot be used.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The server did not do what an account asked for.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A control refused.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The HTTP client could not be set up.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The catalog has no such event for this source.
    #[error(
        "the catalog has no event {name} for source {sources}; `decantr telemetry explain` lists them"
    )]
    UnknownEvent {
        /// What was asked for.
        name: String,
        /// The sources that are looked at.
        sources: String,
    },
}

impl ClientError {
    /// The exit code it stands for.
    pub fn exit_class(&self) -> ExitClass {
        match self {
            Self::UnknownEvent { .. }
            | Self::Config(ConfigError::BadEndpoint {
                from: Source::Flag, ..
            }) => ExitClass::Usage,
            Self::Identity(IdentityError::Withdrawn) => ExitClass::Consent,
            Self::Config(_)
            | Self::Consent(_)
            | Self::File(_)
            | Self::Lock(_)
            | Self::Freeze(_)
            | Self::Identity(_)
            | Self::NotJson { .. } => ExitClass::Config,
            Self::Auth(error) => error.exit_class(),
            Self::Account(error) => error.exit_class(),
            Self::Control(error) => error.exit_class(),
            Self::Http(_) => ExitClass::Remote,
        }
    }
}
