//! What a server's answer means for a batch: done, refused, or not yet.

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::base::http::Answer;
use crate::client::spool::FrozenEvent;
use crate::model::event::OTHER;
use crate::model::protocol::Receipt;

/// The meaning of an answer.
#[derive(Debug, PartialEq)]
pub(in crate::client) enum Meaning {
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
pub(in crate::client) struct EventFate {
    pub(in crate::client) id: Option<Uuid>,
    pub(in crate::client) outcome: String,
    pub(in crate::client) reason: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    accepted: bool,
    results: Vec<EventFate>,
    /// Read apart: a bad receipt does not undo the results.
    receipt: Option<serde_json::Value>,
}

/// Reads `answer`, which came at `now`, to a batch of `events`.
pub(in crate::client) fn read(answer: &Answer, events: &[FrozenEvent], now: Timestamp) -> Meaning {
    let status = answer.status;
    let later = |error: String| Meaning::Later {
        error,
        retry_after: answer.pause(now).filter(|_| matches!(status, 429 | 503)),
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
    let mut reply: Reply = serde_json::from_slice(body).ok()?;
    let fits = reply.accepted
        && reply.results.len() == events.len()
        && reply.results.iter().zip(events).all(|(fate, event)| {
            fate.id.is_none_or(|id| id == event.id) && OUTCOMES.contains(&fate.outcome.as_str())
        });
    for fate in &mut reply.results {
        let reason = fate.reason.take();
        fate.reason = reason.map(|code| {
            if is_code(&code) {
                code
            } else {
                OTHER.to_owned()
            }
        });
    }
    fits.then(|| Meaning::Acknowledged {
        results: reply.results,
        receipt: reply
            .receipt
            .and_then(|json| serde_json::from_value(json).ok())
            .filter(is_bounded),
    })
}

/// Whether a reason may be written down as it came: a code, never a text that a terminal or a person would read otherwise.
pub(in crate::client) fn is_code(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

/// Whether a receipt may be written down as it came: two short base64 texts and a key's id.
fn is_bounded(receipt: &Receipt) -> bool {
    let is_base64 = |text: &str, most: usize| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        text.len() <= most && text.bytes().all(fits)
    };
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    is_base64(&receipt.payload, 4096)
        && is_base64(&receipt.signature, 128)
        && receipt.key_id.len() <= 64
        && receipt.key_id.bytes().all(is_hex)
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
            timestamp: None,
        };
        read(&answer, &[event], Timestamp::UNIX_EPOCH)
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
    fn what_a_server_says_is_written_down_only_as_far_as_it_is_harmless() {
        let nil = Uuid::nil();
        let receipt = |key_id: &str, signature: &str| {
            format!(r#"{{"payload":"e30=","keyId":"{key_id}","signature":"{signature}"}}"#)
        };
        let fate = |reason: &str, receipt: &str| {
            let body = format!(
                r#"{{"accepted":true,"results":[{{"id":"{nil}","outcome":"dropped","reason":"{reason}"}}],"receipt":{receipt}}}"#
            );
            match meaning(202, &body) {
                Meaning::Acknowledged { results, receipt } => {
                    (results[0].reason.clone().unwrap(), receipt.is_some())
                }
                other => panic!("{other:?}"),
            }
        };
        let good = receipt("0123456789abcdef", "QUJD");
        assert_eq!(fate("too_old", &good), ("too_old".to_owned(), true));
        let long = "a".repeat(65);
        for reason in ["", "Too Old", "\\u001b[2J", &long] {
            assert_eq!(fate(reason, &good), ("other".to_owned(), true), "{reason}");
        }
        let endless = "QUJD".repeat(99);
        for bad in [
            receipt("key\\u001b[2J", "QUJD"),
            receipt(&long, "QUJD"),
            receipt("ab", "<b>"),
            receipt("ab", &endless),
        ] {
            assert_eq!(
                fate("too_old", &bad),
                ("too_old".to_owned(), false),
                "{bad}"
            );
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
        let dated = Answer {
            status: 503,
            retry_after: None,
            retry_at: Timestamp::from_second(90).ok(),
            body: Vec::new(),
        };
        let now = Timestamp::from_second(30).unwrap();
        let meant = read(&dated, &[], now);
        assert!(
            matches!(
                meant,
                Meaning::Later {
                    retry_after: Some(60),
                    ..
                }
            ),
            "{meant:?}"
        );
    }
}
