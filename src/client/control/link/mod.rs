//! `telemetry link` and `unlink`: attaching the opaque ids of this machine to an account, and taking them off again.

mod commit;
mod plan;
mod unlink;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;

use super::view::Enabled;
use crate::base::ids::OpaqueId;
use crate::client::ClientError;
use crate::client::identity::Link;
use crate::config::{Host, Paths};
use crate::model::event::is_token;
use crate::model::protocol::OrgName;

pub use plan::{LinkPlan, plan_link};
pub use unlink::{Unlinked, unlink};

/// The longest organisation's short name.
const MAX_SLUG: usize = 39;

/// The longest label.
const MAX_LABEL: usize = 32;

/// What a person asks for.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct LinkAsk<'a> {
    /// Whether to turn telemetry on as well.
    pub enable: bool,
    /// The organisation.
    pub org: &'a str,
    /// What the person calls this machine.
    pub label: Option<&'a str>,
    /// Whether to take new ids first.
    pub fresh: bool,
    /// Whether to show only.
    pub dry_run: bool,
    /// Whether somebody sees what is asked for before it is done.
    pub is_seen: bool,
    /// The server.
    pub api_url: Option<&'a str>,
}

/// What a person is shown before they agree. Nothing was written for it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkOffer {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.link.plan`.
    pub kind: &'static str,
    /// The server's base address.
    pub server: String,
    /// The setting that names it.
    pub server_key: &'static str,
    /// The organisation.
    pub org: String,
    /// The account, as the server knows it; absent where nobody was asked.
    pub user_id: Option<OpaqueId>,
    /// The key's public part.
    pub key_id: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// Whether new ids are taken first.
    pub fresh: bool,
    /// The request as it would be sent, secrets left out.
    pub request: Json,
    /// What is odd.
    pub warnings: Vec<String>,
}

/// What `telemetry link` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Linked {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.link`.
    pub kind: &'static str,
    /// The server's base address.
    pub server: String,
    /// The organisation.
    pub org: OrgName,
    /// The account.
    pub user_id: OpaqueId,
    /// The label.
    pub label: Option<String>,
    /// The ids that are linked now.
    pub linked: Vec<OpaqueId>,
    /// From when on.
    pub from: Timestamp,
    /// What was turned on with it.
    pub enabled: Option<Enabled>,
}

/// A link that was not made.
#[derive(Debug)]
pub struct LinkFailure {
    /// Why.
    pub error: ClientError,
    /// Whether telemetry was turned on all the same.
    pub is_on: bool,
    /// Whether the server may have made it all the same.
    pub is_open: bool,
}

impl<E: Into<ClientError>> From<E> for LinkFailure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            is_on: false,
            is_open: false,
        }
    }
}

/// The organisation that this machine is linked to at the server with this origin, as far as that can be read here.
pub fn linked_at(host: &Host, origin: &str) -> Option<String> {
    let paths = Paths::resolve(&host.env).ok()?;
    let link = Link::load(&paths).ok()??;
    (link.origin == origin).then_some(link.org.slug)
}

/// Reads an organisation's short name.
///
/// # Errors
/// What is wrong with it.
pub fn org_slug(text: &str) -> Result<String, &'static str> {
    let is_slug = (1..=MAX_SLUG).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_slug.then(|| text.to_owned()).ok_or(
        "a short name has up to 39 lower-case letters, digits and hyphens, and begins with no hyphen",
    )
}

/// Reads a label.
///
/// # Errors
/// What is wrong with it.
pub fn label(text: &str) -> Result<String, &'static str> {
    is_token(text, MAX_LABEL).then(|| text.to_owned()).ok_or(
        "a label has up to 32 lower-case letters, digits, hyphens and underscores, and begins with a letter",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_narrow() {
        for good in ["acme", "a", "0-x", &"a".repeat(39)] {
            assert!(org_slug(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "Acme", "a_b", "a/b", "é", &"a".repeat(40)] {
            assert!(org_slug(bad).is_err(), "{bad}");
        }
        for good in ["laptop", "a_1-b", &"a".repeat(32)] {
            assert!(label(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "1a",
            "Me",
            "my laptop",
            "me@example.com",
            &"a".repeat(33),
        ] {
            assert!(label(bad).is_err(), "{bad}");
        }
    }
}
