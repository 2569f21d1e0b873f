//! Keys as they were a moment ago, so that a busy sender's key is not read from the store with every request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::server::store::{Key, Store, StoreError};

/// How long an answer of the store is believed; also how long a revoked key still sends events.
const AGE: Duration = Duration::from_secs(1);

/// The most keys that are remembered, about 1 MB.
const KEYS: usize = 1_024;

/// What the store has answered lately, by the key's public part.
#[derive(Default)]
pub(super) struct RecentKeys(Mutex<HashMap<String, Answered>>);

/// The store's answer.
#[derive(Clone)]
struct Answered {
    at: Instant,
    /// `None` when there is no such key.
    key: Option<Key>,
}

impl RecentKeys {
    /// The key with this public part, as it is or was within [`AGE`].
    pub(super) async fn find(
        &self,
        store: &dyn Store,
        id: &str,
    ) -> Result<Option<Key>, StoreError> {
        let start = Instant::now();
        if let Some(answered) = self.remembered(id, start) {
            return Ok(answered.key);
        }
        let key = store.identities().key(id).await?;
        // Dated back to the question: the answer may be as old as that.
        self.remember(id, key.clone(), start);
        Ok(key)
    }

    fn remembered(&self, id: &str, now: Instant) -> Option<Answered> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = keys.get(id)?;
        (now.duration_since(answered.at) < AGE).then(|| answered.clone())
    }

    fn remember(&self, id: &str, key: Option<Key>, at: Instant) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS {
            keys.retain(|_, answered| at.saturating_duration_since(answered.at) < AGE);
        }
        if keys.len() < KEYS || keys.contains_key(id) {
            keys.insert(id.to_owned(), Answered { at, key });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_age_and_are_few() {
        let keys = RecentKeys::default();
        let start = Instant::now();
        for number in 0..2 * KEYS {
            keys.remember(&number.to_string(), None, start);
        }
        assert_eq!(keys.0.lock().unwrap().len(), KEYS);
        assert!(keys.remembered("0", start).is_some());
        assert!(keys.remembered("0", start + AGE).is_none());
        keys.remember("new", None, start + AGE);
        assert_eq!(keys.0.lock().unwrap().len(), 1);
    }
}
