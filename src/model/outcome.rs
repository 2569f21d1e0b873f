//! The one fate of every event, and the reasons by which events are dropped or narrowed; nothing is lost silently.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an event that entered a half ended. Every event has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Kept: spooled (client) or committed (server).
    Accepted,
    /// Already kept under the same catalog and id; not counted again.
    Duplicate,
    /// Not kept, for this reason.
    Dropped(Reason),
}

impl Outcome {
    /// The word used in replies, ledgers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Dropped(_) => "dropped",
        }
    }

    /// Why it was dropped, if it was.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Dropped(reason) => Some(reason),
            Self::Accepted | Self::Duplicate => None,
        }
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// All of them, in order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code used in replies, ledgers and metrics.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

codes! {
    /// Why an event was dropped.
    Reason {
        /// The request names a catalog that this route does not serve.
        UnknownCatalog = "unknown_catalog",
        /// The schema version is not among those the catalog accepts.
        UnsupportedVersion = "unsupported_schema_version",
        /// The event is not an object of the documented shape.
        Malformed = "malformed_event",
        /// The catalog has no event of this name.
        UnknownEvent = "unknown_event",
        /// The event does not say which source it comes from.
        MissingSource = "missing_source",
        /// The catalog has no source of this name.
        UnknownSource = "unknown_source",
        /// The catalog does not let this source send this event.
        SourceMismatch = "source_event_mismatch",
        /// The event may only be sent with an API key.
        NotPublic = "not_public",
        /// A required property is absent.
        MissingRequired = "missing_required_property",
        /// A required number or boolean has a value that its type cannot express.
        InvalidRequired = "invalid_required_property",
        /// The timestamp is not an RFC 3339 time.
        InvalidTimestamp = "invalid_timestamp",
        /// The timestamp is older than the catalog's retention.
        TooOld = "too_old",
        /// The timestamp lies more than 24 hours ahead.
        TooNew = "too_new",
        /// The event id is not a UUID.
        InvalidId = "invalid_id",
        /// More events in one request than the route takes.
        TooMany = "too_many_events",
        /// It has an id whose owner asked to be forgotten.
        Forgotten = "forgotten",
        /// The local spool was full; the oldest events made room.
        SpoolFull = "spool_full",
        /// The event waited longer in the spool than it may.
        SpoolExpired = "spool_expired",
        /// A spooled line was cut short or unreadable.
        SpoolTorn = "spool_torn",
        /// The spool could not be written (full disk, permissions).
        SpoolUnwritable = "spool_unwritable",
        /// Another process held the spool for too long.
        SpoolBusy = "spool_busy",
        /// The server refused the whole batch (a 4xx answer).
        Refused = "refused_by_server",
        /// Consent was withdrawn before it was sent.
        Withdrawn = "consent_withdrawn",
        /// The consent that stands does not cover this event yet.
        NotCovered = "not_covered_by_consent",
        /// The queue of the service that recorded it was full.
        QueueOverflow = "queue_overflow",
        /// The service that recorded it ended, or could send nothing any more, before the event had left.
        Undelivered = "undelivered",
    }
}

codes! {
    /// Why something was taken out of an event, or narrowed, while the event itself was kept.
    Strip {
        /// The catalog does not list the property for this event.
        UnknownProperty = "unknown_property",
        /// The catalog lists the property, but not for this source.
        PropertySource = "property_not_for_source",
        /// The value cannot be expressed in the property's type.
        InvalidValue = "invalid_value",
        /// The value was outside the list and became `other`.
        Other = "unlisted_value",
        /// The property is kept only for public content.
        NotVisible = "not_public_content",
        /// The event's context has a field that nobody knows.
        UnknownContext = "unknown_context_field",
        /// A context field's value cannot be expressed in its type.
        InvalidContext = "invalid_context_value",
        /// A context field may only be sent with an API key.
        ContextNeedsKey = "context_needs_key",
        /// The event names another organisation than the API key belongs to.
        OrgOfAnother = "org_of_another",
        /// An identifier of a foreign shape was replaced by its keyed hash.
        IdHashed = "id_hashed",
        /// A member of the event itself that nobody knows.
        UnknownMember = "unknown_member",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_distinct_and_reads_back() {
        let codes: Vec<&str> = Reason::ALL
            .iter()
            .map(|r| r.code())
            .chain(Strip::ALL.iter().map(|s| s.code()))
            .collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        assert!(
            Reason::ALL
                .iter()
                .all(|r| Reason::from_code(r.code()) == Some(*r))
        );
        assert_eq!(
            serde_json::to_string(&Reason::TooOld).unwrap(),
            "\"too_old\""
        );
    }
}
