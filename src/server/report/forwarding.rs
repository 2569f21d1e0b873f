//! How forwarding goes: how far behind the copies are, since when, and why.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Alert, Level};
use crate::server::store::{Cursors, StoreError};

/// Events may wait so long before somebody is told.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// So many failures in a row are told at once.
const FAILURES: u32 = 5;

/// One copy of the event log elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forwarding {
    /// Who copies, for example `posthog`.
    pub name: String,
    /// Where to, as a host.
    pub target: String,
    /// Events that wait, counted up to a million.
    pub behind_events: u64,
    /// For how many seconds the first of them has waited; 0 when none waits.
    pub behind_seconds: u64,
    /// Events that the other side has taken.
    pub forwarded: u64,
    /// Events that the other side refused for good.
    pub refused: u64,
    /// Events that are not in the forwarded catalog.
    pub passed: u64,
    /// When something was taken last.
    pub succeeded_at: Option<Timestamp>,
    /// Failures in a row since.
    pub failures: u32,
    /// The last of them.
    pub error: Option<String>,
}

impl Forwarding {
    /// Reads every copy that was ever begun, as of `now`.
    pub async fn read(cursors: &dyn Cursors, now: Timestamp) -> Result<Vec<Self>, StoreError> {
        let mut all = Vec::new();
        for cursor in cursors.cursors().await? {
            let waiting = cursors.waiting(cursor.sequence).await?;
            let seconds = waiting
                .since
                .map(|since| now.duration_since(since).as_secs());
            all.push(Self {
                name: cursor.name,
                target: cursor.target,
                behind_events: waiting.events,
                behind_seconds: seconds.map_or(0, |seconds| u64::try_from(seconds).unwrap_or(0)),
                forwarded: cursor.forwarded,
                refused: cursor.refused,
                passed: cursor.passed,
                succeeded_at: cursor.succeeded_at,
                failures: cursor.failures,
                error: cursor.error,
            });
        }
        Ok(all)
    }

    /// What forwards.
    fn command(&self) -> String {
        match self.name.split_once(':') {
            Some((name, catalog)) => {
                format!("decantr ops serve --forward {name} --catalog {catalog}")
            }
            None => format!("decantr ops serve --forward {}", self.name),
        }
    }

    /// A warning when events have waited for an hour, or when it has failed five times in a row.
    pub fn alert(&self) -> Option<Alert> {
        let late = u64::try_from(LATE.as_secs()).unwrap_or(u64::MAX);
        let is_late = self.behind_events > 0 && self.behind_seconds > late;
        (is_late || self.failures >= FAILURES).then(|| {
            let why = self.error.as_deref().map_or_else(
                || format!("no server forwards them; `{}` does", self.command()),
                |error| format!("the last failure: {error}"),
            );
            Alert {
                level: Level::Warning,
                code: "forwarder_failing",
                message: format!(
                    "{} events wait for {} ({}), the first for {} minutes; {why}.",
                    self.behind_events,
                    self.name,
                    self.target,
                    self.behind_seconds / 60
                ),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_comes_after_an_hour_of_waiting_or_five_failures_and_not_before() {
        let forwarding = |behind_events, behind_seconds, failures| Forwarding {
            name: "posthog".to_owned(),
            target: "us.i.posthog.com".to_owned(),
            behind_events,
            behind_seconds,
            forwarded: 0,
            refused: 0,
            passed: 0,
            succeeded_at: None,
            failures,
            error: (failures > 0).then(|| "it answered 503".to_owned()),
        };
        for quiet in [
            forwarding(0, 0, 0),
            forwarding(9, 3_600, 0),
            forwarding(9, 10, 4),
        ] {
            assert_eq!(quiet.alert(), None);
        }
        let late = forwarding(9, 3_700, 0).alert().unwrap();
        assert!(
            late.message.contains("--forward posthog"),
            "{}",
            late.message
        );
        let other = Forwarding {
            name: "posthog:race-bot".to_owned(),
            ..forwarding(9, 3_700, 0)
        };
        let said = other.alert().unwrap().message;
        assert!(
            said.contains("--forward posthog --catalog race-bot`"),
            "{said}"
        );
        let failing = forwarding(1, 5, 5).alert().unwrap();
        assert!(
            failing.message.contains("it answered 503"),
            "{}",
            failing.message
        );
    }
}
