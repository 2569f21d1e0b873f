//! From rows of the daily tables to the numbers of a report; pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::identity::identity_days;
use super::trend::trends;
use super::{
    Activation, Bucket, CustomerIdentity, EventCount, FailureCount, Identity, Intake, Marketing,
    Organisation, Query, ReasonCount, Share, Summary, Thresholds, Usage, ratio,
};
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment, Standing};
use crate::server::rollup::{Counts, Day, Tally};
use crate::server::store::{Days, Figures, UsageRow};

/// The three runs of days that a report reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Ends with today.
    pub window: Days,
    /// Complete days: ends with yesterday.
    pub current: Days,
    /// Complete days: ends where the current ones begin.
    pub previous: Days,
}

impl Period {
    /// `days` days as seen on `today`.
    pub fn of(days: u32, today: Day) -> Self {
        let current = Days::ending(today.plus(-1), days);
        Self {
            window: Days::ending(today, days),
            current,
            previous: Days::ending(current.from.plus(-1), days),
        }
    }
}

impl Figures {
    /// The report.
    pub fn report(
        &self,
        catalog: &Catalog,
        query: Query<'_>,
        thresholds: &Thresholds,
        now: Timestamp,
    ) -> Usage {
        let period = Period::of(query.days, Day::of(now));
        let by_name = ByName::of(self);
        let window_count = |name: &str| whole(by_name.get(name).window);
        let mut usage = Usage {
            catalog: (*catalog.id).to_owned(),
            days: query.days,
            actor: query.actor,
            source: query.source.map(str::to_owned),
            environment: query.environment,
            org: query.org.cloned(),
            generated_at: now,
            window: period.window.into(),
            current: period.current.into(),
            previous: period.previous.into(),
            summary: self.summary(),
            trends: trends(&self.daily, period.window),
            intake: self.intake(),
            buckets: buckets(catalog, &by_name),
            events: by_name.events(),
            sources: shares(&self.window, |_| true, |row| row.source.as_str()),
            customer_sources: shares(&self.window, is_customer, |row| row.source.as_str()),
            actors: shares(&self.window, |_| true, |row| row.actor.as_str()),
            failures: self.failures(),
            identity: Identity::of(&self.identity, identity_days(Day::of(now)).current),
            organisations: self.organisations.iter().map(Organisation::from).collect(),
            customer_identities: self
                .customers
                .as_deref()
                .map(|customers| customers.iter().map(CustomerIdentity::from).collect()),
            activation: Activation::of(catalog, window_count),
            marketing: Marketing::of(catalog, &self.values),
            alerts: Vec::new(),
        };
        usage.alerts = thresholds.alerts(&usage);
        usage
    }

    fn summary(&self) -> Summary {
        let window = sum(&self.window, |_| true);
        let total_events = whole(window.weight);
        let outside = sum(&self.window, |row| {
            row.environment != Environment::Production
        });
        let undecided = sum(&self.window, |row| row.standing == Standing::Undecided);
        let events = Change::of(&self.current, &self.previous, |_| true);
        let customers = Change::of(&self.current, &self.previous, is_customer);
        let mut summary = Summary {
            total_events,
            customer_events: whole(sum(&self.window, is_customer).weight),
            active_installs: 0,
            active_projects: 0,
            active_orgs: 0,
            active_users: 0,
            active_anonymous: 0,
            active_customer_identities: 0,
            failures: window.failures,
            failure_rate: ratio(window.failures, window.events),
            outside_production: ratio(whole(outside.weight), total_events),
            classification_coverage: ratio(
                total_events.saturating_sub(whole(undecided.weight)),
                total_events,
            ),
            current_events: events.current(),
            previous_events: events.previous(),
            delta: events.delta(),
            change_rate: events.rate(),
            current_customer_events: customers.current(),
            previous_customer_events: customers.previous(),
            customer_delta: customers.delta(),
            customer_change_rate: customers.rate(),
        };
        summary.set_active(self.active);
        summary
    }

    fn intake(&self) -> Intake {
        let sum = |wanted: fn(Tally) -> bool| {
            let wanted = self.outcomes.iter().filter(|row| wanted(row.tally));
            wanted.map(|row| row.count).sum::<u64>()
        };
        let accepted = sum(|tally| tally == Tally::Accepted);
        let dropped = sum(|tally| matches!(tally, Tally::Dropped(_)));
        let stripped = sum(|tally| matches!(tally, Tally::Stripped(_)));
        let reasons = |wanted: fn(Tally) -> bool| {
            let mut reasons: Vec<ReasonCount> = self
                .outcomes
                .iter()
                .filter(|row| wanted(row.tally))
                .map(|row| ReasonCount {
                    reason: row.tally.words().1,
                    count: row.count,
                })
                .collect();
            reasons.sort_by(|a, b| b.count.cmp(&a.count).then(a.reason.cmp(b.reason)));
            reasons
        };
        Intake {
            accepted,
            duplicates: sum(|tally| tally == Tally::Duplicate),
            dropped,
            drop_rate: ratio(dropped, accepted + dropped),
            deferred: sum(|tally| tally == Tally::Deferred),
            stripped,
            strip_rate: ratio(stripped, accepted),
            drops: reasons(|tally| matches!(tally, Tally::Dropped(_))),
            strips: reasons(|tally| matches!(tally, Tally::Stripped(_))),
        }
    }

