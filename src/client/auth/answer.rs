//! What an answer means: the value that was asked for, or one of the ways in which there is none.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{AccountError, Said};
use crate::base::http::{Answer, HttpError};
use crate::base::secret::Secret;
use crate::model::protocol::{Claim, ErrorReply};

/// The codes by which a server says that it has no such path or method; every other code is about what was asked for.
const NO_SUCH_REQUEST: [&str; 2] = ["not_found", "method_not_allowed"];

/// What was asked, and of whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The server's origin.
    pub origin: &'a str,
    /// The request's path.
    pub path: &'a str,
    /// The key that went along.
    pub key: Option<&'a Secret>,
    /// The body that went along, with the secrets of ids in it.
    pub body: Option<&'a [u8]>,
}

/// Reads an answer that came at `now`.
pub(super) fn read<T: DeserializeOwned>(
    asked: Asked<'_>,
    answer: &Answer,
    now: Timestamp,
) -> Result<T, AccountError> {
    let origin = asked.origin.to_owned();
    if repeats_secret(asked, &answer.body) {
        // Whatever it says would be shown with the secret in it.
        let reason = "it repeats a secret that was sent, so it is not shown".to_owned();
        return Err(AccountError::Nonsense { origin, reason });
    }
    let reply: Option<ErrorReply> = serde_json::from_slice(&answer.body).ok();
    let said = reply.as_ref().map(Said::new).unwrap_or_default();
    let status = answer.status;
    let pause = answer.pause(now);
    Err(match status {
        200..=299 => match serde_json::from_slice(&answer.body) {
            Ok(value) => return Ok(value),
            Err(error) => AccountError::Nonsense {
                origin,
                reason: format!(
                    "it is not the JSON that belongs to {} (line {}, column {})",
                    asked.path,
                    error.line(),
                    error.column()
                ),
            },
        },
        401 => AccountError::KeyRefused { origin },
        403 => AccountError::NotAllowed { origin, said },
        404 if !said.code.is_empty() && !NO_SUCH_REQUEST.contains(&said.code.as_str()) => {
            AccountError::NotFound { origin, said }
        }
        404 | 405 => AccountError::TooOld {
            origin,
            path: asked.path.to_owned(),
            status,
        },
        409 => AccountError::Conflict { origin, said },
        429 => AccountError::RateLimited { origin, pause },
        400..=499 => AccountError::Refused {
            origin,
            status,
            said,
        },
        500..=599 => AccountError::ServerFailed {
            origin,
            status,
            said,
            pause,
        },
        300..=399 => AccountError::Nonsense {
            origin,
            reason: format!("it points elsewhere ({status}), and a key goes nowhere else"),
        },
        _ => AccountError::Nonsense {
            origin,
            reason: format!("its status is {status}"),
        },
    })
}

/// The failure of a request that got no answer.
pub(super) fn unanswered(asked: Asked<'_>, error: HttpError) -> AccountError {
    let origin = asked.origin.to_owned();
    match error {
        HttpError::TooLarge { .. } => AccountError::Nonsense {
            origin,
            reason: "it is too large".to_owned(),
        },
        source => AccountError::Unreachable { origin, source },
    }
}

fn repeats_secret(asked: Asked<'_>, answer: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Sent {
        ids: Vec<Claim>,
    }
    let sent: Option<Sent> = asked
        .body
        .and_then(|body| serde_json::from_slice(body).ok());
    let claims = sent.iter().flat_map(|sent| &sent.ids);
    let mut secrets = claims
        .filter_map(|claim| claim.secret.as_deref())
        .chain(asked.key.map(Secret::expose))
        .filter(|secret| !secret.is_empty());
    let answer = String::from_utf8_lossy(answer);
    secrets.any(|secret| answer.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ExitClass;
    use serde_json::Value;

    const ORIGIN: &str = "https://a.example";

    fn read_as(status: u16, body: &str) -> Result<Value, AccountError> {
        let key = Secret::new("dcr_secret");
        let asked = Asked {
            origin: ORIGIN,
            path: "/v1/me",
            key: Some(&key),
            body: Some(
                br#"{"org":"a","ids":[{"id":"install_1"},{"id":"install_2","secret":"0f0f"}]}"#,
            ),
        };
        let answer = Answer {
            status,
            retry_after: Some(7),
            retry_at: None,
            body: body.as_bytes().to_vec(),
        };
        read(asked, &answer, Timestamp::UNIX_EPOCH)
    }

    fn coded(code: &str) -> String {
        format!(r#"{{"accepted":false,"code":"{code}","detail":"the reason"}}"#)
    }

    #[test]
    fn every_way_of_saying_no_is_told_apart() {
        use ExitClass::{Access, Remote};
        let cases = [
            (401, coded("unknown_key"), "KeyRefused", Access),
            (401, String::new(), "KeyRefused", Access),
            (403, coded("missing_scope"), "NotAllowed", Access),
            (404, coded("unknown_org"), "NotFound", Access),
            (404, coded("unknown_ticket"), "NotFound", Remote),
            (404, coded("not_found"), "TooOld", Remote),
            (404, "<html>".to_owned(), "TooOld", Remote),
            (405, coded("method_not_allowed"), "TooOld", Remote),
            (409, coded("linked_by_another"), "Conflict", Access),
            (422, coded("bad_body"), "Refused", Remote),
            (429, String::new(), "RateLimited", Remote),
            (500, coded("oops"), "ServerFailed", Remote),
            (503, String::new(), "ServerFailed", Remote),
            (200, "<html>".to_owned(), "Nonsense", Remote),
            (302, String::new(), "Nonsense", Remote),
            (101, String::new(), "Nonsense", Remote),
        ];
        for (status, body, kind, class) in cases {
            let error = read_as(status, &body).unwrap_err();
            assert!(
                format!("{error:?}").starts_with(kind),
                "{status}: {error:?}"
            );
            assert_eq!(error.exit_class(), class, "{error}");
            let text = error.to_string();
            assert!(text.starts_with(ORIGIN), "{text}");
            let has_reason = body.contains("the reason")
                && [
                    "NotAllowed",
                    "NotFound",
                    "Conflict",
                    "Refused",
                    "ServerFailed",
                ]
                .contains(&kind);
            assert_eq!(text.contains("the reason"), has_reason, "{text}");
        }
        let pause = read_as(429, "").unwrap_err().to_string();
        assert!(pause.ends_with("try again in 7 s"), "{pause}");
    }

    #[test]
    fn a_servers_words_are_bounded_and_cannot_steer_a_terminal() {
        let detail = format!("a\\u001b[2Jb{}", "x".repeat(1000));
        let body = format!(r#"{{"accepted":false,"code":"c","detail":"{detail}"}}"#);
        let text = read_as(403, &body).unwrap_err().to_string();
        assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn an_answer_that_repeats_a_secret_is_not_shown() {
        for (status, secret) in [(200, "dcr_secret"), (403, "0f0f"), (500, "dcr_secret")] {
            let error = read_as(status, &coded(secret)).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
