//! Rollups, purely: what one stored event adds to the daily tables, summed up before anything is written.
//!
//! `N` is how a store writes a name: a text, or a number out of its dictionary. Only events that are new to the store may be
//! counted as [`Seen`]; what happened to all others is a [`Tally`].

mod day;
mod tally;

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use jiff::Timestamp;

use crate::base::ids::OpaqueId;
use crate::model::event::Context;

pub use day::Day;
pub use tally::Tally;

/// The kinds of identity whose activity is kept by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityKind {
    /// One installation.
    Install,
    /// One project.
    Project,
    /// One anonymous visitor.
    Anonymous,
    /// One account.
    User,
    /// One organisation.
    Org,
}

impl IdentityKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Install,
        Self::Project,
        Self::Anonymous,
        Self::User,
        Self::Org,
    ];

    /// The number that stands for it in stores; never reused for another kind.
    pub fn number(self) -> u8 {
        match self {
            Self::Install => 1,
            Self::Project => 2,
            Self::Anonymous => 3,
            Self::User => 4,
            Self::Org => 5,
        }
    }

    /// The id of this kind in a context.
    pub fn of(self, context: &Context) -> Option<&OpaqueId> {
        match self {
            Self::Install => context.install_id.as_ref(),
            Self::Project => context.project_id.as_ref(),
            Self::Anonymous => context.anonymous_id.as_ref(),
            Self::User => context.user_id.as_ref(),
            Self::Org => context.org_id.as_ref(),
        }
    }
}

/// A stored event, reduced to what the daily tables keep of it.
#[derive(Debug, Clone)]
pub struct Seen<N> {
    /// When it happened, by its sender's clock.
    pub at: Timestamp,
    /// When it came, by the server's clock.
    pub received_at: Timestamp,
    /// Its catalog.
    pub catalog: N,
    /// Its name.
    pub event: N,
    /// Its source.
    pub source: N,
    /// Its environment.
    pub environment: N,
    /// Its resolved actor.
    pub actor: N,
    /// Its ids, in the order of [`IdentityKind::ALL`].
    pub ids: [Option<N>; 5],
    /// How many events it stands for: the inverse of its sample rate.
    pub weight: f64,
    /// Whether it reports a failure.
    pub failed: bool,
}

/// The key of a row of `usage_daily`. `None` means: the event has no such id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageKey<N> {
    /// The UTC day under which the events count: [`Day::counted`].
    pub day: Day,
    /// The catalog.
    pub catalog: N,
    /// The event's name.
    pub event: N,
    /// The source.
    pub source: N,
    /// The environment.
    pub environment: N,
    /// The resolved actor.
    pub actor: N,
    /// The organisation.
    pub org: Option<N>,
}

/// What a row of `usage_daily` counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// Events stored.
    pub events: u64,
    /// Events that these stand for: each counts as the inverse of its sample rate.
    pub weight: f64,
    /// Events stored that report a failure.
    pub failures: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.events += more.events;
        self.weight += more.weight;
        self.failures += more.failures;
    }
}

/// The key of a row of `identity_daily`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey<N> {
    /// The UTC day under which the events count: [`Day::counted`].
    pub day: Day,
    /// The catalog.
    pub catalog: N,
    /// What kind of id it is.
    pub kind: IdentityKind,
    /// The id.
    pub id: N,
    /// The event's name.
    pub event: N,
    /// The source.
    pub source: N,
    /// The resolved actor.
    pub actor: N,
    /// The organisation seen with it.
    pub org: Option<N>,
    /// The project seen with it.
    pub project: Option<N>,
}

/// What a row of `identity_daily` keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// Events stored.
    pub events: u64,
    /// The latest of them.
    pub last_seen: Timestamp,
}

/// The key of a row of `identity_last`, whose value is the last day of activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastKey<N> {
    /// The catalog.
    pub catalog: N,
    /// What kind of id it is.
    pub kind: IdentityKind,
    /// The id.
    pub id: N,
    /// The source.
    pub source: N,
    /// The resolved actor.
    pub actor: N,
}

/// What a group of events adds to the daily tables.
#[derive(Debug)]
pub struct Deltas<N> {
    usage: HashMap<UsageKey<N>, Counts>,
    identity: HashMap<IdentityKey<N>, Activity>,
    outcomes: BTreeMap<(Day, N, Tally), u64>,
}

impl<N> Default for Deltas<N> {
    fn default() -> Self {
        Self {
            usage: HashMap::new(),
            identity: HashMap::new(),
            outcomes: BTreeMap::new(),
        }
    }
}

