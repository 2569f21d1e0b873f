//! What was sent, held against the log and the servers' receipts: the bytes are the ones that were signed for, the counts are the
//! ones that were signed for, and no event is without an outcome.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::evidence::{Answer, Body, Evidence, Fate};
use super::view::{Check, Level};
use crate::base::crypto;
use crate::base::error::chain;
use crate::client::spool::events_of;
use crate::model::protocol::{KeyPage, ReceiptPayload};

const BYTES: (&str, &str) = (
    "bytes",
    "the bytes of every batch that was answered are kept, and are the ones that the log has the digest of",
);
const RECEIPTS: (&str, &str) = (
    "receipts",
    "every batch that was taken has a receipt about just these bytes and counts, signed with the server's pinned key",
);
const OUTCOMES: (&str, &str) = (
    "outcomes",
    "every event in bytes that left has an outcome in the log, and the log tells of no other",
);

/// The statuses by which a server refuses a batch. It signs nothing then.
const REFUSED: std::ops::RangeInclusive<u16> = 400..=499;

/// The keys that receipts are checked with, by origin.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// What is pinned.
    pub(super) pinned: BTreeMap<String, KeyPage>,
    /// Whether they went with a refusal, so that missing ones are no surprise.
    pub(super) may_be_gone: bool,
}

/// The three checks of what was sent.
pub(super) fn checks(evidence: &Evidence, keys: &Keys) -> [Check; 3] {
    if evidence.is_empty() {
        let none = |(name, what)| {
            let details = format!("there is no log of anything{}", evidence.gaps());
            Check::found(name, what, Level::Observed, details, Vec::new())
        };
        return [BYTES, RECEIPTS, OUTCOMES].map(none);
    }
    [
        bytes(evidence),
        receipts(evidence, keys),
        outcomes(evidence),
    ]
}

fn bytes(evidence: &Evidence) -> Check {
    let wrong = |answer: &Answer| {
        let says = |what: String| Some(format!("batch {}: {what}", answer.batch));
        let Some(body) = evidence.bodies.get(&answer.batch) else {
            return says("its bytes are not kept any more".to_owned());
        };
        let path = body.path.display();
        match &body.text {
            Err(why) => says(format!("its bytes in {path} cannot be read: {why}")),
            Ok(text) if digest(text) != answer.digest => says(format!(
                "its bytes in {path} are not those that the log has the digest of"
            )),
            Ok(_) if body.length != answer.bytes => says(format!(
                "the log says {} bytes, and {path} has {}",
                answer.bytes, body.length
            )),
            Ok(_) => None,
        }
    };
    let residue: Vec<String> = evidence.answers.iter().filter_map(wrong).collect();
    let (name, what) = BYTES;
    let batches = evidence.answers.len();
    let details = format!(
        "SHA-256 of the inflated bytes of {batches} batches{}",
        evidence.gaps()
    );
    Check::found(name, what, Level::Proved, details, residue)
}

fn digest(text: &[u8]) -> String {
    crypto::hex(&crypto::sha256(text))
}

/// What a receipt is worth.
enum Worth {
    Signed,
    /// Refused batches have none.
    Refused,
    Wrong(String),
    /// The key is gone.
    Unknown(String),
}

fn receipts(evidence: &Evidence, keys: &Keys) -> Check {
    let (mut signed, mut refused) = (0, 0);
    let (mut residue, mut unknown) = (Vec::new(), BTreeSet::new());
    for answer in &evidence.answers {
        match worth(answer, evidence.bodies.get(&answer.batch), keys) {
            Worth::Signed => signed += 1,
            Worth::Refused => refused += 1,
            Worth::Wrong(why) => residue.push(format!(
                "batch {} to {}: {why}",
                answer.batch, answer.origin
            )),
            Worth::Unknown(origin) => drop(unknown.insert(origin)),
        }
    }
    let (name, what) = RECEIPTS;
    if residue.is_empty() && !unknown.is_empty() {
        let origins: Vec<String> = unknown.into_iter().collect();
        let why = format!(
            "the pinned key of {} went with the refusal, so its signatures cannot be checked",
            origins.join(", ")
        );
        return Check::not_checked(name, what, why);
    }
    let details = format!(
        "{signed} receipts signed (Ed25519), {refused} batches refused, for which there is no receipt{}",
        evidence.gaps()
    );
    Check::found(name, what, Level::Proved, details, residue)
}

