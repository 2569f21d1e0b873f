//! Budgets of requests, each for many askers, in memory of a fixed size.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};

/// The most askers that one budget remembers, about 2 MB. When there are more, those it has no room for share one allowance,
/// so that a flood from many addresses slows down strangers and nobody else.
pub(super) const ASKERS: usize = 65_536;

/// Whom a budget is kept for: a salted hash of a peer's address or of a key's public part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asker(pub(super) u64);

/// So many requests a second for each asker, and so many at once.
pub(super) struct Budget<C: Clock = DefaultClock> {
    limiter: RateLimiter<Asker, Askers, C, NoOpMiddleware<C::Instant>>,
}

impl Budget {
    /// A budget by the machine's own steady clock.
    pub(super) fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self::with(per_second, burst, ASKERS, DefaultClock::default())
    }
}

impl<C: Clock> Budget<C> {
    fn with(per_second: NonZeroU32, burst: NonZeroU32, most: usize, clock: C) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self {
            limiter: RateLimiter::new(quota, Askers::at_most(most), clock),
        }
    }

    /// Spends one request.
    ///
    /// # Errors
    /// When there is none left: how long it takes until there is.
    pub(super) fn spend(&self, asker: Asker) -> Result<(), Duration> {
        self.limiter
            .check_key(&asker)
            .map_err(|spent| spent.wait_time_from(self.limiter.clock().now()))
    }

    /// Forgets askers whose allowance is whole again, and gives their memory back.
    pub(super) fn tidy(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// What has been spent, for at most so many askers. (The stores that come with the crate grow without a limit.)
struct Askers {
    most: usize,
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    known: HashMap<Asker, Nanos>,
    /// All that there is no room for.
    others: Option<Nanos>,
}

impl Askers {
    fn at_most(most: usize) -> Self {
        Self {
            most,
            spent: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Askers {
    type Key = Asker;

    fn measure_and_replace<T, F, E>(&self, key: &Asker, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut spent = self.lock();
        let has_room = spent.known.len() < self.most || spent.known.contains_key(key);
        if has_room {
            let (result, now) = f(spent.known.get(key).copied())?;
            spent.known.insert(*key, now);
            Ok(result)
        } else {
            let (result, now) = f(spent.others)?;
            spent.others = Some(now);
            Ok(result)
        }
    }
}

impl ShrinkableKeyedStateStore<Asker> for Askers {
    fn retain_recent(&self, drop_below: Nanos) {
        self.lock().known.retain(|_, until| *until > drop_below);
    }

    fn shrink_to_fit(&self) {
        self.lock().known.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.lock().known.len()
    }

    fn is_empty(&self) -> bool {
        self.lock().known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn number(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    #[test]
    fn a_budget_is_spent_by_each_asker_alone_and_comes_back() {
        let clock = FakeRelativeClock::default();
        let budget = Budget::with(number(2), number(3), 10, clock.clone());
        for _ in 0..3 {
            budget.spend(Asker(1)).unwrap();
        }
        assert_eq!(budget.spend(Asker(1)), Err(Duration::from_millis(500)));
        budget.spend(Asker(2)).unwrap();
        clock.advance(Duration::from_millis(500));
        budget.spend(Asker(1)).unwrap();
        budget.spend(Asker(1)).unwrap_err();
    }

    #[test]
    fn strangers_beyond_the_limit_share_and_known_askers_do_not_notice() {
        let clock = FakeRelativeClock::default();
        let budget = Budget::with(number(1), number(2), 2, clock.clone());
        budget.spend(Asker(1)).unwrap();
        budget.spend(Asker(2)).unwrap();
        budget.spend(Asker(3)).unwrap();
        budget.spend(Asker(4)).unwrap();
        budget.spend(Asker(5)).unwrap_err();
        budget.spend(Asker(1)).unwrap();
        assert_eq!(budget.limiter.len(), 2);
        clock.advance(Duration::from_secs(10));
        budget.tidy();
        assert!(budget.limiter.is_empty());
        budget.spend(Asker(5)).unwrap();
        assert_eq!(budget.limiter.len(), 1);
    }
}
