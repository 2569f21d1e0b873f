//! Organisations, keys and claims for the tests of accounts, and requests with a key.

use std::sync::{Arc, OnceLock};

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::protocol::{Claim, LINK_PATH, OrgName, Scope};
use decantr::server::access::{AccessSettings, mint, org_id};
use decantr::server::store::{self, By, Key};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{NOW, Running, now, url};

/// A key as its owner has it.
pub(crate) struct Owned {
    pub(crate) text: String,
    pub(crate) id: String,
    pub(crate) user: String,
}

pub(crate) fn by() -> By {
    By {
        who: "local:test".to_owned(),
        at: now(),
    }
}

impl Running {
    /// A server with an empty store and this door.
    pub(crate) async fn with_door(access: AccessSettings) -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let clock = Clock::fixed(now());
        let store = store::create(&url(&path), &clock).await.unwrap();
        let running = Self::on_door(&path, Arc::clone(&store), clock, access, |bound| bound).await;
        (running, folder)
    }

    pub(crate) async fn add_org(&self, slug: &str) -> OrgName {
        let name = OrgName {
            id: org_id(slug, None).unwrap(),
            slug: slug.to_owned(),
        };
        let identities = self.store.identities();
        identities.add_org(&name, &by()).await.unwrap();
        name
    }

    /// A key of a user of its own.
    pub(crate) async fn key(&self, scopes: &[Scope], org: Option<&OrgName>) -> Owned {
        let minted = mint().unwrap();
        let key = Key {
            id: minted.id.clone(),
            hash: minted.hash,
            scopes: scopes.to_vec(),
            org: org.cloned(),
            user: OpaqueId::parse(&format!("user_{}", minted.id)).unwrap(),
            label: None,
            created_at: now(),
            revoked_at: None,
        };
        let identities = self.store.identities();
        identities.add_key(&key, &by()).await.unwrap();
        Owned {
            text: minted.key.expose().to_owned(),
            id: minted.id,
            user: key.user.into(),
        }
    }

    /// A request with these headers; gives status, `Retry-After` and body.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> (u16, Option<String>, Value) {
        static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
        let client = CLIENT.get_or_init(|| reqwest::Client::builder().no_proxy().build().unwrap());
        // A connection of its own: the client outlives the runtime of a test.
        let mut request = client
            .request(method, format!("{}{path}", self.base))
            .header("connection", "close");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let retry = response.headers().get("retry-after");
        let retry = retry.map(|value| value.to_str().unwrap().to_owned());
        let body = response.bytes().await.unwrap();
        (status, retry, serde_json::from_slice(&body).unwrap())
    }

    /// A request with a key.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&Owned>,
        body: Option<Value>,
    ) -> (u16, Value) {
        let bearer = key.map(|key| format!("Bearer {}", key.text));
        let headers: Vec<_> = bearer
            .iter()
            .map(|text| ("authorization", text.as_str()))
            .collect();
        let body = body.map(|body| body.to_string());
        let (status, _, value) = self.send(method, path, &headers, body).await;
        (status, value)
    }

    /// Links ids to `org`.
    pub(crate) async fn link(&self, key: &Owned, org: &str, ids: &[Claim]) -> (u16, Value) {
        let body = json!({ "schemaVersion": 1, "org": org, "ids": ids, "from": NOW });
        self.ask(Method::POST, LINK_PATH, Some(key), Some(body))
            .await
    }
}

/// The claim of the owner of an id that is made from a secret of this byte.
pub(crate) fn own(prefix: &str, byte: u8) -> Claim {
    let secret = [byte; 32];
    Claim::proven(OpaqueId::certified(prefix, &secret).unwrap(), &secret)
}

/// A claim of an id that nobody can prove.
pub(crate) fn foreign(id: &str) -> Claim {
    Claim {
        id: OpaqueId::parse(id).unwrap(),
        secret: None,
    }
}

/// Status and code of an answer.
pub(crate) fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}
