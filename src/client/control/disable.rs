//! `telemetry disable`: one locked transaction that refuses and removes; whatever stays is named.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::SCHEMA_VERSION;
use super::forget::{self, Forget, Prepared};
use super::reset::WAIT;
use super::residue::remove_temporary;
use super::view::Disabled;
use crate::base::error::chain;
use crate::base::fsx::{self, FsError};
use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Gate, Key, Locked};
use crate::client::delivery::PINS_FILE;
use crate::client::identity::{
    self, Known, LINK_FILE, Link, PAST_FILE, PROJECTS_FILE, SECRET_FILE,
};
use crate::client::spool::{Ledger, Spool, note_withdrawn};
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
    let mut done = Done::default();
    // Before the secrets go. Where it cannot be written down they go all the same: the refusal is what counts.
    let asked = forget.map(|prepared| prepared?.write(&gate, now, &locked));
    if let Some(Err(error)) = asked {
        done.residue.push(unforgotten(&error));
    }
    if keep_log {
        for epoch in Spool::epochs(paths).unwrap_or_default() {
            // Events that cannot be named go all the same: the refusal is what counts.
            drop(note_withdrawn(paths, epoch, now));
        }
    }
    done.take(
        "the spool and what waited in it",
        remove(&Spool::root(paths)),
    );
    if !keep_log {
        done.take(
            "the ledger and the bytes it kept",
            remove(&Ledger::root(paths)),
        );
    }
    let linked = elsewhere(&paths.config_file());
    let removed = identity::remove_install_id(paths);
    done.take(
        "the installation's id",
        removed
            .map_err(ClientError::from)
            .and_then(|was_there| Ok(linked.filter(|_| was_there).map_or(Ok(was_there), Err)?)),
    );
    for folder in [&paths.config_dir, &paths.state_dir] {
        done.take("what an interrupted write left", remove_temporary(folder));
    }
    for (what, name) in [
        ("the installation's secret", SECRET_FILE),
        ("the projects' ids", PROJECTS_FILE),
        ("the ids that were used before", PAST_FILE),
        ("the note about the link", LINK_FILE),
        ("the servers' pinned keys", PINS_FILE),
    ] {
        done.take(what, remove(&paths.state_dir.join(name)));
    }
    // The folder goes only if nothing is left in it; somebody else's files stay.
    let _not_empty_or_missing = std::fs::remove_dir(&paths.state_dir);
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
        Some(Gate::key_of(&endpoint.origin))
    };
    gate.key()
        .or_else(fallback)
        .unwrap_or_else(|| Gate::key_of(DEFAULT_ENDPOINT))
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

#[derive(Default)]
struct Done {
    removed: Vec<String>,
    residue: Vec<String>,
}

impl Done {
    fn take<E: std::error::Error>(&mut self, what: &str, result: Result<bool, E>) {
        match result {
            Ok(true) => self.removed.push(what.to_owned()),
            Ok(false) => {}
            Err(error) => self.residue.push(format!("{what}: {}", chain(&error))),
        }
    }
}

/// Removes a file or folder and tells whether there was one.
///
/// It is moved aside first: a writer that still knows the old name finds nothing there, and cannot make it again.
///
/// # Errors
/// Also when it was a link, which is gone, to something that stays.
fn remove(path: &Path) -> Result<bool, FsError> {
    let aside = path.with_extension("removed");
    let was_left = aside.symlink_metadata().is_ok();
    let linked = elsewhere(path).or_else(|| elsewhere(&aside));
    fsx::remove(&aside)?;
    match std::fs::rename(path, &aside) {
        Ok(()) => fsx::remove(&aside)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound && linked.is_none() => {
            return Ok(was_left);
        }
        // A state folder that cannot be written to may still let go of what is inside.
        Err(_) => fsx::remove(path)?,
    }
    linked.map_or(Ok(true), Err)
}

/// Why what `path` stands for stays where it is: it is a link, and none is followed for removing.
fn elsewhere(path: &Path) -> Option<FsError> {
    let target = path.is_symlink().then(|| path.canonicalize().ok())??;
    let error = io::Error::other(format!(
        "{} was a link to it, and only that is gone",
        path.display()
    ));
    Some(FsError::new("remove", &target, error))
}
