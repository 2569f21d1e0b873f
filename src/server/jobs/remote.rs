//! Reports of a server elsewhere, read over its HTTP interface; nothing there is changed.

use std::time::Duration;

use jiff::civil::Date;
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::digest::{Basis, Reports};
use super::health::{Freshness, Health};
use super::snapshot::BASELINE;
use crate::base::http::{self, Answer, Http, HttpError, Request};
use crate::base::secret::Secret;
use crate::model::event::Actor;
use crate::model::protocol::{SNAPSHOT_HEALTH_PATH, SNAPSHOT_USAGE_PATH, USAGE_PATH};
use crate::server::report::Usage;

/// The header with a key that may read snapshots only.
const SNAPSHOT_TOKEN: &str = "x-telemetry-snapshot-token";

/// How long a request may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Why a server gave no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// It was not reached, or did not answer whole.
    #[error("cannot read reports")]
    Http(#[from] HttpError),
    /// 401.
    #[error("{origin} does not know the key")]
    UnknownKey {
        /// The server.
        origin: String,
    },
    /// 403.
    #[error("the key may not read {path} at {origin}")]
    Forbidden {
        /// The server.
        origin: String,
        /// The path.
        path: &'static str,
    },
    /// 404 or 405.
    #[error("{origin} has nothing at {path}; it is no decantr server, or an older one")]
    NotFound {
        /// The server.
        origin: String,
        /// The path.
        path: &'static str,
    },
    /// Any other status.
    #[error("{origin} answered HTTP {status} for {path}")]
    Status {
        /// The server.
        origin: String,
        /// The path.
        path: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// A success that is a page, or nothing.
    #[error(
        "{origin} answers {path} with something that is not JSON; is it the address of the API?"
    )]
    NotJson {
        /// The server.
        origin: String,
        /// The path.
        path: &'static str,
    },
    /// JSON that is no report of ours.
    #[error("what {origin} answers for {path} is no report of this version")]
    Shape {
        /// The server.
        origin: String,
        /// The path.
        path: &'static str,
        /// What is missing or wrong.
        #[source]
        source: serde_json::Error,
    },
    /// It takes no events of the catalog.
    #[error("{origin} does not serve the catalog {catalog}; name one that it does with --catalog")]
    OtherCatalog {
        /// The server.
        origin: String,
        /// The catalog that was asked for.
        catalog: String,
    },
    /// Nothing is kept, and there is no key for a report as of now.
    #[error("{origin} keeps no snapshot yet, and a live report needs a key of scope admin")]
    NothingKept {
        /// The server.
        origin: String,
    },
}

impl RemoteError {
    /// Whether another key is what helps.
    pub fn is_about_access(&self) -> bool {
        matches!(
            self,
            Self::UnknownKey { .. } | Self::Forbidden { .. } | Self::NothingKept { .. }
        )
    }
}

/// The keys for a server; at least one.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Of scope admin.
    pub admin: Option<Secret>,
    /// Of scope snapshot.
    pub snapshot: Option<Secret>,
}

/// A server and the keys for it.
pub struct Remote {
    base: Url,
    keys: Keys,
    http: Http,
}

/// The answer with kept reports.
#[derive(Deserialize)]
struct Listed {
    snapshots: Vec<Kept>,
}

#[derive(Deserialize)]
struct Kept {
    date: Date,
    days: u32,
    actor: Option<Actor>,
    source: Option<String>,
    usage: serde_json::Value,
}

