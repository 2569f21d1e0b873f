//! The HTTP client of one delivery, with the one moment at which it gives up.

use std::cell::OnceCell;
use std::time::Duration;

use tokio::time::Instant;

use crate::base::error::chain;
use crate::base::http::{Answer, Http, HttpError};
use crate::model::protocol::KeyPage;

/// The HTTP client, and when to give up.
pub(super) struct Wire {
    pub(super) http: Http,
    pub(super) deadline: Instant,
    /// What came of asking for the server's key, which is done once: a page that does not come must not eat the delivery.
    pub(super) key_page: OnceCell<Result<KeyPage, String>>,
}

impl Wire {
    /// The answer, if it comes in time.
    pub(super) async fn within(
        &self,
        answer: impl Future<Output = Result<Answer, HttpError>>,
    ) -> Result<Answer, String> {
        answer_by(self.deadline, answer).await
    }

    /// The answer, if it comes in time and within `limit`.
    pub(super) async fn soon(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<Answer, HttpError>>,
    ) -> Result<Answer, String> {
        answer_by(self.deadline.min(Instant::now() + limit), answer).await
    }
}

async fn answer_by(
    deadline: Instant,
    answer: impl Future<Output = Result<Answer, HttpError>>,
) -> Result<Answer, String> {
    match tokio::time::timeout_at(deadline, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(format!("could not be asked: {}", chain(&error))),
        Err(_elapsed) => Err("did not answer in time".to_owned()),
    }
}
