//! What a command says when it fails: one sentence, its causes, what to do next, and the exit code.

use std::error::Error;
use std::io;

use super::exit;
use crate::base::error::chain;
use crate::config::{CATALOG_VARIABLE, ProductError};

/// A failed command.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// The exit code.
    pub exit: u8,
    /// What failed, with its causes after colons; lower case, no full stop. Empty when there is nothing left to say.
    pub message: String,
    /// What to do next, one sentence each.
    pub hints: Vec<String>,
}

impl CommandError {
    /// A failure with `exit` that says `message`.
    pub(crate) fn new(exit: u8, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// A catalog or source that cannot be used, as `origin` (a flag or variable; empty for none) names it.
    pub(crate) fn of_product(error: &ProductError, origin: &str) -> Self {
        let code = if error.is_usage() {
            exit::USAGE
        } else {
            exit::CONFIG
        };
        let text = chain(error);
        let message = if origin.is_empty() {
            text
        } else {
            format!("{origin}: {text}")
        };
        let error = Self::new(code, message);
        if origin == CATALOG_VARIABLE {
            error.hint(format!(
                "unset {CATALOG_VARIABLE}, or name the catalog with --catalog"
            ))
        } else {
            error
        }
    }

    /// A failure with `exit` that says `error` and its causes.
    pub(crate) fn from_error(exit: u8, error: &dyn Error) -> Self {
        Self::new(exit, chain(error))
    }

    /// An exit code alone: everything has been said on stdout.
    pub(crate) fn silent(exit: u8) -> Self {
        Self::new(exit, "")
    }

    /// The error as the JSON object that a command prints instead of its result.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "schemaVersion": 1,
            "kind": "error",
            "exitCode": self.exit,
            "message": self.message,
            "hints": self.hints,
        })
    }

    /// Adds what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// Writing our own output failed; a reader that went away (`decantr … | head`) is no failure.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::silent(exit::OK)
        } else {
            Self::new(exit::REMOTE, format!("cannot write the output: {error}"))
        }
    }
}
