//! Who is who, as the operator and people with keys have said: organisations, users, keys, aliases, links, erasures, and the
//! record of every change.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Days, StoreError};
use crate::base::ids::OpaqueId;
use crate::model::event::Actor;
use crate::model::protocol::{Forgotten, OrgName, Scope};
use crate::server::rollup::IdentityKind;

/// Who makes a change, and when; goes into the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// `key:<key id>` through the API, `local:<login name>` at the store itself.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// What an operator says of a user or an organisation. Either makes its events `internal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Flags {
    /// The operator's own people.
    pub is_internal: bool,
    /// A test.
    pub is_test: bool,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// Its id and short name.
    pub name: OrgName,
    /// What the operator says of it.
    pub flags: Flags,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The opaque id.
    pub id: OpaqueId,
    /// What the operator says of it.
    pub flags: Flags,
    /// When it became known.
    pub created_at: Timestamp,
}

/// A key as it is kept: never the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The public part.
    pub id: String,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The organisation it belongs to.
    pub org: Option<OrgName>,
    /// The account it belongs to.
    pub user: OpaqueId,
    /// What the operator calls it.
    pub label: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What became of something that was to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added<T> {
    /// It is new.
    New(T),
    /// It, or something of the same name or id, was there; nothing has changed.
    Exists(T),
}

/// What the operator says about a project, an installation or an anonymous visitor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classification {
    /// The actor it is counted under; without one its owner decides.
    pub actor: Option<Actor>,
    /// The organisation it belongs to.
    pub org: Option<OpaqueId>,
    /// The account it belongs to.
    pub user: Option<OpaqueId>,
}

/// An alias as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    /// The id.
    pub id: OpaqueId,
    /// What is said about it.
    pub says: Classification,
    /// When, and by whom.
    pub by: By,
}

/// A link as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// The id.
    pub id: OpaqueId,
    /// The organisation.
    pub org: OrgName,
    /// The account.
    pub user: OpaqueId,
    /// What its owner calls it.
    pub label: Option<String>,
    /// From when on.
    pub from: Timestamp,
}

/// How many retained counts have changed places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Rekeyed {
    /// Events that count under another actor, organisation, user or standing now.
    pub events: u64,
}

/// What the end of an account came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Deleted {
    /// Events that the user sent, which stay without naming anybody.
    pub events: u64,
    /// Aliases that name the user no more.
    pub aliases: u64,
    /// Links that have ended.
    pub links: u64,
    /// Keys that are gone.
    pub keys: u64,
    /// What counts elsewhere because of it.
    pub rekeyed: Rekeyed,
}

/// An id and whether its owner has proven it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The id.
    pub id: OpaqueId,
    /// Whether the request held the secret that the id is made from.
    pub is_proven: bool,
}

/// A link to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// The ids.
    pub ids: Vec<Claimed>,
    /// The organisation; it must exist.
    pub org: OpaqueId,
    /// The account.
    pub user: OpaqueId,
    /// What its owner calls it.
    pub label: Option<String>,
    /// From when on events are attributed, by the time at which they happened.
    pub from: Timestamp,
}

/// What became of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// All ids are linked; these were not linked in the same way before.
    Done(Vec<OpaqueId>),
    /// This id, which nobody can prove, is linked by somebody else; nothing has changed.
    Taken(OpaqueId),
}

/// An active id that no flag, alias or link decides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Candidate {
    /// The id.
    pub id: OpaqueId,
    /// `install`, `project`, `anonymous`, `user` or `org`.
    pub kind: IdentityKind,
    /// Its undecided events on the days asked for.
    pub events: u64,
    /// The last of them.
    pub last_seen: Timestamp,
}

/// What the activity of these days is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityQuery {
    /// The catalog.
    pub catalog: String,
    /// The days under which the events count.
    pub days: Days,
    /// Only this actor.
    pub actor: Option<Actor>,
    /// Only this source.
    pub source: Option<String>,
    /// Only this organisation.
    pub org: Option<OpaqueId>,
    /// At most so many rows.
    pub limit: usize,
}

/// The events of one organisation, project, source and actor.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Attributed {
    /// The organisation's id.
    pub org: Option<OpaqueId>,
    /// Its short name, if it is known.
    pub org_slug: Option<String>,
    /// The project.
    pub project: Option<OpaqueId>,
    /// The source.
    pub source: String,
    /// The actor.
    pub actor: Actor,
    /// How many, weighted by their sample rates as in every report.
    pub events: u64,
    /// The last of them.
    pub last_seen: Timestamp,
}

