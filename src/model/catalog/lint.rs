//! What a catalog may contain but should not: findings for the people who write one.

use super::{
    COMMAND_LINE, Catalog, EventSpec, Finding, Place, PropertySpec, PropertyType, Reduce, Rule,
};

/// Every complaint about `catalog` on the day `today`, in the order of the file; empty when it is good.
///
/// The rules: a purpose and an owner for everything, a bucket for every event of a catalog that has buckets, nothing expired,
/// known revisions, no dimension that cannot be counted by, no tier that is not listed, and for source `cli` only types that
/// cannot spell anything outside the catalog.
pub fn lint(catalog: &Catalog, today: jiff::civil::Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    for event in &catalog.events {
        lint_event(catalog, event, today, &mut findings);
    }
    for text in catalog
        .never_collected
        .iter()
        .filter(|text| !is_sentence(text))
    {
        findings.push(Finding {
            rule: Rule::NoSentence,
            place: Place::key("never_collected"),
            problem: format!("\"{text}\" is not a sentence"),
            remedy: "say what is never collected in a sentence with a full stop".to_owned(),
        });
    }
    for bucket in &catalog.buckets {
        let mut complain = |rule, problem: &str, remedy: &str| {
            let place = Place::key(format!("buckets.{}", bucket.key));
            findings.push(finding(rule, place, problem, remedy));
        };
        if !is_sentence(&bucket.purpose) {
            let remedy = "say in a sentence with a full stop what it shows";
            complain(Rule::NoSentence, "its purpose is not a sentence", remedy);
        }
        let used = catalog
            .events
            .iter()
            .any(|event| event.buckets.contains(&bucket.key));
        if !used {
            let remedy = "name it in the `buckets` of an event, or remove it";
            complain(Rule::UnusedBucket, "no event counts in it", remedy);
        }
    }
    findings
}

fn finding(rule: Rule, place: Place, problem: &str, remedy: &str) -> Finding {
    Finding {
        rule,
        place,
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn is_sentence(text: &str) -> bool {
    text.len() >= 12 && text.ends_with('.')
}

/// What to do where a purpose is no sentence.
const SAY_WHY: &str = "say why it exists, in a sentence with a full stop";

fn lint_event(
    catalog: &Catalog,
    event: &EventSpec,
    today: jiff::civil::Date,
    findings: &mut Vec<Finding>,
) {
    let mut complain = |rule, problem: &str, remedy: &str| {
        findings.push(finding(rule, Place::event_of(event), problem, remedy));
    };
    if !is_sentence(&event.purpose) {
        complain(Rule::NoSentence, "its purpose is not a sentence", SAY_WHY);
    }
    if event.owner.trim().is_empty() {
        let remedy = "say who answers for it: `owner` here, or once at the top";
        complain(Rule::NoOwner, "it has no owner", remedy);
    }
    if event.buckets.is_empty() && !catalog.buckets.is_empty() {
        let remedy = "name in `buckets` the questions that it answers";
        complain(Rule::NoBucket, "it counts in no bucket", remedy);
    }
    if event.since == 0 || event.since > catalog.revision {
        let problem = "its `since` is not a revision of this catalog";
        let remedy = "raise `revision` to it, or correct it";
        complain(Rule::UnknownSince, problem, remedy);
    }
    if event.expires.is_some_and(|date| date < today) {
        let remedy = "remove it, or set a later date if it is still needed";
        complain(Rule::Expired, "it has expired", remedy);
    }
    for property in &event.properties {
        lint_property(catalog, event, property, findings);
    }
}

fn lint_property(
    catalog: &Catalog,
    event: &EventSpec,
    property: &PropertySpec,
    findings: &mut Vec<Finding>,
) {
    let mut complain = |rule, problem: &str, remedy: &str| {
        let place = Place::property_of(event, property);
        findings.push(finding(rule, place, problem, remedy));
    };
    if !is_sentence(&property.purpose) {
        complain(Rule::NoSentence, "its purpose is not a sentence", SAY_WHY);
    }
    if property.since < event.since || property.since > catalog.revision {
        let problem = "its `since` is not between its event's and the catalog's";
        let remedy = "raise `revision` to it, or correct it";
        complain(Rule::UnknownSince, problem, remedy);
    }
    let is_counted = |name: &str| event.kept.dimensions.iter().any(|of| *of.name == *name);
    if event.dimensions.contains(&property.name) && !is_counted(&property.name) {
        let problem = "its type has too many values to count by";
        let remedy = "take it out of `dimensions`; a number can stand in `sums`";
        complain(Rule::NotCounted, problem, remedy);
    }
    let from_people = event.allows(COMMAND_LINE) && property.allows(COMMAND_LINE);
    if from_people && !property.kind.is_closed() {
        let remedy = "make it a bool, int, number, enum or version, or name the other sources in its `sources`";
        complain(Rule::OpenType, "source cli may not use this type", remedy);
    }
    if let Some(tier) = unlisted_tier(property) {
        let problem = format!("its tier {tier} is not one of its values");
        let remedy = format!("add \"{tier}\" to its `values`; until then it is `other`");
        complain(Rule::UnlistedTier, &problem, &remedy);
    }
}

/// The first name that `number_to_tier` gives and the enum does not list.
fn unlisted_tier(property: &PropertySpec) -> Option<String> {
    let (PropertyType::Enum { values }, Some(Reduce::NumberToTier { tiers })) =
        (&property.kind, &property.reduce)
    else {
        return None;
    };
    let below = tiers.iter().map(|tier| format!("lt_{tier}"));
    let above = tiers.last().map(|tier| format!("gte_{tier}"));
    below
        .chain(above)
        .find(|name| values.iter().all(|value| **value != **name))
}
