//! UTC days as numbers, as the daily tables keep them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Microseconds in a UTC day.
const DAY_MICROS: i64 = 86_400_000_000;

/// A UTC day as a whole number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The UTC day that `at` lies in.
    pub fn of(at: Timestamp) -> Self {
        let days = at.as_microsecond().div_euclid(DAY_MICROS);
        Self(i32::try_from(days).unwrap_or_default())
    }

    /// The UTC day under which an event counts: the day on which it happened, but never one after the day on which it came. An
    /// event may lie up to 24 hours ahead; counted on a day to come, it would be missing from every report that ends today.
    pub fn counted(happened_at: Timestamp, received_at: Timestamp) -> Self {
        Self::of(happened_at.min(received_at))
    }

    /// The day `days` later, or earlier when negative.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The instant at which it begins.
    pub fn start(self) -> Timestamp {
        let micros = i64::from(self.0).saturating_mul(DAY_MICROS);
        Timestamp::from_microsecond(micros).unwrap_or_default()
    }

    /// The calendar date.
    pub fn date(self) -> Date {
        self.start().to_zoned(TimeZone::UTC).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_utc_and_also_right_before_1970() {
        assert_eq!(
            Day::of("2026-11-20T23:59:59.999999Z".parse().unwrap())
                .date()
                .to_string(),
            "2026-11-20"
        );
        assert_eq!(
            Day::of("1969-12-31T23:00:00Z".parse().unwrap())
                .date()
                .to_string(),
            "1969-12-31"
        );
    }
}
