//! When a service tries again: later and later, at random moments, and not before its server wants it.

use std::time::Duration;

use tokio::time::Instant;

use crate::base::crypto;

/// The first pause after a failure.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause that failures lead to.
const LONGEST: Duration = Duration::from_mins(5);

/// The longest pause that a server can ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The pauses between attempts.
#[derive(Debug, Default)]
pub(super) struct Pace {
    failures: u32,
    not_before: Option<Instant>,
    /// Whether the server asked for that pause.
    is_asked: bool,
}

impl Pace {
    /// Before this, nothing is tried by itself.
    pub(super) fn not_before(&self) -> Option<Instant> {
        self.not_before
    }

    /// Whether the server wants to be left alone at `now`, whoever is in a hurry.
    pub(super) fn is_asked_to_wait(&self, now: Instant) -> bool {
        self.is_asked && self.not_before.is_some_and(|until| until > now)
    }

    /// Takes in a failure at `now`, after which the server may have asked for a pause of so many seconds.
    pub(super) fn failed(&mut self, now: Instant, retry_after: Option<u64>) {
        self.failures = self.failures.saturating_add(1);
        let asked = retry_after.map(Duration::from_secs);
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        self.is_asked = !asked.is_zero();
        let wait = backoff(self.failures, random()).max(asked);
        self.not_before = now.checked_add(wait);
    }

    /// Takes in a success.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

/// The pause after so many failures: doubling, the later half of it at random.
fn backoff(failures: u32, random: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let full = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    full.mul_f64(0.5 + random / 2.0)
}

/// A number in 0..1; without randomness attempts are not spread.
fn random() -> f64 {
    crypto::random_32().map_or(1.0, |[byte, ..]| f64::from(byte) / 256.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_a_cap_and_are_spread() {
        let millis = |failures, random| backoff(failures, random).as_millis();
        assert_eq!((millis(1, 0.0), millis(1, 1.0)), (500, 1_000));
        assert_eq!(millis(4, 1.0), 8_000);
        assert_eq!(millis(u32::MAX, 1.0), 300_000);
    }

    #[test]
    fn what_the_server_asks_for_counts_for_everybody_up_to_an_hour() {
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.failed(now, None);
        assert!(pace.not_before() > Some(now) && !pace.is_asked_to_wait(now));
        pace.failed(now, Some(u64::MAX));
        assert_eq!(pace.not_before(), Some(now + LONGEST_ASKED));
        assert!(pace.is_asked_to_wait(now) && !pace.is_asked_to_wait(now + LONGEST_ASKED));
        pace.succeeded();
        assert_eq!(pace.not_before(), None);
    }
}
