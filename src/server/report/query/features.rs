//! The queries about features, which events name in their parts: surface, feature, action.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Field;
use super::rows::Slice;
use crate::model::catalog::{Catalog, Ending, EventSpec, NameParts};
use crate::server::report::compute::whole;
use crate::server::rollup::Sketch;

/// The dimension that tells groups (guilds) apart.
pub(super) const GROUP: &str = "guild_hash";

/// The sum that says how long something took.
const DURATION: &str = "duration_ms";

/// How many features are called the most used ones.
const TOP: usize = 10;

/// Where a feature is, and which it is.
type Feature<'a> = (&'a str, &'a str);

/// [`Named::EventsPerDay`](super::Named::EventsPerDay).
pub(super) fn events(slice: &Slice) -> Vec<Vec<Field>> {
    let mut events: BTreeMap<&str, f64> = BTreeMap::new();
    for row in &slice.daily {
        *events.entry(&row.event).or_default() += row.counts.weight;
    }
    let mut events: Vec<(&str, f64)> = events.into_iter().collect();
    events.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let row = |(name, weight)| vec![text(name), Field::Count(whole(weight))];
    events.into_iter().map(row).collect()
}

/// [`Named::FeatureUsage`](super::Named::FeatureUsage).
pub(super) fn usage(slice: &Slice) -> Vec<Vec<Field>> {
    let mut usage: BTreeMap<NameParts<'_>, f64> = BTreeMap::new();
    for (parts, weight) in parts(slice) {
        *usage.entry(parts).or_default() += weight;
    }
    let row = |(parts, weight): (NameParts<'_>, f64)| {
        vec![
            text(parts.surface),
            text(parts.feature),
            text(parts.action),
            Field::Count(whole(weight)),
        ]
    };
    usage.into_iter().map(row).collect()
}

/// How often something ended well, and how often badly.
#[derive(Debug, Clone, Copy, Default)]
struct Ended {
    successes: f64,
    failures: f64,
}

impl Ended {
    fn add(&mut self, ending: Ending, weight: f64) {
        match ending {
            Ending::Success => self.successes += weight,
            Ending::Failure => self.failures += weight,
        }
    }

    fn fields(self) -> [Field; 3] {
        let (successes, failures) = (whole(self.successes), whole(self.failures));
        [
            Field::Count(successes),
            Field::Count(failures),
            Field::rate(successes, successes.saturating_add(failures)),
        ]
    }

    fn is_nothing(self) -> bool {
        whole(self.successes) == 0 && whole(self.failures) == 0
    }
}

/// [`Named::SuccessRate`](super::Named::SuccessRate).
pub(super) fn success_rate(slice: &Slice) -> Vec<Vec<Field>> {
    type Key<'a> = (Feature<'a>, bool, &'a str);
    let mut ended: BTreeMap<Key<'_>, Ended> = BTreeMap::new();
    let endings = parts(slice).filter_map(|(parts, weight)| Some((parts, parts.ending()?, weight)));
    for (parts, ending, weight) in endings {
        let unnamed = ended.entry((feature(parts), true, "")).or_default();
        unnamed.add(ending, weight);
    }
    for row in &slice.values {
        let Some(parts) = NameParts::of(&row.event) else {
            continue;
        };
        let Some(ending) = parts.ending() else {
            continue;
        };
        let weight = row.counts.weight;
        let named = ended
            .entry((feature(parts), false, &row.value))
            .or_default();
        named.add(ending, weight);
        let unnamed = ended.entry((feature(parts), true, "")).or_default();
        unnamed.add(ending, -weight);
    }
    ended.retain(|_, ended| !ended.is_nothing());
    let row = |(((surface, feature), is_unnamed, provider), ended): (Key<'_>, Ended)| {
        let provider = if is_unnamed {
            Field::Absent
        } else {
            text(provider)
        };
        let words = [text(surface), text(feature), provider];
        words.into_iter().chain(ended.fields()).collect()
    };
    ended.into_iter().map(row).collect()
}

