//! The door: who asks (keys, peers), how often (budgets), how much (bodies), and how a request is turned away.

mod body;
mod catalogs;
mod key;
mod limit;
mod meter;
mod peer;
mod recent;
mod reply;
mod terms;
mod token;

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use ipnet::IpNet;
use jiff::Timestamp;

pub use body::{Bodies, Received};
pub use catalogs::Catalogs;
pub use key::{Minted, mint};
pub use meter::{Answered, BOUNDS, Counted, Durations, Meter, Noted, note, noting};
pub use peer::Peer;
pub use reply::{Code, Failure, json};
pub use terms::{
    AliasKind, TermError, alias_id, any_user_id, erasable_ids, is_slug, org_id, user_id,
};
pub use token::{ProjectTokens, bearer_token, project_token};

use crate::model::protocol::Scope;
use crate::server::store::{Key, Store};
use key::Presented;
use limit::{Asker, Budget};
use peer::Proxies;
use recent::RecentKeys;

/// Requests with events a second, for each peer without a key, unless the operator says otherwise.
pub const EVENT_RATE: u32 = 200;

/// How many seconds' worth of events may come at once.
const EVENT_BURST: u32 = 5;

/// How many times as many events a key may send.
const KEYED: u32 = 10;

/// Requests to account and administration routes a second, and at once.
const ACCOUNT_RATE: (u32, u32) = (10, 60);

/// Keys that do not hold a second, and at once. They cannot be guessed; this tells whoever tries to stop. What has the form of a
/// key is still looked up, by its public part: only that shows that it does not hold.
const FAILURE_RATE: (u32, u32) = (1, 20);

/// How often memory of askers who are quiet is given back.
const TIDY: Duration = Duration::from_mins(1);

/// What an operator can set about the door.
#[derive(Debug, Clone)]
pub struct AccessSettings {
    /// Requests with events a second, for each peer without a key, five times as many at once; ten times as many with a key.
    /// `None` is no limit.
    pub event_rate: Option<NonZeroU32>,
    /// The networks whose machines are believed about whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// The project tokens that clients of PostHog's may come with.
    pub project_tokens: ProjectTokens,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            event_rate: NonZeroU32::new(EVENT_RATE),
            trusted_proxies: Vec::new(),
            project_tokens: ProjectTokens::default(),
        }
    }
}

/// The door to one server.
pub struct Access {
    store: Arc<dyn Store>,
    /// Room for the bodies of all requests.
    pub bodies: Bodies,
    /// The project tokens that clients of PostHog's may come with.
    pub project_tokens: ProjectTokens,
    proxies: Proxies,
    /// Makes askers out of addresses; only in memory, and another one in every process.
    salt: RandomState,
    recent: RecentKeys,
    events: Option<Budgets>,
    account: Budgets,
    failures: Budget,
}

/// Budgets of requests without and with a key that holds. They are apart, so that no number of peers without one takes the room
/// of those with one.
struct Budgets {
    keyless: Budget,
    keyed: Budget,
}

/// Whom a budget is charged to.
#[derive(Hash)]
enum Charged<'a> {
    Peer([u8; 8], bool),
    Key(&'a str),
}

impl Access {
    /// A door with keys out of `store`.
    pub fn new(settings: AccessSettings, store: Arc<dyn Store>) -> Self {
        let events = settings.event_rate.map(|rate| {
            let keyed = rate.saturating_mul(at_least_one(KEYED));
            let budget = |rate: NonZeroU32| {
                Budget::new(rate, rate.saturating_mul(at_least_one(EVENT_BURST)))
            };
            Budgets {
                keyless: budget(rate),
                keyed: budget(keyed),
            }
        });
        let budget = |(rate, burst)| Budget::new(at_least_one(rate), at_least_one(burst));
        Self {
            store,
            bodies: Bodies::default(),
            project_tokens: settings.project_tokens,
            proxies: Proxies(settings.trusted_proxies),
            salt: RandomState::new(),
            recent: RecentKeys::default(),
            events,
            account: Budgets {
                keyless: budget(ACCOUNT_RATE),
                keyed: budget(ACCOUNT_RATE),
            },
            failures: budget(FAILURE_RATE),
        }
    }

