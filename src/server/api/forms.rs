//! Aliases, links and candidates as JSON, the same for the API and for `ops alias`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::ids::OpaqueId;
use crate::model::event::Actor;
use crate::model::protocol::OrgName;
use crate::server::rollup::IdentityKind;
use crate::server::store::{AliasRow, Candidate, LinkRow, Org};

/// An alias.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AliasForm {
    /// What it is about.
    pub id: OpaqueId,
    /// The actor it is counted under; null when its owner decides.
    pub actor: Option<Actor>,
    /// The organisation's id.
    pub org_id: Option<OpaqueId>,
    /// The organisation's short name, if it is known.
    pub org: Option<String>,
    /// The account.
    pub user_id: Option<OpaqueId>,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl AliasForm {
    /// An alias, with the short name of its organisation out of `orgs`.
    pub fn new(row: AliasRow, orgs: &[Org]) -> Self {
        let named = |id: &OpaqueId| orgs.iter().find(|org| org.name.id == *id);
        let org = row.says.org.as_ref().and_then(named);
        Self {
            org: org.map(|org| org.name.slug.clone()),
            id: row.id,
            actor: row.says.actor,
            org_id: row.says.org,
            user_id: row.says.user,
            by: row.by.who,
            at: row.by.at,
        }
    }
}

/// A link.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LinkForm {
    /// What is linked.
    id: OpaqueId,
    /// To which organisation.
    org: OrgName,
    /// To which account.
    user_id: OpaqueId,
    /// What its owner calls it.
    label: Option<String>,
    /// From when on.
    from: Timestamp,
}

impl From<LinkRow> for LinkForm {
    fn from(row: LinkRow) -> Self {
        Self {
            id: row.id,
            org: row.org,
            user_id: row.user,
            label: row.label,
            from: row.from,
        }
    }
}

/// An active id that nothing decides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateForm {
    /// The id.
    pub id: OpaqueId,
    /// What it is of.
    pub kind: &'static str,
    /// Its undecided events.
    pub events: u64,
    /// The last of them.
    pub last_seen: Timestamp,
}

impl From<Candidate> for CandidateForm {
    fn from(candidate: Candidate) -> Self {
        Self {
            id: candidate.id,
            kind: word(candidate.kind),
            events: candidate.events,
            last_seen: candidate.last_seen,
        }
    }
}

/// The word for a kind of id.
fn word(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Install => "install",
        IdentityKind::Project => "project",
        IdentityKind::Anonymous => "anonymous",
        IdentityKind::User => "user",
        IdentityKind::Org => "org",
    }
}
