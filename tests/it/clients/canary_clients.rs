//! The same secrets, given to real clients by everything that their users can say.

use posthog_rs::Event;
use serde_json::{Value, json};

use super::canary::Watched;
use super::posthog::send_by_crate;
use super::program::Program;
use super::secrets::{self, Search, Secret};

/// Properties with a secret everywhere, of an event that is stored all the same.
fn properties(secret: &str) -> Value {
    json!({
        "surface": secret, "destination": secret, "label": secret, "utmSource": secret, secret: secret,
        "deep": { secret: [secret, { secret: secret }] }, "$set": { secret: secret }, "$set_once": { "email": secret },
        "$ip": secret, "$current_url": secret, "$session_id": secret, "$user_agent": secret, "decantr_project_id": secret,
    })
}

/// Each secret in an event that the server knows, and as the name of one that it does not.
fn events(secrets: &[Secret]) -> Value {
    let names = |secret: &str| ["marketing_web.cta_clicked".to_owned(), secret.to_owned()];
    secrets
        .iter()
        .flat_map(|Secret { text, .. }| {
            names(text).map(|name| {
                json!({
                    "name": name, "distinctId": text, "properties": properties(text), "groups": { "project": text, text: text },
                })
            })
        })
        .collect()
}

fn people(secrets: &[Secret]) -> Value {
    let person = |Secret { text, .. }: &Secret| json!({ "distinctId": text, "properties": properties(text) });
    secrets.iter().map(person).collect()
}

fn unseen(least: usize, send: impl FnOnce(&Watched, &[Secret])) {
    let secrets = secrets::all();
    let (search, watched) = (Search::new(&secrets), Watched::start());
    send(&watched, &secrets);
    watched.assert_clean(&search, least);
}

fn posthog(watched: &Watched, secrets: &[Secret]) -> Value {
    json!({
        "endpoint": watched.server.url, "token": secrets[3].text, "events": events(secrets), "people": people(secrets),
    })
}

#[test]
fn no_secret_given_to_the_sdk_for_python_is_found_again() {
    for mode in ["v0", "v1"] {
        unseen(200, |watched, secrets| {
            let mut asked = posthog(watched, secrets);
            asked["mode"] = mode.into();
            Program::PosthogPython.run(&asked, &[]);
        });
    }
}

#[test]
fn no_secret_given_to_the_sdk_for_node_is_found_again() {
    for mode in ["v0", "v1"] {
        unseen(200, |watched, secrets| {
            let asked = posthog(watched, secrets);
            Program::PosthogNode.run(&asked, &[("POSTHOG_CAPTURE_MODE", mode)]);
        });
    }
}

#[test]
fn no_secret_given_to_the_sdk_for_rust_is_found_again() {
    unseen(200, |watched, secrets| {
        let events = secrets.iter().flat_map(|Secret { text, .. }| {
            ["marketing_web.cta_clicked", text].map(|name| {
                let mut event = Event::new(name, text);
                for (name, value) in properties(text).as_object().unwrap() {
                    event.insert_prop(name, value).unwrap();
                }
                event.add_group("project", text);
                event.add_group(text, text);
                event
            })
        });
        send_by_crate(&watched.server.url, &secrets[3].text, events.collect());
    });
}

#[test]
fn no_secret_given_to_decantrs_client_is_found_again() {
    for (sink, path) in [("fetch", "/v1/telemetry/events"), ("posthog", "")] {
        unseen(200, |watched, secrets| {
            let events: Value = secrets
                .iter()
                .map(|secret| {
                    let text = &secret.text;
                    json!({
                        "name": "marketing_web.cta_clicked",
                        "context": {
                            "source": "marketing-web", "installId": text, "projectId": text, "sessionId": text,
                            "anonymousId": text, "decantrVersion": text, "environment": text, "serviceName": text,
                            "serviceVersion": text, "registrySource": text, text: text,
                        },
                        "properties": properties(text),
                    })
                })
                .collect();
            let line = secrets[15].line();
            let asked = json!({
                "endpoint": format!("{}{path}", watched.server.url), "sink": sink, "token": secrets[3].text, "again": 0,
                "headers": { "User-Agent": line, "Referer": line, "Cookie": line, "X-Forwarded-For": line, "X-Custom": line },
                "events": events,
            });
            Program::DecantrTelemetry.run(&asked, &[]);
        });
    }
}

#[test]
fn no_secret_in_the_queue_of_a_client_of_drifts_protocol_is_found_again() {
    unseen(200, |watched, secrets| {
        let events: Value = secrets
            .iter()
            .enumerate()
            .map(|(at, Secret { text, .. })| {
                json!({
                    "type": "scan_completion", "timestamp": decantr::base::clock::Clock::system().now(),
                    "installationId": text, "driftVersion": text, "durationMs": at, "filesScanned": 1,
                    "category": text, text: text, "deep": { text: [text] },
                })
            })
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let asked = json!({
            "endpoint": format!("{}/v1/events", watched.server.url),
            "queue": folder.path().join("queue.json"),
            "events": events,
        });
        assert_eq!(Program::Drift.run(&asked, &[])["left"], 0);
    });
}
