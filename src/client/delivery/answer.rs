//! What a server's answer means for a batch: done, refused, or not yet.

use serde::Deserialize;
use uuid::Uuid;

use crate::base::http::Answer;
use crate::client::spool::FrozenEvent;
use crate::model::protocol::Receipt;

/// The meaning of an answer.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// The server took the batch and tells what became of each event.
    Acknowledged {
        results: Vec<EventFate>,
        /// What it signed, if that can be read.
        receipt: Option<Receipt>,
    },
    /// The server will never take this batch.
    Refused,
    /// Try again later, with the same bytes.
    Later {
        error: String,
        /// How many seconds the server asks for.
        retry_after: Option<u64>,
    },
}

/// What became of one event, in the server's words; newer servers may know reasons that this build does not.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct EventFate {
    pub(super) id: Option<Uuid>,
    pub(super) outcome: String,
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    accepted: bool,
    results: Vec<EventFate>,
    /// Read apart: a bad receipt does not undo the results.
    receipt: Option<serde_json::Value>,
}

/// Reads `answer` to a batch of `events`.
pub(super) fn read(answer: &Answer, events: &[FrozenEvent]) -> Meaning {
    let status = answer.status;
    let later = |error: String| Meaning::Later {
        error,
        retry_after: answer.retry_after.filter(|_| matches!(status, 429 | 503)),
    };
    match status {
        200..=299 => match acknowledged(&answer.body, events) {
            Some(meaning) => meaning,
            None => later(format!("answered {status}, but not like a decantr server")),
        },
        300..=399 => later(format!(
            "answered with a redirect ({status}), which is not followed"
        )),
        408 | 429 => later(format!("answered {status}")),
        400..=499 => Meaning::Refused,
        _ => later(format!("answered {status}")),
    }
}

fn acknowledged(body: &[u8], events: &[FrozenEvent]) -> Option<Meaning> {
    const OUTCOMES: [&str; 3] = ["accepted", "duplicate", "dropped"];
    let reply: Reply = serde_json::from_slice(body).ok()?;
    let fits = reply.accepted
        && reply.results.len() == events.len()
        && reply.results.iter().zip(events).all(|(fate, event)| {
            fate.id.is_none_or(|id| id == event.id) && OUTCOMES.contains(&fate.outcome.as_str())
        });
    fits.then(|| Meaning::Acknowledged {
        results: reply.results,
        receipt: reply
            .receipt
            .and_then(|json| serde_json::from_value(json).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, body: &str) -> Meaning {
        let answer = Answer {
            status,
            retry_after: Some(7),
            retry_at: None,
            body: body.as_bytes().to_vec(),
        };
        let event = FrozenEvent {
            id: Uuid::nil(),
            name: "a".to_owned(),
        };
        read(&answer, &[event])
    }

    #[test]
    fn only_the_documented_answer_is_an_acknowledgement() {
        let nil = Uuid::nil();
        let good = format!(
            r#"{{"accepted":true,"results":[{{"id":"{nil}","outcome":"dropped","reason":"new_reason"}}],"receipt":7}}"#
        );
        assert!(matches!(
            meaning(202, &good),
            Meaning::Acknowledged { receipt: None, results } if results[0].reason.as_deref() == Some("new_reason")
        ));
        let max = Uuid::max();
        for bad in [
            "",
            "<html>",
            "{}",
            r#"{"accepted":true}"#,
            r#"{"accepted":true,"results":[]}"#,
            r#"{"accepted":true,"results":[{"outcome":"lost"}]}"#,
            &format!(r#"{{"accepted":true,"results":[{{"id":"{max}","outcome":"accepted"}}]}}"#),
            &good.replace("true", "false"),
        ] {
            let Meaning::Later { error, retry_after } = meaning(200, bad) else {
                panic!("{bad} is no acknowledgement");
            };
            assert_eq!(error, "answered 200, but not like a decantr server");
            assert_eq!(retry_after, None);
        }
    }

    #[test]
    fn statuses_mean_what_the_protocol_says() {
        for refused in [400, 401, 404, 413, 422] {
            assert_eq!(meaning(refused, ""), Meaning::Refused);
        }
        for (later, asks) in [
            (408, None),
            (429, Some(7)),
            (500, None),
            (503, Some(7)),
            (302, None),
        ] {
            let Meaning::Later { retry_after, .. } = meaning(later, "") else {
                panic!("{later} is to be tried again");
            };
            assert_eq!(retry_after, asks, "{later}");
        }
    }
}
