//! The HTTP client of one delivery, with the one moment at which it gives up.

use tokio::time::Instant;

use crate::base::error::chain;
use crate::base::http::{Answer, Http, HttpError};

/// The HTTP client, and when to give up.
pub(super) struct Wire {
    pub(super) http: Http,
    pub(super) deadline: Instant,
}

impl Wire {
    /// The answer, if it comes in time.
    pub(super) async fn within(
        &self,
        answer: impl Future<Output = Result<Answer, HttpError>>,
    ) -> Result<Answer, String> {
        match tokio::time::timeout_at(self.deadline, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(format!("could not be asked: {}", chain(&error))),
            Err(_elapsed) => Err("did not answer in time".to_owned()),
        }
    }
}
