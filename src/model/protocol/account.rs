//! Accounts: who a key belongs to, the link between opaque ids and an account, and the request to be forgotten.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Receipt;
use crate::base::crypto;
use crate::base::ids::OpaqueId;

/// `GET`: who the key belongs to.
pub const ME_PATH: &str = "/v1/me";

/// `POST` makes a link, `DELETE` ends one.
pub const LINK_PATH: &str = "/v1/me/telemetry-link";

/// `POST`: erases everything about ids. `GET` with `/{ticket}`: what was erased.
pub const FORGET_PATH: &str = "/v1/forget";

/// The version of the shape of these requests and replies.
pub const ACCOUNT_VERSION: u32 = 1;

/// The most ids in one request.
pub const MAX_IDS: usize = 100;

/// What a key may be used for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Sending events with account, organisation and sample rate, and events that are not public.
    Ingest,
    /// Linking opaque ids to the key's account and organisation.
    Link,
    /// Reading and running snapshots.
    Snapshot,
    /// Everything an operator may do.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Link, Self::Snapshot, Self::Admin];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Link => "link",
            Self::Snapshot => "snapshot",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An organisation as its members know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrgName {
    /// Its opaque id, as events carry it.
    pub id: OpaqueId,
    /// Its short name, as people type it.
    pub slug: String,
}

/// The answer to [`ME_PATH`] (200).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// The key's public part, by which an operator revokes it.
    pub key_id: String,
    /// The account.
    pub user_id: OpaqueId,
    /// The organisation it may link to; absent when the key belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgName>,
    /// What the key may be used for.
    pub scopes: Vec<Scope>,
    /// The key's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// An id, with the secret it was made from where it was made from one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The id.
    pub id: OpaqueId,
    /// The 32-byte secret in hex. Required for ids that are made from one ([`OpaqueId::is_certified`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Whether a claim can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The secret belongs to the id.
    Proven,
    /// The id was not made from a secret: nobody can prove it.
    Foreign,
    /// The id was made from a secret, and this is not it.
    Refuted,
}

impl Claim {
    /// The claim by the owner of `secret`.
    pub fn proven(id: OpaqueId, secret: &[u8; 32]) -> Self {
        Self {
            id,
            secret: Some(crypto::hex(secret)),
        }
    }

    /// Checks the secret against the id.
    pub fn proof(&self) -> Proof {
        if !self.id.is_certified() {
            return Proof::Foreign;
        }
        let secret = self.secret.as_deref().and_then(crypto::unhex);
        match secret.and_then(|secret| <[u8; 32]>::try_from(secret).ok()) {
            Some(secret) if self.id.is_proven_by(&secret) => Proof::Proven,
            _ => Proof::Refuted,
        }
    }
}

/// The secret is not shown.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({})", self.id)
    }
}

/// `POST` to [`LINK_PATH`]: attaches ids to the key's account and to an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkRequest {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// The organisation's short name.
    pub org: String,
    /// What the person calls this machine: a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The installation, then the project if there is one.
    pub ids: Vec<Claim>,
    /// Events that happened from then on are attributed, by the clock that stamps them. More than 24 hours off, the server's
    /// time counts instead.
    pub from: Timestamp,
}

/// The answer (200). Linking again what is linked so already changes nothing and is answered the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkReply {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// The organisation.
    pub org: OrgName,
    /// The account.
    pub user_id: OpaqueId,
    /// The ids that are linked now.
    pub linked: Vec<OpaqueId>,
    /// From when on.
    pub from: Timestamp,
}

/// `DELETE` to [`LINK_PATH`]: ends links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlinkRequest {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// The ids.
    pub ids: Vec<Claim>,
    /// Events that happened from then on are not attributed any more; limited as [`LinkRequest::from`].
    pub until: Timestamp,
}

/// The answer (200).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlinkReply {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// The ids whose link has ended; those that were not linked are missing.
    pub unlinked: Vec<OpaqueId>,
}

/// `POST` to [`FORGET_PATH`]: erases everything about ids. Ids of which no proof is possible are an operator's to forget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForgetRequest {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// The ids, current and past.
    pub ids: Vec<Claim>,
}

/// The answer to [`ForgetRequest`], and to the question about its ticket (200).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForgetReply {
    /// [`ACCOUNT_VERSION`].
    pub schema_version: u32,
    /// What was done.
    pub forgotten: Forgotten,
    /// [`Forgotten`] again, signed: its payload is the same JSON.
    pub receipt: Receipt,
}

/// What a request to be forgotten came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Forgotten {
    /// By which it can be asked for again.
    pub ticket: Uuid,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// How many ids were named.
    pub ids: u64,
    /// How many raw events were erased.
    pub events: u64,
    /// How many rows about activity were erased. Daily counts without ids stay.
    pub activity: u64,
    /// How many aliases and links were erased.
    pub links: u64,
    /// Where copies may be that the server cannot recall; empty when nothing was forwarded.
    pub beyond: Vec<String>,
}
