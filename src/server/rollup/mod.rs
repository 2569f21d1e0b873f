//! Rollups, purely: what one stored event adds to the daily tables, summed up before anything is written.
//!
//! `N` is how a store writes a name: a text, or a number out of its dictionary. Only events that are new to the store may be
//! counted as [`Seen`]; what happened to all others is a [`Tally`].

mod active;
mod day;
mod drift;
mod measure;
mod sketch;
mod tally;

use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};

use jiff::Timestamp;

use crate::base::ids::OpaqueId;
use crate::model::event::{Context, Standing};

pub use active::ActiveDays;
pub use day::Day;
pub use drift::{
    Confidence, DRIFT, Decided, Decisions, DriftDeltas, Metric, Sightings, UNIQUE_INSTALLATIONS,
};
pub use measure::{Cell, EventDay, MOST_VALUES, Measured, Measures, Occasion, Total};
pub use sketch::{Bucket, Sketch};
pub use tally::Tally;

/// The kinds of identity whose activity is kept by day.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
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

    /// The kind of ids with this prefix; sessions are none.
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        match prefix {
            "inst" | "install" => Some(Self::Install),
            "proj" | "project" => Some(Self::Project),
            "anon" => Some(Self::Anonymous),
            "user" => Some(Self::User),
            "org" => Some(Self::Org),
            _ => None,
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
#[derive(Debug, Clone, Copy)]
pub struct Seen<N> {
    /// When it happened, by its sender's clock.
    pub at: Timestamp,
    /// When it came, by the server's clock.
    pub received_at: Timestamp,
    /// Its catalog.
    pub catalog: N,
    /// Its name.
    pub event: N,
    /// Its environment.
    pub environment: N,
    /// Who sent it from where, as the store numbers it.
    pub sender: N,
    /// Under whom it counts.
    pub counted: Counted<N>,
    /// How many events it stands for: the inverse of its sample rate.
    pub weight: f64,
    /// Whether it reports a failure.
    pub failed: bool,
}

impl<N> Seen<N> {
    /// What it counts.
    fn counts(&self) -> Counts {
        Counts {
            events: 1,
            weight: self.weight,
            failures: u64::from(self.failed),
        }
    }
}

/// Under whom events count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counted<N> {
    /// The source.
    pub source: N,
    /// The resolved actor.
    pub actor: N,
    /// The organisation they are attributed to.
    pub org: Option<N>,
    /// What is known about their ids.
    pub standing: Standing,
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
    /// The environment.
    pub environment: N,
    /// Under whom they count.
    pub counted: Counted<N>,
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

/// The key of a row of `sender_daily`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityKey<N> {
    /// The catalog.
    pub catalog: N,
    /// The UTC day under which the events count: [`Day::counted`].
    pub day: Day,
    /// Who sent them from where.
    pub sender: N,
    /// The event's name.
    pub event: N,
    /// The environment.
    pub environment: N,
}

/// What a row of `sender_daily` keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Activity {
    /// How many.
    pub counts: Counts,
    /// When the latest of them happened.
    pub last_seen: Timestamp,
}

/// A hash table whose keys are numbers, or hashed by a key of this process already: they cannot be chosen so that they collide.
type Table<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Whose events of one kind are counted, and under whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place<N> {
    key: ActivityKey<N>,
    counted: Counted<N>,
}

impl<N: Hash> Hash for Place<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Nearly all that makes places of one group different.
        self.key.sender.hash(state);
        self.key.event.hash(state);
        self.key.day.hash(state);
    }
}

/// What a group of events adds to the daily tables.
#[derive(Debug)]
pub struct Deltas<N> {
    /// Everything that is counted by sender; what is counted without senders is summed up from it at the end.
    places: Table<Place<N>, Activity>,
    outcomes: BTreeMap<(Day, N, Tally), u64>,
}

impl<N> Default for Deltas<N> {
    fn default() -> Self {
        Self {
            places: Table::default(),
            outcomes: BTreeMap::new(),
        }
    }
}

impl<N: Copy + Eq + Ord + Hash> Deltas<N> {
    /// Counts an event that is new to the store.
    pub fn see(&mut self, seen: &Seen<N>) {
        let key = ActivityKey {
            catalog: seen.catalog,
            day: Day::counted(seen.at, seen.received_at),
            sender: seen.sender,
            event: seen.event,
            environment: seen.environment,
        };
        let place = Place {
            key,
            counted: seen.counted,
        };
        let activity = self.places.entry(place).or_insert(Activity {
            counts: Counts::default(),
            last_seen: seen.at,
        });
        activity.counts += seen.counts();
        activity.last_seen = activity.last_seen.max(seen.at);
    }

