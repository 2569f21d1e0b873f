//! Whether PostHog can be reached, and has seen the events by which a rollout is confirmed.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, json};

use super::Finding;
use crate::base::error;
use crate::server::posthog::Client;

pub(super) const CHECK: &str = "posthog";

/// The events that a rollout is confirmed by: each comes from another part of the product.
pub const CONFIRMING: [&str; 9] = [
    "decantr.analyze.completed",
    "telemetry.identity_linked",
    "private_registry.gate_viewed",
    "private_registry.intent_clicked",
    "private_registry.content_listed",
    "billing.plan_clicked",
    "billing.checkout_blocked",
    "content.validation.completed",
    "content.publish.completed",
];

/// How often each of some events was seen in the last 7 days, up to now. Those that this check has sent itself are of `test`.
const SEEN: &str = "SELECT event, count() AS events FROM events \
    WHERE event IN {names} AND timestamp >= now() - INTERVAL 7 DAY \
    AND coalesce(properties.decantr_environment, '') != 'test' GROUP BY event LIMIT 100";

#[derive(Deserialize)]
struct Seen {
    event: String,
}

/// Asks PostHog, if there is a key for it.
pub(super) async fn check(client: Option<&Client>) -> Finding {
    let Some(client) = client else {
        let todo = "set POSTHOG_PERSONAL_API_KEY and POSTHOG_ENVIRONMENT_ID, if events are forwarded to PostHog";
        return Finding::not_checked(CHECK, "there is no key for PostHog here", todo);
    };
    let values = Map::from_iter([("names".to_owned(), json!(CONFIRMING))]);
    let asked = client.query("decantr_check", SEEN, &values).await;
    let seen: BTreeSet<String> = match asked.and_then(|table| table.typed::<Seen>()) {
        Ok(rows) => rows.into_iter().map(|row| row.event).collect(),
        Err(error) => {
            let todo =
                "look at the key's scopes (query:read), POSTHOG_HOST and POSTHOG_ENVIRONMENT_ID";
            return Finding::failed(CHECK, error::chain(&error), todo);
        }
    };
    let is_missing = |name: &&str| !seen.contains(*name);
    let missing: Vec<&str> = CONFIRMING.into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Finding::passed(
            CHECK,
            "all 9 confirming events were seen in the last 7 days",
        );
    }
    Finding::failed(
        CHECK,
        format!("not seen in the last 7 days: {}", missing.join(", ")),
        "use that part of the product once; if it stays, look whether the server forwards (`ops serve --forward posthog`)",
    )
}