impl<N: Copy + Eq + Ord + Hash> Deltas<N> {
    /// Counts an event that is new to the store.
    pub fn see(&mut self, seen: &Seen<N>) {
        let [_, project, _, _, org] = seen.ids;
        let day = Day::counted(seen.at, seen.received_at);
        let usage = UsageKey {
            day,
            catalog: seen.catalog,
            event: seen.event,
            source: seen.source,
            environment: seen.environment,
            actor: seen.actor,
            org,
        };
        *self.usage.entry(usage).or_default() += Counts {
            events: 1,
            weight: seen.weight,
            failures: u64::from(seen.failed),
        };
        for (kind, id) in IdentityKind::ALL.into_iter().zip(seen.ids) {
            let Some(id) = id else { continue };
            let key = IdentityKey {
                day,
                catalog: seen.catalog,
                kind,
                id,
                event: seen.event,
                source: seen.source,
                actor: seen.actor,
                org,
                project,
            };
            let activity = self.identity.entry(key).or_insert(Activity {
                events: 0,
                last_seen: seen.at,
            });
            activity.events += 1;
            activity.last_seen = activity.last_seen.max(seen.at);
        }
    }

    /// Counts what became of `count` events, or parts of events, received on `day`.
    pub fn tally(&mut self, day: Day, catalog: N, tally: Tally, count: u64) {
        *self.outcomes.entry((day, catalog, tally)).or_default() += count;
    }

    /// The additions to `usage_daily`, in the order of their keys.
    pub fn usage(&self) -> Vec<(UsageKey<N>, Counts)> {
        sorted(&self.usage)
    }

    /// The additions to `identity_daily`, in the order of their keys.
    pub fn identity(&self) -> Vec<(IdentityKey<N>, Activity)> {
        sorted(&self.identity)
    }

    /// The last days for `identity_last`, in the order of their keys.
    pub fn last(&self) -> BTreeMap<LastKey<N>, Day> {
        let mut last = BTreeMap::new();
        for key in self.identity.keys() {
            let days = last.entry(LastKey {
                catalog: key.catalog,
                kind: key.kind,
                id: key.id,
                source: key.source,
                actor: key.actor,
            });
            let day = days.or_insert(key.day);
            *day = key.day.max(*day);
        }
        last
    }

    /// The additions to `outcome_daily`, in the order of their keys.
    pub fn outcomes(&self) -> impl Iterator<Item = (Day, N, Tally, u64)> {
        self.outcomes
            .iter()
            .map(|((day, catalog, tally), count)| (*day, *catalog, *tally, *count))
    }
}

/// Sorted, so that a store touches its pages in order.
fn sorted<K: Copy + Ord, V: Copy>(map: &HashMap<K, V>) -> Vec<(K, V)> {
    let mut rows: Vec<(K, V)> = map.iter().map(|(key, value)| (*key, *value)).collect();
    rows.sort_unstable_by_key(|(key, _)| *key);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(at: &str, install: Option<&'static str>, failed: bool) -> Seen<&'static str> {
        Seen {
            at: at.parse().unwrap(),
            received_at: "2026-11-20T05:00:00Z".parse().unwrap(),
            catalog: "decantr",
            event: "cli.command.completed",
            source: "cli",
            environment: "production",
            actor: "customer",
            ids: [install, Some("project_1"), None, None, None],
            weight: 2.0,
            failed,
        }
    }

    #[test]
    fn events_add_up_by_day_and_identity() {
        let mut deltas = Deltas::default();
        deltas.see(&seen("2026-11-20T01:00:00Z", Some("install_1"), false));
        deltas.see(&seen("2026-11-20T03:00:00Z", Some("install_1"), true));
        deltas.see(&seen("2026-11-20T02:00:00Z", None, false));
        deltas.see(&seen("2026-11-19T02:00:00Z", Some("install_2"), false));

        let usage = deltas.usage();
        let counts: Vec<Counts> = usage.iter().map(|(_, counts)| *counts).collect();
        assert_eq!(counts.len(), 2);
        assert_eq!((counts[0].events, counts[0].failures), (1, 0));
        assert_eq!((counts[1].events, counts[1].failures), (3, 1));
        assert!((counts[1].weight - 6.0).abs() < f64::EPSILON);

        let installs: Vec<_> = deltas
            .identity()
            .into_iter()
            .filter(|(key, _)| key.kind == IdentityKind::Install)
            .map(|(key, activity)| (key.id, activity.events, activity.last_seen.to_string()))
            .collect();
        assert_eq!(
            installs,
            [
                ("install_2", 1, "2026-11-19T02:00:00Z".to_owned()),
                ("install_1", 2, "2026-11-20T03:00:00Z".to_owned())
            ]
        );
    }

    #[test]
    fn an_event_of_a_clock_that_runs_ahead_counts_on_the_day_it_came() {
        let mut deltas = Deltas::default();
        deltas.see(&seen("2026-11-21T04:00:00Z", Some("install_1"), false));
        let today = Day::of("2026-11-20T05:00:00Z".parse().unwrap());
        assert!(deltas.usage().iter().all(|(key, _)| key.day == today));
        assert!(deltas.identity().iter().all(|(key, _)| key.day == today));
    }
}
