//! What a catalog may contain but should not: findings for the people who write one.

use super::{Catalog, EventSpec};

/// Every complaint about `catalog` on the day `today`, as `place: problem`; empty when it is good.
///
/// The rules: a purpose and an owner for everything, nothing expired, known revisions, no dimension that cannot be counted by, and
/// for source `cli` only types that cannot spell anything outside the catalog.
pub fn lint(catalog: &Catalog, today: jiff::civil::Date) -> Vec<String> {
    let mut findings = Vec::new();
    for event in &catalog.events {
        lint_event(catalog, event, today, &mut findings);
    }
    for text in catalog
        .never_collected
        .iter()
        .filter(|text| !is_sentence(text))
    {
        findings.push(format!("never_collected: \"{text}\" is not a sentence"));
    }
    for bucket in &catalog.buckets {
        if !is_sentence(&bucket.purpose) {
            findings.push(format!(
                "buckets.{}: its purpose is not a sentence",
                bucket.key
            ));
        }
        let used = catalog
            .events
            .iter()
            .any(|event| event.buckets.contains(&bucket.key));
        if !used {
            findings.push(format!("buckets.{}: no event counts in it", bucket.key));
        }
    }
    findings
}

fn is_sentence(text: &str) -> bool {
    text.len() >= 12 && text.ends_with('.')
}

fn lint_event(
    catalog: &Catalog,
    event: &EventSpec,
    today: jiff::civil::Date,
    findings: &mut Vec<String>,
) {
    let mut complain = |place: &str, problem: &str| findings.push(format!("{place}: {problem}"));
    let name = &*event.name;
    if !is_sentence(&event.purpose) {
        complain(name, "its purpose is not a sentence");
    }
    if event.owner.trim().is_empty() {
        complain(name, "it has no owner");
    }
    if event.buckets.is_empty() {
        complain(name, "it counts in no bucket");
    }
    if event.since == 0 || event.since > catalog.revision {
        complain(name, "its `since` is not a revision of this catalog");
    }
    if event.expires.is_some_and(|date| date < today) {
        complain(name, "it has expired");
    }
    let counted = |name: &str| event.kept.dimensions.iter().any(|of| *of.name == *name);
    for dimension in event.dimensions.iter().filter(|name| !counted(name)) {
        complain(
            &format!("{name}.{dimension}"),
            "its type has too many values to count by",
        );
    }
    for property in &event.properties {
        let place = format!("{name}.{}", property.name);
        if !is_sentence(&property.purpose) {
            complain(&place, "its purpose is not a sentence");
        }
        if property.since < event.since || property.since > catalog.revision {
            complain(
                &place,
                "its `since` is not between its event's and the catalog's",
            );
        }
        if event.allows("cli") && property.allows("cli") && !property.kind.is_closed() {
            complain(&place, "source cli may not use this type");
        }
    }
}
