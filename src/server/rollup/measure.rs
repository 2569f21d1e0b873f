//! Counts by the values of properties, and sums of their numbers: what one event adds, and what a group of events adds together.
//!
//! Most events of a group say the same as others. So all that an event counts by is put into one text beforehand, the group is
//! counted by that text, and only what differs is taken apart again when the group is complete.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

use smallvec::SmallVec;

use super::{Bucket, Counts, Day, Seen, Table};
use crate::model::catalog::{Dimension, Kept, Sum};
use crate::model::event::Value;

/// How many different values a dimension of an event can have on one day; further ones count as `other`.
pub const MOST_VALUES: u32 = 1_000;

/// Between the values of a profile. No property type can express it.
const SEPARATOR: char = '\u{1f}';

/// What the daily tables keep of one event's properties.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    kept: Arc<Kept>,
    /// The values of the dimensions in their order, with a separator after each; empty for an absent one.
    profile: String,
    /// Of the profile. Keyed, since senders choose some of the words in it.
    hash: u64,
    /// The values of the sums in their order.
    amounts: SmallVec<[Option<f64>; 4]>,
}

/// The key of this process, for the hashes of profiles.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Measured {
    /// What is kept of an event with these properties.
    pub fn of(properties: &[(Arc<str>, Value)], kept: Arc<Kept>) -> Self {
        let find = |name: &Arc<str>| {
            let mut properties = properties.iter();
            properties
                .find(|(key, _)| Arc::ptr_eq(key, name) || key == name)
                .map(|(_, value)| value)
        };
        let mut profile = String::with_capacity(16 * kept.dimensions.len());
        for dimension in &kept.dimensions {
            match find(&dimension.name) {
                Some(Value::Bool(value)) => profile.push_str(if *value { "true" } else { "false" }),
                Some(value) => {
                    let text = value.as_str().unwrap_or_default();
                    profile.extend(text.split(SEPARATOR));
                }
                None => {}
            }
            profile.push(SEPARATOR);
        }
        let amount = |sum: &Sum| match find(&sum.name) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "whole numbers are exact up to 2^53; above, a sum need not be"
            )]
            Some(Value::Int(value)) => Some(*value as f64),
            Some(Value::Number(value)) => Some(*value),
            _ => None,
        };
        Self {
            amounts: kept.sums.iter().map(amount).collect(),
            hash: KEY.hash_one(&profile),
            profile,
            kept,
        }
    }

    /// About how much memory it holds, in bytes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.profile.capacity() + size_of_val(&*self.amounts)
    }
}

/// Counts, and the sums over the same events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// The events.
    pub counts: Counts,
    /// For each of the sums, in their order: the events that have a number, and their sum.
    pub sums: Vec<Total>,
}

/// A sum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Total {
    /// The events that have a number.
    pub counts: Counts,
    /// The numbers added up, each as many times as its event's sample rate says.
    pub sum: f64,
}

impl Cell {
    fn of(sums: usize) -> Self {
        Self {
            counts: Counts::default(),
            sums: vec![Total::default(); sums],
        }
    }

    fn add(&mut self, more: &Self) {
        self.counts += more.counts;
        for (total, more) in self.sums.iter_mut().zip(&more.sums) {
            total.counts += more.counts;
            total.sum += more.sum;
        }
    }
}

/// What a group of events adds about one event on one day.
#[derive(Debug, PartialEq)]
pub struct EventDay<'a, N> {
    /// Which.
    pub occasion: Occasion<N>,
    /// All of the events.
    pub all: Cell,
    /// The sums that cells have.
    pub sums: &'a [Sum],
    /// The events that have a value, by dimension and value.
    pub values: Vec<(&'a Dimension, BTreeMap<&'a str, Cell>)>,
    /// The events that have a duration, by sum and bucket.
    pub durations: BTreeMap<(&'a str, Bucket), Counts>,
}

/// An event on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occasion<N> {
    /// The catalog.
    pub catalog: N,
    /// The UTC day under which it counts: [`Day::counted`].
    pub day: Day,
    /// The event's name.
    pub event: N,
}

