//! What a body is: one event, an array of events, or an object with a batch of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue as Json;

use crate::model::event::RawValue;
use crate::model::protocol::RawEvents;
use crate::server::access::Failure;

/// The most events of a request. PostHog counts none; this many are as many as fit 20 MiB in practice, and a body of nothing but
/// braces stays small in memory.
pub(super) const MAX_EVENTS: usize = 100_000;

/// A request, with its events as they were sent.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// The events, each only known to be JSON; at most [`MAX_EVENTS`] of them.
    pub(super) events: Vec<&'a Json>,
    /// How many more there were.
    pub(super) beyond: usize,
    /// The token of a batch.
    pub(super) token: Option<RawValue<'a>>,
    /// When a batch was sent, by its sender's clock.
    pub(super) sent_at: Option<RawValue<'a>>,
    /// When a batch was made, by the same clock; only the newer protocol says it.
    pub(super) created_at: Option<RawValue<'a>>,
    /// Whether it was an object with a batch.
    pub(super) is_batch: bool,
}

impl<'a> Message<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 for what is no JSON of one of the three shapes. The text says where, and nothing of what is there.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(body)
            .map_err(|_other| Failure::bad("invalid_json", "the body is not UTF-8"))?;
        let events = Events::default();
        if text.trim_start().starts_with('[') {
            let events = serde_json::from_str(text).map_err(|error| invalid(&error))?;
            return Ok(Self::of(events));
        }
        let object: Object<'_> = serde_json::from_str(text).map_err(|error| invalid(&error))?;
        if let Some(batch) = object.batch {
            return Ok(Self {
                token: object.token,
                sent_at: object.sent_at,
                created_at: object.created_at,
                is_batch: true,
                ..Self::of(batch)
            });
        }
        let event = serde_json::from_str(text).map_err(|error| invalid(&error))?;
        Ok(Self::of(Events {
            kept: vec![event],
            ..events
        }))
    }

    fn of(events: Events<'a>) -> Self {
        Self {
            events: events.kept,
            beyond: events.beyond,
            token: None,
            sent_at: None,
            created_at: None,
            is_batch: false,
        }
    }

    /// Everything from the first event to the last as it was sent, out of the body that they were read from. Sent again, it is the
    /// same, whatever is around it.
    pub(super) fn span<'b>(&self, body: &'b [u8]) -> &'b [u8] {
        let place =
            |event: &Json| (event.get().as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
        let (Some(first), Some(last)) = (self.events.first(), self.events.last()) else {
            return &[];
        };
        let range = place(first)..place(last) + last.get().len();
        body.get(range).unwrap_or_default()
    }
}

fn invalid(error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    let detail = "the body is not JSON of an event, an array or a batch of events";
    Failure::bad(
        "invalid_json",
        format!("{detail} (line {line}, column {column})"),
    )
}

/// The events of a request.
type Events<'a> = RawEvents<'a, MAX_EVENTS>;

/// The members of an object that make it a batch.
#[derive(Debug, Default)]
struct Object<'a> {
    batch: Option<Events<'a>>,
    token: Option<RawValue<'a>>,
    sent_at: Option<RawValue<'a>>,
    created_at: Option<RawValue<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = Object::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        // Null says nothing.
                        "batch" => object.batch = map.next_value()?,
                        "api_key" | "token" => {
                            let token = Some(map.next_value()?);
                            let said = token.filter(|token| *token != RawValue::Null);
                            object.token = said.or(object.token);
                        }
                        "sent_at" => object.sent_at = Some(map.next_value()?),
                        "created_at" => object.created_at = Some(map.next_value()?),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_shapes_are_read() {
        let texts = |body: &str| -> Vec<String> {
            let sent = Message::read(body.as_bytes()).unwrap();
            sent.events
                .iter()
                .map(|event| event.get().to_owned())
                .collect()
        };
        let one = r#"{"event":"a"}"#;
        assert_eq!(texts(one), [one]);
        assert_eq!(texts(&format!(" [{one}, {one}]\n")), [one, one]);
        let batch = format!(
            r#"{{"api_key":"t","batch":[{one}, 7],"sent_at":"x","historical_migration":true}}"#
        );
        assert_eq!(texts(&batch), [one, "7"]);
        let sent = Message::read(batch.as_bytes()).unwrap();
        assert_eq!(
            (sent.token, sent.sent_at),
            (Some("t".into()), Some("x".into()))
        );
        assert_eq!(texts("[]"), [""; 0]);
    }

    #[test]
    fn null_in_the_place_of_a_token_or_a_batch_says_nothing() {
        for body in [
            r#"{"api_key":null,"batch":[{"event":"a","token":"t"}]}"#,
            r#"{"batch":null,"event":"a","token":"t"}"#,
        ] {
            let sent = Message::read(body.as_bytes()).unwrap();
            assert_eq!((sent.events.len(), sent.token), (1, None), "{body}");
        }
        let body = r#"{"token":"t","api_key":null,"batch":[]}"#;
        let sent = Message::read(body.as_bytes()).unwrap();
        assert_eq!(sent.token, Some("t".into()));
    }

    #[test]
    fn nothing_else_is_read() {
        let deep = "[".repeat(100_000);
        for body in [
            "",
            "7",
            "null",
            "\"x\"",
            "{",
            "{\"batch\":7}",
            "{\"batch\":{}}",
            "[1,",
            "{} {}",
            &deep,
        ] {
            assert!(Message::read(body.as_bytes()).is_err(), "{body:.20}");
        }
        assert!(Message::read(b"[\"\xff\"]").is_err());
    }

    #[test]
    fn only_so_many_events_are_held() {
        let body = format!("[{}0]", "0,".repeat(MAX_EVENTS + 6));
        let sent = Message::read(body.as_bytes()).unwrap();
        assert_eq!((sent.events.len(), sent.beyond), (MAX_EVENTS, 7));
    }

    #[test]
    fn the_span_is_what_is_sent_again() {
        let body = |sent_at: u32| {
            format!(r#"{{"sent_at":{sent_at},"batch":[ {{"event":"a"}} , {{}} ],"token":"t"}}"#)
        };
        for body in [body(1), body(20_000)] {
            let sent = Message::read(body.as_bytes()).unwrap();
            assert_eq!(sent.span(body.as_bytes()), br#"{"event":"a"} , {}"#);
        }
    }
}
