//! The events that the server itself sends, through the same validator and log as everybody's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Api;
use crate::base::error;
use crate::base::ids::OpaqueId;
use crate::model::event::{Admission, RawEvent, Validator};
use crate::server::access::AliasKind;
use crate::server::store::{Append, Entry, NewLink};

/// The event about a link.
const IDENTITY_LINKED: &str = "telemetry.identity_linked";

/// Says that `changed` ids were linked, if a catalog of the server has an event for it. The link stands whether or not this can be
/// stored, so a failure is logged only.
pub(super) async fn identity_linked(api: &Api, link: &NewLink, changed: &[OpaqueId]) {
    let mut catalogs = api.catalogs.iter();
    let knows = |validator: &&Arc<Validator>| validator.catalog().event(IDENTITY_LINKED).is_some();
    let Some(validator) = catalogs.find(knows) else {
        return;
    };
    let of = |wanted| changed.iter().find(|id| AliasKind::of(id) == Some(wanted));
    let install = of(AliasKind::Install);
    let kind = if install.is_some() {
        AliasKind::Install
    } else {
        AliasKind::Project
    };
    let ids = [
        ("userId", Some(&link.user)),
        ("orgId", Some(&link.org)),
        ("installId", install),
    ];
    let ids = ids
        .into_iter()
        .filter_map(|(name, id)| Some((name, id?.as_str())));
    let place = [("source", "api"), ("environment", "production")];
    let context: BTreeMap<_, _> = ids.chain(place).collect();
    let event = json!({
        "name": IDENTITY_LINKED,
        "context": context,
        "properties": {
            "success": true,
            "identityType": kind.as_str(),
            "linkCount": changed.len(),
            "orgScoped": true,
        },
    });
    if let Err(error) = send(api, validator, &event).await {
        tracing::warn!(error, "the event about a link could not be stored");
    }
}

async fn send(api: &Api, validator: &Validator, event: &Value) -> Result<(), String> {
    let now = api.clock.now();
    let text = event.to_string();
    let admission = Admission { now, has_key: true };
    let normalised = validator
        .normalise(&RawEvent::parse(&text), admission)
        .map_err(|rejection| rejection.to_string())?;
    let append = Append {
        catalog: validator.catalog().id.clone(),
        received_at: now,
        entries: vec![Entry::from(normalised)],
        drops: Vec::new(),
        losses: Vec::new(),
    };
    let stored = api.store.append(append).await;
    stored.map(drop).map_err(|error| error::chain(&error))
}
