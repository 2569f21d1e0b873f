//! The embedded catalogs: clean, complete against the tables they come from, and able to take what real programs send.

use std::sync::Arc;

use decantr::model::catalog::{Catalog, NameParts, PropertyType, lint};
use decantr::model::event::{Event, Normalised};
use serde_json::{Value, json};

use super::validator::{normalise_by, validator_of};

/// Event: its properties; those with `?` are optional.
const CONVERSATIONS: &str = "
conversation_started: scenarioId scenarioSlug? invitationId? source?
message_sent: length timeSinceLastMs?
conversation_ended: reason durationMs messageCount
stream_completed: streamType model inputTokens outputTokens latencyMs scenarioSlug?
stream_error: streamType model errorCode retryable
reconnection: attemptNumber success
quota_warning: remainingTokens totalQuota percentUsed
quota_exhausted: totalUsed quota
invitation_created: presetName scenarioId?
invitation_claimed: invitationId source
qr_scanned: invitationId userAgent
observation_note_added: invitationId sessionId? length
user_authenticated: provider isNewUser mergedFrom?
user_merged: fromUserId toUserId
page_viewed: path referrer?
cta_clicked: ctaId destination?
";

/// Surface and feature, with any operation: its actions.
const RACE_BOT: &str = "
discord.generator: invoke success failure
discord.daily.announce: success failure
discord.asynctournament: run_start run_submit review_complete
discord.racetime_tools.command: invoke success failure
racetime.room.command: invoke success failure
racetime.seed.generate: success failure
api.auth.login: start success failure
api.settingsgen.request: success failure
api.sglive.seed_generate: success failure
";

fn rows(table: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    table.trim().lines().map(|row| {
        let (name, rest) = row.split_once(": ").unwrap();
        (name, rest.split(' ').collect())
    })
}

fn normalise(catalog: &str, event: &Value, has_key: bool) -> Result<Normalised, String> {
    let catalog = Catalog::embedded(catalog).unwrap();
    normalise_by(&validator_of(catalog), event, has_key)
}

/// A call of the product's own backend, which has a key; nothing of it may be narrowed away.
fn track(name: &str, properties: &Value) -> Event {
    let event = json!({
        "name": name,
        "context": { "source": "api", "environment": "production" },
        "properties": properties,
    });
    let Normalised { event, strips, .. } = normalise("conversations", &event, true).unwrap();
    assert_eq!(strips, [], "{name}");
    event
}

fn text<'e>(event: &'e Event, property: &str) -> &'e str {
    event.property(property).unwrap().as_str().unwrap()
}

#[test]
fn every_embedded_catalog_is_clean_and_has_its_own_name() {
    for id in Catalog::IDS {
        let catalog = Catalog::embedded(id).unwrap();
        assert_eq!(*catalog.id, *id);
        let today = jiff::civil::date(2026, 11, 20);
        assert_eq!(lint(&catalog, today), [], "{id}");
    }
    assert!(Catalog::embedded("nobody").is_none());
}

