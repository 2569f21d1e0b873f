//! A session: a server together with the key that was checked against it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{Call, Verb};
use super::error::AccountError;
use super::place::{Kept, Place};
use crate::base::secret::Secret;
use crate::client::ClientError;
use crate::config::{Endpoint, Host};
use crate::model::protocol::{ME_PATH, Me};

/// A server and the key for it. Every request goes to that server and carries that key.
#[derive(Debug)]
pub struct Session {
    /// The server.
    pub server: Endpoint,
    /// The key.
    pub key: Secret,
    /// Where the key was found.
    pub kept: Kept,
    /// What a person should hear, one sentence each.
    pub warnings: Vec<String>,
    call: Call,
}

impl Session {
    /// Finds the server and its key; sends nothing. May ask the keyring, which takes up to 5 s, so it is for commands that need
    /// the key only.
    ///
    /// # Errors
    /// [`AccountError::NotSignedIn`] (exit code 5) when there is no key for this server; exit code 2 or 3 when settings, files or
    /// the keyring cannot be used.
    pub fn open(host: &Host, api_url: Option<&str>) -> Result<Self, ClientError> {
        let place = Place::find(host, api_url)?;
        let (key, kept) = place.key()?;
        let warnings = place.warnings();
        Ok(Self {
            call: Call::new(&place.server, &host.clock, Some(key.clone()))?,
            server: place.server,
            key,
            kept,
            warnings,
        })
    }

    /// Asks who the key belongs to.
    pub async fn me(&self) -> Result<Me, AccountError> {
        self.get(ME_PATH).await
    }

    /// GETs `path`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AccountError> {
        self.call.ask(Verb::Get, path, None).await
    }

    /// POSTs `body` as JSON to `path`.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AccountError> {
        let body = self.call.json(path, body)?;
        self.call.ask(Verb::Post, path, Some(body)).await
    }

    /// DELETEs `path`, with `body` as JSON.
    pub async fn delete<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AccountError> {
        let body = self.call.json(path, body)?;
        self.call.ask(Verb::Delete, path, Some(body)).await
    }
}
