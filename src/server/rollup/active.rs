//! On which days something was active, in one number per day back from the last.

use super::Day;

/// The days of activity: the last one, and which of the 62 days before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveDays {
    /// The last day.
    pub last: Day,
    /// Bit n says whether there was activity n days before the last day; bit 0 is always set, and there are 63 of them.
    pub bits: u64,
}

/// How many days back are known.
const DAYS: i32 = 63;

impl ActiveDays {
    /// One day.
    pub fn on(day: Day) -> Self {
        Self { last: day, bits: 1 }
    }

    /// These days and others.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let last = self.last.max(other.last);
        Self {
            last,
            bits: self.back_from(last) | other.back_from(last),
        }
    }

    /// Whether there was activity between two days, both included. Days longer ago than are known count as inactive.
    pub fn has(self, from: Day, to: Day) -> bool {
        if from > to || from > self.last {
            return false;
        }
        let newest = self.last.0.saturating_sub(to.0).max(0);
        let oldest = self.last.0.saturating_sub(from.0).min(DAYS - 1);
        (newest..=oldest).any(|back| self.bits >> back & 1 == 1)
    }

    /// The days of activity as far as they are known, and all days from `oldest` on of which nothing is known; newest first.
    pub fn possible(self, oldest: Day) -> impl Iterator<Item = Day> {
        let known = (0..DAYS).filter(move |back| self.bits >> back & 1 == 1);
        let unknown = DAYS..=self.last.0.saturating_sub(oldest.0);
        let back = known.chain(unknown);
        back.map(move |back| self.last.plus(-back))
    }

    /// The bits counted back from a later day.
    fn back_from(self, last: Day) -> u64 {
        let later = last.0.saturating_sub(self.last.0);
        let shifted = u32::try_from(later)
            .ok()
            .and_then(|by| self.bits.checked_shl(by));
        shifted.unwrap_or(0) & (u64::MAX >> 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_knows_what_a_set_of_days_knows(days in prop::collection::vec(0..200, 1..20), from in 0..200, length in 0..40) {
            let all = days.iter().map(|day| ActiveDays::on(Day(*day)));
            let all = all.reduce(ActiveDays::with).unwrap();
            let (last, to) = (*days.iter().max().unwrap(), from + length);
            let known = |day: &&i32| last - **day < DAYS;
            let expected = days.iter().filter(known).any(|day| (from..=to).contains(day));
            prop_assert_eq!(all.last, Day(last));
            prop_assert_eq!(all.has(Day(from), Day(to)), expected);
            let possible: Vec<Day> = all.possible(Day(0)).collect();
            prop_assert!(days.iter().all(|day| possible.contains(&Day(*day))));
            prop_assert!(possible.iter().all(|day| last - day.0 >= DAYS || days.contains(&day.0)));
        }
    }
}