#[test]
fn conversations_has_the_events_of_its_tables_with_their_properties() {
    let catalog = Catalog::embedded("conversations").unwrap();
    assert_eq!((catalog.events.len(), catalog.retention_days), (16, 90));
    assert_eq!(rows(CONVERSATIONS).count(), 16);
    for (name, expected) in rows(CONVERSATIONS) {
        let event = catalog.event(name).unwrap_or_else(|| panic!("no {name}"));
        let found: Vec<String> = event
            .properties
            .iter()
            .map(|p| format!("{}{}", p.name, if p.required { "" } else { "?" }))
            .collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn race_bot_has_the_events_of_its_taxonomy_and_their_parts_stand_in_their_names() {
    let catalog = Catalog::embedded("race-bot").unwrap();
    assert_eq!((catalog.events.len(), catalog.retention_days), (23, 30));
    let mut names = Vec::new();
    for (head, actions) in rows(RACE_BOT) {
        let [surface, feature] = head.split('.').take(2).collect::<Vec<_>>()[..] else {
            panic!("{head}")
        };
        for action in actions {
            names.push(format!("{head}.{action}"));
            let event = catalog.event(names.last().unwrap()).unwrap();
            let parts = NameParts {
                surface,
                feature,
                action,
            };
            assert_eq!(event.parts(), Some(parts), "{}", event.name);
            assert_eq!(event.sources, [surface.into()], "{}", event.name);
        }
    }
    let found: Vec<&str> = catalog.events.iter().map(|event| &*event.name).collect();
    assert_eq!(found, names);
}

#[test]
fn ids_of_the_products_database_come_in_as_numbers_or_texts_and_are_kept_as_hashes() {
    // The one property that the product's own example sends.
    let number = track("conversation_started", &json!({ "scenarioId": 17 }));
    let same = track("conversation_started", &json!({ "scenarioId": "17" }));
    let cuid = "clx3k2v9q0000abcd1234efgh";
    let other = track("conversation_started", &json!({ "scenarioId": cuid }));
    assert_eq!(text(&number, "scenarioId"), text(&same, "scenarioId"));
    assert_ne!(text(&number, "scenarioId"), text(&other, "scenarioId"));
    for event in [number, other] {
        let id = text(&event, "scenarioId");
        assert_eq!(id.len(), 32);
        assert!(!event.properties_json().contains(cuid));
    }
}

#[test]
fn each_event_of_the_conversations_tables_is_taken_as_a_product_sends_it() {
    let all = [
        (
            "conversation_started",
            json!({ "scenarioId": 3, "scenarioSlug": "hard-talk", "invitationId": "clx1", "source": "qr code" }),
        ),
        (
            "message_sent",
            json!({ "length": 240, "timeSinceLastMs": 5200 }),
        ),
        (
            "conversation_ended",
            json!({ "reason": "completed", "durationMs": 600_000, "messageCount": 12 }),
        ),
        (
            "stream_completed",
            json!({ "streamType": "partner", "model": "gpt-4.1-mini", "inputTokens": 900, "outputTokens": 120, "latencyMs": 1800 }),
        ),
        (
            "stream_error",
            json!({ "streamType": "coach", "model": "claude-3-5-sonnet-20241022", "errorCode": "RATE_LIMITED", "retryable": true }),
        ),
        (
            "reconnection",
            json!({ "attemptNumber": 2, "success": false }),
        ),
        (
            "quota_warning",
            json!({ "remainingTokens": 1000, "totalQuota": 5000, "percentUsed": 80 }),
        ),
        (
            "quota_exhausted",
            json!({ "totalUsed": 5001, "quota": 5000 }),
        ),
        ("invitation_created", json!({ "presetName": "First Steps" })),
        (
            "invitation_claimed",
            json!({ "invitationId": 5, "source": "link" }),
        ),
        (
            "qr_scanned",
            json!({ "invitationId": 5, "userAgent": "Mozilla/5.0 (X11; rv:130.0) Gecko/20100101 Firefox/130.0" }),
        ),
        (
            "observation_note_added",
            json!({ "invitationId": 5, "sessionId": 9, "length": 80 }),
        ),
        (
            "user_authenticated",
            json!({ "provider": "Google", "isNewUser": true, "mergedFrom": "clx9" }),
        ),
        (
            "user_merged",
            json!({ "fromUserId": "clx9", "toUserId": "clx7" }),
        ),
    ];
    for (name, properties) in &all {
        let event = track(name, properties);
        let kept = event.properties.len();
        assert_eq!(kept, properties.as_object().unwrap().len(), "{name}");
    }
    let qr = track("qr_scanned", &all[10].1);
    assert_eq!(text(&qr, "userAgent"), "firefox");
    assert!(track("reconnection", &all[5].1).is_failure());
}

#[test]
fn pages_are_taken_from_browsers_without_a_key_and_narrowed() {
    let event = json!({
        "name": "page_viewed",
        "context": { "source": "web" },
        "properties": {
            "path": "/invite/SECRET-CODE?utm=1",
            "referrer": "https://www.example.com/search?q=something",
        },
    });
    let event = normalise("conversations", &event, false).unwrap().event;
    assert_eq!(text(&event, "path"), "/invite/:x");
    assert_eq!(text(&event, "referrer"), "www.example.com");
    let forged = json!({
        "name": "conversation_started",
        "context": { "source": "api" },
        "properties": { "scenarioId": 1 },
    });
    let refused = normalise("conversations", &forged, false).unwrap_err();
    assert!(refused.starts_with("not_public"), "{refused}");
}

#[test]
fn a_failure_of_the_race_bot_is_one_by_its_status() {
    let of = |status: &str| {
        let event = json!({
            "name": "discord.generator.failure",
            "context": { "source": "discord", "sampleRate": 0.5 },
            "properties": { "status": status, "error_type": "provider_timeout" },
        });
        normalise("race-bot", &event, true).unwrap().event
    };
    for (status, failed) in [
        ("error", true),
        ("timeout", true),
        ("denied", true),
        ("ok", false),
    ] {
        assert_eq!(of(status).is_failure(), failed, "{status}");
    }
    assert_eq!(of("ok").context.sample_rate, Some(0.5));
}

#[test]
fn no_raw_id_of_a_server_can_pass_for_its_hash() {
    let catalog = Catalog::embedded("race-bot").unwrap();
    for event in &catalog.events {
        let hash = event.property("guild_hash").unwrap();
        assert_eq!(hash.kind, PropertyType::Hash { length: 32 });
    }
    for id in ["81384788765712384", "1234567890123456789", "guild-1"] {
        let event = json!({
            "name": "discord.generator.invoke",
            "context": { "source": "discord" },
            "properties": { "guild_hash": id },
        });
        let event = normalise("race-bot", &event, true).unwrap().event;
        assert_eq!(event.properties, []);
    }
}

#[test]
fn a_catalog_that_would_count_an_event_twice_is_refused() {
    let good = include_str!("../../../src/model/catalog/data/race-bot.toml");
    Catalog::parse(good).unwrap();
    for (from, to, expected) in [
        (
            r#"["status","#,
            r#"["provider", "status","#,
            "dimension provider is named twice",
        ),
        (
            r#"["duration_ms"]"#,
            r#"["duration_ms", "duration_ms"]"#,
            "sum duration_ms is named twice",
        ),
    ] {
        let error = Catalog::parse(&good.replacen(from, to, 1)).unwrap_err();
        let text = error.to_string();
        assert!(
            text.ends_with(&format!("discord.generator.invoke: {expected}")),
            "{text}"
        );
    }
}

/// All that somebody needs to write to have telemetry for a program of their own.
const NOTES: &str = include_str!("../support/notes.toml");

#[test]
fn ten_lines_are_a_catalog() {
    assert!(NOTES.lines().count() <= 11, "{NOTES}");
    let catalog = Arc::new(Catalog::parse(NOTES).unwrap());
    assert_eq!(lint(&catalog, jiff::civil::date(2026, 11, 20)), []);
    assert_eq!(
        (&*catalog.id, catalog.revision, catalog.retention_days),
        ("notes", 1, 90)
    );
    assert_eq!(
        (&*catalog.schema_version, catalog.accepts("1")),
        ("1", true)
    );
    let event = catalog.event("notes.sync.completed").unwrap();
    assert_eq!(
        (event.sources.as_slice(), event.since),
        (["cli".into()].as_slice(), 1)
    );
    let sent = json!({
        "name": "notes.sync.completed",
        "context": { "source": "cli" },
        "properties": { "success": true, "took": 812, "store": "floppy", "path": "/home/me" },
    });
    let kept = normalise_by(&validator_of(catalog), &sent, false).unwrap();
    assert_eq!(
        kept.event.properties_json(),
        r#"{"success":true,"took":812,"store":"other"}"#
    );
}

#[test]
fn what_only_servers_send_takes_a_key_unless_the_file_says_otherwise() {
    let from = |sources: &str| {
        let text = NOTES.replace(
            "[[events]]",
            &format!("sources = [\"api\", \"cli\"]\n[[events]]\nsources = [{sources}]"),
        );
        Catalog::parse(&text).unwrap().events[0].public_ingest
    };
    assert!(from("\"cli\", \"api\""));
    assert!(!from("\"api\""));
}
