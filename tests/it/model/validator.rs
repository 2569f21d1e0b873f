//! Property tests of the validator with an independent reading of the types.

use std::sync::Arc;

use decantr::model::catalog::{Catalog, PropertyType};
use decantr::model::event::{Admission, Normalised, RawEvent, Validator};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

pub(super) fn now() -> Timestamp {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

pub(super) fn validator() -> Validator {
    validator_of(Catalog::decantr())
}

pub(super) fn validator_of(catalog: Arc<Catalog>) -> Validator {
    let days = catalog.retention_days;
    Validator::new(catalog, [7; 32], days)
}

pub(super) fn normalise(event: &Value, has_key: bool) -> Result<Normalised, String> {
    normalise_by(&validator(), event, has_key)
}

pub(super) fn normalise_by(
    validator: &Validator,
    event: &Value,
    has_key: bool,
) -> Result<Normalised, String> {
    let text = event.to_string();
    let raw: RawEvent<'_> = serde_json::from_str(&text).unwrap();
    validator
        .normalise(
            &raw,
            Admission {
                now: now(),
                has_key,
            },
        )
        .map_err(|rejection| rejection.to_string())
}

#[test]
fn threads_judge_alike_and_share_no_counted_text() {
    let event = json!({
        "id": "0192f0c1-0000-7000-8000-000000000001",
        "name": "cli.command.completed",
        "context": { "source": "cli", "environment": "production" },
        "properties": { "command": "check", "success": true, "durationMs": 5 },
    });
    let validator = validator().for_threads(2);
    let read = || normalise_by(&validator, &event, false).unwrap();
    let expected = normalise(&event, false).unwrap();
    let (one, other) = std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(read), scope.spawn(read));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_eq!([&one, &other], [&expected; 2]);
    for ((mine, _), (theirs, _)) in one.event.properties.iter().zip(&other.event.properties) {
        assert!(!Arc::ptr_eq(mine, theirs), "{mine}");
    }
}

/// A value that fits `kind`.
fn fitting(kind: &PropertyType) -> Value {
    match kind {
        PropertyType::Bool => json!(true),
        PropertyType::Int { min, .. } => json!(min),
        PropertyType::Number { min, .. } => json!(min),
        PropertyType::Enum { values } => json!(*values[0]),
        PropertyType::Token { .. } => json!("a"),
        PropertyType::Version => json!("1.2.3"),
        PropertyType::Domain => json!("example.com"),
        PropertyType::PathTemplate { .. } => json!("/"),
        PropertyType::Hash { length } => json!("a".repeat(*length)),
        PropertyType::List { of, .. } => json!([fitting(of)]),
        PropertyType::Map { of, .. } => json!({ "a": fitting(of) }),
    }
}

/// An event of the catalog with every required property, at `pick` (any number) among all pairs of event and source.
pub(super) fn valid_event(catalog: &Catalog, pick: usize) -> (String, String, Value) {
    let pairs: Vec<_> = catalog
        .events
        .iter()
        .flat_map(|e| e.sources.iter().map(move |s| (e, s)))
        .collect();
    let (event, source) = pairs[pick % pairs.len()];
    let properties: Map<String, Value> = event
        .properties_of(source)
        .filter(|property| property.required)
        .map(|property| (property.name.to_string(), fitting(&property.kind)))
        .collect();
    let value = json!({
        "name": *event.name,
        "context": { "source": **source },
        "properties": properties,
        "timestamp": "2026-11-20T04:00:00Z",
    });
    (event.name.to_string(), source.to_string(), value)
}

/// Secrets of every kind that a careless program could put anywhere.
const SECRETS: [&str; 11] = [
    "me@example.com",
    "/home/someone/secret-project/src/index.ts",
    "192.168.17.4",
    "2001:db8::17",
    "sk_live_51HxYzAbCdEfGhIjKl",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "https://user:pw@intern.example.com/a?token=1",
    "Error: boom\n    at main (/srv/app.js:1:1)",
    "1.2.3-secret-name",
    "3.8.1+acme.internal",
    "a-lower-case-name-that-is-longer-than-any-token-may-be",
];

