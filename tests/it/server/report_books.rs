//! The usage report, worked out from raw events one by one, to compare with.

use std::collections::{BTreeMap, BTreeSet};

use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::{Actor, Environment, Standing};
use decantr::server::report::Query;
use decantr::server::rollup::Day;
use decantr::server::store::StoredEvent;
use serde_json::{Value, json};

use super::report_who::{activation, customers, identity, marketing, organisations};
use super::support::now;

/// What a test knows besides the raw events.
#[derive(Default)]
pub(super) struct Known {
    /// What became of what: the day of receipt, the outcome, its reason, how often.
    pub(super) fates: Vec<(Day, &'static str, &'static str, u64)>,
    /// Ids that somebody has said something about.
    pub(super) decided: BTreeSet<OpaqueId>,
    /// Organisations with their short names.
    pub(super) slugs: BTreeMap<OpaqueId, String>,
}

pub(super) struct Raw<'a> {
    pub(super) event: &'a StoredEvent,
    pub(super) day: i32,
    pub(super) weight: f64,
    pub(super) failed: bool,
    pub(super) properties: Value,
}

pub(super) type Span = (i32, i32);

fn raw(event: &StoredEvent) -> Raw<'_> {
    let properties: Value = serde_json::from_str(&event.properties).unwrap();
    let said = [&properties["success"], &properties["valid"]];
    Raw {
        day: Day::of(event.timestamp.min(event.received_at)).0,
        weight: 1.0 / event.context.sample_rate.unwrap_or(1.0),
        failed: said.iter().any(|said| **said == false),
        event,
        properties,
    }
}

pub(super) fn weigh<'a>(rows: impl IntoIterator<Item = &'a &'a Raw<'a>>) -> u64 {
    let sum: f64 = rows.into_iter().map(|row| row.weight).sum();
    format!("{:.0}", (sum * 1e6).round() / 1e6 + 1e-9)
        .parse()
        .unwrap()
}

pub(super) fn share(part: u64, whole: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "few events")]
    if whole == 0 {
        Value::Null
    } else {
        json!(part as f64 / whole as f64)
    }
}

fn change(current: u64, previous: u64) -> (i64, Value) {
    let delta = i64::try_from(current).unwrap() - i64::try_from(previous).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "few events")]
    let rate = if previous == 0 {
        Value::Null
    } else {
        json!(delta as f64 / previous as f64)
    };
    (delta, rate)
}

pub(super) fn date(day: i32) -> String {
    Day(day).date().to_string()
}

pub(super) fn span((from, to): Span) -> Value {
    json!({ "from": date(from), "to": date(to) })
}

pub(super) fn within<'a>(rows: &'a [&'a Raw<'a>], (from, to): Span) -> Vec<&'a Raw<'a>> {
    let rows = rows.iter().filter(|row| (from..=to).contains(&row.day));
    rows.copied().collect()
}

/// Every name with its rows, those with the most events first.
pub(super) fn ranked<'a>(
    rows: &[&'a Raw<'a>],
    name: impl Fn(&Raw<'_>) -> Option<String>,
) -> Vec<(String, Vec<&'a Raw<'a>>, u64)> {
    let mut groups: BTreeMap<String, Vec<&Raw<'_>>> = BTreeMap::new();
    for row in rows {
        if let Some(name) = name(row) {
            groups.entry(name).or_default().push(row);
        }
    }
    let weighed = groups.into_iter().map(|(name, rows)| {
        let weight = weigh(&rows);
        (name, rows, weight)
    });
    let mut ranked: Vec<_> = weighed.collect();
    ranked.sort_by_key(|(_, _, weight)| std::cmp::Reverse(*weight));
    ranked
}

fn shares(rows: &[&Raw<'_>], name: impl Fn(&Raw<'_>) -> Option<String>) -> Value {
    let total = weigh(rows);
    ranked(rows, name)
        .into_iter()
        .map(|(name, _, events)| json!({ "name": name, "events": events, "share": share(events, total) }))
        .collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as filters take it")]
fn is_customer(row: &&&Raw<'_>) -> bool {
    row.event.counted.actor == Actor::Customer
}

/// The ids under which an event counts: installation, project, visitor, account, organisation.
pub(super) fn ids<'a>(row: &Raw<'a>) -> [Option<&'a OpaqueId>; 5] {
    let (context, owner) = (&row.event.context, &row.event.counted.owner);
    [
        context.install_id.as_ref(),
        context.project_id.as_ref(),
        context.anonymous_id.as_ref(),
        owner.user.as_ref(),
        owner.org.as_ref(),
    ]
}