fn worth(answer: &Answer, body: Option<&Body>, keys: &Keys) -> Worth {
    if REFUSED.contains(&answer.status) {
        let stored = answer.fates.iter().any(|fate| fate.outcome != "dropped");
        return match (&answer.receipt, stored) {
            (None, false) => Worth::Refused,
            _ => Worth::Wrong(format!(
                "refused with {}, but the log says otherwise of its events",
                answer.status
            )),
        };
    }
    let Some(receipt) = &answer.receipt else {
        return Worth::Wrong(format!(
            "the server answered {} without a receipt",
            answer.status
        ));
    };
    let Some(page) = keys.pinned.get(&answer.origin) else {
        if keys.may_be_gone {
            return Worth::Unknown(answer.origin.clone());
        }
        return Worth::Wrong("no key of that server is pinned any more".to_owned());
    };
    let Some(Ok(text)) = body.map(|body| &body.text) else {
        return Worth::Wrong("there are no bytes to hold its receipt against".to_owned());
    };
    match receipt.verify(page, text) {
        Err(error) => Worth::Wrong(chain(&error)),
        Ok(payload) => match difference(answer, &payload) {
            Some(why) => Worth::Wrong(why),
            None => Worth::Signed,
        },
    }
}

/// What the receipt says otherwise than the log.
fn difference(answer: &Answer, payload: &ReceiptPayload) -> Option<String> {
    if payload.batch_id != Some(answer.batch) {
        return Some("the receipt is about another batch".to_owned());
    }
    if payload.digest != answer.digest {
        return Some("the receipt has another digest than the log".to_owned());
    }
    let noted = |word| {
        let fates = answer.fates.iter().filter(|fate| fate.outcome == word);
        u32::try_from(fates.count()).unwrap_or(u32::MAX)
    };
    let signed = [payload.accepted, payload.duplicates, payload.dropped];
    let noted = [noted("accepted"), noted("duplicate"), noted("dropped")];
    let [accepted, duplicates, dropped] = signed;
    (signed != noted).then(|| {
        format!(
            "the receipt says {accepted} stored, {duplicates} duplicate, {dropped} dropped, and the log says otherwise"
        )
    })
}

fn outcomes(evidence: &Evidence) -> Check {
    let mut residue = Vec::new();
    let answered: BTreeSet<Uuid> = evidence.answers.iter().map(|a| a.batch).collect();
    for answer in &evidence.answers {
        residue.extend(against_answer(answer, evidence));
    }
    for (batch, body) in evidence.bodies.iter().filter(|(_, body)| body.is_kept) {
        if answered.contains(batch) {
            continue;
        }
        // It may have left without ever being answered; then its events were dropped here.
        let Ok(text) = &body.text else {
            residue.push(format!("{} cannot be read", body.path.display()));
            continue;
        };
        residue.extend(events_of(text).iter().filter_map(|event| {
            let fate = evidence.fates.iter().find(|fate| fate.id == Some(event.id));
            let missing = fate.is_none();
            missing.then(|| {
                format!(
                    "batch {batch}: the log does not say what became of event {}",
                    event.id
                )
            })
        }));
    }
    let stored = |fate: &&Fate| fate.outcome != "dropped";
    for fate in evidence.fates.iter().filter(stored) {
        if fate.batch.is_none_or(|batch| !answered.contains(&batch)) {
            let id = fate.id.map(|id| id.to_string()).unwrap_or_default();
            residue.push(format!(
                "the log says {} of event {id}, but has no answer of a server to it",
                fate.outcome
            ));
        }
    }
    let (name, what) = OUTCOMES;
    let events = evidence.fates.len();
    let details = format!("{events} outcomes{}", evidence.gaps());
    Check::found(name, what, Level::Observed, details, residue)
}

/// Where an answer, the outcomes that were noted with it and the bytes do not tell of the same events.
fn against_answer(answer: &Answer, evidence: &Evidence) -> Vec<String> {
    let batch = answer.batch;
    let Some(Ok(text)) = evidence.bodies.get(&batch).map(|body| &body.text) else {
        // The check of the bytes says so.
        return Vec::new();
    };
    let sent: Vec<Uuid> = events_of(text).iter().map(|event| event.id).collect();
    let noted: Vec<Uuid> = answer.fates.iter().filter_map(|fate| fate.id).collect();
    let mut found = Vec::new();
    for id in sent.iter().filter(|id| !noted.contains(id)) {
        found.push(format!(
            "batch {batch}: the log does not say what became of event {id}"
        ));
    }
    for id in noted.iter().filter(|id| !sent.contains(id)) {
        found.push(format!(
            "batch {batch}: the log tells of event {id}, which is not in its bytes"
        ));
    }
    if answer.events != sent.len() {
        found.push(format!(
            "batch {batch}: the log says {} events, and its bytes have {}",
            answer.events,
            sent.len()
        ));
    }
    found
}