    /// Counts what became of `count` events, or parts of events, received on `day`.
    pub fn tally(&mut self, day: Day, catalog: N, tally: Tally, count: u64) {
        *self.outcomes.entry((day, catalog, tally)).or_default() += count;
    }

    /// The additions to `usage_daily`, in the order of their keys.
    pub fn usage(&self) -> Vec<(UsageKey<N>, Counts)> {
        let mut usage: Table<UsageKey<N>, Counts> = Table::default();
        for (Place { key, counted }, activity) in &self.places {
            let key = UsageKey {
                day: key.day,
                catalog: key.catalog,
                event: key.event,
                environment: key.environment,
                counted: *counted,
            };
            *usage.entry(key).or_default() += activity.counts;
        }
        sorted(usage)
    }

    /// The additions to `sender_daily`, in the order of their keys.
    pub fn activity(&self) -> Vec<(ActivityKey<N>, Activity)> {
        let places = self.places.iter();
        sorted(places.map(|(place, activity)| (place.key, *activity)))
    }

    /// The days on which each sender was active, in the order of senders.
    pub fn days(&self) -> BTreeMap<N, ActiveDays> {
        let mut senders: BTreeMap<N, ActiveDays> = BTreeMap::new();
        for Place { key, .. } in self.places.keys() {
            let days = ActiveDays::on(key.day);
            let all = senders.entry(key.sender).or_insert(days);
            *all = all.with(days);
        }
        senders
    }

    /// The additions to `outcome_daily`, in the order of their keys.
    pub fn outcomes(&self) -> impl Iterator<Item = (Day, N, Tally, u64)> {
        self.outcomes
            .iter()
            .map(|((day, catalog, tally), count)| (*day, *catalog, *tally, *count))
    }
}

/// Sorted, so that a store touches its pages in order.
fn sorted<K: Ord, V>(rows: impl IntoIterator<Item = (K, V)>) -> Vec<(K, V)> {
    let mut rows: Vec<(K, V)> = rows.into_iter().collect();
    rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(at: &str, sender: &'static str, failed: bool) -> Seen<&'static str> {
        Seen {
            at: at.parse().unwrap(),
            received_at: "2026-11-20T05:00:00Z".parse().unwrap(),
            catalog: "decantr",
            event: "cli.command.completed",
            environment: "production",
            sender,
            counted: Counted {
                source: "cli",
                actor: "customer",
                org: None,
                standing: Standing::Undecided,
            },
            weight: 2.0,
            failed,
        }
    }

    #[test]
    fn events_add_up_by_day_and_sender() {
        let mut deltas = Deltas::default();
        deltas.see(&seen("2026-11-20T01:00:00Z", "one", false));
        deltas.see(&seen("2026-11-20T03:00:00Z", "one", true));
        deltas.see(&seen("2026-11-20T02:00:00Z", "two", false));
        deltas.see(&seen("2026-11-19T02:00:00Z", "one", false));

        let usage = deltas.usage();
        let counts: Vec<Counts> = usage.iter().map(|(_, counts)| *counts).collect();
        assert_eq!(counts.len(), 2);
        assert_eq!((counts[0].events, counts[0].failures), (1, 0));
        assert_eq!((counts[1].events, counts[1].failures), (3, 1));
        assert!((counts[1].weight - 6.0).abs() < f64::EPSILON);

        let seen: Vec<_> = deltas
            .activity()
            .into_iter()
            .map(|(key, activity)| {
                (
                    key.sender,
                    activity.counts.events,
                    activity.last_seen.to_string(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("one", 1, "2026-11-19T02:00:00Z".to_owned()),
                ("one", 2, "2026-11-20T03:00:00Z".to_owned()),
                ("two", 1, "2026-11-20T02:00:00Z".to_owned()),
            ]
        );
        let today = Day::of("2026-11-20T05:00:00Z".parse().unwrap());
        let both = ActiveDays::on(today).with(ActiveDays::on(today.plus(-1)));
        assert_eq!(deltas.days()["one"], both);
    }

    #[test]
    fn an_event_of_a_clock_that_runs_ahead_counts_on_the_day_it_came() {
        let mut deltas = Deltas::default();
        deltas.see(&seen("2026-11-21T04:00:00Z", "one", false));
        let today = Day::of("2026-11-20T05:00:00Z".parse().unwrap());
        assert!(deltas.usage().iter().all(|(key, _)| key.day == today));
        assert!(deltas.activity().iter().all(|(key, _)| key.day == today));
    }
}