pub(super) fn different<'a>(ids: impl Iterator<Item = Option<&'a OpaqueId>>) -> usize {
    ids.flatten().collect::<BTreeSet<_>>().len()
}

/// The one id that stands for an event's sender.
pub(super) fn foremost<'a>(row: &Raw<'a>) -> Option<&'a OpaqueId> {
    let [install, project, anonymous, user, _] = ids(row);
    user.or(install).or(project).or(anonymous)
}

/// The report without alerts and warnings.
pub(super) fn report(events: &[StoredEvent], known: &Known, query: Query<'_>) -> Value {
    let all: Vec<Raw<'_>> = events.iter().map(raw).collect();
    let all: Vec<&Raw<'_>> = all.iter().collect();
    let (today, days) = (Day::of(now()).0, i32::try_from(query.days).unwrap());
    let window = (today - days + 1, today);
    let (current, previous) = (
        (today - days, today - 1),
        (today - 2 * days, today - days - 1),
    );
    let passes = |row: &&&Raw<'_>, actor: Option<Actor>, environment: Option<Environment>| {
        let context = &row.event.context;
        actor.is_none_or(|actor| row.event.counted.actor == actor)
            && query.source.is_none_or(|source| *context.source == *source)
            && environment.is_none_or(|only| context.environment == only)
            && query
                .org
                .is_none_or(|org| row.event.counted.owner.org.as_ref() == Some(org))
    };
    let matching = |actor, environment| -> Vec<&Raw<'_>> {
        let rows = all.iter().filter(|row| passes(row, actor, environment));
        rows.copied().collect()
    };
    let filtered = matching(query.actor, query.environment);
    let everywhere = matching(query.actor, None);
    let whose = query.actor.or(Some(Actor::Customer));
    let theirs = matching(whose, query.environment);
    let theirs_everywhere = matching(whose, None);
    let (now_rows, before_rows) = (within(&filtered, current), within(&filtered, previous));
    let rows = within(&filtered, window);
    json!({
        "catalog": "decantr",
        "days": query.days,
        "actor": query.actor.map(Actor::as_str),
        "source": query.source,
        "environment": query.environment.map(Environment::as_str),
        "org": query.org.map(OpaqueId::as_str),
        "generated_at": now().to_string(),
        "window": span(window),
        "current": span(current),
        "previous": span(previous),
        "summary": summary(&rows, &now_rows, &before_rows, &within(&everywhere, window)),
        "trends": trends(&rows, window),
        "intake": intake(known, window),
        "buckets": buckets(&rows, &now_rows, &before_rows),
        "events": by_name(&filtered, [window, current, previous]),
        "sources": shares(&rows, |row| Some(row.event.context.source.to_string())),
        "customer_sources": shares(
            &rows.iter().filter(is_customer).copied().collect::<Vec<_>>(),
            |row| Some(row.event.context.source.to_string()),
        ),
        "actors": shares(&rows, |row| Some(row.event.counted.actor.as_str().to_owned())),
        "failures": failures(&rows),
        "identity": identity(&all, known, today),
        "organisations": organisations(&within(&theirs, window), &within(&theirs_everywhere, window), known),
        "customer_identities": query.customers.map(|_| customers(&within(&theirs, window), known)),
        "activation": activation(&rows),
        "marketing": marketing(&within(&all, window)),
    })
}

