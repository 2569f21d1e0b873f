//! The events of one request on their way into the log: judged one by one, counted whatever becomes of them.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::base::ids::OpaqueId;
use crate::model::event::{
    Admission, Context, Contexts, Normalised, RawEvent, Rejection, Validator,
};
use crate::model::outcome::{Reason, Strip};
use crate::server::store::{Append, Entry, Key};

/// What one request adds to the log, as far as it has been judged.
pub(super) struct Intake<'a> {
    validator: &'a Validator,
    contexts: Contexts<'a>,
    /// The last context as it was sent, and with the key's organisation.
    claimed: Option<(Arc<Context>, Arc<Context>)>,
    admission: Admission,
    /// The organisation that the sender's key belongs to.
    org: Option<&'a OpaqueId>,
    append: Append,
}

impl<'a> Intake<'a> {
    /// Nothing yet, of a request that came `now` with this key.
    pub(super) fn new(validator: &'a Validator, key: Option<&'a Key>, now: Timestamp) -> Self {
        Self {
            validator,
            contexts: Contexts::default(),
            claimed: None,
            admission: Admission {
                now,
                has_key: key.is_some(),
            },
            org: key.and_then(|key| key.org.as_ref()).map(|org| &org.id),
            append: Append {
                catalog: Arc::clone(&validator.catalog().id),
                received_at: now,
                entries: Vec::new(),
                drops: Vec::new(),
                losses: Vec::new(),
            },
        }
    }

    /// Makes room for so many events.
    pub(super) fn expect(&mut self, events: usize) {
        self.append.entries.reserve_exact(events);
    }

    /// Takes an event, or counts it as dropped. What becomes of those taken is for the log to say, in the order in which they were
    /// judged.
    ///
    /// # Errors
    /// Why it is dropped.
    pub(super) fn judge(&mut self, event: &RawEvent<'a>) -> Result<Uuid, Rejection> {
        self.judge_at(event, None)
    }

    /// As [`Intake::judge`], for an event whose time was corrected: without an id, it is the one that was `said` to have happened
    /// then, however it is corrected.
    pub(super) fn judge_at(
        &mut self,
        event: &RawEvent<'a>,
        said: Option<Timestamp>,
    ) -> Result<Uuid, Rejection> {
        match self
            .validator
            .normalise_among(event, self.admission, &mut self.contexts)
        {
            Ok(mut normalised) => {
                if let Some(said) = said.filter(|_| event.id.is_none()) {
                    normalised.identify_at(said);
                }
                let id = normalised.event.id;
                self.claim(&mut normalised);
                self.append.entries.push(Entry::from(normalised));
                Ok(id)
            }
            Err(rejection) => {
                self.dropped(rejection.reason, 1);
                Err(rejection)
            }
        }
    }

    /// Counts events that are dropped without being judged.
    pub(super) fn dropped(&mut self, reason: Reason, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let drops = &mut self.append.drops;
        match drops.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, sum)) => *sum += count,
            None => drops.push((reason, count)),
        }
    }

    /// Notes what the sender says it dropped itself.
    pub(super) fn lost(&mut self, losses: Vec<(Reason, u64)>) {
        self.append.losses = losses;
    }

    /// What there is to keep and to count.
    pub(super) fn finish(self) -> Append {
        self.append
    }

    /// Puts the key's organisation on an event; a key speaks for no other.
    fn claim(&mut self, normalised: &mut Normalised) {
        let Some(own) = self.org else { return };
        let said = &mut normalised.event.context;
        if said.org_id.as_ref().is_some_and(|said| said != own) {
            normalised.strips.push(Strip::OrgOfAnother);
        }
        let known = self.claimed.take().filter(|(of, _)| Arc::ptr_eq(of, said));
        let (of, claimed) = known.unwrap_or_else(|| {
            let org_id = Some(own.clone());
            let claimed = Context {
                org_id,
                ..Context::clone(said)
            };
            (Arc::clone(said), Arc::new(claimed))
        });
        *said = Arc::clone(&claimed);
        self.claimed = Some((of, claimed));
    }
}
