//! One batch on its way: halved where it is too large or malformed, down to the single event at fault.

use jiff::Timestamp;
use serde_json::Value;

use crate::server::posthog::capture::{Capture, Fate};

/// How many bytes of JSON are sent at once, about; PostHog takes 20 MB.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// So many refusals in a row, with nothing taken, are not about the events.
const SYSTEMIC: usize = 20;

/// Why a batch was not sent whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) why: String,
    /// What PostHog asks to wait, in seconds.
    pub(super) pause: Option<u64>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Events that PostHog has taken.
    pub(super) taken: u64,
    /// Events that it will never take.
    pub(super) refused: u64,
    /// Everything up to this sequence number is done, where something is done and not everything.
    pub(super) until: Option<i64>,
    pub(super) trouble: Option<Trouble>,
}

/// Sends events in order. An event that PostHog refuses alone is passed over, with a warning, only when it takes others: what it
/// refuses of everybody is no fault of the event.
pub(super) async fn all(capture: &Capture, events: &[(i64, Value)], now: Timestamp) -> Sent {
    let mut sent = Sent::default();
    let mut refused: Vec<(i64, String)> = Vec::new();
    let mut done = None;
    let mut waiting = vec![events];
    while let Some(part) = waiting.pop() {
        let Some((sequence, _)) = part.last() else {
            continue;
        };
        let values: Vec<Value> = part.iter().map(|(_, value)| value.clone()).collect();
        let is_large = values.len() > 1 && weight(&values) > MAX_BYTES;
        let fate = if is_large {
            Fate::TooLarge
        } else {
            capture.send(&values, now).await
        };
        let why = match fate {
            Fate::Taken => {
                sent.taken += u64::try_from(values.len()).unwrap_or(u64::MAX);
                done = Some(*sequence);
                continue;
            }
            Fate::Not { why, pause } => {
                sent.trouble = Some(Trouble { why, pause });
                break;
            }
            Fate::TooLarge => "too large".to_owned(),
            Fate::Malformed(why) => format!("malformed: {why}"),
        };
        if values.len() > 1 {
            let (first, second) = part.split_at(part.len() / 2);
            waiting.extend([second, first]);
        } else {
            refused.push((*sequence, why));
            if sent.taken == 0 && refused.len() >= SYSTEMIC {
                break;
            }
        }
    }
    settle(&mut sent, &refused, done);
    sent
}

/// Decides about what was refused: the fault of the event where PostHog takes others, else trouble.
fn settle(sent: &mut Sent, refused: &[(i64, String)], done: Option<i64>) {
    let Some((_, why)) = refused.first() else {
        sent.until = done;
        return;
    };
    if sent.taken == 0 {
        let why = format!("PostHog refuses every event, the first one as {why}");
        sent.trouble.get_or_insert(Trouble { why, pause: None });
        return;
    }
    for (sequence, why) in refused {
        tracing::warn!(sequence, why, "PostHog refuses an event; it is passed over");
    }
    sent.refused = u64::try_from(refused.len()).unwrap_or(u64::MAX);
    let last = refused.last().map(|(sequence, _)| *sequence);
    sent.until = done.max(last);
}

fn weight(values: &[Value]) -> usize {
    values.iter().map(|value| value.to_string().len()).sum()
}
