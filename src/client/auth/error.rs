//! What can go wrong with an account, here and at the server; each text says who said so and what to do next.

use std::fmt;
use std::path::PathBuf;

use super::keyring::RingError;
use crate::base::fsx::{FsError, LockError};
use crate::base::http::HttpError;
use crate::client::ExitClass;
use crate::model::protocol::ErrorReply;

/// The most characters of a server's own words that are shown.
const MAX_SAID: usize = 300;

/// The most characters of a server's name for something.
const MAX_NAME: usize = 100;

/// A key that cannot be kept or found on this machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FsError),
    /// Another process held the lock for too long.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// `credentials.json` is not what decantr wrote. What is in it is not shown, since it may be a key.
    #[error("cannot parse {} (line {line}, column {column}); correct or remove it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where it stops making sense.
        line: usize,
        /// Where in that line.
        column: usize,
    },
    /// `credentials.json` was written by a later version.
    #[error("{} was written by a later version of decantr; update decantr, or remove the file", path.display())]
    Later {
        /// The file.
        path: PathBuf,
    },
    /// The keyring cannot be used.
    #[error("cannot use the keyring")]
    Ring(#[from] RingError),
    /// A text that no server could have given out as a key. It is not shown.
    #[error("the API key {from} is not one: a key is one word of printable ASCII characters")]
    NotAKey {
        /// Where it came from.
        from: KeyFrom,
    },
}

/// Where a text came from that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFrom {
    /// A person gave it.
    CommandLine,
    /// `DECANTR_API_KEY`.
    Variable,
    /// The keyring or the file.
    Store,
}

impl fmt::Display for KeyFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CommandLine => "that was given",
            Self::Variable => "in DECANTR_API_KEY",
            Self::Store => "that is stored",
        })
    }
}

impl AuthError {
    /// The exit code it stands for.
    pub fn exit_class(&self) -> ExitClass {
        match self {
            Self::NotAKey {
                from: KeyFrom::CommandLine,
            } => ExitClass::Usage,
            _ => ExitClass::Config,
        }
    }
}

/// A server's own words, bounded and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The fixed code; empty when there was none.
    pub code: String,
    /// The sentence; empty when there was none.
    pub detail: String,
}

impl Said {
    /// What `reply` says, fit to be shown.
    pub(super) fn new(reply: &ErrorReply) -> Self {
        let clean = |text: &str| printable(text, MAX_SAID);
        Self {
            code: clean(&reply.code),
            detail: clean(&reply.detail),
        }
    }
}

/// A server's name for something, fit to be shown.
pub fn shown_name(name: &str) -> String {
    printable(name, MAX_NAME)
}

/// At most `most` characters of `text`, without those that steer a terminal: colours, new lines, other directions of writing.
fn printable(text: &str, most: usize) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = text.chars().filter(|c| !c.is_control() && !turns(*c));
    shown.take(most).collect::<String>().trim().to_owned()
}

/// As the end of a sentence: nothing, or a colon and the words.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.detail.as_str(), self.code.as_str()) {
            ("", "") => Ok(()),
            ("", code) => write!(f, ": {code}"),
            (detail, "") => write!(f, ": {detail}"),
            (detail, code) => write!(f, ": {detail} ({code})"),
        }
    }
}

/// A request about an account that did not do what was asked. `origin` is the server's everywhere.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// There is no key for this server; nothing was sent.
    #[error(
        "not signed in to {origin} ({named_by}){why}; sign in with `decantr login --api-url {url}`"
    )]
    NotSignedIn {
        /// The server.
        origin: String,
        /// Its base address.
        url: String,
        /// How it was found.
        named_by: String,
        /// What stands in the way, if it is more than a missing key.
        why: SignedOutBecause,
    },
    /// 401: the server does not know the key, or it was revoked.
    #[error(
        "{origin} does not accept the API key: it is unknown or was revoked; get a new one from the operator, then `decantr login`"
    )]
    KeyRefused {
        /// The server.
        origin: String,
    },
    /// 403: the key is good, but not for this.
    #[error("{origin} does not allow this{said}")]
    NotAllowed {
        /// The server.
        origin: String,
        /// Why.
        said: Said,
    },
    /// 404 with a code: the server knows the request, but not what it names.
    #[error("{origin} does not know what was asked for{said}")]
    NotFound {
        /// The server.
        origin: String,
        /// What is missing.
        said: Said,
    },
    /// 409: it belongs to somebody else.
    #[error("{origin} refused this because of what it has already{said}")]
    Conflict {
        /// The server.
        origin: String,
        /// What is in the way.
        said: Said,
    },
    /// 404 or 405 for the request itself.
    #[error(
        "{origin} does not know the request {path} (it answered {status}): the server is too old for this, or the address is not that of a decantr server"
    )]
    TooOld {
        /// The server.
        origin: String,
        /// The request's path.
        path: String,
        /// 404 or 405.
        status: u16,
    },
    /// Another 4xx.
    #[error("{origin} refused the request with {status}{said}")]
    Refused {
        /// The server.
        origin: String,
        /// The status.
        status: u16,
        /// Why.
        said: Said,
    },
    /// 429.
    #[error("{origin} takes no more requests for now; try again {}", when(*pause))]
    RateLimited {
        /// The server.
        origin: String,
        /// How many seconds it asks to wait.
        pause: Option<u64>,
    },
    /// Nobody answered, or not in time: offline, or the server is down.
    #[error("cannot reach {origin}; check the address and the network, then try again")]
    Unreachable {
        /// The server.
        origin: String,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// 5xx.
    #[error("{origin} failed with {status}{said}; try again {}", when(*pause))]
    ServerFailed {
        /// The server.
        origin: String,
        /// The status.
        status: u16,
        /// Its words.
        said: Said,
        /// How many seconds it asks to wait.
        pause: Option<u64>,
    },
    /// An answer that is none.
    #[error(
        "{origin} gave an answer that makes no sense: {reason}; check that it is a decantr server"
    )]
    Nonsense {
        /// The server.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// What else there is to say to somebody who is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOutBecause {
    /// Nothing: there is no key.
    NoKey,
    /// The keyring was to have it, and has it no more.
    GoneFromKeyring,
    /// `DECANTR_API_KEY` stands alone.
    VariableAlone,
}

impl fmt::Display for SignedOutBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKey => "",
            Self::GoneFromKeyring => ": the keyring does not have the key any more",
            Self::VariableAlone => {
                ": DECANTR_API_KEY is not used without --api-url or DECANTR_API_URL beside it"
            }
        })
    }
}

fn when(pause: Option<u64>) -> String {
    pause.map_or_else(|| "later".to_owned(), |pause| format!("in {pause} s"))
}

impl AccountError {
    /// Whether the server said no, so that nothing was done. One that could not be understood may have done it.
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Nonsense { .. } => false,
            // A proxy's words, not the server's.
            Self::ServerFailed { said, .. } => !said.code.is_empty(),
            _ => true,
        }
    }

    /// The exit code it stands for.
    pub fn exit_class(&self) -> ExitClass {
        match self {
            Self::NotSignedIn { .. }
            | Self::KeyRefused { .. }
            | Self::NotAllowed { .. }
            | Self::Conflict { .. } => ExitClass::Access,
            Self::NotFound { said, .. } if said.code == "unknown_org" => ExitClass::Access,
            _ => ExitClass::Remote,
        }
    }

    /// Whether no server answered at all, so that the same request can do better later.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}
