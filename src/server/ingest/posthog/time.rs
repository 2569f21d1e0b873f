//! When an event happened, by PostHog's rules: the sender's clock is corrected by when it says that it sent, and nothing happens in
//! the future (PostHog/posthog `rust/common/types/src/timestamp.rs`@1acee2a).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::event::RawValue;

/// What lies further ahead has happened now.
const AHEAD: SignedDuration = SignedDuration::from_hours(23);

/// A `_` below this is one in seconds, which older SDKs send; it is not read (`rust/capture/src/v0_request.rs`@0127372).
const MILLISECONDS_SINCE: i64 = 1_609_459_200_000;

/// The clocks of the two sides of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    /// When the request came, by ours.
    pub(super) now: Timestamp,
    /// When it was sent, by the sender's.
    pub(super) sent_at: Option<Timestamp>,
}

/// What an event says about when it happened.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Its time, if it says one that can be read.
    pub(super) timestamp: Option<Timestamp>,
    /// How long it waited, in milliseconds.
    pub(super) offset: Option<i64>,
    /// Whether its time is not to be corrected.
    pub(super) is_exact: bool,
}

impl Clocks {
    /// When an event happened; `None` is now.
    pub(super) fn happened(&self, said: &Said) -> Option<Timestamp> {
        let happened = match said.offset {
            Some(offset) => self
                .now
                .checked_sub(SignedDuration::from_millis(offset))
                .ok(),
            None => said.timestamp.and_then(|said_at| {
                let sent_at = self.sent_at.filter(|_| !said.is_exact);
                let skew = sent_at.map(|sent_at| sent_at.duration_since(self.now));
                said_at.checked_sub(skew.unwrap_or_default()).ok()
            }),
        };
        happened.filter(|happened| happened.duration_since(self.now) <= AHEAD)
    }
}

/// When a request was sent, by `_` in its query.
pub(super) fn sent_at(milliseconds: i64) -> Option<Timestamp> {
    let is_read = milliseconds >= MILLISECONDS_SINCE;
    Timestamp::from_millisecond(milliseconds)
        .ok()
        .filter(|_| is_read)
}

/// Reads a time: RFC 3339, the same without a zone (which is UTC then) or without a time of day, or a number of seconds,
/// milliseconds or microseconds since 1970, told apart by its length.
pub(super) fn read(value: &RawValue<'_>) -> Option<Timestamp> {
    match value {
        RawValue::Text(text) => parse(text.trim()),
        RawValue::Int(number) => since_1970(*number),
        _ => None,
    }
}

/// A time out of a text.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse() {
        return since_1970(number);
    }
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}

fn since_1970(number: i64) -> Option<Timestamp> {
    let digits = number.checked_ilog10()? + 1;
    match digits {
        9..=10 => Timestamp::from_second(number).ok(),
        12..=13 => Timestamp::from_millisecond(number).ok(),
        15..=16 => Timestamp::from_microsecond(number).ok(),
        _ => None,
    }
}

/// A whole number, which some SDKs write as a text.
pub(super) fn whole(value: &RawValue<'_>) -> Option<i64> {
    match value {
        RawValue::Int(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "as long as it lasts")]
        RawValue::Float(number) => Some(*number as i64),
        RawValue::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_read_in_the_forms_that_sdks_write() {
        let same = at("2026-11-20T04:22:42.690284Z");
        for text in [
            "2026-11-20T04:22:42.690284+00:00",
            "2026-11-20T05:22:42.690284+01:00",
            "2026-11-20T07:22:42.690284+03",
            "2026-11-20T04:22:42.690284Z",
            "2026-11-20T04:22:42.690284",
            "2026-11-20 04:22:42.690284",
            " 2026-11-20 04:22:42.690284Z ",
            "1795148562690284",
        ] {
            assert_eq!(read(&text.into()), Some(same), "{text}");
        }
        assert_eq!(read(&"2026-11-20".into()), Some(at("2026-11-20T00:00:00Z")));
        for (number, second) in [(1_795_148_562, 0), (1_795_148_562_690, 690)] {
            let expected = Timestamp::from_millisecond(1_795_148_562_000 + second).unwrap();
            assert_eq!(read(&RawValue::Int(number)), Some(expected));
            assert_eq!(read(&number.to_string().into()), Some(expected));
        }
        for bad in [
            "",
            "yesterday",
            "2026-13-40",
            "12",
            "-5",
            "99999999999999999999",
        ] {
            assert_eq!(read(&bad.into()), None, "{bad}");
        }
        assert_eq!(read(&RawValue::Bool(true)), None);
    }

    /// Each line: what an event says, what its request says, when it happened.
    #[test]
    fn clocks_are_corrected_and_the_future_is_now() {
        let now = at("2023-01-01T12:00:00Z");
        let said = |text: &str| Said {
            timestamp: Some(at(text)),
            ..Said::default()
        };
        let waited = |offset| Said {
            offset: Some(offset),
            ..said("2023-01-01T11:00:00Z")
        };
        let exact = |text| Said {
            is_exact: true,
            ..said(text)
        };
        let sent = |text: &str| Some(at(text));
        let eleven = "2023-01-01T11:00:00Z";
        for (said, sent_at, happened) in [
            (
                said(eleven),
                sent("2023-01-01T12:00:10Z"),
                sent("2023-01-01T10:59:50Z"),
            ),
            (
                said(eleven),
                sent("2023-01-01T11:59:50Z"),
                sent("2023-01-01T11:00:10Z"),
            ),
            (said(eleven), sent("2023-01-01T12:00:00Z"), sent(eleven)),
            (said(eleven), None, sent(eleven)),
            (exact(eleven), sent("2023-01-01T12:00:10Z"), sent(eleven)),
            (Said::default(), sent("2023-01-01T12:00:05Z"), None),
            (
                waited(5_000),
                sent("2023-01-01T12:00:10Z"),
                sent("2023-01-01T11:59:55Z"),
            ),
            (waited(i64::MIN), None, None),
            (waited(i64::MAX), None, None),
            (
                said("2023-01-02T11:00:00Z"),
                None,
                sent("2023-01-02T11:00:00Z"),
            ),
            (said("2023-01-02T11:00:01Z"), None, None),
            (
                said("-009999-01-02T01:59:59Z"),
                sent("9999-12-30T22:00:00Z"),
                None,
            ),
        ] {
            let clocks = Clocks { now, sent_at };
            assert_eq!(clocks.happened(&said), happened, "{said:?} {sent_at:?}");
        }
    }

    #[test]
    fn a_query_says_milliseconds() {
        assert_eq!(
            sent_at(1_795_148_562_690),
            Some(at("2026-11-20T04:22:42.69Z"))
        );
        assert_eq!(
            (sent_at(1_795_148_562), sent_at(i64::MAX), sent_at(-1)),
            (None, None, None)
        );
    }
}