    fn failures(&self) -> Vec<FailureCount> {
        let mut failures: Vec<FailureCount> = grouped(&self.window, |row| &row.event)
            .into_iter()
            .filter(|(_, counts)| counts.failures > 0)
            .map(|(name, counts)| FailureCount {
                name: name.to_owned(),
                events: counts.events,
                failures: counts.failures,
                failure_rate: ratio(counts.failures, counts.events).unwrap_or_default(),
            })
            .collect();
        failures.sort_by(|a, b| {
            b.failures
                .cmp(&a.failures)
                .then_with(|| a.name.cmp(&b.name))
        });
        failures
    }
}

/// The parts of the rows that are wanted, most events first, then by name.
fn shares<'a>(
    rows: &'a [UsageRow],
    wanted: fn(&UsageRow) -> bool,
    key: impl Fn(&'a UsageRow) -> &'a str,
) -> Vec<Share> {
    let total = whole(sum(rows, wanted).weight);
    let rows = rows.iter().filter(|row| wanted(row));
    let mut shares: Vec<Share> = grouped(rows, key)
        .into_iter()
        .map(|(name, counts)| {
            let events = whole(counts.weight);
            Share {
                name: name.to_owned(),
                events,
                share: ratio(events, total).unwrap_or_default(),
            }
        })
        .collect();
    shares.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
    shares
}

fn is_customer(row: &UsageRow) -> bool {
    row.actor == Actor::Customer
}

fn sum(rows: &[UsageRow], wanted: impl Fn(&UsageRow) -> bool) -> Counts {
    let mut total = Counts::default();
    for row in rows.iter().filter(|row| wanted(row)) {
        total += row.counts;
    }
    total
}

fn grouped<'a>(
    rows: impl IntoIterator<Item = &'a UsageRow>,
    key: impl Fn(&'a UsageRow) -> &'a str,
) -> BTreeMap<&'a str, Counts> {
    let mut groups: BTreeMap<&str, Counts> = BTreeMap::new();
    for row in rows {
        *groups.entry(key(row)).or_default() += row.counts;
    }
    groups
}

/// A weighted count as the whole number it stands for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates; weights are positive"
)]
pub(super) fn whole(weight: f64) -> u64 {
    weight.round() as u64
}

/// Two periods in comparison, in weights.
#[derive(Debug, Clone, Copy, Default)]
struct Change {
    current: f64,
    previous: f64,
}

impl Change {
    fn of(current: &[UsageRow], previous: &[UsageRow], wanted: impl Fn(&UsageRow) -> bool) -> Self {
        Self {
            current: sum(current, &wanted).weight,
            previous: sum(previous, &wanted).weight,
        }
    }

    fn current(self) -> u64 {
        whole(self.current)
    }

    fn previous(self) -> u64 {
        whole(self.previous)
    }

    fn delta(self) -> i64 {
        let (current, previous) = (self.current(), self.previous());
        current.checked_signed_diff(previous).unwrap_or_default()
    }

    fn rate(self) -> Option<f64> {
        let (current, previous) = (self.current(), self.previous());
        let grown = ratio(current.saturating_sub(previous), previous)?;
        let shrunk = ratio(previous.saturating_sub(current), previous)?;
        Some(grown - shrunk)
    }
}

/// Counts by event name in all three runs of days, in weights: they are made whole only when they have been added up.
struct ByName<'a>(BTreeMap<&'a str, NameCount>);

#[derive(Clone, Copy, Default)]
struct NameCount {
    window: f64,
    customers: f64,
    change: Change,
}

impl<'a> ByName<'a> {
    fn of(figures: &'a Figures) -> Self {
        let mut names: BTreeMap<&str, NameCount> = BTreeMap::new();
        let name = |row: &'a UsageRow| row.event.as_str();
        for (name, counts) in grouped(&figures.window, name) {
            names.entry(name).or_default().window = counts.weight;
        }
        for (name, counts) in grouped(&figures.current, name) {
            names.entry(name).or_default().change.current = counts.weight;
        }
        for (name, counts) in grouped(&figures.previous, name) {
            names.entry(name).or_default().change.previous = counts.weight;
        }
        for row in figures.window.iter().filter(|row| is_customer(row)) {
            names.entry(name(row)).or_default().customers += row.counts.weight;
        }
        Self(names)
    }

    fn get(&self, name: &str) -> NameCount {
        self.0.get(name).copied().unwrap_or_default()
    }

    fn events(&self) -> Vec<EventCount> {
        let mut events: Vec<EventCount> = self
            .0
            .iter()
            .map(|(name, count)| EventCount {
                name: (*name).to_owned(),
                events: whole(count.window),
                customer_events: whole(count.customers),
                current: count.change.current(),
                previous: count.change.previous(),
                delta: count.change.delta(),
                change_rate: count.change.rate(),
            })
            .collect();
        events.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
        events
    }
}

fn buckets(catalog: &Catalog, counts: &ByName<'_>) -> Vec<Bucket> {
    catalog
        .buckets
        .iter()
        .map(|bucket| {
            let mut total = 0.0;
            let mut change = Change::default();
            for event in &catalog.events {
                if event.buckets.contains(&bucket.key) {
                    let count = counts.get(&event.name);
                    total += count.window;
                    change.current += count.change.current;
                    change.previous += count.change.previous;
                }
            }
            Bucket {
                key: (*bucket.key).to_owned(),
                total: whole(total),
                current: change.current(),
                previous: change.previous(),
                delta: change.delta(),
                change_rate: change.rate(),
            }
        })
        .collect()
}
