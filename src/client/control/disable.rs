//! `telemetry disable`: one locked transaction that refuses and removes; whatever stays is named.

use jiff::Timestamp;

use super::SCHEMA_VERSION;
use super::forget::{self, Forget, Prepared};
use super::reset::WAIT;
use super::view::Disabled;
use crate::base::error::chain;
use crate::base::fsx;
use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Gate, Key, Locked};
use crate::client::identity::{Known, Link};
use crate::client::spool::{Ledger, Spool, note_withdrawn};
use crate::client::withdrawal::{Kept, Removal};
use crate::config::client::DEFAULT_ENDPOINT;
use crate::config::{Asked, Endpoint, Env, Host, Paths};

/// Withdraws every grant, refuses for this endpoint, and removes what telemetry kept here; `keep_log` spares the ledger.
///
/// A request that is on its way cannot be recalled.
///
/// # Errors
/// When the refusal itself cannot be written; nothing is removed then. What cannot be removed afterwards is residue.
pub fn disable(host: &Host, asked: &Asked<'_>, keep_log: bool) -> Result<Disabled, ClientError> {
    let gate = Gate::open(host, asked)?;
    let before = Before::read(&gate);
    let mut done = refuse_and_remove(host, gate, keep_log, None)?;
    done.warnings = before.warnings();
    Ok(done)
}

/// As [`disable`], and has the servers erase what they were sent. Whatever they do, telemetry is off and gone from this machine
/// first; only the request stays until it is granted.
///
/// # Errors
/// As [`disable`].
pub fn disable_and_forget(
    host: &Host,
    asked: &Asked<'_>,
    keep_log: bool,
) -> Result<Disabled, ClientError> {
    let gate = Gate::open(host, asked)?;
    let paths = gate.paths.clone();
    let prepared = Prepared::read(&gate);
    let foreign = prepared
        .as_ref()
        .map(|prepared| prepared.foreign().to_vec());
    let foreign = foreign.unwrap_or_default();
    let mut done = refuse_and_remove(host, gate, keep_log, Some(prepared))?;
    match forget::send_pending(host, &paths) {
        Ok(forgotten) => {
            done.forget = Some(Forget {
                foreign,
                ..forgotten
            });
        }
        Err(error) => done.residue.push(unforgotten(&error)),
    }
    Ok(done)
}

fn unforgotten(error: &ClientError) -> String {
    format!(
        "what servers have: they were not asked to forget it: {}",
        chain(error)
    )
}

/// What was there before, which nobody can name afterwards.
struct Before {
    had_ids: bool,
    link: Option<Link>,
}

impl Before {
    fn read(gate: &Gate) -> Self {
        let known = Known::read(&gate.paths);
        Self {
            had_ids: known.is_ok_and(|known| !known.proven.is_empty()),
            link: Link::load(&gate.paths).ok().flatten(),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let ids = self.had_ids.then(|| {
            "the ids are gone, so this machine can no longer have a server erase what was sent under them; \
             only `decantr telemetry disable --forget` does both"
                .to_owned()
        });
        let link = self.link.as_ref().map(|link| {
            format!(
                "the link to {} stays at {}, whose operator can end it; `decantr telemetry unlink` does so before",
                link.org.slug, link.origin
            )
        });
        ids.into_iter().chain(link).collect()
    }
}

fn refuse_and_remove(
    host: &Host,
    gate: Gate,
    keep_log: bool,
    forget: Option<Result<Prepared, ClientError>>,
) -> Result<Disabled, ClientError> {
    let paths = &gate.paths;
    ConsentFile::load(paths)?;
    fsx::create_private_dir(&paths.config_dir)?;
    let mut locked = Locked::open(paths, WAIT)?;
    let now = host.clock.now();
    refuse(&mut locked, paths, &key_of(&gate), now)?;
    let mut done = Removal::default();
    // Before the secrets go. Where it cannot be written down they go all the same: the refusal is what counts.
    let asked = forget.map(|prepared| prepared?.write(&gate, now, &locked));
    if let Some(Err(error)) = asked {
        done.residue.push(unforgotten(&error));
    }
    if keep_log {
        // Before the pins go; and nothing slow between noting what waits and removing it, since commands may still append.
        drop(Kept::note(paths, now, false, &locked));
        for epoch in Spool::epochs(paths).unwrap_or_default() {
            // Events that cannot be named go all the same: the refusal is what counts.
            drop(note_withdrawn(paths, epoch, now));
        }
    }
    done.spools(paths);
    if !keep_log {
        done.ledger(paths);
    }
    done.ids(paths, &locked);
    drop(locked);
    Ok(Disabled {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.disable",
        removed: done.removed,
        residue: done.residue,
        kept_log: keep_log && Ledger::root(paths).exists(),
        forget: None,
        warnings: Vec::new(),
        problems: gate.problems,
    })
}

/// What the refusal is about: this endpoint; where it is unusable, the one that would be used without the environment.
fn key_of(gate: &Gate) -> Key {
    let fallback = || {
        let settings = gate.settings.as_ref()?;
        let endpoint = Endpoint::resolve(None, &Env::default(), settings).ok()?;
        Some(gate.key_of(&endpoint.origin))
    };
    gate.key()
        .or_else(fallback)
        .unwrap_or_else(|| gate.key_of(DEFAULT_ENDPOINT))
}

/// Writes the refusal. On a full disk what was not sent makes room for it: it must go anyway.
fn refuse(locked: &mut Locked, paths: &Paths, key: &Key, at: Timestamp) -> Result<(), ClientError> {
    let Err(error) = locked.refuse(key, at) else {
        return Ok(());
    };
    if !error.is_full_disk() {
        return Err(error.into());
    }
    fsx::remove(&Spool::root(paths))?;
    Ok(locked.refuse(key, at)?)
}
