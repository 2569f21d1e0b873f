//! Project tokens, which PostHog's SDKs send with their events: no secrets there, but an operator can say which ones are let in;
//! and keys of ours that are given to an SDK in the place of one.

use std::fmt;

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

use super::key::Presented;
use super::{Access, Credential, Failure, Freshness, credential, require};
use crate::base::crypto;
use crate::model::protocol::Scope;
use crate::server::store::Key;

/// The longest project token, in bytes (PostHog/posthog rust/capture/src/token.rs@14b6bb0).
const LONGEST: usize = 64;

/// The project tokens that are let in: none means any. Only their hashes are kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProjectTokens(Vec<[u8; 32]>);

/// Tells how many, as little as each of them may be worth.
impl fmt::Debug for ProjectTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProjectTokens({})", self.0.len())
    }
}

impl ProjectTokens {
    /// Reads a list of tokens with commas or white space between them.
    ///
    /// # Errors
    /// The place (from 1) of the first that can be none, 0 for a list without any.
    pub fn parse(list: &str) -> Result<Self, usize> {
        let tokens = list.split(|c: char| c == ',' || c.is_whitespace());
        let tokens = tokens.filter(|token| !token.is_empty());
        let mut hashes = Vec::new();
        for (at, token) in tokens.enumerate() {
            let token = project_token(token).map_err(|_refused| at + 1)?;
            hashes.push(crypto::sha256(token.as_bytes()));
        }
        if hashes.is_empty() {
            return Err(0);
        }
        Ok(Self(hashes))
    }

    /// Lets a token in.
    ///
    /// # Errors
    /// 401 when there is a list and this is not on it. How long that takes tells nothing about what is.
    pub fn admit(&self, token: &str) -> Result<(), Failure> {
        let hash = crypto::sha256(token.as_bytes());
        let same = self.0.iter().filter(|own| crypto::is_same(*own, &hash));
        if self.0.is_empty() || same.count() > 0 {
            return Ok(());
        }
        Err(refused("this server does not take this project token"))
    }
}

/// A project token without the white space around it.
///
/// # Errors
/// 401 for what PostHog takes for none: nothing, more than 64 bytes, anything but ASCII, NUL, a personal API key (`phx_…`).
pub fn project_token(text: &str) -> Result<&str, Failure> {
    let token = text.trim();
    if token.is_empty() {
        return Err(refused("the project token is blank"));
    }
    if token.starts_with("phx_") {
        let detail = "this is a personal API key (phx_…), which must not travel with events; send a project token";
        return Err(refused(detail));
    }
    if token.len() > LONGEST || !token.is_ascii() || token.contains('\0') {
        return Err(refused("a project token is at most 64 characters of ASCII"));
    }
    Ok(token)
}

/// What `Authorization: Bearer` holds, which may be a project token.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    match credential(headers) {
        Credential::Bearer(token) => Some(token),
        _ => None,
    }
}

fn refused(detail: &'static str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, "invalid_token", detail)
}

impl Access {
    /// Lets a request with events in whose `Authorization: Bearer` may hold a project token: what has the form of a key is one,
    /// with anything else the request comes without a key.
    ///
    /// # Errors
    /// As [`Access::admit_events`].
    pub async fn admit_events_with_token(&self, request: &Parts) -> Result<Option<Key>, Failure> {
        let credential = match credential(&request.headers) {
            Credential::Bearer(text) if Presented::read(text).is_none() => Credential::None,
            credential => credential,
        };
        self.admit_events_with(request, credential).await
    }

    /// The key that `token` is, which came in a request that was let in without one; `None` when it does not have the form of a
    /// key.
    ///
    /// # Errors
    /// 401 for a key that does not hold, 403 for one that is not for events.
    pub async fn key_in_token(&self, request: &Parts, token: &str) -> Result<Option<Key>, Failure> {
        if Presented::read(token).is_none() {
            return Ok(None);
        }
        let presented = Credential::Bearer(token);
        let key = self.known(request, presented, Freshness::Recent).await?;
        require(&key, Scope::Ingest)?;
        Ok(Some(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_lets_its_own_in_and_no_list_lets_anybody_in() {
        let list = ProjectTokens::parse(" phc_one,phc_two\n").unwrap();
        assert!(list.admit("phc_one").is_ok() && list.admit("phc_two").is_ok());
        assert!(list.admit("phc_three").is_err() && list.admit("phc_on").is_err());
        assert!(ProjectTokens::default().admit("anything").is_ok());
        assert_eq!(format!("{list:?}"), "ProjectTokens(2)");
        let long = format!("phc_1 {}", "a".repeat(65));
        for (bad, place) in [(" ,", 0), ("phx_1", 1), ("phc_1 phx_2", 2), (&long, 2)] {
            assert_eq!(ProjectTokens::parse(bad), Err(place), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        let longest = "a".repeat(64);
        let longer = "a".repeat(65);
        for (good, token) in [(" phc_1\n", "phc_1"), (&longest, &longest)] {
            assert_eq!(project_token(good), Ok(token));
        }
        for bad in ["", " \n", "phx_hello", "é", "a\0b", &longer] {
            assert!(project_token(bad).is_err(), "{bad:?}");
        }
    }
}
