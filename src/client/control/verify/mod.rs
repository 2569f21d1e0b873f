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
mod others;
mod passing;
mod process;
mod sent;
mod snapshot;
mod state;
mod trial;
mod view;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::base::error::chain;
use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Gate};
use crate::client::delivery::pinned_keys;
use crate::client::withdrawal::Kept;
use crate::config::{Asked, CATALOG_VARIABLE, Env, Host};

pub use cage::{CAGED_ARGUMENT, run_caged};
pub use view::{Check, Level, Verdict, Verified};

use behaviour::Watched;
use evidence::{Evidence, Trouble};
use passing::Passing;
use sent::Keys;

/// How often log and spool are read, and with which pause, when they do not fit together: a batch may have gone its way meanwhile.
const READ_AGAIN: u32 = 3;
const READ_PAUSE: Duration = Duration::from_millis(20);

/// Whose commands are run, and when that ends.
#[derive(Debug, Clone, Copy)]
pub struct Watch<'a> {
    /// The program; the host's executable, but for tests.
    pub program: &'a Path,
    /// How long one run may take; [`LIMIT`].
    pub limit: Duration,
    /// Can be set from elsewhere; then the rest is left out, and the answer is worth nothing.
    pub interrupted: &'a AtomicBool,
}

/// How long one run of a command may take, its cage included.
pub const LIMIT: Duration = Duration::from_secs(10);

/// Checks everything that can be checked here.
///
/// # Errors
/// Only when there is no place for files; unreadable files are problems in the answer.
pub fn verify(host: &Host, asked: &Asked<'_>, watch: Watch<'_>) -> Result<Verified, ClientError> {
    let gate = Gate::open(host, asked)?;
    let mut problems = gate.problems.clone();
    let first = Passing::look(&gate);
    let mut checks = state::checks(&gate, &mut problems);
    checks.extend(others::check(&gate, &mut problems));
    let named = naming(host, &gate);
    let watched = Watched::new(&named, asked, watch, &gate);
    let behaviour = behaviour::checks(&watched, &mut problems);
    let later = Passing::look(&gate);
    checks.extend(first.checks(later, &gate, host.clock.now()));
    checks.extend(behaviour);
    checks.extend(about_sent(&gate, watch.interrupted, &mut problems));
    problems.dedup();
    let decision = gate.decision();
    let why = decision.why().to_owned();
    Ok(Verified::of(decision.effective(), why, checks, problems))
}

/// The machine as commands about the gate's product, and its sender, are to find it: with the variable that names the catalog.
fn naming(host: &Host, gate: &Gate) -> Host {
    let name = gate.product.reference().as_os_str();
    let others = host.env.all().filter(|(key, _)| *key != CATALOG_VARIABLE);
    let own = std::iter::once((CATALOG_VARIABLE.as_ref(), name));
    Host {
        env: Env::from_pairs(others.chain(own)),
        ..host.clone()
    }
}

/// The checks of what was sent. What does not hold while a sender is at work holds when it is done; what was tampered with never
/// does.
fn about_sent(gate: &Gate, interrupted: &AtomicBool, problems: &mut Vec<String>) -> Vec<Check> {
    let mut reads = 0;
    loop {
        reads += 1;
        let mut new_problems = Vec::new();
        let checks = match Evidence::gather(&gate.paths) {
            Ok(evidence) => {
                let keys = keys(gate, &mut new_problems);
                let [bytes, receipts, outcomes] = sent::checks(&evidence, &keys);
                let catalog = allowed::check(gate, &evidence, &mut new_problems);
                vec![bytes, receipts, outcomes, catalog]
            }
            Err(Trouble(why)) => {
                new_problems.push(why);
                Vec::new()
            }
        };
        let is_last = reads == READ_AGAIN || interrupted.load(Ordering::Relaxed);
        if is_last || !checks.iter().any(Check::has_failed) {
            problems.extend(new_problems);
            return checks;
        }
        std::thread::sleep(READ_PAUSE);
    }
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
