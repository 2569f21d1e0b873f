//! What is said about one route and method: what it takes, what it answers, by which codes it refuses.

use std::collections::{BTreeMap, BTreeSet};

use axum::routing::MethodFilter;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::model::outcome::Reason;
use crate::model::protocol::Scope;

/// What is said about one method of one path.
#[derive(Debug, Clone)]
pub struct Operation {
    method: &'static str,
    pub(super) summary: &'static str,
    pub(super) about: Option<&'static str>,
    pub(super) group: &'static str,
    client: Option<&'static str>,
    pub(super) security: Vec<Value>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Vec<Content>,
    pub(super) replies: BTreeMap<u16, Reply>,
    pub(super) refusals: BTreeMap<u16, BTreeSet<&'static str>>,
    /// Whether refusals are in the words of PostHog's newer protocol.
    pub(super) is_posthog: bool,
}

/// A part of the query or a header.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) about: &'static str,
    pub(super) is_required: bool,
    pub(super) schema: Value,
}

impl Parameter {
    /// A part of the query that can be left out.
    pub fn query(name: &'static str, about: &'static str, schema: Value) -> Self {
        Self {
            name,
            place: "query",
            about,
            is_required: false,
            schema,
        }
    }

    /// A header that can be left out.
    pub fn header(name: &'static str, about: &'static str, schema: Value) -> Self {
        Self {
            place: "header",
            ..Self::query(name, about, schema)
        }
    }

    /// It cannot be left out.
    #[must_use]
    pub fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }
}

/// A body of one media type.
#[derive(Debug, Clone)]
pub struct Content {
    pub(super) media: &'static str,
    pub(super) shape: Shape,
}

impl Content {
    /// JSON with this schema; `#/components/schemas/Event` is an event of a catalog that is served.
    pub fn json(schema: Value) -> Self {
        Self::of("application/json", schema)
    }

    /// Another media type with this schema.
    pub fn of(media: &'static str, schema: Value) -> Self {
        Self {
            media,
            shape: Shape::Is(schema),
        }
    }

    /// JSON as this type is written.
    pub fn typed<T: JsonSchema>() -> Self {
        Self {
            media: "application/json",
            shape: Shape::Type(SchemaGenerator::subschema_for::<T>),
        }
    }
}

/// A schema, or the type that it follows from.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Is(Value),
    Type(fn(&mut SchemaGenerator) -> Schema),
}

/// An answer that is no refusal.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) about: &'static str,
    pub(super) content: Vec<Content>,
}

impl Operation {
    fn of(method: &'static str, summary: &'static str) -> Self {
        let operation = Self {
            method,
            summary,
            about: None,
            group: "other",
            client: None,
            security: Vec::new(),
            parameters: Vec::new(),
            body: Vec::new(),
            replies: BTreeMap::new(),
            refusals: BTreeMap::new(),
            is_posthog: false,
        };
        operation.refuses(500, &["internal_error"])
    }

    /// `GET`, and `HEAD`.
    pub fn get(summary: &'static str) -> Self {
        Self::of("get", summary)
    }

    /// `POST`.
    pub fn post(summary: &'static str) -> Self {
        Self::of("post", summary)
    }

    /// `PUT`.
    pub fn put(summary: &'static str) -> Self {
        Self::of("put", summary)
    }

    /// `DELETE`.
    pub fn delete(summary: &'static str) -> Self {
        Self::of("delete", summary)
    }

    /// More about it.
    #[must_use]
    pub fn about(self, text: &'static str) -> Self {
        Self {
            about: Some(text),
            ..self
        }
    }

    /// Under which heading it stands.
    #[must_use]
    pub fn in_group(self, group: &'static str) -> Self {
        Self { group, ..self }
    }

    /// It takes events in the words of `client`, which is a label in metrics: with or without a key of scope `ingest`.
    #[must_use]
    pub fn takes_events_of(self, client: &'static str) -> Self {
        let taking = Self {
            client: Some(client),
            group: "events",
            security: vec![json!({}), json!({ "key": [] })],
            ..self
        };
        taking
            .refuses(401, &["unknown_key"])
            .refuses(403, &["missing_scope"])
            .refuses(429, &["rate_limited"])
            .refuses(503, &["overloaded", "store_unavailable"])
    }

    /// It needs a key, of this scope if one is given.
    #[must_use]
    pub fn keyed(self, scope: Option<Scope>) -> Self {
        let keyed = Self {
            security: vec![json!({ "key": scope.iter().map(|s| s.as_str()).collect::<Vec<_>>() })],
            ..self
        };
        let keyed = keyed
            .refuses(401, &["unknown_key"])
            .refuses(429, &["rate_limited"])
            .refuses(503, &["overloaded", "store_unavailable"]);
        match scope {
            Some(_) => keyed.refuses(403, &["missing_scope"]),
            None => keyed,
        }
    }

    /// It needs a key of scope `admin` or `snapshot`, which may also stand in a header of its own.
    #[must_use]
    pub fn keyed_for_snapshots(self) -> Self {
        let mut keyed = self.keyed(Some(Scope::Snapshot));
        keyed.security.push(json!({ "snapshotToken": [] }));
        keyed
    }

    /// It needs no key, and looks at one that is there.
    #[must_use]
    pub fn key_welcome(self) -> Self {
        let mut open = self.keyed(None);
        open.security.insert(0, json!({}));
        open
    }

    /// It has this parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// It has parameters in its query that are read strictly: nothing else, and nothing twice.
    #[must_use]
    pub fn strict_query(self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        let strict = self.refuses(
            400,
            &["invalid_query", "unknown_parameter", "repeated_parameter"],
        );
        parameters.into_iter().fold(strict, Self::parameter)
    }

    /// It takes a body of one of these, and refuses what is not.
    #[must_use]
    pub fn body(self, content: impl IntoIterator<Item = Content>) -> Self {
        let taking = Self {
            body: content.into_iter().collect(),
            ..self
        };
        taking
            .refuses(400, &["invalid_json", "invalid_gzip", "incomplete_body"])
            .refuses(408, &["body_timeout"])
            .refuses(413, &["body_too_large"])
            .refuses(503, &["overloaded"])
    }

    /// It answers so, with JSON as `T` is written.
    #[must_use]
    pub fn reply<T: JsonSchema>(self, status: u16, about: &'static str) -> Self {
        self.reply_with(status, about, [Content::typed::<T>()])
    }

    /// It answers so, with one of these bodies.
    #[must_use]
    pub fn reply_with(
        mut self,
        status: u16,
        about: &'static str,
        content: impl IntoIterator<Item = Content>,
    ) -> Self {
        let content = content.into_iter().collect();
        self.replies.insert(status, Reply { about, content });
        self
    }

    /// It refuses with this status and one of these codes.
    #[must_use]
    pub fn refuses(mut self, status: u16, codes: &[&'static str]) -> Self {
        self.refusals.entry(status).or_default().extend(codes);
        self
    }

    /// It refuses with `{error, error_description, error_uri}`, as PostHog's newer protocol does.
    #[must_use]
    pub fn refuses_as_posthog_does(self) -> Self {
        Self {
            is_posthog: true,
            ..self
        }
    }

    /// It refuses an event with 422 and the reason.
    #[must_use]
    pub fn refuses_events(self) -> Self {
        let codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        self.refuses(422, &codes)
    }

    pub(super) fn method(&self) -> &'static str {
        self.method
    }

    pub(super) fn filter(&self) -> MethodFilter {
        super::filter(self.method)
    }

    pub(super) fn speaks(&self) -> Option<&'static str> {
        self.client
    }
}
