//! How durations are spread: a histogram whose buckets grow with the durations, so that every quantile is right to 1 %.
//!
//! The buckets of Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
//! PVLDB 12(12), 2019: bucket i counts values above γ^(i-1) up to γ^i, and stands for 2γ^i / (γ+1). Histograms of different
//! days, or of different servers, are merged by adding up their buckets.

use std::collections::BTreeMap;

/// The relative error of every value that a bucket stands for.
const ERROR: f64 = 0.01;

/// By how much each bucket's bound is larger than the one before: γ.
const GROWTH: f64 = (1.0 + ERROR) / (1.0 - ERROR);

/// Values below this, and all that are not above zero, count as zero: a millionth of a nanosecond, if they are milliseconds.
const SMALLEST: f64 = 1e-12;

/// One bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(pub i32);

impl Bucket {
    /// The bucket of zero, below all others.
    pub const ZERO: Self = Self(i32::MIN);

    /// The bucket in which `value` is counted.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the logarithm of a finite number is small, and `as` saturates"
    )]
    pub fn of(value: f64) -> Self {
        if value < SMALLEST || value.is_nan() {
            Self::ZERO
        } else {
            Self((value.ln() / GROWTH.ln()).ceil() as i32)
        }
    }

    /// The value that it stands for: within 1 % of every value counted in it.
    pub fn value(self) -> f64 {
        if self == Self::ZERO {
            0.0
        } else {
            2.0 * GROWTH.powi(self.0) / (GROWTH + 1.0)
        }
    }
}

/// A histogram.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sketch {
    buckets: BTreeMap<Bucket, f64>,
}

impl Sketch {
    /// Counts `weight` values in a bucket.
    pub fn add(&mut self, bucket: Bucket, weight: f64) {
        *self.buckets.entry(bucket).or_default() += weight;
    }

    /// Counts everything that another histogram has counted.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, weight) in &other.buckets {
            self.add(*bucket, *weight);
        }
    }

    /// How many values it has counted, each with its weight.
    pub fn weight(&self) -> f64 {
        self.buckets.values().sum()
    }

    /// The buckets in order, each with the value it stands for and how many it has counted.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, f64)> {
        self.buckets
            .iter()
            .map(|(bucket, weight)| (bucket.value(), *weight))
    }

    /// The value below which the share `q` (0 to 1) of all values lies, within 1 %; of n values in order it is the one at
    /// q × (n - 1), rounded down. `None` when it has counted nothing.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let rank = q.clamp(0.0, 1.0) * (self.weight() - 1.0);
        let mut counted = 0.0;
        let reached = self.buckets.iter().find(|(_, weight)| {
            counted += *weight;
            counted > rank
        });
        let last = || self.buckets.last_key_value();
        reached.or_else(last).map(|(bucket, _)| bucket.value())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch(values: &[f64]) -> Sketch {
        let mut sketch = Sketch::default();
        for value in values {
            sketch.add(Bucket::of(*value), 1.0);
        }
        sketch
    }

    fn some_values() -> impl Strategy<Value = Vec<f64>> {
        let value = prop_oneof![
            Just(0.0),
            (0..86_400_000_u32).prop_map(f64::from),
            0.001..1.0
        ];
        prop::collection::vec(value, 1..200)
    }

    proptest! {
        #[test]
        fn every_quantile_is_right_to_one_percent(mut values in some_values(), q in 0.0..=1.0) {
            let said = sketch(&values).quantile(q).unwrap();
            values.sort_by(f64::total_cmp);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "few values")]
            let exact = values[(q * (values.len() - 1) as f64) as usize];
            prop_assert!((said - exact).abs() <= exact * (ERROR + 1e-9), "{said} instead of {exact}");
        }

        #[test]
        fn merging_is_counting_all_of_it(one in some_values(), other in some_values()) {
            let mut merged = sketch(&one);
            merged.merge(&sketch(&other));
            let all: Vec<f64> = one.into_iter().chain(other).collect();
            prop_assert_eq!(merged, sketch(&all));
        }
    }

    #[test]
    fn what_was_sampled_weighs_more_and_nothing_has_no_quantile() {
        let mut sketch = Sketch::default();
        assert_eq!(sketch.quantile(0.5), None);
        sketch.add(Bucket::of(10.0), 1.0);
        sketch.add(Bucket::of(1000.0), 4.0);
        assert!((sketch.quantile(0.5).unwrap() - 1000.0).abs() <= 10.0);
        assert!((sketch.quantile(0.0).unwrap() - 10.0).abs() <= 0.1);
        assert!((sketch.weight() - 5.0).abs() < f64::EPSILON);
    }
}
