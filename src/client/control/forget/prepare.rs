//! Before any server is asked to forget: which ones are, and everything here that still carries the ids is put aside.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::super::error::ControlError;
use super::super::reset::WAIT;
use super::requests::Requests;
use crate::base::fsx::{self, FileLock};
use crate::base::http;
use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Gate, Locked, Stored};
use crate::client::delivery::{LIMIT, pinned_keys};
use crate::client::identity::{Known, Link, Then, drop_past, rotate};
use crate::client::spool::{Ledger, LedgerEntry, Spool};
use crate::config::{Endpoint, Env, Paths};
use crate::model::protocol::KeyPage;

/// How often to lock the spools anew when somebody agrees again meanwhile.
const TRIES: u32 = 20;

/// What is to be forgotten, and where.
#[derive(Debug)]
pub(in crate::client::control) struct Prepared {
    known: Known,
    servers: Vec<String>,
    keys: BTreeMap<String, KeyPage>,
}

impl Prepared {
    /// Finds the ids and the servers. Writes nothing.
    pub(in crate::client::control) fn read(gate: &Gate) -> Result<Self, ClientError> {
        let known = Known::read(&gate.paths)?;
        Ok(Self {
            servers: servers(gate, &known)?,
            known,
            keys: pinned_keys(&gate.paths)?,
        })
    }

    /// The ids that only an operator can erase.
    pub(in crate::client::control) fn foreign(&self) -> &[crate::base::ids::OpaqueId] {
        &self.known.foreign
    }

    /// Whether there is an id that can be proven.
    pub(in crate::client::control) fn has_ids(&self) -> bool {
        !self.known.proven.is_empty()
    }

    /// Writes the requests down, so that they can be sent, now or later.
    pub(in crate::client::control) fn write(
        &self,
        gate: &Gate,
        now: Timestamp,
        locked: &Locked,
    ) -> Result<(), ClientError> {
        if !self.has_ids() {
            return Ok(());
        }
        let mut requests = Requests::load(&gate.paths)?;
        for server in &self.servers {
            let key = http::parse_base_url(server).ok();
            let key = key.and_then(|url| self.keys.get(&http::origin(&url)).cloned());
            requests.ask(server.clone(), &self.known.proven, key, now);
        }
        requests.save(&gate.paths, locked)
    }
}

/// Puts everything aside under the consent lock: writes the requests down, drops the events that wait under the ids, and lets go
/// of the ids and of the link. Tells how many events were dropped.
pub(super) fn put_aside(
    gate: &Gate,
    prepared: &mut Prepared,
    now: Timestamp,
) -> Result<usize, ClientError> {
    let paths = &gate.paths;
    // The person may have removed it; the lock lies there.
    fsx::create_private_dir(&paths.config_dir)?;
    let (epochs, _senders, locked) = lock_all(paths)?;
    // Read again: another process may have made new ids meanwhile.
    *prepared = Prepared::read(gate)?;
    prepared.write(gate, now, &locked)?;
    let mut dropped = 0;
    for epoch in epochs {
        dropped += Spool::forget_waiting(paths, epoch, now)?;
    }
    rotate(paths, Then::Wait, now, &locked)?;
    let named: Vec<_> = prepared.known.proven.iter().map(|c| c.id.clone()).collect();
    drop_past(paths, &named, &locked)?;
    Link::remove(paths, &locked)?;
    Ok(dropped)
}

/// Locks every spool that there is, so that no event under the ids moves to another one meanwhile, and the record.
fn lock_all(paths: &Paths) -> Result<(Vec<u64>, Vec<FileLock>, Locked), ClientError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let epochs = Spool::epochs(paths)?;
        // A sender takes its own lock before that of the record, and so does this.
        let senders = epochs.iter().map(|e| Spool::lock_epoch(paths, *e, LIMIT));
        let senders: Result<Vec<_>, _> = senders.collect();
        let locked = Locked::open(paths, WAIT)?;
        // Whoever agrees again moves what waits to a new spool. Under the lock of the record nobody does.
        let is_same = Spool::epochs(paths)? == epochs;
        match senders {
            Ok(senders) if is_same => return Ok((epochs, senders, locked)),
            Err(error) if is_same || tries >= TRIES => return Err(error.into()),
            Ok(_) if tries >= TRIES => return Err(ControlError::IdsChanged.into()),
            _ => {}
        }
    }
}

/// The servers that may know the ids: those that events were sent to, those that have or had a link, and the one that events go to
/// now, if the person agreed to that. Where none is known to have had anything, all that the person agreed to.
///
/// What only the environment names is not among them: a repository could have set it.
fn servers(gate: &Gate, known: &Known) -> Result<Vec<String>, ClientError> {
    let mut origins: BTreeSet<String> = pinned_keys(&gate.paths)?.into_keys().collect();
    origins.extend(known.linked_at.iter().cloned());
    let ledger = Ledger::new(&gate.paths).read()?;
    origins.extend(ledger.entries.into_iter().filter_map(|entry| match entry {
        LedgerEntry::Batch { origin, .. } | LedgerEntry::Attempt { origin, .. } => Some(origin),
        _ => None,
    }));
    origins.extend(Link::load(&gate.paths)?.map(|link| link.origin));
    let agreed = |endpoint: &&Endpoint| {
        let file = ConsentFile::load(&gate.paths);
        file.is_ok_and(|file| {
            let stored = file.stored(&gate.key_of(&endpoint.origin));
            matches!(stored, Stored::Granted(_))
        })
    };
    let current = gate.endpoint.as_ref().filter(agreed);
    origins.extend(current.map(|endpoint| endpoint.origin.clone()));
    if origins.is_empty() {
        origins.extend(ConsentFile::load(&gate.paths)?.origins().map(str::to_owned));
    }
    if let (true, Some(settings)) = (origins.is_empty(), &gate.settings) {
        origins.insert(Endpoint::resolve(None, &Env::default(), settings)?.origin);
    }
    // The endpoint may have a path before ours.
    let address = |origin: String| match current {
        Some(endpoint) if endpoint.origin == origin => endpoint.url.to_string(),
        _ => origin,
    };
    Ok(origins.into_iter().map(address).collect())
}
