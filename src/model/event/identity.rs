//! Ids of events: the client's own, one made from what the event says, or a new one.

use jiff::Timestamp;
use uuid::Uuid;

use super::raw::RawValue;
use super::{Event, Rejection};
use crate::base::crypto;
use crate::model::outcome::Reason;

/// The id that a client gave.
///
/// # Errors
/// When it is no UUID.
pub(super) fn client_id(id: &RawValue<'_>) -> Result<Uuid, Rejection> {
    let parsed = if let RawValue::Text(text) = id {
        Uuid::parse_str(text).ok()
    } else {
        None
    };
    parsed.ok_or(Rejection {
        reason: Reason::InvalidId,
        detail: "id is a UUID".into(),
    })
}

/// An id made from the event itself, so that a client that resends without ids is still counted once.
pub(super) fn content_id(event: &Event) -> Uuid {
    let bytes = serde_json::to_vec(event).unwrap_or_default();
    let hash = crypto::sha256(&bytes);
    let mut id = [0_u8; 16];
    id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    Uuid::new_v8(id)
}

/// A new UUIDv7 at `now`: unique, and ordered by time to the millisecond (RFC 9562, section 5.7).
pub fn time_ordered_id(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(
        uuid::ContextV7::new(),
        seconds,
        nanos,
    ))
}
