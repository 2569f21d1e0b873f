//! What the embedded catalog promises, and what the loader and the lint refuse.

mod growth;
mod refusals;
mod restricted;

use std::collections::BTreeSet;
use std::error::Error as _;

use super::*;

/// A catalog with one good event; the tests break one thing at a time.
const GOOD: &str = r#"
id = "sample"
schema_version = "1.0.0"
accepts = ["1.0.0"]
revision = 2
retention_days = 30
sources = ["cli", "web"]
never_collected = ["Source code, or any part of it."]

[buckets]
usage = "Shows what is used at all."

[definitions]
kind = { type = "enum", values = ["a", "b"], since = 1, purpose = "Which kind it was, to compare kinds." }

[[events]]
name = "thing.done"
sources = ["cli", "web"]
buckets = ["usage"]
privacy = "aggregate"
public_ingest = true
purpose = "Counts things that were done."
owner = "cli"
since = 1
dimensions = ["kind"]
sums = ["size"]
properties = [
  { use = "kind", required = true },
  { name = "size", type = "int", min = 0, max = 10, unit = "items", since = 1, purpose = "How large it was, to know sizes." },
  { name = "word", type = "token", max = 16, reduce = "text_to_token", sources = ["web"], since = 1, purpose = "Which word it was, to compare words." },
]
"#;

/// Reports count by this table; an event may stand in several rows.
const BUCKETS: &str = "
activation: marketing_web.cta_clicked registry_web.signup_clicked user.signup.completed api_key.created org.created
paid_acquisition: marketing_web.page_viewed marketing_web.cta_clicked marketing_web.outbound_clicked marketing_web.command_clicked
registry_discovery: registry_web.page_viewed registry_web.search_performed registry_web.content_opened registry.item.resolved
cli_adoption: cli.command.completed decantr.analyze.completed decantr.check.completed decantr.init.completed decantr.new.completed decantr.refresh.completed registry.sync.completed
product_activation: decantr.analyze.completed decantr.check.completed decantr.init.completed decantr.new.completed decantr.refresh.completed decantr.health.healthy health.report.generated studio.started
project_health: decantr.health.healthy health.ci.failed health.finding.prompt_requested health.report.generated studio.health_refreshed studio.started
hosted_intelligence: execution_pack.compiled execution_pack.selected critique.completed audit.completed
content_pipeline: content.validation.completed content.publish.completed
identity_hygiene: registry_web.identity_linked telemetry.identity_linked
billing_intent: billing.plan_clicked billing.checkout_blocked registry_web.billing_viewed
private_registry_readiness: private_registry.gate_viewed private_registry.intent_clicked private_registry.content_listed registry_web.organization_viewed
commercial_intent: billing.checkout_blocked billing.plan_clicked marketing_web.cta_clicked private_registry.gate_viewed private_registry.intent_clicked registry_web.billing_viewed registry_web.api_key_page_viewed registry_web.organization_viewed org.created
";

/// Event | its sources | whether it is taken without a key | its required properties.
const NOTABLE: &str = "
cli.command.completed | cli | true | command durationMs success
decantr.analyze.completed | cli | true | command success
decantr.check.completed | cli | true | command durationMs success
health.ci.failed | cli | true | errorCount failOn findingCount infoCount score status success warnCount
registry.item.resolved | api cli mcp | true | contentType success
content.publish.completed | content-ci api | true | contentType durationMs success
registry_web.page_viewed | registry-web | true | authenticated route routePath surface
telemetry.identity_linked | api | false | success
api_key.created | api | false |
";

fn day() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 20)
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().collect()
}

/// `GOOD` with `from`, which must occur in it, replaced by `to`.
fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from} is not in the sample");
    GOOD.replacen(from, to, 1)
}