/// [`Named::P95`](super::Named::P95).
pub(super) fn p95(slice: &Slice) -> Vec<Vec<Field>> {
    let mut features: BTreeMap<Feature<'_>, Sketch> = BTreeMap::new();
    for row in slice.durations.iter().filter(|row| row.measure == DURATION) {
        if let Some(parts) = NameParts::of(&row.event) {
            let sketch = features.entry(feature(parts)).or_default();
            sketch.merge(&row.sketch);
        }
    }
    let mut features: Vec<(Feature<'_>, f64, f64)> = features
        .into_iter()
        .filter_map(|(feature, sketch)| {
            let p95 = sketch.quantile(0.95)?;
            Some((feature, sketch.weight(), p95))
        })
        .collect();
    features.sort_by(|(_, _, one), (_, _, other)| other.total_cmp(one));
    let row = |((surface, feature), measured, p95): (Feature<'_>, f64, f64)| {
        vec![
            text(surface),
            text(feature),
            Field::Count(whole(measured)),
            // Its error is 1 %: more digits would say nothing.
            Field::Amount((p95 * 10.0).round() / 10.0),
        ]
    };
    features.into_iter().map(row).collect()
}

/// [`Named::ActiveGroups`](super::Named::ActiveGroups).
pub(super) fn active_groups(slice: &Slice) -> Vec<Vec<Field>> {
    vec![vec![groups(slice)]]
}

/// [`Named::TopFeatures`](super::Named::TopFeatures).
pub(super) fn top(catalog: &Catalog, slice: &Slice) -> Vec<Vec<Field>> {
    let declared = catalog.events.iter().filter_map(EventSpec::parts);
    let begin: BTreeSet<Feature<'_>> = declared.filter(|p| begins(*p)).map(feature).collect();
    let mut uses: BTreeMap<Feature<'_>, f64> = BTreeMap::new();
    for (parts, weight) in parts(slice) {
        if begins(parts) || !begin.contains(&feature(parts)) {
            *uses.entry(feature(parts)).or_default() += weight;
        }
    }
    let all: f64 = uses.values().sum();
    let mut uses: Vec<(Feature<'_>, f64)> = uses.into_iter().collect();
    uses.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    uses.truncate(TOP);
    let row = |((surface, feature), uses): (Feature<'_>, f64)| {
        vec![
            text(surface),
            text(feature),
            Field::Count(whole(uses)),
            Field::rate(whole(uses), whole(all)),
        ]
    };
    uses.into_iter().map(row).collect()
}

/// [`Named::UsageSummary`](super::Named::UsageSummary).
pub(super) fn summary(slice: &Slice) -> Vec<Vec<Field>> {
    let all: f64 = slice.daily.iter().map(|row| row.counts.weight).sum();
    let features: BTreeSet<Feature<'_>> = parts(slice).map(|(parts, _)| feature(parts)).collect();
    let mut ended = Ended::default();
    for (parts, weight) in parts(slice) {
        if let Some(ending) = parts.ending() {
            ended.add(ending, weight);
        }
    }
    let counts = [
        Field::Count(whole(all)),
        Field::Count(features.len() as u64),
    ];
    let row = counts.into_iter().chain(ended.fields());
    vec![row.chain([groups(slice)]).collect()]
}

/// Different groups.
fn groups(slice: &Slice) -> Field {
    let groups: BTreeSet<&str> = slice.values.iter().map(|row| &*row.value).collect();
    Field::Count(groups.len() as u64)
}

/// The events that have parts, with how many there are.
fn parts(slice: &Slice) -> impl Iterator<Item = (NameParts<'_>, f64)> {
    let rows = slice.daily.iter();
    rows.filter_map(|row| Some((NameParts::of(&row.event)?, row.counts.weight)))
}

fn feature(parts: NameParts<'_>) -> Feature<'_> {
    (parts.surface, parts.feature)
}

/// Whether an event is a use that begins.
fn begins(parts: NameParts<'_>) -> bool {
    matches!(parts.action, "invoke" | "start")
}

fn text(word: &str) -> Field {
    Field::Text(word.to_owned())
}
