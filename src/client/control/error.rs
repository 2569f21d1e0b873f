//! What a control refuses to do, why, and what to do instead.

use crate::base::ids::OpaqueId;
use crate::client::ExitClass;
use crate::model::outcome::Reason;

/// A control that refused. Nothing was sent, unless the text says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// Telemetry is not on, and this needs it.
    #[error("telemetry is not on here ({why}), so {consequence}")]
    Off {
        /// The reason.
        why: String,
        /// What follows, and what to do.
        consequence: &'static str,
    },
    /// The catalog has no such bucket.
    #[error("the catalog has no bucket {name}; it has {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    NoBucket {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The catalog does not allow what was to be recorded.
    #[error("nothing was recorded: {}", complaints.join("; "))]
    Refused {
        /// Every complaint.
        complaints: Vec<String>,
    },
    /// An event that was to be recorded for certain was not.
    #[error("{name} was not recorded: {reason}")]
    NotRecorded {
        /// The event.
        name: String,
        /// Why.
        reason: Reason,
    },
    /// There is nothing that could be accepted.
    #[error("there is nothing to accept: {why}")]
    NothingToAccept {
        /// Why.
        why: String,
    },
    /// Consent was saved, but something else still says no.
    #[error("your consent is saved, but telemetry is still off, so nothing was linked: {why}")]
    Overridden {
        /// The reason.
        why: String,
    },
    /// This machine is linked, which the request would break.
    #[error("this machine is linked to {org} at {origin}; run `decantr telemetry unlink` first")]
    Linked {
        /// The organisation.
        org: String,
        /// The server.
        origin: String,
    },
    /// Only a variable names the server, and nobody sees which one it is.
    #[error(
        "the server {origin} is named by {variable} only, and nobody is asked about it; if it is the right one, add --api-url {origin}"
    )]
    Unseen {
        /// The server.
        origin: String,
        /// The variable.
        variable: &'static str,
    },
    /// The key is for another organisation.
    #[error(
        "the API key for {origin} belongs to {}, not to {wanted}: you are not a member of {wanted} there, or there is no such organisation",
        has.as_deref().unwrap_or("no organisation")
    )]
    OtherOrg {
        /// The server.
        origin: String,
        /// The key's organisation.
        has: Option<String>,
        /// The one that was named.
        wanted: String,
    },
    /// The key is not for linking.
    #[error(
        "the API key for {origin} does not have the scope link; ask the operator for one that has (`decantr ops key create --scope link --org {org}`)"
    )]
    NoLinkScope {
        /// The server.
        origin: String,
        /// The organisation.
        org: String,
    },
    /// The server linked something else than was asked.
    #[error("{origin} did not say that {id} is linked as asked; check that it is a decantr server")]
    NotLinked {
        /// The server.
        origin: String,
        /// The id.
        id: OpaqueId,
    },
    /// The ids changed while the server was asked.
    #[error("the ids of this machine changed meanwhile; run the same command again")]
    IdsChanged,
}

impl ControlError {
    /// The exit code it stands for.
    pub fn exit_class(&self) -> ExitClass {
        match self {
            Self::Off { .. } | Self::Overridden { .. } | Self::Linked { .. } | Self::IdsChanged => {
                ExitClass::Consent
            }
            Self::Unseen { .. } | Self::NoBucket { .. } | Self::Refused { .. } => ExitClass::Usage,
            Self::NotRecorded {
                reason: Reason::NotCovered | Reason::Withdrawn,
                ..
            }
            | Self::NothingToAccept { .. } => ExitClass::Consent,
            Self::NotRecorded { .. } => ExitClass::Config,
            Self::OtherOrg { .. } | Self::NoLinkScope { .. } => ExitClass::Access,
            Self::NotLinked { .. } => ExitClass::Remote,
        }
    }
}
