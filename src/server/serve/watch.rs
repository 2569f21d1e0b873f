//! What happens around every request: it is counted, logged in one line without anything of what was sent, and a panic in it is 500.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::server::access::{Answered, Code, Failure, Meter, noting};

/// What is known about requests before they come.
#[derive(Clone)]
struct Watch {
    meter: Arc<Meter>,
    /// The client of each pattern of a path.
    clients: Arc<BTreeMap<String, &'static str>>,
}

/// Counts and logs every request to `router`.
pub(super) fn observed(
    router: Router,
    meter: Arc<Meter>,
    clients: BTreeMap<String, &'static str>,
) -> Router {
    let watch = Watch {
        meter,
        clients: Arc::new(clients),
    };
    router.layer(middleware::from_fn_with_state(watch, observe))
}

async fn observe(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = word(request.method());
    // The pattern, never the path: that is what somebody sent.
    let pattern = request.extensions().get::<MatchedPath>().cloned();
    let (response, events) = noting(next.run(request)).await;
    let route = pattern.as_ref().map(MatchedPath::as_str);
    let answered = Answered {
        client: route.and_then(|route| watch.clients.get(route).copied()),
        status: response.status().as_u16(),
        code: response.extensions().get::<Code>().map(|code| code.0),
        took: start.elapsed(),
        events,
    };
    tracing::info!(
        route = route.unwrap_or("none"),
        method,
        status = answered.status,
        code = answered.code,
        ms = u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
        accepted = answered.events.of("accepted"),
        duplicates = answered.events.of("duplicate"),
        dropped = answered.events.of("dropped"),
        "answered"
    );
    watch.meter.answered(&answered);
    response
}

/// The methods that there are words for; anybody can make up others.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Answers 500 for a request to `router` that ends in a panic; the server and the connection live on.
pub(super) fn caught(router: Router, meter: &Arc<Meter>) -> Router {
    let meter = Arc::clone(meter);
    router.layer(CatchPanicLayer::custom(
        move |_said: Box<dyn Any + Send>| {
            meter.panicked();
            let detail = "something went wrong in the server; its log tells where";
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Failure::new(status, "internal_error", detail).into_response()
        },
    ))
}

/// From now on this process logs where it panics, and not the text of the panic, which may hold something of a request.
pub fn log_panics() {
    std::panic::set_hook(Box::new(log));
}

fn log(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(tracing::field::display);
    let thread = std::thread::current();
    tracing::error!(place, thread = thread.name(), "panicked");
}