/// Things that must never get through: secrets of every kind, and JSON of every shape.
fn planted() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        prop::sample::select(SECRETS.as_slice()).prop_map(str::to_owned),
        any::<String>(),
        "[a-z][a-z0-9_-]{0,40}",
        "[0-9]{1,7}([.][0-9]{1,7}){0,4}(-[a-z.]{1,12})?",
    ];
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        4 => texts.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Whether `value` is one that `kind` can express, read from the design's grammar and not from the validator's code.
fn expressible(value: &Value, kind: &PropertyType) -> bool {
    let text = value.as_str();
    let all = |ok: &dyn Fn(char) -> bool| text.is_some_and(|text| text.chars().all(ok));
    match kind {
        PropertyType::Bool => value.is_boolean(),
        PropertyType::Int { min, max, .. } => {
            value.as_i64().is_some_and(|n| n >= *min && n <= *max)
        }
        PropertyType::Number { min, max, .. } => {
            value.as_f64().is_some_and(|n| n >= *min && n <= *max)
        }
        PropertyType::Enum { values } => {
            text.is_some_and(|text| text == "other" || values.iter().any(|v| **v == *text))
        }
        PropertyType::Token { max } => {
            all(&|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
                && text.is_some_and(|t| {
                    (1..=*max).contains(&t.len()) && t.as_bytes()[0].is_ascii_lowercase()
                })
        }
        PropertyType::Version => text.is_some_and(is_version),
        PropertyType::Domain => {
            all(&|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-')
                && text
                    .is_some_and(|t| t.contains('.') && !t.ends_with(|c: char| c.is_ascii_digit()))
        }
        PropertyType::PathTemplate { segments } => text.is_some_and(|text| {
            text.starts_with('/')
                && text.trim_start_matches('/').split('/').all(|s| {
                    s.is_empty() || s == ":x" || segments.iter().any(|known| **known == *s)
                })
        }),
        PropertyType::Hash { length } => {
            all(&|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
                && text.is_some_and(|t| t.len() == *length)
        }
        PropertyType::List { of, max } => value
            .as_array()
            .is_some_and(|list| list.len() <= *max && list.iter().all(|v| expressible(v, of))),
        PropertyType::Map { of, max } => value
            .as_object()
            .is_some_and(|map| map.len() <= *max && map.values().all(|v| expressible(v, of))),
    }
}

fn is_version(text: &str) -> bool {
    let (core, tag) = text
        .split_once('-')
        .map_or((text, None), |(core, tag)| (core, Some(tag)));
    let numbers: Vec<&str> = core.split('.').collect();
    let known = [
        "alpha",
        "beta",
        "canary",
        "dev",
        "experimental",
        "insiders",
        "next",
        "nightly",
    ];
    let more = ["pre", "preview", "rc", "snapshot"];
    numbers.len() <= 3
        && numbers
            .iter()
            .all(|n| n.parse::<u32>().is_ok_and(|n| n < 1_000_000))
        && tag.is_none_or(|tag| {
            let (word, number) = tag.split_once('.').unwrap_or((tag, "0"));
            (known.contains(&word) || more.contains(&word)) && number.parse::<u32>().is_ok()
        })
}

fn is_opaque_id(text: &str) -> bool {
    let prefixes = [
        "inst", "install", "proj", "project", "anon", "sess", "user", "org",
    ];
    text.split_once('_').is_some_and(|(prefix, tail)| {
        prefixes.contains(&prefix)
            && (1..=64).contains(&tail.len())
            && tail.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

fn assert_context(context: &Value, source: &str, has_key: bool) {
    for (name, value) in context.as_object().unwrap() {
        let text = value.as_str();
        let ok = match name.as_str() {
            "source" => text == Some(source),
            "environment" => {
                ["development", "preview", "production", "test", "other"].contains(&text.unwrap())
            }
            "registrySource" => {
                ["cache", "custom", "none", "official", "private"].contains(&text.unwrap())
            }
            "serviceName" => {
                source != "cli" && expressible(value, &PropertyType::Token { max: 32 })
            }
            "serviceVersion" | "decantrVersion" => is_version(text.unwrap()),
            "anonymousId" | "installId" | "projectId" | "sessionId" => is_opaque_id(text.unwrap()),
            "userId" | "orgId" => has_key && is_opaque_id(text.unwrap()),
            "actorType" => has_key && !text.unwrap().is_empty(),
            "sampleRate" => {
                has_key
                    && value
                        .as_f64()
                        .is_some_and(|rate| (1e-6..=1.0).contains(&rate))
            }
            _ => false,
        };
        assert!(ok, "context.{name} = {value}");
    }
}

fn assert_expressible(normalised: &Normalised, catalog: &Catalog, source: &str, has_key: bool) {
    let event = serde_json::to_value(&normalised.event).unwrap();
    let spec = catalog.event(event["name"].as_str().unwrap()).unwrap();
    for (name, value) in event["properties"].as_object().unwrap() {
        let property = spec.property(name).unwrap();
        assert!(property.allows(source), "{name} is not for {source}");
        assert!(
            expressible(value, &property.kind),
            "{name} = {value} is no {:?}",
            property.kind
        );
        assert!(
            source != "cli" || property.kind.is_closed(),
            "{name} is open"
        );
    }
    assert_context(&event["context"], source, has_key);
    let members: Vec<&String> = event.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["id", "name", "context", "properties", "timestamp"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn only_what_the_types_can_express_comes_out(
        pick in 0_usize..10_000,
        place in 0_usize..10_000,
        value in planted(),
        key in any::<String>(),
        context_value in planted(),
        has_key: bool,
    ) {
        let catalog = Catalog::decantr();
        let (name, source, mut event) = valid_event(&catalog, pick);
        let spec = catalog.event(&name).unwrap();
        if !spec.properties.is_empty() {
            let property = &spec.properties[place % spec.properties.len()];
            event["properties"][&*property.name] = value.clone();
        }
        event["properties"][&key] = value.clone();
        event[&format!("x{key}")] = value;
        let fields = decantr::model::event::CONTEXT_FIELDS;
        let field = fields[1 + place % (fields.len() - 1)];
        event["context"][field] = context_value.clone();
        event["context"][&format!("x{key}")] = context_value;
        if let Ok(normalised) = normalise(&event, has_key) {
            assert_expressible(&normalised, &catalog, &source, has_key);
        }
    }

    #[test]
    fn arbitrary_json_never_panics(value in planted()) {
        drop(normalise(&value, true));
    }

    #[test]
    fn a_normalised_event_is_its_own_normal_form(pick in 0_usize..10_000, value in planted(), place in 0_usize..10_000) {
        let catalog = Catalog::decantr();
        let (name, _, mut event) = valid_event(&catalog, pick);
        let spec = catalog.event(&name).unwrap();
        if !spec.properties.is_empty() {
            let property = &spec.properties[place % spec.properties.len()];
            event["properties"][&*property.name] = value;
        }
        if let Ok(first) = normalise(&event, true) {
            let again = normalise(&serde_json::to_value(&first.event).unwrap(), true).unwrap();
            prop_assert_eq!(&again.event, &first.event);
        }
    }
}

/// No luck needed: every secret in every property, every context field and an unknown key, of every event and source.
#[test]
fn no_secret_gets_through_any_place() {
    for id in Catalog::IDS {
        assert_no_secret_gets_through(&Catalog::embedded(id).unwrap());
    }
}

fn assert_no_secret_gets_through(catalog: &Arc<Catalog>) {
    let validator = validator_of(Arc::clone(catalog));
    let pairs = catalog.events.iter().map(|event| event.sources.len()).sum();
    for pick in 0..pairs {
        let (name, source, plain) = valid_event(catalog, pick);
        let spec = catalog.event(&name).unwrap();
        let properties = spec
            .properties
            .iter()
            .map(|property| ("properties", &*property.name));
        let context = decantr::model::event::CONTEXT_FIELDS.iter().skip(1);
        let context = context.map(|field| ("context", *field));
        for (part, key) in properties
            .chain(context)
            .chain([("properties", "x"), ("context", "x")])
        {
            for secret in SECRETS {
                let mut event = plain.clone();
                event[part][key] = json!(secret);
                if let Ok(normalised) = normalise_by(&validator, &event, true) {
                    assert_expressible(&normalised, catalog, &source, true);
                }
            }
        }
    }
}

#[test]
fn every_event_of_every_source_can_be_sent() {
    for id in Catalog::IDS {
        let catalog = Catalog::embedded(id).unwrap();
        let validator = validator_of(Arc::clone(&catalog));
        for pick in 0..catalog.events.iter().map(|event| event.sources.len()).sum() {
            let (name, source, event) = valid_event(&catalog, pick);
            let normalised = normalise_by(&validator, &event, true);
            let normalised = normalised.unwrap_or_else(|e| panic!("{name} {source}: {e}"));
            assert_eq!(normalised.strips, []);
        }
    }
}
