//! Whose event it is, in PostHog's words: a distinct id, which can be anything, becomes the opaque id that it is or a keyed hash.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::ids::OpaqueId;
use crate::model::event::{RawMap, RawValue};

/// The most characters of a distinct id that count (PostHog/posthog `rust/common/types/src/event.rs`@024dbbe).
pub(super) const LONGEST: usize = 200;

/// Words that programs send where they know nobody, so that they tell nobody apart
/// (PostHog/posthog `rust/capture/src/v1/analytics/constants.rs`@0229139).
const NOBODY: [&str; 20] = [
    "0",
    "00000000-0000-0000-0000-000000000000",
    "[object object]",
    "anonymous",
    "anonymous-user",
    "backend",
    "distinct_id",
    "distinctid",
    "email",
    "false",
    "guest",
    "id",
    "nan",
    "none",
    "not_authenticated",
    "null",
    "system",
    "true",
    "undefined",
    "user",
];

/// Whether a distinct id is a word that tells nobody apart.
pub(super) fn is_nobody(distinct_id: &str) -> bool {
    let word = distinct_id.trim();
    NOBODY
        .iter()
        .any(|nobody| word.eq_ignore_ascii_case(nobody))
}

/// A distinct id as text: numbers and objects are written as JSON, and what is longer than [`LONGEST`] is cut. `None` for nothing.
pub(super) fn distinct_id(value: &RawValue<'_>) -> Option<String> {
    let text = match value {
        RawValue::Null => return None,
        RawValue::Text(text) => text.chars().take(LONGEST).collect(),
        other => {
            let json = json(other).to_string();
            json.chars().take(LONGEST).collect::<String>()
        }
    };
    (!text.is_empty()).then_some(text)
}

/// The same value with its keys in order, so that it is written in one way only.
fn json(value: &RawValue<'_>) -> Value {
    match value {
        RawValue::Null => Value::Null,
        RawValue::Bool(value) => (*value).into(),
        RawValue::Int(value) => (*value).into(),
        RawValue::Float(value) => (*value).into(),
        RawValue::Text(text) => (**text).into(),
        RawValue::List(values) => values.iter().map(json).collect(),
        RawValue::Map(members) => {
            let sorted: BTreeMap<&str, Value> = members
                .iter()
                .map(|(name, value)| (&**name, json(value)))
                .collect();
            let sorted = sorted.into_iter();
            Value::Object(
                sorted
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
            )
        }
    }
}

/// Puts a distinct id into the field of its kind, unless that is said already. One of another shape is an anonymous visitor, and
/// the validator keeps its keyed hash; so is an account or an organisation when nobody with a key says so. Our own forwarder names
/// a program that has no ids `service:NAME`: that is nobody either.
pub(super) fn put(distinct_id: &str, has_key: bool, context: &mut RawMap<'_>) {
    if is_nobody(distinct_id) || distinct_id.starts_with("service:") {
        return;
    }
    let id = OpaqueId::parse(distinct_id);
    let field = match id.as_ref().map(OpaqueId::prefix) {
        Ok("inst" | "install") => "installId",
        Ok("proj" | "project") => "projectId",
        Ok("sess") => "sessionId",
        Ok("user") if has_key => "userId",
        Ok("org") if has_key => "orgId",
        _ => "anonymousId",
    };
    if !context.iter().any(|(name, _)| name == field) {
        context.push((field.into(), distinct_id.to_owned().into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line: a distinct id as JSON, and as text.
    #[test]
    fn distinct_ids_are_texts_of_at_most_200_characters() {
        let long = format!("\"{}\"", "ü".repeat(222));
        let cut = "ü".repeat(200);
        for (value, text) in [
            (r#""myid""#, Some("myid")),
            ("23", Some("23")),
            ("23.4", Some("23.4")),
            ("true", Some("true")),
            (r#"["a","b"]"#, Some(r#"["a","b"]"#)),
            (
                r#"{"string":"a","number":3}"#,
                Some(r#"{"number":3,"string":"a"}"#),
            ),
            (
                r#"{"number":3,"string":"a"}"#,
                Some(r#"{"number":3,"string":"a"}"#),
            ),
            (&long, Some(&cut)),
            (r#""""#, None),
            ("null", None),
        ] {
            let value: RawValue<'_> = serde_json::from_str(value).unwrap();
            assert_eq!(distinct_id(&value).as_deref(), text, "{value:?}");
        }
    }

    #[test]
    fn ids_go_where_they_belong_and_never_over_what_is_said() {
        let field = |distinct_id: &str, has_key| {
            let mut context = RawMap::new();
            put(distinct_id, has_key, &mut context);
            context.pop().map(|(name, value)| {
                assert_eq!(value, RawValue::from(distinct_id));
                name.into_owned()
            })
        };
        for (distinct_id, expected) in [
            ("inst_0123", Some("installId")),
            ("install_0123", Some("installId")),
            ("proj_abc", Some("projectId")),
            ("anon_1", Some("anonymousId")),
            ("sess_1", Some("sessionId")),
            ("user-1", Some("anonymousId")),
            ("someone@example.com", Some("anonymousId")),
            ("01a1f738-9484-77b4-b08d-218787d3305b", Some("anonymousId")),
            ("service:cli", None),
            ("Anonymous", None),
            (" null ", None),
            ("00000000-0000-0000-0000-000000000000", None),
        ] {
            for has_key in [false, true] {
                assert_eq!(
                    field(distinct_id, has_key).as_deref(),
                    expected,
                    "{distinct_id}"
                );
            }
        }
        for (distinct_id, with_key) in [("user_1", "userId"), ("org_acme", "orgId")] {
            assert_eq!(field(distinct_id, true).as_deref(), Some(with_key));
            assert_eq!(field(distinct_id, false).as_deref(), Some("anonymousId"));
        }
        let mut context: RawMap<'_> = vec![("installId".into(), "install_1".into())];
        put("inst_2", false, &mut context);
        assert_eq!(context, [("installId".into(), "install_1".into())]);
    }
}
