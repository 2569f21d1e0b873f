//! What can go wrong with PostHog, in sentences that say what to do.

use crate::base::http::HttpError;

/// A request to PostHog that did not give what was asked. The texts never hold the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostHogError {
    /// No usable answer, and nothing was to be changed, or it is known that nothing was.
    #[error("cannot {action}")]
    Http {
        /// What was tried, for example `list insights`.
        action: String,
        /// Why there is no answer.
        #[source]
        source: HttpError,
    },
    /// Something was to be made, and whether it was is not known: the connection broke or the server failed. It is not made a
    /// second time; the next run finds it by its mark.
    #[error("cannot tell whether PostHog did {action}")]
    Unknown {
        /// What was tried.
        action: String,
        /// Why there is no answer, unless the server answered with an error of its own.
        #[source]
        source: Option<HttpError>,
    },
    /// 401: the key is not one, was deleted, or is of another region.
    #[error("PostHog does not know this personal API key (401 at {host})")]
    Unauthorized {
        /// The host that was asked; keys of one region are unknown in the other.
        host: String,
    },
    /// 403: the key lacks a scope, or its owner a right.
    #[error("PostHog does not let this key {action}: it needs the scope {scope}")]
    Forbidden {
        /// What was tried.
        action: String,
        /// The scope as in PostHog's settings, for example `insight:write`.
        scope: String,
    },
    /// 404: no such project, or no such object in it.
    #[error(
        "cannot {action}: PostHog has no {path} (is the project id right, and of this region?)"
    )]
    NotFound {
        /// What was tried.
        action: String,
        /// The path that was asked.
        path: String,
    },
    /// 429, for longer than is waited.
    #[error("PostHog asks to wait {seconds} s before it lets this key {action}")]
    RateLimited {
        /// What was tried.
        action: String,
        /// How long to wait, in seconds.
        seconds: u64,
    },
    /// Any other status.
    #[error("cannot {action}: PostHog answered {status}{detail}")]
    Refused {
        /// What was tried.
        action: String,
        /// The status code.
        status: u16,
        /// What PostHog says about it, with a colon before it; may be empty.
        detail: String,
    },
    /// An answer that is not what PostHog's documentation says.
    #[error("cannot {action}: PostHog's answer is not as documented ({what})")]
    Unreadable {
        /// What was tried.
        action: String,
        /// What is wrong with the answer.
        what: String,
    },
    /// There is more than was read, so any number made of it would be wrong.
    #[error("{action} gives more rows than its limit lets through")]
    Incomplete {
        /// What was asked.
        action: String,
    },
    /// A request that changes something, on a client that may not.
    #[error("a dry run tried to {action}")]
    ReadOnly {
        /// What was tried.
        action: String,
    },
}

impl PostHogError {
    /// The scope that the key lacks, where that is the cause.
    pub fn missing_scope(&self) -> Option<&str> {
        match self {
            Self::Forbidden { scope, .. } => Some(scope),
            _ => None,
        }
    }

    /// Whether the key is the cause, as a whole or for want of a scope.
    pub fn is_about_access(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::Forbidden { .. })
    }
}
