//! What the controls answer: plain values that a command renders as a table or as JSON.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::diff::Gained;
use super::forget::{Forget, ForgetView};
use crate::base::ids::OpaqueId;
use crate::client::consent::{Actor, Effective, Layer, Scope, Verdict};
use crate::client::delivery::{DeliveryState, Sent};
use crate::client::identity::{Ids, Link};
use crate::client::spool::{LedgerEntry, SpoolState};
use crate::config::Source;
use crate::model::protocol::OrgName;

/// What `telemetry status` says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.status`.
    pub kind: &'static str,
    /// What is recorded for this catalog and endpoint.
    pub stored: StoredView,
    /// What that comes to, here and now.
    pub effective: Effective,
    /// The layer that says no, if one does.
    pub by: Option<Layer>,
    /// The reason, as a sentence.
    pub why: String,
    /// Every layer with its verdict, in order.
    pub layers: Vec<Verdict>,
    /// The catalog's name.
    pub catalog: String,
    /// Where telemetry goes; absent when the settings that say so are unusable.
    pub endpoint: Option<EndpointView>,
    /// The ids that exist.
    pub ids: Ids,
    /// The account that the ids are linked to.
    pub link: Option<LinkView>,
    /// What servers were asked to forget.
    pub forget: Option<ForgetView>,
    /// What waits to be sent.
    pub spool: SpoolState,
    /// What came of the last delivery.
    pub delivery: DeliveryState,
    /// Files that cannot be read or understood; not empty means exit code 3.
    pub problems: Vec<String>,
    /// What is odd but harmless.
    pub warnings: Vec<String>,
}

/// The account that this machine is linked to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// The server's base address.
    pub server: String,
    /// The organisation.
    pub org: OrgName,
    /// The account.
    pub user_id: OpaqueId,
    /// What the person calls this machine.
    pub label: Option<String>,
    /// Since when.
    pub at: Timestamp,
    /// Whether the server was asked, and nobody knows whether it made the link.
    pub unconfirmed: bool,
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        Self {
            server: link.server,
            org: link.org,
            user_id: link.user_id,
            label: link.label,
            at: link.at,
            unconfirmed: link.unconfirmed,
        }
    }
}

/// What is recorded in `consent.json`.
#[derive(Debug, Serialize)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum StoredView {
    /// Nothing was decided.
    Undecided,
    /// Granted.
    Granted {
        /// The catalog revision that was agreed to.
        revision: u32,
        /// The digest of all that it can express.
        sha256: String,
        /// Where it holds.
        scopes: Vec<Scope>,
        /// Which of the catalog's sources may report.
        sources: Vec<String>,
        /// The buckets whose events may be sent; empty means all events.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        only: Vec<String>,
        /// When it ends.
        until: Option<Timestamp>,
        /// When it was given.
        at: Timestamp,
        /// How it was given.
        actor: Actor,
    },
    /// Refused.
    Refused {
        /// When.
        at: Timestamp,
    },
    /// The record cannot be read.
    Broken,
}

/// An endpoint and the setting that names it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointView {
    /// Its base address.
    pub url: String,
    /// What consent is given to.
    pub origin: String,
    /// The kind of setting that names it.
    pub source: Source,
    /// The flag, variable or key that names it.
    pub key: &'static str,
}

/// What `telemetry explain` says. Shareable: no local path, no name of a repository, no secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.explain`.
    pub kind: &'static str,
    /// The catalog's name.
    pub catalog: String,
    /// Its schema version.
    pub catalog_version: String,
    /// Its revision.
    pub revision: u32,
    /// The digest of all that it can express.
    pub sha256: String,
    /// The sources that are explained.
    pub sources: Vec<String>,
    /// Whether anything is sent here and now.
    pub effective: Effective,
    /// Where it goes; scheme, host and port.
    pub endpoint: Option<String>,
    /// How long raw events are kept there, in days, as the catalog asks; an operator can set another time.
    pub retention_days: u32,
    /// Who receives it.
    pub recipients: Vec<String>,
    /// What goes with every event.
    pub context: Vec<FieldView>,
    /// The events.
    pub events: Vec<EventView>,
    /// What is never collected.
    pub never_collected: Vec<String>,
    /// The ways to turn it off, strongest first.
    pub controls: Vec<ControlView>,
    /// The ids that exist.
    pub ids: Ids,
}

/// A context field.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it can be.
    pub allowed: Cow<'static, str>,
    /// Why it is sent.
    pub purpose: &'static str,
}

/// An event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its name.
    pub name: String,
    /// Why it exists.
    pub purpose: String,
    /// Its privacy class.
    pub privacy: &'static str,
    /// The questions it helps to answer.
    pub buckets: Vec<String>,
    /// The revision that introduced it.
    pub since: u32,
    /// Its properties.
    pub properties: Vec<PropertyView>,
}