/// One change of who is who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the order of changes.
    pub sequence: i64,
    /// When, and by whom.
    pub by: By,
    /// `org.add`, `org.flag`, `user.flag`, `user.delete`, `key.create`, `key.revoke`, `alias.set`, `alias.remove`, `link`, `unlink`, `forget`.
    pub action: String,
    /// What it is about: an id, a slug, a key's id, a ticket. `(forgotten)` once the id was erased.
    pub subject: String,
    /// How it was, as compact JSON.
    pub from: Option<String>,
    /// How it is since, as compact JSON.
    pub to: Option<String>,
}

/// Who is who. Every change is one transaction with its audit entry and with the retained rollups that it re-keys.
///
/// Nothing can be said about ids whose owner asked to be forgotten: [`StoreError::Forgotten`].
#[async_trait]
pub trait Identities: Send + Sync {
    /// Adds an organisation.
    async fn add_org(&self, name: &OrgName, by: &By) -> Result<Added<Org>, StoreError>;

    /// The organisations, by short name.
    async fn orgs(&self) -> Result<Vec<Org>, StoreError>;

    /// The users that are known, by id.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Flags a user or an organisation, by the id's prefix. A user becomes known by it; `None` for an unknown organisation.
    async fn flag(
        &self,
        id: &OpaqueId,
        flags: Flags,
        by: &By,
    ) -> Result<Option<Rekeyed>, StoreError>;

    /// Adds a key; its user becomes known.
    async fn add_key(&self, key: &Key, by: &By) -> Result<(), StoreError>;

    /// Revokes a key; `None` when there is none of this id. A revoked one stays as it is.
    async fn revoke_key(&self, id: &str, by: &By) -> Result<Option<Key>, StoreError>;

    /// All keys, oldest first.
    async fn keys(&self) -> Result<Vec<Key>, StoreError>;

    /// The key with this public part.
    async fn key(&self, id: &str) -> Result<Option<Key>, StoreError>;

    /// The aliases, by id.
    async fn aliases(&self) -> Result<Vec<AliasRow>, StoreError>;

    /// Says something about an id, or nothing any more; tells what was said before. Organisation and user become no more known
    /// by it.
    async fn set_alias(
        &self,
        id: &OpaqueId,
        says: Option<&Classification>,
        by: &By,
    ) -> Result<(Option<AliasRow>, Rekeyed), StoreError>;

    /// Makes exactly these ids internal by configuration, except those whose owner asked to be forgotten.
    async fn set_configured(&self, ids: &BTreeSet<OpaqueId>) -> Result<Rekeyed, StoreError>;

    /// The links that hold now, by id.
    async fn links(&self) -> Result<Vec<LinkRow>, StoreError>;

    /// Links ids to an account and an organisation. A proven id that is linked otherwise is linked anew.
    async fn link(&self, link: &NewLink, by: &By) -> Result<Linked, StoreError>;

    /// Ends the links of ids: of proven ones any, of others only those of `user`. Tells which had one.
    async fn unlink(
        &self,
        ids: &[Claimed],
        user: &OpaqueId,
        until: Timestamp,
        by: &By,
    ) -> Result<Vec<OpaqueId>, StoreError>;

    /// Active ids that nothing decides, most events first.
    async fn candidates(&self, query: &ActivityQuery) -> Result<Vec<Candidate>, StoreError>;

    /// Activity by organisation, project, source and actor, most events first.
    async fn attribution(&self, query: &ActivityQuery) -> Result<Vec<Attributed>, StoreError>;

    /// The last `limit` changes, newest first.
    async fn audit(&self, limit: usize) -> Result<Vec<AuditEntry>, StoreError>;

    /// Erases everything about the ids of installations, projects and anonymous visitors, and refuses later events with them;
    /// other ids are left out. `beyond` names who got copies that cannot be recalled.
    async fn forget(
        &self,
        ids: &BTreeSet<OpaqueId>,
        beyond: &[String],
        by: &By,
    ) -> Result<Forgotten, StoreError>;

    /// Ends an account: its events stay and count by what else they say, and name it no more, nor does anything else; its keys go,
    /// its links end. Events with the id that come later are kept without it.
    async fn delete_user(&self, user: &OpaqueId, by: &By) -> Result<Deleted, StoreError>;

    /// What an earlier request to be forgotten came to.
    async fn forgotten(&self, ticket: Uuid) -> Result<Option<Forgotten>, StoreError>;
}
