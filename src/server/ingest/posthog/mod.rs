//! Adapters for PostHog's SDKs: an SDK whose host is this server sends its events here, by the older protocol (v0) or the newer.
//!
//! Whatever an SDK calls an event, here it is one of the route's catalog or it is dropped. Facts about the protocols are out of
//! PostHog's source (PostHog/posthog, `rust/capture`), whose status codes these are. A project token is no secret; a key of ours
//! that is given to an SDK in its place is one, and its events are those of its owner.

mod decode;
mod described;
mod event;
mod request;
mod sender;
mod time;
mod v0;
mod v1;
mod v1_head;

use uuid::Uuid;

use super::{Arrived, Ingest, Intake};
use crate::model::event::RawValue;
use crate::model::outcome::Reason;
use crate::server::describe::Routes;
use event::{Event, Setting};

/// The most events that are kept at once. A request with more is kept in several commits, so that it waits for none that is larger
/// than others may be; when one of them fails, the sender comes again with all, and those that were kept are known by their ids.
const AT_ONCE: usize = 1_000;

/// The routes.
pub(super) fn routes() -> Routes<Ingest> {
    v0::routes().merge(v1::routes())
}

/// Judges an event. One of another version of the catalog is not read.
///
/// # Errors
/// Why it is dropped, which is counted.
fn judge<'a>(
    intake: &mut Intake<'a>,
    event: Event<'a>,
    setting: &Setting<'a>,
) -> Result<Uuid, Reason> {
    let mapped = event.into_raw(setting);
    let catalog = setting.ingest.validator.catalog();
    let is_accepted = match &mapped.version {
        None => true,
        Some(RawValue::Text(version)) => catalog.accepts(version),
        Some(_) => false,
    };
    if !is_accepted {
        intake.dropped(Reason::UnsupportedVersion, 1);
        return Err(Reason::UnsupportedVersion);
    }
    let judged = intake.judge_at(&mapped.event, mapped.said);
    judged.map_err(|rejection| rejection.reason)
}
