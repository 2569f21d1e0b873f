//! Waiting between attempts, as a parameter: tests do not wait, they look at how long it would have been.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How to wait.
#[derive(Debug, Clone)]
pub struct Waiter(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Sleep,
    Note(Arc<Mutex<Vec<Duration>>>),
}

impl Waiter {
    /// Really waits.
    pub fn real() -> Self {
        Self(Kind::Sleep)
    }

    /// Does not wait but notes how long it should; clones share the notes.
    pub fn noting() -> Self {
        Self(Kind::Note(Arc::default()))
    }

    /// The waits that were noted.
    pub fn noted(&self) -> Vec<Duration> {
        match &self.0 {
            Kind::Sleep => Vec::new(),
            Kind::Note(notes) => notes.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Waits so long.
    pub async fn wait(&self, time: Duration) {
        match &self.0 {
            Kind::Sleep => tokio::time::sleep(time).await,
            Kind::Note(notes) => {
                let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
                notes.push(time);
            }
        }
    }
}