impl Remote {
    /// A server at this base address; one that ends with `/v1`, as the field writes it, means the same as one without.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(base: &Url, keys: Keys) -> Result<Self, RemoteError> {
        let mut base = base.clone();
        let path = base.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).to_owned();
        base.set_path(&path);
        Ok(Self {
            http: Http::new_for(&base, LIMIT)?,
            base,
            keys,
        })
    }

    /// The server, as people hear of it.
    pub fn origin(&self) -> String {
        http::origin(&self.base)
    }

    /// How fresh the kept reports about this catalog are.
    ///
    /// # Errors
    /// When the server does not give it, or does not serve the catalog.
    pub async fn health(&self, catalog: &str) -> Result<Health, RemoteError> {
        let asked = [("catalog", catalog.to_owned())];
        let health = self.get(SNAPSHOT_HEALTH_PATH, &asked).await;
        health.map_err(|error| match error {
            RemoteError::Status { status: 400, .. } => RemoteError::OtherCatalog {
                origin: self.origin(),
                catalog: catalog.to_owned(),
            },
            error => error,
        })
    }

    /// The reports of a digest: those kept today; else live ones, where the key may ask for them; else the newest that are kept,
    /// whose age the health tells.
    ///
    /// # Errors
    /// When the server does not give them.
    pub async fn reports(&self, catalog: &str) -> Result<Reports, RemoteError> {
        let health = self.health(catalog).await?;
        let is_fresh = health.status == Freshness::Success;
        if self.keys.admin.is_some() && !is_fresh {
            return self.live(health).await;
        }
        let asked = [("catalog", catalog.to_owned())];
        let listed: Listed = self.get(SNAPSHOT_USAGE_PATH, &asked).await?;
        let mut found = Vec::new();
        for (days, actor) in BASELINE {
            let same = listed
                .snapshots
                .iter()
                .filter(|kept| kept.days == days && kept.actor == actor && kept.source.is_none());
            let newest = same.max_by_key(|kept| kept.date);
            let newest = newest.ok_or_else(|| RemoteError::NothingKept {
                origin: self.origin(),
            })?;
            let usage = serde_json::from_value(newest.usage.clone());
            found.push(usage.map_err(|source| self.shape(SNAPSHOT_USAGE_PATH, source))?);
        }
        self.gathered(found, health, Basis::Snapshot)
    }

    async fn live(&self, health: Health) -> Result<Reports, RemoteError> {
        let mut found = Vec::new();
        for (days, actor) in BASELINE {
            let mut asked = vec![
                ("days", days.to_string()),
                ("catalog", health.catalog.clone()),
            ];
            asked.extend(actor.map(|actor| ("actor", actor.as_str().to_owned())));
            found.push(self.get(USAGE_PATH, &asked).await?);
        }
        self.gathered(found, health, Basis::Live)
    }

    fn gathered(
        &self,
        found: Vec<Usage>,
        health: Health,
        basis: Basis,
    ) -> Result<Reports, RemoteError> {
        let found: Result<[Usage; 3], _> = found.try_into();
        let [week, month, customer_month] = found.map_err(|_other| RemoteError::NothingKept {
            origin: self.origin(),
        })?;
        Ok(Reports {
            week,
            month,
            customer_month,
            health,
            basis,
        })
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &'static str,
        query: &[(&str, String)],
    ) -> Result<T, RemoteError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = Request {
            headers: vec![self.key_for(path)],
            body: None,
        };
        let answer = self.http.get_with(&url, request).await?;
        self.read(path, &answer)
    }

    /// The key that can do least.
    fn key_for(&self, path: &str) -> (&'static str, String) {
        let snapshot = self.keys.snapshot.as_ref().filter(|_| path != USAGE_PATH);
        match (snapshot, &self.keys.admin) {
            (Some(token), _) => (SNAPSHOT_TOKEN, token.expose().to_owned()),
            (None, Some(key)) => ("authorization", format!("Bearer {}", key.expose())),
            (None, None) => (SNAPSHOT_TOKEN, String::new()),
        }
    }

    fn read<T: DeserializeOwned>(
        &self,
        path: &'static str,
        answer: &Answer,
    ) -> Result<T, RemoteError> {
        let origin = self.origin();
        match answer.status {
            200 => {}
            401 => return Err(RemoteError::UnknownKey { origin }),
            403 => return Err(RemoteError::Forbidden { origin, path }),
            404 | 405 => return Err(RemoteError::NotFound { origin, path }),
            status => {
                return Err(RemoteError::Status {
                    origin,
                    path,
                    status,
                });
            }
        }
        let value: serde_json::Value = serde_json::from_slice(&answer.body)
            .map_err(|_no_json| RemoteError::NotJson { origin, path })?;
        serde_json::from_value(value).map_err(|source| self.shape(path, source))
    }

    fn shape(&self, path: &'static str, source: serde_json::Error) -> RemoteError {
        RemoteError::Shape {
            origin: self.origin(),
            path,
            source,
        }
    }
}