/// A property.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyView {
    /// Its name.
    pub name: String,
    /// The type's name.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Every value it can have, in words.
    pub allowed: String,
    /// The listed values of an enum; `other` stands for any other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Whether every such event has it.
    pub required: bool,
    /// The revision that introduced it.
    pub since: u32,
    /// Why it exists.
    pub purpose: String,
}

/// A way to turn telemetry off.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ControlView {
    /// What to do.
    pub control: &'static str,
    /// What it does.
    pub effect: &'static str,
}

/// What a person is shown before they agree. Nothing was written for it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.enable.plan`.
    pub kind: &'static str,
    /// Where it would go.
    pub endpoint: EndpointView,
    /// The catalog and revision.
    pub catalog: String,
    /// The revision that would be agreed to.
    pub revision: u32,
    /// The digest of all that it can express.
    pub sha256: String,
    /// Where it would hold.
    pub scopes: Vec<Scope>,
    /// Which of the catalog's sources could report.
    pub sources: Vec<String>,
    /// The buckets whose events could be sent; empty means all events.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// When it would end.
    pub until: Option<Timestamp>,
    /// How long raw events are kept, in days, as the catalog asks.
    pub retention_days: u32,
    /// Who receives it.
    pub recipients: Vec<String>,
    /// What is new, where somebody has agreed before and is asked about the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gained: Option<Vec<Gained>>,
    /// What goes with every event.
    pub context: Vec<FieldView>,
    /// Every event with its fields.
    pub events: Vec<EventView>,
    /// A request as it would be sent, with placeholder ids.
    pub sample: serde_json::Value,
    /// The file in the working directory that this person's project id would be written into, where that was asked for.
    pub shares_project_in: Option<&'static str>,
    /// The layer that would still say no, with its reason.
    pub still_off: Option<String>,
}

/// What `telemetry enable` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Enabled {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.enable`.
    pub kind: &'static str,
    /// What was agreed to, as it is shown before anybody agrees.
    pub offer: Offer,
    /// The revision that was agreed to.
    pub revision: u32,
    /// What it comes to, here and now.
    pub effective: Effective,
    /// The layer that still says no.
    pub by: Option<Layer>,
    /// The reason, as a sentence.
    pub why: String,
    /// Whether it was saved but something still says no: exit code 4.
    pub overridden: bool,
    /// The project id that is in the project's file now, where that was asked for.
    pub shared_project_id: Option<OpaqueId>,
}

/// What `telemetry disable` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disabled {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.disable`.
    pub kind: &'static str,
    /// What was removed.
    pub removed: Vec<String>,
    /// What could not be removed, and why; not empty means exit code 4.
    pub residue: Vec<String>,
    /// Whether the ledger was kept, as asked.
    pub kept_log: bool,
    /// What servers were asked to erase, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forget: Option<Forget>,
    /// What nobody can do any more.
    pub warnings: Vec<String>,
    /// Files and settings that cannot be read or understood; not empty means exit code 3.
    pub problems: Vec<String>,
}

/// What `telemetry flush` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flushed {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.flush`.
    pub kind: &'static str,
    /// Whether something may be sent at all; false means exit code 4.
    pub permitted: bool,
    /// What was sent, or why nothing was.
    pub why: String,
    /// Whether the server could not be reached, did not answer as it should, or refused events, or time ran out: exit code 6.
    pub failed: bool,
    /// How many events the server refused; they are not sent again.
    pub refused: usize,
    /// Each batch with what came of it.
    pub batches: Vec<Sent>,
    /// The last batch that was answered, by this command or before it.
    pub last_delivery: Option<Sent>,
    /// How many events still wait.
    pub waiting: usize,
    /// Files that cannot be read or understood; not empty means exit code 3.
    pub problems: Vec<String>,
    /// One line for stderr: what was agreed to has ended.
    #[serde(skip)]
    pub notice: Option<String>,
}

/// What `telemetry log` says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.log`.
    pub kind: &'static str,
    /// What became of each event and batch, oldest first.
    pub entries: Vec<LedgerEntry>,
    /// What was sent, where it was asked for and is still kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentBody>,
    /// The events that wait, exactly as they are spooled.
    pub waiting: Vec<serde_json::Value>,
    /// How many events wait for other endpoints, or were left over from earlier grants.
    pub elsewhere: usize,
    /// How many events were lost since the last delivery because they could be neither kept nor noted.
    pub lost: u64,
    /// Ledger lines that cannot be read.
    pub unreadable: usize,
}

/// The bytes of one request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentBody {
    /// The batch.
    pub batch: Uuid,
    /// The inflated body. Its SHA-256 is the digest in the receipt.
    pub body: String,
}
