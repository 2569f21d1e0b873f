//! Which events a sampling service keeps: each with the same probability, whatever it says.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Chooses with a probability.
#[derive(Debug)]
pub(super) struct Sampler {
    rate: f64,
    /// The random key of this process's choices.
    key: RandomState,
    drawn: AtomicU64,
}

impl Sampler {
    pub(super) fn new(rate: f64) -> Self {
        Self {
            rate,
            key: RandomState::new(),
            drawn: AtomicU64::new(0),
        }
    }

    /// Draws once.
    pub(super) fn chooses(&self) -> bool {
        if self.rate >= 1.0 {
            return true;
        }
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        // Half of the hash: 32 bits are exact in a double, and fine enough for the smallest rate there is.
        let high = (self.key.hash_one(drawn) >> 32) as u32;
        f64::from(high) / 4_294_967_296.0 < self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_kept_as_the_rate_says() {
        for (rate, least, most) in [(0.0, 0, 0), (1.0, 40_000, 40_000), (0.25, 9_500, 10_500)] {
            let sampler = Sampler::new(rate);
            let kept = (0..40_000).filter(|_| sampler.chooses()).count();
            assert!((least..=most).contains(&kept), "{rate}: {kept}");
        }
    }
}
