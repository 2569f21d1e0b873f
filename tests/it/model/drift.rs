//! The drift catalog: complete against what its clients send, and nothing that they spell is kept where it is counted.

use decantr::model::catalog::{Catalog, PropertyType};
use decantr::model::outcome::Strip;
use serde_json::{Value, json};

use super::validator::{normalise_by, validator_of};

/// Event: its properties; those with `?` are optional.
const DRIFT: &str = "
pattern_signature: signatureHash category confidence locationCount outlierCount detectionMethod? language?
user_action: action category confidenceAtAction hoursSinceDiscovery? isBulkAction?
aggregate_stats: totalPatterns patternsByStatus? patternsByCategory? languages? frameworks? featuresEnabled? codebaseSizeTier
scan_completion: durationMs filesScanned newPatternsDiscovered? isIncremental? workerCount? parse_time_ms? napi_calls?
benchmark_feedback: benchmark tool? score? perception? understanding? application? durationMs? filesScanned? parse_time_ms? napi_calls?
";

fn normalise(name: &str, properties: &Value) -> (Value, Vec<Strip>) {
    let validator = validator_of(Catalog::embedded("drift").unwrap());
    let event = json!({ "name": name, "context": { "source": "drift" }, "properties": properties });
    // Nobody of its clients has a key.
    let normalised = normalise_by(&validator, &event, false).unwrap();
    let kept = normalised.event.properties_json();
    (serde_json::from_str(&kept).unwrap(), normalised.strips)
}

#[test]
fn it_has_the_events_of_its_clients_with_their_properties() {
    let catalog = Catalog::embedded("drift").unwrap();
    assert_eq!((catalog.events.len(), catalog.retention_days), (5, 90));
    for (row, event) in DRIFT.trim().lines().zip(&catalog.events) {
        let properties: Vec<String> = event
            .properties
            .iter()
            .map(|p| format!("{}{}", p.name, if p.required { "" } else { "?" }))
            .collect();
        assert_eq!(format!("{}: {}", event.name, properties.join(" ")), row);
        assert!(event.public_ingest, "{row}");
    }
}

#[test]
fn what_is_counted_by_day_for_good_cannot_spell_anything() {
    let catalog = Catalog::embedded("drift").unwrap();
    for name in ["pattern_signature", "user_action"] {
        let event = catalog.event(name).unwrap();
        for dimension in &event.dimensions {
            let property = event.property(dimension).unwrap();
            assert!(property.kind.is_closed(), "{name}.{dimension}");
        }
    }
    let hash = catalog.event("pattern_signature").unwrap();
    let hash = hash.property("signatureHash").unwrap();
    assert_eq!(hash.kind, PropertyType::Hash { length: 16 });
}

#[test]
fn stats_of_a_code_base_are_kept_as_a_client_sends_them() {
    let sent = json!({
        "totalPatterns": 17,
        "patternsByStatus": { "discovered": 10, "approved": 5, "ignored": 2 },
        "patternsByCategory": { "api": 9, "data-access": 8 },
        "languages": ["ts", "tsx", "py", "json"],
        "frameworks": ["nextjs", "fastapi"],
        "featuresEnabled": ["contracts", "boundaries"],
        "codebaseSizeTier": "medium",
    });
    assert_eq!(normalise("aggregate_stats", &sent), (sent, vec![]));
}

#[test]
fn words_that_are_not_listed_become_other() {
    let sent = json!({
        "signatureHash": "05fac08b592c29eb", "category": "Acme Secret Project", "confidence": 1,
        "locationCount": 3, "outlierCount": 0, "detectionMethod": "AST", "language": "me@example.com",
    });
    let (kept, strips) = normalise("pattern_signature", &sent);
    let expected = json!({
        "signatureHash": "05fac08b592c29eb", "category": "other", "confidence": 1.0,
        "locationCount": 3, "outlierCount": 0, "detectionMethod": "ast", "language": "other",
    });
    assert_eq!((kept, strips), (expected, vec![Strip::Other; 2]));
    let sent = json!({ "totalPatterns": 1, "codebaseSizeTier": "small", "frameworks": ["react", "acme-internal"] });
    let (kept, _) = normalise("aggregate_stats", &sent);
    assert_eq!(kept["frameworks"], json!(["react", "other"]));
}

#[test]
fn a_scan_may_tell_about_its_native_part() {
    let sent = json!({
        "durationMs": 1234, "filesScanned": 10, "newPatternsDiscovered": 2, "isIncremental": false,
        "workerCount": 4, "parse_time_ms": 210.5, "napi_calls": 12,
    });
    assert_eq!(normalise("scan_completion", &sent), (sent, vec![]));
}
