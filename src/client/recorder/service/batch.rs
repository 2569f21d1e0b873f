//! A service's batch: its bytes and ids never change again, so that a resend is the same request.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use crate::base::http::Answer;
use crate::client::delivery::answer::{self, Meaning, is_code};
use crate::client::spool::FrozenEvent;
use crate::model::catalog::Catalog;
use crate::model::event::{Event, OTHER, time_ordered_id};
use crate::model::outcome::Reason;
use crate::model::protocol::{Batch, Losses, ServiceBatch};

/// A batch on its way.
pub(super) struct Frozen {
    /// The request's body, gzip.
    pub(super) bytes: Vec<u8>,
    /// Its events, as far as an answer is about them.
    events: Vec<FrozenEvent>,
    /// What it tells of.
    pub(super) losses: Vec<(Reason, u64)>,
}

/// What became of a batch.
#[derive(Debug, PartialEq)]
pub(super) enum Fate {
    /// The server has settled it.
    Settled {
        /// How many events it stored.
        accepted: u64,
        /// How many it had stored before.
        duplicates: u64,
        /// How many it dropped, by the code of the reason.
        rejected: Vec<(String, u64)>,
    },
    /// The server will never take it.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's own code.
        code: String,
    },
    /// The same bytes are to be sent later.
    Later {
        /// Why, without anything of the batch.
        error: String,
        /// How many seconds the server asks for.
        retry_after: Option<u64>,
    },
}

impl Frozen {
    /// Freezes `events`, which tell of `losses`.
    pub(super) fn of(
        catalog: &Catalog,
        events: &[Event],
        losses: Vec<(Reason, u64)>,
        now: Timestamp,
    ) -> Result<Self, std::io::Error> {
        let mut told = Losses::default();
        for (reason, count) in &losses {
            told.add(*reason, *count);
        }
        let batch = ServiceBatch {
            batch: Batch {
                schema_version: &catalog.schema_version,
                catalog: &catalog.id,
                batch_id: time_ordered_id(now),
                events,
            },
            losses: &told,
        };
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&serde_json::to_vec(&batch)?)?;
        let known = |event: &Event| FrozenEvent {
            id: event.id,
            name: event.name.to_string(),
            timestamp: Some(event.timestamp),
        };
        Ok(Self {
            bytes: gzip.finish()?,
            events: events.iter().map(known).collect(),
            losses,
        })
    }

    /// How many events it has.
    pub(super) fn len(&self) -> u64 {
        self.events.len() as u64
    }

    /// What `answer`, which came at `now`, means for it.
    pub(super) fn fate(&self, answer: &Answer, now: Timestamp) -> Fate {
        match answer::read(answer, &self.events, now) {
            Meaning::Later { error, retry_after } => Fate::Later { error, retry_after },
            Meaning::Refused => Fate::Refused {
                status: answer.status,
                code: code_of(&answer.body),
            },
            Meaning::Acknowledged { results, .. } => {
                let count =
                    |word| results.iter().filter(|fate| fate.outcome == word).count() as u64;
                let mut rejected: Vec<(String, u64)> = Vec::new();
                for fate in results.iter().filter(|fate| fate.outcome == "dropped") {
                    let code = fate.reason.as_deref().unwrap_or(OTHER);
                    match rejected.iter_mut().find(|(known, _)| known == code) {
                        Some((_, count)) => *count += 1,
                        None => rejected.push((code.to_owned(), 1)),
                    }
                }
                Fate::Settled {
                    accepted: count("accepted"),
                    duplicates: count("duplicate"),
                    rejected,
                }
            }
        }
    }
}

/// The code in the server's refusal; never its text.
fn code_of(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        code: String,
    }
    let refusal = serde_json::from_slice::<Refusal>(body).ok();
    let code = refusal.map(|refusal| refusal.code);
    code.filter(|code| is_code(code))
        .unwrap_or_else(|| OTHER.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::spool::inflate;
    use crate::model::event::{Admission, RawEvent, Validator};
    use uuid::Uuid;

    fn event() -> Event {
        let raw = r#"{"name":"cli.command.completed","context":{"source":"cli"},
            "properties":{"command":"analyze","success":true,"durationMs":1}}"#;
        let validator = Validator::new(Catalog::decantr(), [0; 32], 90);
        let admission = Admission {
            now: Timestamp::UNIX_EPOCH,
            has_key: true,
        };
        let judged = validator.normalise(&RawEvent::parse(raw), admission);
        judged.unwrap().event
    }

    fn frozen() -> Frozen {
        let losses = vec![(Reason::QueueOverflow, 3)];
        Frozen::of(
            &Catalog::decantr(),
            &[event()],
            losses,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap()
    }

    fn fate(status: u16, body: &str) -> Fate {
        let answer = Answer {
            status,
            retry_after: None,
            retry_at: None,
            body: body.as_bytes().to_vec(),
        };
        frozen().fate(&answer, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_batch_is_that_of_every_client_and_what_was_lost() {
        let body = inflate(&frozen().bytes).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["schemaVersion", "catalog", "batchId", "events", "losses"]
        );
        assert_eq!(json["losses"], serde_json::json!({ "queue_overflow": 3 }));
        let id = json["batchId"].as_str().unwrap();
        assert_eq!(Uuid::parse_str(id).unwrap().get_version_num(), 7);
        let none = Frozen::of(&Catalog::decantr(), &[], Vec::new(), Timestamp::UNIX_EPOCH);
        let body = inflate(&none.unwrap().bytes).unwrap();
        assert!(!String::from_utf8(body).unwrap().contains("losses"));
    }

    #[test]
    fn a_refusal_is_known_by_its_code_and_never_by_its_text() {
        let refused = |body| match fate(401, body) {
            Fate::Refused { status: 401, code } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            refused(r#"{"code":"invalid_key","detail":"x"}"#),
            "invalid_key"
        );
        for odd in ["", "<html>", r#"{"code":"Look \u001b[2J"}"#] {
            assert_eq!(refused(odd), "other");
        }
        assert!(matches!(fate(500, ""), Fate::Later { .. }));
        assert!(matches!(fate(202, "{}"), Fate::Later { .. }));
    }
}
