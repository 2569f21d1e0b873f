//! What is counted about everything that was received, so that nothing is lost silently.

use crate::model::outcome::{Reason, Strip};

/// What became of events and of their parts, counted by the day of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tally {
    /// Events stored.
    Accepted,
    /// Events that were stored before.
    Duplicate,
    /// Events dropped, by reason.
    Dropped(Reason),
    /// Events that were told to come again, because too much was waiting; each counts as often as it was told so.
    Deferred,
    /// Parts taken out of stored events, by cause; one event can lose several.
    Stripped(Strip),
}

impl Tally {
    /// The outcome's word and the code of its reason (empty where there is none), as stored.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Accepted => ("accepted", ""),
            Self::Duplicate => ("duplicate", ""),
            Self::Dropped(reason) => ("dropped", reason.code()),
            Self::Deferred => ("deferred", ""),
            Self::Stripped(strip) => ("stripped", strip.code()),
        }
    }

    /// The tally with these words.
    pub fn from_words(outcome: &str, reason: &str) -> Option<Self> {
        match outcome {
            "accepted" => Some(Self::Accepted),
            "duplicate" => Some(Self::Duplicate),
            "dropped" => Reason::from_code(reason).map(Self::Dropped),
            "deferred" => Some(Self::Deferred),
            "stripped" => Strip::from_code(reason).map(Self::Stripped),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tally_reads_back() {
        let reasons = Reason::ALL.iter().map(|reason| Tally::Dropped(*reason));
        let strips = Strip::ALL.iter().map(|strip| Tally::Stripped(*strip));
        for tally in [Tally::Accepted, Tally::Duplicate, Tally::Deferred]
            .into_iter()
            .chain(reasons)
            .chain(strips)
        {
            let (outcome, reason) = tally.words();
            assert_eq!(Tally::from_words(outcome, reason), Some(tally));
        }
    }
}