fn summary(
    rows: &[&Raw<'_>],
    current: &[&Raw<'_>],
    previous: &[&Raw<'_>],
    everywhere: &[&Raw<'_>],
) -> Value {
    let total = weigh(rows);
    let part = |wanted: &dyn Fn(&&&Raw<'_>) -> bool| weigh(rows.iter().filter(wanted));
    let failures = rows.iter().filter(|row| row.failed).count() as u64;
    let (delta, rate) = change(weigh(current), weigh(previous));
    let customers = |rows: &[&Raw<'_>]| weigh(rows.iter().filter(is_customer));
    let (customer_delta, customer_rate) = change(customers(current), customers(previous));
    let active = |place: usize| different(everywhere.iter().map(|row| ids(row)[place]));
    let undecided = part(&|row| row.event.counted.standing == Standing::Undecided);
    json!({
        "total_events": total,
        "customer_events": customers(rows),
        "active_installs": active(0),
        "active_projects": active(1),
        "active_anonymous": active(2),
        "active_users": active(3),
        "active_orgs": active(4),
        "active_customer_identities": different(everywhere.iter().filter(is_customer).map(|row| foremost(row))),
        "failures": failures,
        "failure_rate": share(failures, rows.len() as u64),
        "outside_production": share(part(&|row| row.event.context.environment != Environment::Production), total),
        "classification_coverage": share(total - undecided, total),
        "current_events": weigh(current),
        "previous_events": weigh(previous),
        "delta": delta,
        "change_rate": rate,
        "current_customer_events": customers(current),
        "previous_customer_events": customers(previous),
        "customer_delta": customer_delta,
        "customer_change_rate": customer_rate,
    })
}

fn trends(rows: &[&Raw<'_>], (from, to): Span) -> Value {
    let day = |day: i32| {
        let rows = within(rows, (day, day));
        json!({
            "date": date(day),
            "events": weigh(&rows),
            "customer_events": weigh(rows.iter().filter(is_customer)),
            "failures": rows.iter().filter(|row| row.failed).count(),
        })
    };
    (from..=to).map(day).collect()
}

fn intake(known: &Known, (from, to): Span) -> Value {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (day, outcome, reason, count) in &known.fates {
        if (from..=to).contains(&day.0) && *count > 0 {
            *counts.entry((outcome, reason)).or_default() += count;
        }
    }
    let of = |wanted: &str| -> Vec<(&str, u64)> {
        let found = counts.iter().filter(|((outcome, _), _)| *outcome == wanted);
        let mut found: Vec<_> = found
            .map(|((_, reason), count)| (*reason, *count))
            .collect();
        found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        found
    };
    let total = |wanted: &str| of(wanted).iter().map(|(_, count)| count).sum::<u64>();
    let list = |wanted: &str| -> Value {
        let rows = of(wanted).into_iter();
        rows.map(|(reason, count)| json!({ "reason": reason, "count": count }))
            .collect()
    };
    let (accepted, dropped, stripped) = (total("accepted"), total("dropped"), total("stripped"));
    json!({
        "accepted": accepted,
        "duplicates": total("duplicate"),
        "dropped": dropped,
        "drop_rate": share(dropped, accepted + dropped),
        "deferred": 0,
        "stripped": stripped,
        "strip_rate": share(stripped, accepted),
        "drops": list("dropped"),
        "strips": list("stripped"),
    })
}

fn buckets(rows: &[&Raw<'_>], current: &[&Raw<'_>], previous: &[&Raw<'_>]) -> Value {
    let catalog = Catalog::decantr();
    let bucket = |key: &str| {
        let is_in = |row: &&&Raw<'_>| {
            let spec = catalog.event(&row.event.name).unwrap();
            spec.buckets.iter().any(|bucket| **bucket == *key)
        };
        let [total, current, previous] =
            [rows, current, previous].map(|rows| weigh(rows.iter().filter(is_in)));
        let (delta, rate) = change(current, previous);
        json!({ "key": key, "total": total, "current": current, "previous": previous, "delta": delta, "change_rate": rate })
    };
    catalog.buckets.iter().map(|of| bucket(&of.key)).collect()
}

fn by_name(filtered: &[&Raw<'_>], spans: [Span; 3]) -> Value {
    let [window, current, previous] = spans;
    let all = within(filtered, (previous.0, window.1));
    let groups = ranked(&all, |row| Some(row.event.name.clone())).into_iter();
    let mut events: Vec<(u64, Value)> = groups
        .map(|(name, rows, _)| {
            let rows_now = within(&rows, window);
            let (now, before) = (
                weigh(&within(&rows, current)),
                weigh(&within(&rows, previous)),
            );
            let (delta, rate) = change(now, before);
            let value = json!({
                "name": name, "events": weigh(&rows_now),
                "customer_events": weigh(rows_now.iter().filter(is_customer)),
                "current": now, "previous": before, "delta": delta, "change_rate": rate,
            });
            (weigh(&rows_now), value)
        })
        .collect();
    events.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then_with(|| a.1["name"].as_str().cmp(&b.1["name"].as_str()))
    });
    events.into_iter().map(|(_, value)| value).collect()
}

fn failures(rows: &[&Raw<'_>]) -> Value {
    let groups = ranked(rows, |row| Some(row.event.name.clone())).into_iter();
    let mut failures: Vec<(usize, Value)> = groups
        .map(|(name, rows, _)| {
            let failed = rows.iter().filter(|row| row.failed).count();
            let rate = share(failed as u64, rows.len() as u64);
            let value = json!({ "name": name, "events": rows.len(), "failures": failed, "failure_rate": rate });
            (failed, value)
        })
        .filter(|(failed, _)| *failed > 0)
        .collect();
    failures.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then_with(|| a.1["name"].as_str().cmp(&b.1["name"].as_str()))
    });
    failures.into_iter().map(|(_, value)| value).collect()
}