/// Events that say the same.
#[derive(Debug, Clone, Copy)]
struct Alike<'a, N> {
    occasion: Occasion<N>,
    measured: &'a Measured,
}

impl<N: PartialEq> PartialEq for Alike<'_, N> {
    fn eq(&self, other: &Self) -> bool {
        self.occasion == other.occasion
            && self.measured.profile == other.measured.profile
            && Arc::ptr_eq(&self.measured.kept, &other.measured.kept)
    }
}

impl<N: Eq> Eq for Alike<'_, N> {}

impl<N: Hash> Hash for Alike<'_, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.occasion.event.hash(state);
        self.occasion.day.hash(state);
        state.write_u64(self.measured.hash);
    }
}

/// What is counted of events that say the same.
#[derive(Debug)]
struct Seens {
    cell: Cell,
    /// The place of the sum, the bucket, and what it counts.
    durations: Vec<(usize, Bucket, Counts)>,
}

/// What a group of events adds to the daily measures.
#[derive(Debug)]
pub struct Measures<'a, N> {
    groups: Table<Alike<'a, N>, Seens>,
}

impl<N> Default for Measures<'_, N> {
    fn default() -> Self {
        Self {
            groups: Table::default(),
        }
    }
}

impl<'a, N: Copy + Ord + Hash> Measures<'a, N> {
    /// Counts an event that is new to the store.
    pub fn see(&mut self, seen: &Seen<N>, measured: &'a Measured) {
        let occasion = Occasion {
            catalog: seen.catalog,
            day: Day::counted(seen.at, seen.received_at),
            event: seen.event,
        };
        self.count(occasion, seen.counts(), measured);
    }

    /// Counts what one event counts.
    pub fn count(&mut self, occasion: Occasion<N>, counts: Counts, measured: &'a Measured) {
        let alike = Alike { occasion, measured };
        let seens = self.groups.entry(alike).or_insert_with(|| Seens {
            cell: Cell::of(measured.amounts.len()),
            durations: Vec::new(),
        });
        seens.cell.counts += counts;
        let amounts = measured.amounts.iter().zip(&measured.kept.sums).enumerate();
        for ((place, (amount, sum)), total) in amounts.zip(&mut seens.cell.sums) {
            let Some(amount) = amount else { continue };
            total.counts += counts;
            total.sum += amount * counts.weight;
            if sum.is_duration {
                let duration = (place, Bucket::of(*amount), counts);
                seens.durations.push(duration);
            }
        }
    }

    /// The additions, by catalog, day and event.
    pub fn by_event(&self) -> Vec<EventDay<'a, N>> {
        type Place<N> = (Occasion<N>, *const Kept);
        let mut events: BTreeMap<Place<N>, EventDay<'a, N>> = BTreeMap::new();
        for (alike, seens) in &self.groups {
            let measured = alike.measured;
            let kept = &*measured.kept;
            let place = (alike.occasion, Arc::as_ptr(&measured.kept));
            let event = events.entry(place).or_insert_with(|| EventDay {
                occasion: alike.occasion,
                all: Cell::of(kept.sums.len()),
                sums: &kept.sums,
                values: kept
                    .dimensions
                    .iter()
                    .map(|dimension| (dimension, BTreeMap::new()))
                    .collect(),
                durations: BTreeMap::new(),
            });
            event.all.add(&seens.cell);
            let values = measured.profile.split(SEPARATOR);
            for ((_, cells), value) in event.values.iter_mut().zip(values) {
                if !value.is_empty() {
                    let cell = cells
                        .entry(value)
                        .or_insert_with(|| Cell::of(kept.sums.len()));
                    cell.add(&seens.cell);
                }
            }
            for (place, bucket, counts) in &seens.durations {
                if let Some(sum) = kept.sums.get(*place) {
                    *event.durations.entry((&*sum.name, *bucket)).or_default() += *counts;
                }
            }
        }
        events.into_values().collect()
    }
}
