//! Every rejection and every strip, each by its own name.

use decantr::model::outcome::Strip;
use serde_json::{Value, json};

use super::validator::normalise;

fn analyze() -> Value {
    json!({
        "name": "decantr.analyze.completed",
        "context": { "source": "cli", "installId": "install_1" },
        "properties": { "command": "analyze", "success": true },
        "timestamp": "2026-11-20T04:00:00Z",
    })
}

/// The valid event with one member replaced; the path is `a` or `a.b`.
fn with(path: &str, value: Value) -> Value {
    let mut event = analyze();
    match path.split_once('.') {
        Some((outer, inner)) => event[outer][inner] = value,
        None => event[path] = value,
    }
    event
}

#[test]
fn every_rejection_has_its_reason() {
    let cases = [
        (json!([1]), "malformed_event"),
        (json!("text"), "malformed_event"),
        (with("name", json!(7)), "malformed_event"),
        (with("context", json!([])), "malformed_event"),
        (with("properties", json!("x")), "malformed_event"),
        (with("name", json!("decantr.unheard.of")), "unknown_event"),
        (with("context.source", Value::Null), "missing_source"),
        (with("context.source", json!("moon")), "unknown_source"),
        (
            with("context.source", json!("mcp")),
            "source_event_mismatch",
        ),
        (
            with("properties.success", Value::Null),
            "missing_required_property",
        ),
        (
            with("properties.success", json!("yes")),
            "invalid_required_property",
        ),
        (with("timestamp", json!("yesterday")), "invalid_timestamp"),
        (with("timestamp", json!(1_700_000_000)), "invalid_timestamp"),
        (with("timestamp", json!("2026-08-01T00:00:00Z")), "too_old"),
        (with("timestamp", json!("2026-11-22T00:00:00Z")), "too_new"),
        (with("id", json!("not-a-uuid")), "invalid_id"),
    ];
    for (event, reason) in cases {
        let said = normalise(&event, false).expect_err(reason);
        assert!(said.starts_with(&format!("{reason}: ")), "{event}: {said}");
    }
    let private = json!({ "name": "org.created", "context": { "source": "api" } });
    assert!(
        normalise(&private, false)
            .unwrap_err()
            .starts_with("not_public: ")
    );
    assert!(normalise(&private, true).is_ok());
}

#[test]
fn a_rejection_never_repeats_what_was_sent() {
    for path in [
        "name",
        "context.source",
        "properties.success",
        "timestamp",
        "id",
    ] {
        let said = normalise(&with(path, json!("planted-secret")), false).unwrap_err();
        assert!(!said.contains("planted"), "{said}");
    }
}

#[test]
fn every_strip_has_its_name() {
    let cases = [
        (
            with("properties.path", json!("/home/me")),
            Strip::UnknownProperty,
        ),
        (
            with("properties.routeCount", json!("many")),
            Strip::InvalidValue,
        ),
        (
            with("properties.targetFramework", json!("homegrown")),
            Strip::Other,
        ),
        (with("properties.command", json!("rm -rf")), Strip::Other),
        (
            with("context.hostname", json!("my-laptop")),
            Strip::UnknownContext,
        ),
        (
            with("context.environment", json!("my-laptop")),
            Strip::InvalidContext,
        ),
        (
            with("context.serviceName", json!("me")),
            Strip::InvalidContext,
        ),
        (
            with("context.userId", json!("user_1")),
            Strip::ContextNeedsKey,
        ),
        (
            with("context.orgId", json!("org_1")),
            Strip::ContextNeedsKey,
        ),
        (
            with("context.actorType", json!("internal")),
            Strip::ContextNeedsKey,
        ),
        (
            with("context.sampleRate", json!(0.5)),
            Strip::ContextNeedsKey,
        ),
        (
            with("context.installId", json!("me@example.com")),
            Strip::IdHashed,
        ),
        (with("extra", json!(1)), Strip::UnknownMember),
    ];
    for (event, strip) in cases {
        let normalised = normalise(&event, false).unwrap_or_else(|e| panic!("{event}: {e}"));
        assert_eq!(normalised.strips, [strip], "{event}");
        let kept = serde_json::to_string(&normalised.event).unwrap();
        for secret in [
            "/home/me",
            "homegrown",
            "my-laptop",
            "example.com",
            "rm -rf",
        ] {
            assert!(!kept.contains(secret), "{kept}");
        }
    }
}

#[test]
fn names_of_content_are_kept_only_when_it_is_public() {
    let resolved = |visibility: &str, registry: &str| {
        json!({
            "name": "registry.item.resolved",
            "context": { "source": "mcp" },
            "properties": {
                "contentType": "pattern", "success": true, "itemId": "hero", "namespace": "acme",
                "visibility": visibility, "registrySource": registry,
            },
        })
    };
    let public = normalise(&resolved("public", "official"), false).unwrap();
    assert!(public.strips.is_empty() && public.event.property("itemId").is_some());
    for (visibility, registry) in [
        ("private", "official"),
        ("public", "custom"),
        ("team", "private"),
    ] {
        let hidden = normalise(&resolved(visibility, registry), false).unwrap();
        assert_eq!(hidden.strips, [Strip::NotVisible, Strip::NotVisible]);
        assert!(hidden.event.property("itemId").is_none());
        assert!(hidden.event.property("namespace").is_none());
    }
    let mut from_cli = resolved("public", "official");
    from_cli["context"]["source"] = json!("cli");
    let strips = normalise(&from_cli, false).unwrap().strips;
    assert_eq!(strips, [Strip::PropertySource, Strip::PropertySource]);
}

#[test]
fn an_event_without_an_id_is_the_same_event_when_sent_again() {
    let first = normalise(&analyze(), false).unwrap().event.id;
    assert_eq!(first, normalise(&analyze(), false).unwrap().event.id);
    let other = normalise(&with("properties.success", json!(false)), false)
        .unwrap()
        .event
        .id;
    assert_ne!(first, other);
}