/// Why the loader refuses `text`, down to the cause.
fn refusal(text: &str) -> String {
    let error = Catalog::parse(text).unwrap_err();
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn complaints(text: &str) -> Vec<String> {
    complaints_about(&Catalog::parse(text).unwrap())
}

fn complaints_about(catalog: &Catalog) -> Vec<String> {
    let findings = lint(catalog, day());
    findings.iter().map(Finding::to_string).collect()
}

#[test]
fn the_embedded_catalog_is_complete_and_clean() {
    let catalog = Catalog::decantr();
    assert_eq!(complaints_about(&catalog), Vec::<String>::new());
    assert_eq!(catalog.events.len(), 41);
    assert_eq!(catalog.schema_version, "0.3.0");
    assert!(catalog.accepts("0.2.0") && !catalog.accepts("0.1.0"));
    assert_eq!((catalog.revision, catalog.retention_days), (1, 90));
    assert!(catalog.never_collected.len() >= 15);
}

#[test]
fn what_a_command_line_sends_is_closed() {
    let catalog = Catalog::decantr();
    assert_eq!(catalog.events_of("cli").count(), 14);
    for event in catalog.events_of("cli") {
        for property in event.properties_of("cli") {
            let place = format!("{}.{}", event.name, property.name);
            assert!(property.kind.is_closed(), "{place} is not closed");
        }
    }
}

#[test]
fn names_of_content_are_kept_only_when_public() {
    for event in &Catalog::decantr().events {
        for property in &event.properties {
            let names_content =
                ["itemId", "namespace", "slug", "id"].contains(&property.name.as_ref());
            let place = format!("{}.{}", event.name, property.name);
            assert_eq!(property.public_only, names_content, "{place}");
        }
    }
}

#[test]
fn buckets_hold_the_events_that_reports_count() {
    let catalog = Catalog::decantr();
    let rows: Vec<(&str, &str)> = BUCKETS
        .lines()
        .filter_map(|row| row.split_once(": "))
        .collect();
    let declared: BTreeSet<&str> = catalog.buckets.iter().map(|b| &*b.key).collect();
    assert_eq!(declared, rows.iter().map(|(key, _)| *key).collect());
    for (key, expected) in rows {
        let members: BTreeSet<&str> = catalog
            .events
            .iter()
            .filter(|event| event.buckets.iter().any(|bucket| **bucket == *key))
            .map(|event| &*event.name)
            .collect();
        assert_eq!(members, words(expected), "{key}");
    }
}

#[test]
fn notable_events_are_as_real_clients_send_them() {
    let catalog = Catalog::decantr();
    for row in NOTABLE.trim().lines() {
        let [name, sources, public_ingest, required] =
            *row.split('|').map(str::trim).collect::<Vec<_>>()
        else {
            panic!("{row} has not four columns");
        };
        let event = catalog.event(name).unwrap();
        assert_eq!(event.sources.join(" "), sources, "{name}");
        assert_eq!(event.public_ingest.to_string(), public_ingest, "{name}");
        let declared = event.properties.iter().filter(|p| p.required);
        let declared: BTreeSet<&str> = declared.map(|p| &*p.name).collect();
        assert_eq!(declared, words(required), "{name}");
    }
}

#[test]
fn campaign_events_count_by_what_attribution_reports_need() {
    let needed = [
        "attributionLandingPath",
        "attributionUtmCampaign",
        "attributionUtmMedium",
        "attributionUtmSource",
    ];
    let catalog = Catalog::decantr();
    let attributed: Vec<&EventSpec> = catalog
        .events
        .iter()
        .filter(|event| event.property("attributionUtmCampaign").is_some())
        .collect();
    assert_eq!(attributed.len(), 12);
    for event in attributed {
        for name in needed {
            let counted = event.dimensions.iter().any(|d| **d == *name);
            assert!(counted, "{} does not count by {name}", event.name);
        }
    }
}

#[test]
fn the_wire_digest_follows_what_can_be_expressed() {
    let digest = |text: &str| Catalog::parse(text).unwrap().wire_digest().to_owned();
    let good = digest(GOOD);
    let same = |from, to| assert_eq!(digest(&changed(from, to)), good, "{to}");
    same("to compare kinds.", "to see which kind matters.");
    same(r#"owner = "cli""#, r#"owner = "web""#);
    same(r#"values = ["a", "b"]"#, r#"values = ["b", "a"]"#);
    let differs = |from, to| assert_ne!(digest(&changed(from, to)), good, "{to}");
    differs(r#"values = ["a", "b"]"#, r#"values = ["a", "b", "c"]"#);
    differs("max = 10,", "max = 11,");
    differs(
        r#"sources = ["cli", "web"]
buckets"#,
        r#"sources = ["web"]
buckets"#,
    );
    differs(r#"reduce = "text_to_token", "#, "");
    differs("max = 16,", "max = 16, public_only = true,");
}

#[test]
fn the_lint_makes_each_complaint() {
    assert_eq!(complaints(GOOD), Vec::<String>::new());
    let cases = [
        (
            "Source code, or any part of it.",
            "Code",
            "never_collected: \"Code\" is not a sentence",
        ),
        (
            "Shows what is used at all.",
            "usage",
            "buckets.usage: its purpose is not a sentence",
        ),
        (
            "Counts things that were done.",
            "Counts things",
            "thing.done: its purpose is not a sentence",
        ),
        (
            "owner = \"cli\"",
            "owner = \" \"",
            "thing.done: it has no owner",
        ),
        (
            "since = 1\ndimensions",
            "since = 1\nexpires = \"2026-11-19\"\ndimensions",
            "thing.done: it has expired",
        ),
        (
            "How large it was, to know sizes.",
            "Size.",
            "thing.done.size: its purpose is not a sentence",
        ),
        (
            "unit = \"items\", since = 1",
            "unit = \"items\", since = 3",
            "thing.done.size: its `since` is not between its event's and the catalog's",
        ),
        (
            " sources = [\"web\"],",
            "",
            "thing.done.word: source cli may not use this type",
        ),
        (
            r#"dimensions = ["kind"]"#,
            r#"dimensions = ["kind", "size"]"#,
            "thing.done.size: its type has too many values to count by",
        ),
        (
            "[definitions]",
            "spare = \"Shows what nobody counts.\"\n[definitions]",
            "buckets.spare: no event counts in it",
        ),
    ];
    for (from, to, expected) in cases {
        assert_eq!(complaints(&changed(from, to)), [expected]);
    }
    let no_bucket = complaints(&changed("[\"usage\"]", "[]"));
    assert_eq!(no_bucket[0], "thing.done: it counts in no bucket");
    let too_new = complaints(&changed("since = 1\ndimensions", "since = 3\ndimensions"));
    assert_eq!(
        too_new[0],
        "thing.done: its `since` is not a revision of this catalog"
    );
}

#[test]
fn a_part_of_the_catalog_is_the_same_as_in_the_whole() {
    let whole = Catalog::decantr();
    assert_eq!(Catalog::decantr_revision(), whole.revision);
    for event in &whole.events {
        let part = Catalog::decantr_part(&[&event.name]);
        assert_eq!(part.events.len(), 1);
        assert_eq!(part.event(&event.name), Some(event));
        assert_eq!((&part.id, part.revision), (&whole.id, whole.revision));
    }
    assert!(Catalog::decantr_part(&["no.such.event"]).events.is_empty());
}
