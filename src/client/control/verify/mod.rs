//! `telemetry verify`: checks the promise on this machine. What is kept is held against the record of consent; decantr's own commands
//! are run where the kernel ends whoever breaks the promise; what was sent is held against receipts and the catalog.
//!
//! It writes nothing of the person's, mints nothing and sends nothing, and needs neither root nor other programs. What it needs for a
//! moment lies in a temporary folder, which it removes. A program can only vouch for itself so far: whoever doubts the program itself
//! watches it with their own tools, for which these checks name the commands.

mod allowed;
mod behaviour;
mod cage;
mod child;
mod commands;
mod evidence;
mod filter;
mod free;
mod passing;
mod process;
mod sent;
mod snapshot;
mod state;
mod trial;
mod view;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::kept::Kept;
use crate::base::error::chain;
use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Gate};
use crate::client::delivery::pinned_keys;
use crate::config::{Asked, Host};

pub use cage::{CAGED_ARGUMENT, run_caged};
pub use view::{Check, Level, Verdict, Verified};

use behaviour::Watched;
use evidence::{Evidence, Trouble};
use passing::Passing;
use sent::Keys;

/// Checks everything that can be checked here. `program` is the one whose commands are run: the host's executable, but for tests.
/// `interrupted` can be set from elsewhere; then the rest is left out, and the answer is worth nothing.
///
/// # Errors
/// Only when there is no place for files; unreadable files are problems in the answer.
pub fn verify(
    host: &Host,
    asked: &Asked<'_>,
    program: &Path,
    interrupted: &AtomicBool,
) -> Result<Verified, ClientError> {
    let gate = Gate::open(host, asked)?;
    let mut problems = gate.problems.clone();
    let first = Passing::look(&gate.paths, program);
    let mut checks = state::checks(&gate, &mut problems);
    let watched = Watched::new(host, asked, program, &gate, interrupted);
    let behaviour = behaviour::checks(&watched, &mut problems);
    let later = Passing::look(&gate.paths, program);
    checks.extend(first.checks(later, &gate, host.clock.now()));
    checks.extend(behaviour);
    match Evidence::gather(&gate.paths) {
        Ok(evidence) => {
            let keys = keys(&gate, &mut problems);
            checks.extend(sent::checks(&evidence, &keys));
            checks.push(allowed::check(&gate, &evidence, &mut problems));
        }
        Err(Trouble(why)) => problems.push(why),
    }
    problems.dedup();
    let decision = gate.decision();
    let why = decision.why().to_owned();
    Ok(Verified::of(decision.effective(), why, checks, problems))
}

/// The keys that are pinned, and those that a kept log brought with it.
fn keys(gate: &Gate, problems: &mut Vec<String>) -> Keys {
    let mut note = |error: ClientError| problems.push(chain(&error));
    let kept = Kept::load(&gate.paths).unwrap_or_else(|error| {
        note(error);
        None
    });
    let pinned = pinned_keys(&gate.paths).unwrap_or_else(|error| {
        note(error);
        std::collections::BTreeMap::new()
    });
    // A refusal takes them along; a grant keeps them.
    let record = ConsentFile::load(&gate.paths);
    let may_be_gone = record.is_ok_and(|record| record.grants().next().is_none());
    let mut keys = kept.map(|kept| kept.keys).unwrap_or_default();
    keys.extend(pinned);
    Keys {
        pinned: keys,
        may_be_gone,
    }
}
