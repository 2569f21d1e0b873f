//! What a request asks: its query and its body, read strictly.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Api;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment};
use crate::model::outcome::Reason;
use crate::model::protocol::{ACCOUNT_VERSION, Scope};
use crate::server::access::{Bodies, Catalogs, Failure, json};
use crate::server::store::{Key, Org};

/// The largest body of a request about accounts, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// How many days a report may cover.
pub(super) const DAYS: [u32; 5] = [1, 7, 14, 30, 90];

/// How many days a report covers unless it is asked for others.
const DEFAULT_DAYS: u32 = 7;

/// 200 with `result`, or why not.
pub(super) fn answer(result: Result<impl Serialize, Failure>) -> Response {
    match result {
        Ok(value) => json(StatusCode::OK, &value),
        Err(failure) => failure.into_response(),
    }
}

/// The key and the body of a request that needs both.
pub(super) async fn keyed<T: DeserializeOwned>(
    api: &Api,
    request: Request,
    scope: Scope,
) -> Result<(Key, T), Failure> {
    let (head, body) = request.into_parts();
    match api.access.admit(&head, Some(scope)).await {
        Ok(key) => Ok((key, read(api, body).await?)),
        Err(failure) => {
            Bodies::pass_over(body);
            Err(failure)
        }
    }
}

/// As [`keyed`], where a key is welcome and not needed.
pub(super) async fn anybodys<T: DeserializeOwned>(
    api: &Api,
    request: Request,
) -> Result<(Option<Key>, T), Failure> {
    let (head, body) = request.into_parts();
    match api.access.admit_anybody(&head).await {
        Ok(key) => Ok((key, read(api, body).await?)),
        Err(failure) => {
            Bodies::pass_over(body);
            Err(failure)
        }
    }
}

/// Reads a JSON object. Members that nobody knows are passed over where the form allows it; a member that is there twice or of
/// another type is an error.
async fn read<T: DeserializeOwned>(api: &Api, body: Body) -> Result<T, Failure> {
    let received = api.access.bodies.read(body, MAX_BODY).await?;
    let body = received.inflated(MAX_BODY)?;
    // serde would take the members in order out of an array, too.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let read = if is_object {
        serde_json::from_slice(&body).ok()
    } else {
        None
    };
    read.ok_or_else(|| {
        let detail = "the body is not a JSON object of the documented shape";
        Failure::bad("invalid_json", detail)
    })
}

/// Refuses a request of another version.
pub(super) fn require_version(version: u32) -> Result<(), Failure> {
    if version == ACCOUNT_VERSION {
        return Ok(());
    }
    let detail = format!("schemaVersion is {ACCOUNT_VERSION}");
    Err(Failure::refused(Reason::UnsupportedVersion, detail))
}

/// The organisation with this short name.
pub(super) async fn org(api: &Api, slug: &str) -> Result<Org, Failure> {
    let orgs = api.store.identities().orgs().await?;
    orgs.into_iter()
        .find(|org| org.name.slug == slug)
        .ok_or_else(|| {
            let detail = "there is no organisation of this name; ask the operator which there are";
            Failure::new(StatusCode::NOT_FOUND, "unknown_org", detail)
        })
}

/// The query of a request.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    /// Reads the query; only these parameters are known.
    pub(super) fn of(head: &Parts, known: &[&str]) -> Result<Self, Failure> {
        let invalid = |_| Failure::bad("invalid_query", "the query cannot be read");
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(&head.uri).map_err(invalid)?;
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let detail = format!("the parameters here are {}", known.join(", "));
                return Err(Failure::bad("unknown_parameter", detail));
            }
            if pairs.iter().take(at).any(|(earlier, _)| earlier == name) {
                return Err(Failure::bad(
                    "repeated_parameter",
                    "a parameter is given once",
                ));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// `days`.
    pub(super) fn days(&self) -> Result<u32, Failure> {
        let Some(text) = self.get("days") else {
            return Ok(DEFAULT_DAYS);
        };
        let days = text.parse().ok().filter(|days| DAYS.contains(days));
        days.ok_or_else(|| Failure::bad("invalid_days", "days is one of 1, 7, 14, 30, 90"))
    }

    /// `limit`, from 1 to `most`.
    pub(super) fn limit(&self, usual: usize, most: usize) -> Result<usize, Failure> {
        let Some(text) = self.get("limit") else {
            return Ok(usual);
        };
        let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| Failure::bad("invalid_limit", format!("limit is from 1 to {most}")))
    }

    /// `actor`.
    pub(super) fn actor(&self) -> Result<Option<Actor>, Failure> {
        let words = || Actor::ALL.iter().map(|actor| actor.as_str());
        self.word("actor", Actor::parse)
            .map_err(|()| one_of("invalid_actor", "actor", words()))
    }

    /// `environment`.
    pub(super) fn environment(&self) -> Result<Option<Environment>, Failure> {
        let words = || {
            Environment::ALL
                .iter()
                .map(|environment| environment.as_str())
        };
        self.word("environment", Environment::parse)
            .map_err(|()| one_of("invalid_environment", "environment", words()))
    }

    /// `source`, one of the catalog's.
    pub(super) fn source(&self, catalog: &Catalog) -> Result<Option<String>, Failure> {
        self.word("source", |word| {
            catalog.source(word).map(ToString::to_string)
        })
        .map_err(|()| {
            let words = catalog.sources.iter().map(|source| &**source);
            one_of("invalid_source", "source", words)
        })
    }

    /// `catalog`, one of the server's; the main one when it is not given.
    pub(super) fn catalog<'a>(&self, catalogs: &'a Catalogs) -> Result<&'a Arc<Catalog>, Failure> {
        let found = match self.get("catalog") {
            Some(id) => catalogs.find(id),
            None => Some(catalogs.main()),
        };
        found.map(|validator| validator.catalog()).ok_or_else(|| {
            let ids = catalogs.iter().map(|validator| &*validator.catalog().id);
            one_of("invalid_catalog", "catalog", ids)
        })
    }

    fn word<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
        self.get(name).map(|word| parse(word).ok_or(())).transpose()
    }
}

fn one_of<'a>(code: &'static str, name: &str, words: impl Iterator<Item = &'a str>) -> Failure {
    let words: Vec<&str> = words.collect();
    Failure::bad(code, format!("{name} is one of {}", words.join(", ")))
}
