//! `telemetry flush`: send now, and wait for it.

use super::SCHEMA_VERSION;
use super::view::Flushed;
use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::client::delivery::{DeliveryState, End, LIMIT, Report, Sender, Urgency};
use crate::client::spool::SpoolState;
use crate::client::withdrawal;
use crate::config::{Asked, Host};

/// Sends now, and waits for it; at most [`LIMIT`]. Where nothing may be sent, nothing is touched.
///
/// # Errors
/// When a local file stands in the way.
pub fn flush(host: &Host, asked: &Asked<'_>) -> Result<Flushed, ClientError> {
    let gate = Gate::open(host, asked)?;
    let ended = withdrawal::expire(&gate, host)?;
    let Some(sender) = Sender::new(&gate, host, LIMIT) else {
        return Ok(Flushed {
            problems: gate.problems.clone(),
            notice: ended.map(|ended| ended.notice()),
            ..answer(false, gate.decision().why().to_owned(), Vec::new(), 0)
        });
    };
    let Report { end, batches } = sender.run(Urgency::Person);
    let epoch = gate.grant().map(|grant| grant.epoch);
    let waiting = SpoolState::read(&gate.paths, epoch)?.events;
    let refused = batches.iter().filter(|sent| sent.refused);
    let refused: usize = refused.map(|sent| sent.events).sum();
    let (permitted, failed, why) = match end {
        End::Done if refused > 0 => (
            true,
            true,
            format!("the server refused {refused} events, which are not sent again"),
        ),
        End::Done => (true, false, "nothing waits to be sent".to_owned()),
        End::Busy => (true, false, "another process is still sending".to_owned()),
        End::NotYet { until } => (
            true,
            true,
            format!("the server asked to wait until {until:.0}, {waiting} events go on waiting"),
        ),
        End::TimeUp => (
            true,
            true,
            format!("time ran out, {waiting} events go on waiting"),
        ),
        End::Withdrawn => (
            false,
            false,
            "consent was withdrawn; what waited is deleted".to_owned(),
        ),
        End::Failed(error) => (
            true,
            true,
            format!("{error}; {waiting} events go on waiting"),
        ),
        End::Local(error) => return Err(error),
    };
    let state = epoch.map(|epoch| DeliveryState::load(&gate.paths, epoch));
    Ok(Flushed {
        failed: failed || refused > 0,
        refused,
        last_delivery: state.transpose()?.and_then(|state| state.last_receipt),
        ..answer(permitted, why, batches, waiting)
    })
}

fn answer(
    permitted: bool,
    why: String,
    batches: Vec<crate::client::delivery::Sent>,
    waiting: usize,
) -> Flushed {
    Flushed {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.flush",
        permitted,
        why,
        failed: false,
        refused: 0,
        batches,
        last_delivery: None,
        problems: Vec::new(),
        notice: None,
        waiting,
    }
}
