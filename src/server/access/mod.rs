//! The door: who asks (keys, peers), how often (budgets), how much (bodies), and how a request is turned away.

mod body;
mod key;
mod limit;
mod peer;
mod recent;
mod reply;
mod terms;

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
pub use key::{Minted, mint};
pub use peer::Peer;
pub use reply::{Failure, json};
pub use terms::{AliasKind, TermError, alias_id, erasable_ids, is_slug, org_id, user_id};

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

/// Keys that do not hold a second, and at once. They cannot be guessed; this bounds what trying costs the store.
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
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            event_rate: NonZeroU32::new(EVENT_RATE),
            trusted_proxies: Vec::new(),
        }
    }
}

/// The door to one server.
pub struct Access {
    store: Arc<dyn Store>,
    /// Room for the bodies of all requests.
    pub bodies: Bodies,
    proxies: Proxies,
    /// Makes askers out of addresses; only in memory, and another one in every process.
    salt: RandomState,
    recent: RecentKeys,
    events: Option<Events>,
    account: Budget,
    failures: Budget,
}

/// The budgets of requests with events.
struct Events {
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
            Events {
                keyless: budget(rate),
                keyed: budget(keyed),
            }
        });
        let budget = |(rate, burst)| Budget::new(at_least_one(rate), at_least_one(burst));
        Self {
            store,
            bodies: Bodies::default(),
            proxies: Proxies(settings.trusted_proxies),
            salt: RandomState::new(),
            recent: RecentKeys::default(),
            events,
            account: budget(ACCOUNT_RATE),
            failures: budget(FAILURE_RATE),
        }
    }

    /// Lets a request with events in; gives the key it came with, if any. A key that was revoked may pass for up to a second.
    ///
    /// # Errors
    /// 401 for a key that does not hold, 403 for one of another scope, 429 for too many requests.
    pub async fn admit_events(&self, request: &Parts) -> Result<Option<Key>, Failure> {
        let key = match credential(&request.headers) {
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
        let credential = credential(&request.headers);
        let key = self.known(request, credential, Freshness::Now).await?;
        self.spend_account(self.asker(&Charged::Key(&key.id)))?;
        if let Some(scope) = scope {
            require(&key, scope)?;
        }
        Ok(key)
    }

    /// Lets a request in that needs no key; gives the key it came with all the same.
    ///
    /// # Errors
    /// 401 for a key that does not hold, 429 for too many requests.
    pub async fn admit_anybody(&self, request: &Parts) -> Result<Option<Key>, Failure> {
        if matches!(credential(&request.headers), Credential::None) {
            self.spend_account(self.peer(request))?;
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
            let events = self.events.iter();
            let events = events.flat_map(|events| [&events.keyless, &events.keyed]);
            for budget in events.chain([&self.account, &self.failures]) {
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

    fn spend_account(&self, asker: Asker) -> Result<(), Failure> {
        self.account.spend(asker).map_err(Failure::rate_limited)
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

/// What `Authorization: Bearer KEY` holds; the scheme's case does not matter (RFC 9110, section 11.1). The one other header
/// that may present a key, `X-Telemetry-Snapshot-Token` on the routes of snapshots, has its place here.
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
