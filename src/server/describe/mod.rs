//! Routes and what is said about them: a route is made together with its description, so that `/openapi.json` tells of every one.
//!
//! ```text
//! Routes::new().route("/v1/me", Operation::get("Who the key belongs to").keyed(None).reply::<Me>(200, "That."), handler)
//! ```
//!
//! No other room makes routes of the server; a test holds that.

mod clients;
mod document;
mod events;
mod operation;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::handler::Handler;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, Method};
use axum::routing::{MethodFilter, MethodRouter, on, options};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

pub use clients::{captured, captured_by_v1, feedback, queue, tracked};
pub use events::{batch, single};
pub use operation::{Content, Operation, Parameter};

use crate::model::catalog::Catalog;

/// How long a browser may remember what it may do.
const PREFLIGHT: Duration = Duration::from_hours(1);

/// The header by which PostHog's clients know an answer again.
const REQUEST_ID: HeaderName = HeaderName::from_static("posthog-request-id");

/// Routes with their descriptions; `S` is the state that they still need.
#[derive(Debug)]
pub struct Routes<S = ()> {
    router: Router<S>,
    described: Vec<Described>,
}

/// One operation and where it is.
#[derive(Debug, Clone)]
struct Described {
    /// Its path, as in the router.
    path: String,
    /// Below which prefixes it is; the empty one is the root.
    below: Vec<String>,
    operation: Operation,
}

impl Described {
    /// The patterns of its paths in the router.
    fn paths(&self) -> impl Iterator<Item = String> {
        let below = self.below.iter();
        below.map(|below| format!("{below}{}", self.path))
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None.
    pub fn new() -> Self {
        Self {
            router: Router::new(),
            described: Vec::new(),
        }
    }

    /// Adds a route. A path in braces takes a part of the request's path: `/v1/forget/{ticket}`.
    #[must_use]
    pub fn route<T: 'static>(
        self,
        path: &str,
        operation: Operation,
        handler: impl Handler<T, S>,
    ) -> Self {
        let filter = operation.filter();
        self.at(path, operation, on(filter, handler))
    }

    fn at(mut self, path: &str, operation: Operation, handler: MethodRouter<S>) -> Self {
        self.described.push(Described {
            path: path.to_owned(),
            below: vec![String::new()],
            operation,
        });
        Self {
            router: self.router.route(path, handler),
            ..self
        }
    }

    /// Adds the routes of `other`, which are at other paths.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.described.extend(other.described);
        Self {
            router: self.router.merge(other.router),
            ..self
        }
    }

    /// Gives the routes what they need.
    pub fn with_state<T>(self, state: S) -> Routes<T> {
        Routes {
            router: self.router.with_state(state),
            described: self.described,
        }
    }

    /// Changes the router without adding routes to it: layers and fallbacks.
    #[must_use]
    pub fn around(self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        Self {
            router: change(self.router),
            ..self
        }
    }

    /// Lets pages from anywhere use the routes, and answers what browsers ask before that. There are no cookies, so no page can act
    /// for somebody else, and credentials are not allowed: a page that has a key sends it as everybody does.
    #[must_use]
    pub fn open_to_browsers(self) -> Self {
        let cors = CorsLayer::new()
            .allow_origin(Any)
            .allow_methods([Method::GET, Method::POST])
            // A star would not cover `Authorization`.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([RETRY_AFTER, REQUEST_ID])
            .max_age(PREFLIGHT);
        let paths: BTreeSet<String> = self.described.iter().flat_map(Described::paths).collect();
        let asked = paths.into_iter().fold(self, |routes, path| {
            // The layer answers; the route is there so that it is asked.
            routes.around(|router| router.route(&path, options(|| async {})))
        });
        asked.around(|router| router.layer(cors))
    }

    /// Adds the routes of `other` below `prefix`. The same operation at the root and below prefixes is described once.
    #[must_use]
    pub fn nest(mut self, prefix: &str, other: Self) -> Self {
        for one in other.described {
            let own = self.described.iter_mut().find(|known| {
                known.path == one.path && known.operation.method() == one.operation.method()
            });
            match own {
                Some(known) => known.below.push(prefix.to_owned()),
                None => self.described.push(Described {
                    below: vec![prefix.to_owned()],
                    ..one
                }),
            }
        }
        Self {
            router: self.router.nest(prefix, other.router),
            ..self
        }
    }
}

impl Routes {
    /// The router and the document about it, in which the events are those of `catalogs`.
    pub fn finish<'a>(
        self,
        catalogs: impl Iterator<Item = &'a Arc<Catalog>>,
    ) -> (Router, serde_json::Value) {
        let document = document::of(&self.described, catalogs);
        (self.router, document)
    }

    /// The client whose words each route speaks, by the route's pattern; routes that take no events have none.
    pub fn clients(&self) -> BTreeMap<String, &'static str> {
        let patterns = self.described.iter().filter_map(|one| {
            let client = one.operation.speaks()?;
            Some(one.paths().map(move |path| (path, client)))
        });
        patterns.flatten().collect()
    }
}

/// The methods that routes have.
fn filter(method: &str) -> MethodFilter {
    match method {
        "post" => MethodFilter::POST,
        "put" => MethodFilter::PUT,
        "delete" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}
