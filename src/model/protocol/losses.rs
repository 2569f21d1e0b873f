//! What a service tells about the events that it had to drop itself, beside the next events that it sends.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

use super::Batch;
use crate::model::outcome::Reason;

/// The most losses for one reason that one batch can tell of; more count as so many.
pub const MAX_LOSS: u64 = u32::MAX as u64;

/// How many events were dropped where they were recorded, by reason: `{"queue_overflow": 12}`. A reason that this build does not
/// know is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Losses(BTreeMap<Reason, u64>);

impl Losses {
    /// Adds so many.
    pub fn add(&mut self, reason: Reason, count: u64) {
        if count > 0 {
            let sum = self.0.entry(reason).or_default();
            *sum = sum.saturating_add(count).min(MAX_LOSS);
        }
    }

    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each reason with how many, in the order of reasons.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, u64)> {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }
}

impl Serialize for Losses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(reason, count)| (reason.code(), count)))
    }
}

impl<'de> Deserialize<'de> for Losses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LossesVisitor;
        impl<'de> Visitor<'de> for LossesVisitor {
            type Value = Losses;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of counts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Losses, A::Error> {
                let mut losses = Losses::default();
                while let Some((code, count)) = map.next_entry::<Cow<'de, str>, u64>()? {
                    if let Some(reason) = Reason::from_code(&code) {
                        losses.add(reason, count);
                    }
                }
                Ok(losses)
            }
        }
        deserializer.deserialize_map(LossesVisitor)
    }
}

/// A batch of a service: as any other, and what was lost before it.
#[derive(Debug, Serialize)]
pub struct ServiceBatch<'a> {
    /// The batch.
    #[serde(flatten)]
    pub batch: Batch<'a>,
    /// What was lost since the last batch that told of it; absent when nothing was. Believed only with an API key.
    #[serde(skip_serializing_if = "Losses::is_empty")]
    pub losses: &'a Losses,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_counts_by_reason_and_stay_countable() {
        let json = r#"{"queue_overflow":3,"of_the_future":9,"undelivered":0,"too_old":18446744073709551615}"#;
        let losses: Losses = serde_json::from_str(json).unwrap();
        let said: Vec<_> = losses.iter().collect();
        assert_eq!(
            said,
            [(Reason::TooOld, MAX_LOSS), (Reason::QueueOverflow, 3)]
        );
        let again = serde_json::to_string(&losses).unwrap();
        assert_eq!(again, r#"{"too_old":4294967295,"queue_overflow":3}"#);
        for bad in ["[]", "7", r#"{"too_old":-1}"#, r#"{"too_old":"many"}"#] {
            assert!(serde_json::from_str::<Losses>(bad).is_err(), "{bad}");
        }
    }
}
