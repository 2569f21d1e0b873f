//! One batch after the other: judged again, sent as it was frozen, and settled in the ledger before it leaves the spool.

use reqwest::Url;
use tokio::time::Instant;

use super::answer::{self, EventFate, Meaning};
use super::receipts;
use super::sender::{Sender, Stop};
use super::state::{DeliveryState, Sent};
use super::wire::Wire;
use crate::base::crypto;
use crate::base::fsx;
use crate::base::http::Request;
use crate::client::spool::{self, Frozen, FrozenEvent, LedgerEntry};
use crate::config::Endpoint;
use crate::model::event::Validator;
use crate::model::outcome::{Outcome, Reason};
use crate::model::protocol::{EVENTS_PATH, Receipt};

/// A batch that is fit to be sent.
struct Fit<'a> {
    batch: &'a Frozen,
    /// The request, to the byte.
    bytes: Vec<u8>,
    /// The same, inflated.
    body: Vec<u8>,
    events: Vec<FrozenEvent>,
}

/// The request by which a batch leaves: where to, and its headers and bytes.
pub fn events_request(endpoint: &Endpoint, bytes: Vec<u8>) -> (Url, Request) {
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("content-encoding", "gzip".to_owned()),
    ];
    let request = Request {
        headers,
        body: Some(bytes),
    };
    (endpoint.at(EVENTS_PATH), request)
}

impl Sender {
    /// Sends until nothing waits; what is recorded meanwhile goes too.
    pub(super) async fn send_batches(
        &self,
        wire: &Wire,
        state: &mut DeliveryState,
        batches: &mut Vec<Sent>,
    ) -> Result<(), Stop> {
        let validator = self.validator();
        loop {
            let mut waiting = self.spool.frozen()?;
            if waiting.is_empty() {
                self.spool.freeze(&validator)?;
                waiting = self.spool.frozen()?;
            }
            if waiting.is_empty() {
                return Ok(());
            }
            for batch in &waiting {
                let Some(fit) = self.fit(batch, &validator)? else {
                    continue;
                };
                if Instant::now() >= wire.deadline {
                    return Err(Stop::TimeUp);
                }
                let sent = self.send(wire, &fit).await?;
                state.succeeded(sent.clone());
                batches.push(sent);
            }
        }
    }

    /// The batch, if it is what a freeze wrote. Else it was damaged or written by others: it never leaves, its events are
    /// noted as far as they can be named, and it goes.
    fn fit<'a>(&self, batch: &'a Frozen, validator: &Validator) -> Result<Option<Fit<'a>>, Stop> {
        let bytes = batch.bytes()?;
        let body = spool::inflate(&bytes).unwrap_or_default();
        let events = spool::events_of(&body);
        if batch.is_sound(&body, validator) {
            return Ok(Some(Fit {
                batch,
                bytes,
                body,
                events,
            }));
        }
        let now = self.clock.now();
        let torn = Outcome::Dropped(Reason::SpoolTorn);
        let known = |name: &str| {
            validator
                .catalog()
                .event(name)
                .map(|spec| spec.name.clone())
        };
        let mut entries: Vec<LedgerEntry> = events
            .iter()
            .map(|event| {
                let name = known(&event.name);
                LedgerEntry::event(now, Some(event.id), name.as_deref(), torn, Some(batch.id))
            })
            .collect();
        if entries.is_empty() {
            entries.push(LedgerEntry::event(now, None, None, torn, Some(batch.id)));
        }
        self.spool.ledger().note(now, &entries)?;
        fsx::remove(&batch.path)?;
        Ok(None)
    }

    /// Sends one batch and settles it.
    async fn send(&self, wire: &Wire, fit: &Fit<'_>) -> Result<Sent, Stop> {
        if !self.is_upheld()? {
            return Err(Stop::Withdrawn);
        }
        let (url, request) = events_request(&self.endpoint, fit.bytes.clone());
        let answer = wire.within(wire.http.post(&url, request)).await;
        let answer = answer.map_err(|error| self.unsettled(fit, None, &error, None))?;
        let now = self.clock.now();
        let mut sent = Sent {
            batch_id: fit.batch.id,
            at: now,
            events: fit.events.len(),
            bytes: fit.bytes.len(),
            status: answer.status,
            accepted: 0,
            duplicates: 0,
            dropped: fit.events.len(),
            refused: true,
            receipt: "none, since the batch was refused".to_owned(),
        };
        match answer::read(&answer, &fit.events, now) {
            Meaning::Later { error, retry_after } => {
                Err(self.unsettled(fit, Some(answer.status), &error, retry_after))
            }
            Meaning::Refused => {
                self.settle(fit, None, &sent, None)?;
                Ok(sent)
            }
            Meaning::Acknowledged { results, receipt } => {
                let count = |word| results.iter().filter(|fate| fate.outcome == word).count();
                sent.refused = false;
                sent.accepted = count("accepted");
                sent.duplicates = count("duplicate");
                sent.dropped = count("dropped");
                sent.receipt =
                    match receipts::check(self, wire, receipt.as_ref(), &fit.body, &sent).await {
                        Ok(()) => "verified".to_owned(),
                        Err(why) => format!("not verified: {why}"),
                    };
                self.settle(fit, Some(&results), &sent, receipt)?;
                Ok(sent)
            }
        }
    }

    /// Notes a request that did not settle its batch: its bytes may have left all the same.
    fn unsettled(
        &self,
        fit: &Fit<'_>,
        status: Option<u16>,
        error: &str,
        retry_after: Option<u64>,
    ) -> Stop {
        let now = self.clock.now();
        let entry = LedgerEntry::Attempt {
            at: now,
            batch: fit.batch.id,
            origin: self.endpoint.origin.clone(),
            status,
            error: Some(error.to_owned()),
        };
        // Where it cannot be noted, the state of delivery still tells of it.
        drop(self.spool.ledger().note(now, &[entry]));
        Stop::Later {
            error: format!("{} {error}", self.endpoint.origin),
            retry_after,
        }
    }

    /// Writes what became of a batch into the ledger, and only then takes it out of the spool. Without `fates` the server
    /// refused all of it.
    fn settle(
        &self,
        fit: &Fit<'_>,
        fates: Option<&[EventFate]>,
        sent: &Sent,
        receipt: Option<Receipt>,
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        let batch = Some(fit.batch.id);
        let refused = Outcome::Dropped(Reason::Refused);
        let events = fit.events.iter().enumerate();
        let mut entries: Vec<LedgerEntry> = events
            .map(|(at, event)| match fates.and_then(|fates| fates.get(at)) {
                None => LedgerEntry::event(now, Some(event.id), Some(&event.name), refused, batch),
                Some(fate) => LedgerEntry::Event {
                    at: now,
                    id: Some(event.id),
                    name: Some(event.name.clone()),
                    outcome: fate.outcome.clone(),
                    reason: fate.reason.clone(),
                    batch,
                },
            })
            .collect();
        entries.push(LedgerEntry::Batch {
            at: now,
            batch: fit.batch.id,
            origin: self.endpoint.origin.clone(),
            events: sent.events,
            bytes: sent.bytes,
            digest: crypto::hex(&crypto::sha256(&fit.body)),
            status: sent.status,
            receipt,
            verification: sent.receipt.clone(),
        });
        self.spool.ledger().note(now, &entries)?;
        Ok(self.spool.ledger().keep(now, fit.batch)?)
    }
}