    /// Lets a request with events in; gives the key it came with, if any. A key that was revoked may pass for up to a second.
    ///
    /// # Errors
    /// 401 for a key that does not hold, 403 for one of another scope, 429 for too many requests.
    pub async fn admit_events(&self, request: &Parts) -> Result<Option<Key>, Failure> {
        self.admit_events_with(request, credential(&request.headers))
            .await
    }

    async fn admit_events_with(
        &self,
        request: &Parts,
        credential: Credential<'_>,
    ) -> Result<Option<Key>, Failure> {
        let key = match credential {
            Credential::None => None,
            credential => Some(self.known(request, credential, Freshness::Recent).await?),
        };
        if let Some(budgets) = &self.events {
            let spent = match &key {
                Some(key) => budgets.keyed.spend(self.asker(&Charged::Key(&key.id))),
                None => budgets.keyless.spend(self.peer(request)),
            };
            spent.map_err(Failure::rate_limited)?;
        }
        if let Some(key) = &key {
            require(key, Scope::Ingest)?;
        }
        Ok(key)
    }

    /// Lets a request with a key of this scope in (of any, for `None`). The store is asked each time, so that a key ends when it
    /// is revoked.
    ///
    /// # Errors
    /// 401 without a key that holds, 403 for one of another scope, 429 for too many requests.
    pub async fn admit(&self, request: &Parts, scope: Option<Scope>) -> Result<Key, Failure> {
        let key = self.holder(request, credential(&request.headers)).await?;
        if let Some(scope) = scope {
            require(&key, scope)?;
        }
        Ok(key)
    }

    /// Lets a request to the snapshots in: with a key of scope admin or snapshot, in `Authorization` or in
    /// `X-Telemetry-Snapshot-Token`.
    ///
    /// # Errors
    /// As [`Access::admit`].
    pub async fn admit_to_snapshots(&self, request: &Parts) -> Result<Key, Failure> {
        let credential = match credential(&request.headers) {
            Credential::None => snapshot_token(&request.headers),
            credential => credential,
        };
        let key = self.holder(request, credential).await?;
        require(&key, Scope::Admin).or_else(|_no_admin| require(&key, Scope::Snapshot))?;
        Ok(key)
    }

    /// The key behind a credential as the store knows it now; charged with one request.
    async fn holder(&self, request: &Parts, credential: Credential<'_>) -> Result<Key, Failure> {
        let key = self.known(request, credential, Freshness::Now).await?;
        let spent = self.account.keyed.spend(self.asker(&Charged::Key(&key.id)));
        spent.map_err(Failure::rate_limited)?;
        Ok(key)
    }

    /// Lets a request in that needs no key; gives the key it came with all the same.
    ///
    /// # Errors
    /// 401 for a key that does not hold, 429 for too many requests.
    pub async fn admit_anybody(&self, request: &Parts) -> Result<Option<Key>, Failure> {
        if matches!(credential(&request.headers), Credential::None) {
            let spent = self.account.keyless.spend(self.peer(request));
            spent.map_err(Failure::rate_limited)?;
            Ok(None)
        } else {
            self.admit(request, None).await.map(Some)
        }
    }

    /// Gives memory of quiet askers back from time to time, for ever.
    pub async fn tidy(&self) {
        let mut times = tokio::time::interval(TIDY);
        loop {
            times.tick().await;
            let budgets = self.events.iter().chain([&self.account]);
            let budgets = budgets.flat_map(|budgets| [&budgets.keyless, &budgets.keyed]);
            for budget in budgets.chain([&self.failures]) {
                budget.tidy();
            }
        }
    }

