//! The most active customer identities.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::ids::OpaqueId;
use crate::server::rollup::IdentityKind;
use crate::server::store::CustomerActivity;

/// How many a report names.
pub const TOP_CUSTOMERS: usize = 10;

/// One customer identity: of the ids of an event its account, else its installation, else its project, else its anonymous visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustomerIdentity {
    /// Its opaque id.
    pub id: OpaqueId,
    /// What it is.
    pub kind: IdentityKind,
    /// The id of the organisation of its latest event; null when that is of none.
    pub org: Option<OpaqueId>,
    /// The organisation's short name; null while it was not added.
    pub org_slug: Option<String>,
    /// Its customer events of the window (or events of the actor that was asked for).
    pub events: u64,
    /// When the latest of them happened.
    pub last_seen: Timestamp,
}

impl From<&CustomerActivity> for CustomerIdentity {
    fn from(activity: &CustomerActivity) -> Self {
        let CustomerActivity {
            id,
            kind,
            org,
            org_slug,
            events,
            last_seen,
        } = activity.clone();
        Self {
            id,
            kind,
            org,
            org_slug,
            events,
            last_seen,
        }
    }
}
