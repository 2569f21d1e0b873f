//! Servers of drift, and what its clients send.

use std::path::Path;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::protocol::DRIFT_EVENTS_PATH;
use decantr::server::access::AccessSettings;
use decantr::server::serve::Settings;
use decantr::server::store;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Running, url};

/// An installation.
pub(crate) const INSTALL: &str = "11111111-2222-4333-8444-555555555555";

/// An installation of this number.
pub(crate) fn install(number: usize) -> String {
    format!("11111111-2222-4333-8444-{number:012}")
}

/// A server of drift alone, with the store at `path`.
pub(crate) async fn serve_on(path: &Path, clock: &Clock) -> Running {
    let store = store::create(&url(path), clock).await.unwrap();
    let settings = Settings {
        access: AccessSettings {
            event_rate: None,
            ..AccessSettings::default()
        },
        ..Settings::new(Catalog::embedded("drift").unwrap())
    };
    Running::on_settings(path, store, clock.clone(), settings, |bound| bound).await
}

/// An event of a client, at this time.
fn event(kind: &str, install: &str, at: &str, properties: &Value) -> Value {
    let mut event = json!({
        "type": kind,
        "timestamp": at,
        "installationId": install,
        "driftVersion": "0.0.1",
    });
    let members = event.as_object_mut().unwrap();
    members.extend(properties.as_object().unwrap().clone());
    event
}

pub(crate) fn signature(install: &str, at: &str, hash: &str, confidence: f64) -> Value {
    let properties = json!({
        "signatureHash": hash,
        "category": "api",
        "confidence": confidence,
        "locationCount": 3,
        "outlierCount": 1,
        "detectionMethod": "ast",
        "language": "typescript",
    });
    event("pattern_signature", install, at, &properties)
}

pub(crate) fn action(install: &str, at: &str, confidence: f64, hours: impl Into<Value>) -> Value {
    let properties = json!({
        "action": "approve",
        "category": "api",
        "confidenceAtAction": confidence,
        "hoursSinceDiscovery": hours.into(),
        "isBulkAction": false,
    });
    event("user_action", install, at, &properties)
}

pub(crate) fn scan(install: &str, at: &str, duration: u32) -> Value {
    let properties = json!({
        "durationMs": duration,
        "filesScanned": 10,
        "newPatternsDiscovered": 2,
        "isIncremental": false,
        "workerCount": 4,
    });
    event("scan_completion", install, at, &properties)
}

impl Running {
    /// Posts a queue that must be taken.
    pub(crate) async fn queue(&self, events: &[Value]) -> Value {
        let (status, reply) = self.drift(&json!({ "events": events })).await;
        assert_eq!(status, 200, "{reply}");
        assert_eq!(reply["success"], true, "{reply}");
        assert_eq!(reply["eventsProcessed"], events.len(), "{reply}");
        reply
    }

    pub(crate) async fn drift(&self, body: &Value) -> (u16, Value) {
        let body = Some(body.clone());
        self.ask(Method::POST, DRIFT_EVENTS_PATH, None, body).await
    }
}
