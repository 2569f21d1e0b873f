//! A yes and its terms: which catalog and endpoint it is about, what it covers, where and how long it holds.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Product;
use crate::model::catalog::EventSpec;

/// What a decision is about: a catalog's events going to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The catalog's name.
    pub catalog: String,
    /// The endpoint's scheme, host and port.
    pub origin: String,
}

impl Key {
    /// What consent to a product's events going to `origin` (scheme, host and port) is about.
    pub fn of(product: &Product, origin: &str) -> Self {
        Self {
            catalog: product.id().to_owned(),
            origin: origin.to_owned(),
        }
    }
}

/// Where a grant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// On a person's machine.
    Local,
    /// On build machines.
    Ci,
}

impl Scope {
    /// The word used in settings and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ci => "ci",
        }
    }

    /// Where that is, in words.
    pub fn place(self) -> &'static str {
        match self {
            Self::Local => "on this machine but not while it builds",
            Self::Ci => "on build machines",
        }
    }
}

/// How a grant was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Somebody answered the question on a terminal.
    Terminal,
    /// Somebody wrote `--yes`.
    YesFlag,
}

/// A yes and its terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The catalog revision that was agreed to.
    pub revision: u32,
    /// The digest of everything that revision can express.
    pub sha256: String,
    /// Where it holds.
    pub scopes: Vec<Scope>,
    /// Which of the catalog's sources may report. A record without it is about `cli`.
    #[serde(default = "cli_only", skip_serializing_if = "is_cli_only")]
    pub sources: Vec<String>,
    /// The buckets whose events may be sent; empty means all events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// For how many days raw events were to be kept, as the catalog said then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// When it ends, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it was given.
    pub at: Timestamp,
    /// How it was given.
    pub actor: Actor,
    /// The epoch that began with it. It names the grant's spool, so one endpoint's events never go to another.
    pub epoch: u64,
}

fn cli_only() -> Vec<String> {
    vec!["cli".to_owned()]
}

fn is_cli_only(sources: &[String]) -> bool {
    matches!(sources, [only] if only == "cli")
}

impl Grant {
    /// Whether it lets `source` report `event`, properties aside.
    pub fn covers(&self, event: &EventSpec, source: &str) -> bool {
        let is_wanted = |bucket: &Arc<str>| self.only.iter().any(|only| **only == **bucket);
        event.since <= self.revision
            && self.sources.iter().any(|covered| covered == source)
            && (self.only.is_empty() || event.buckets.iter().any(is_wanted))
    }

    /// Whether it covers everything that `other` covers, wherever that holds.
    pub fn is_as_wide_as(&self, other: &Self) -> bool {
        let all = |wide: &[String], narrow: &[String]| narrow.iter().all(|one| wide.contains(one));
        let holds = |scope: &Scope| self.scopes.contains(scope);
        self.revision >= other.revision
            && other.scopes.iter().all(holds)
            && all(&self.sources, &other.sources)
            && (self.only.is_empty() || (!other.only.is_empty() && all(&self.only, &other.only)))
    }

    /// Whether it has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}