    /// The key that is presented, if it holds. Trying others has a price for the peer; a key that holds is never turned away
    /// because of what somebody else tried from the same address.
    async fn known(
        &self,
        request: &Parts,
        credential: Credential<'_>,
        freshness: Freshness,
    ) -> Result<Key, Failure> {
        if let Credential::Bearer(text) = credential
            && let Some(presented) = Presented::read(text)
        {
            let key = match freshness {
                Freshness::Now => self.store.identities().key(&presented.id).await?,
                Freshness::Recent => self.recent.find(&*self.store, &presented.id).await?,
            };
            if let Some(key) = key.filter(|key| presented.is(key)) {
                return Ok(key);
            }
        }
        let failed = self.failures.spend(self.peer(request));
        failed.map_err(Failure::rate_limited)?;
        Err(Failure::unknown_key())
    }

    fn peer(&self, request: &Parts) -> Asker {
        let (network, is_v6) = peer::trace(self.proxies.client(request));
        self.asker(&Charged::Peer(network, is_v6))
    }

    fn asker(&self, charged: &Charged<'_>) -> Asker {
        Asker(self.salt.hash_one(charged))
    }
}

/// How old the answer about a key may be.
enum Freshness {
    Now,
    Recent,
}

/// What a request presents to be let in.
enum Credential<'a> {
    None,
    Bearer(&'a str),
    /// Another scheme, more than one, or no text.
    Unreadable,
}

/// The header that presents a key to the routes of snapshots, where a scheduler can set nothing else.
const SNAPSHOT_TOKEN: &str = "x-telemetry-snapshot-token";

/// What that header holds.
fn snapshot_token(headers: &HeaderMap) -> Credential<'_> {
    let mut values = headers.get_all(SNAPSHOT_TOKEN).iter();
    match (values.next(), values.next()) {
        (None, _) => Credential::None,
        (Some(value), None) => match value.to_str() {
            Ok(text) => Credential::Bearer(text.trim()),
            Err(_no_text) => Credential::Unreadable,
        },
        (Some(_), Some(_)) => Credential::Unreadable,
    }
}

/// What `Authorization: Bearer KEY` holds; the scheme's case does not matter (RFC 9110, section 11.1).
fn credential(headers: &HeaderMap) -> Credential<'_> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Credential::None;
    };
    let is_only = values.next().is_none();
    let parts = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().split_once(' '));
    match parts {
        Some((scheme, key)) if is_only && scheme.eq_ignore_ascii_case("bearer") => {
            Credential::Bearer(key.trim())
        }
        _ => Credential::Unreadable,
    }
}

fn require(key: &Key, scope: Scope) -> Result<(), Failure> {
    if key.scopes.contains(&scope) {
        return Ok(());
    }
    Err(Failure::missing_scope(scope))
}

/// A time as stores keep it, to the microsecond, so that what is answered now is what is answered later.
pub fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;
    use crate::base::ids::OpaqueId;
    use crate::server::store::{self, By, StoreUrl};

    #[tokio::test]
    async fn a_crowd_of_peers_takes_no_room_of_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let url = StoreUrl::Sqlite(folder.path().join("events.db"));
        let at = Timestamp::UNIX_EPOCH;
        let store = store::create(&url, &Clock::fixed(at)).await.unwrap();
        let minted = mint().unwrap();
        let key = Key {
            id: minted.id,
            hash: minted.hash,
            scopes: vec![Scope::Admin],
            org: None,
            user: OpaqueId::parse("user_1").unwrap(),
            label: None,
            created_at: at,
            revoked_at: None,
        };
        let by = By {
            who: "local:test".to_owned(),
            at,
        };
        store.identities().add_key(&key, &by).await.unwrap();
        let access = Access::new(AccessSettings::default(), store);
        let crowd = u64::try_from(limit::ASKERS).unwrap() + 1_000;
        let spend = |peer| access.account.keyless.spend(Asker(peer));
        assert!((0..crowd).any(|peer| spend(peer).is_err()));
        let bearer = format!("Bearer {}", minted.key.expose());
        let request = axum::http::Request::get("/").header(AUTHORIZATION, bearer);
        let (head, ()) = request.body(()).unwrap().into_parts();
        assert!(access.admit(&head, Some(Scope::Admin)).await.is_ok());
    }
}
