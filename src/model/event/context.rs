//! Who and where an event comes from: typed, opaque, and the same for every catalog.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::actor::Actor;
use crate::base::ids::OpaqueId;

/// The context fields of the protocol, as on the wire.
pub const CONTEXT_FIELDS: [&str; 14] = [
    "source",
    "actorType",
    "environment",
    "serviceName",
    "serviceVersion",
    "decantrVersion",
    "registrySource",
    "anonymousId",
    "installId",
    "projectId",
    "sessionId",
    "userId",
    "orgId",
    "sampleRate",
];

/// An event's context. Absent fields are absent, never empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// Which kind of program sent it, one of the catalog's sources.
    pub source: Arc<str>,
    /// The actor that a client with a key claims to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<Actor>,
    /// Where the program runs.
    pub environment: Environment,
    /// The service's name, a token; never from source `cli`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<Box<str>>,
    /// The service's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_version: Option<Box<str>>,
    /// The version of the decantr tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decantr_version: Option<Box<str>>,
    /// Where registry content came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_source: Option<RegistrySource>,
    /// An anonymous visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<OpaqueId>,
    /// One installation on one machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install_id: Option<OpaqueId>,
    /// One project on one machine, or a team's shared id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<OpaqueId>,
    /// One run or visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<OpaqueId>,
    /// An account; only with an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<OpaqueId>,
    /// An organisation; only with an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<OpaqueId>,
    /// The share of events that is sent, in 0..=1; only with an API key. Counts weigh by its inverse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<f64>,
}

impl Context {
    /// A context that says only where it comes from.
    pub fn new(source: Arc<str>, environment: Environment) -> Self {
        Self {
            source,
            actor_type: None,
            environment,
            service_name: None,
            service_version: None,
            decantr_version: None,
            registry_source: None,
            anonymous_id: None,
            install_id: None,
            project_id: None,
            session_id: None,
            user_id: None,
            org_id: None,
            sample_rate: None,
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value with this word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}
pub(super) use words;

words! {
    /// Where a program runs.
    Environment {
        /// A developer's machine.
        Development = "development",
        /// A preview deployment.
        Preview = "preview",
        /// For real.
        Production = "production",
        /// A test.
        Test = "test",
        /// Not said, or not one of the above.
        Other = "other",
    }
}

words! {
    /// Where registry content came from.
    RegistrySource {
        /// A local copy.
        Cache = "cache",
        /// A registry of the user's own.
        Custom = "custom",
        /// None was used.
        None = "none",
        /// The public registry.
        Official = "official",
        /// An organisation's private registry.
        Private = "private",
    }
}
