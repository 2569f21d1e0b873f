//! Watching without a cage: what is in the person's folders before and after each command, and whether the same eyes see what a
//! command writes where telemetry is on.

use std::fs;

use super::behaviour::{Watched, how};
use super::cage::Kind;
use super::child::{End, Place, run_free};
use super::commands::doing;
use super::snapshot::Snapshot;
use super::trial::Trial;
use super::view::{Check, Level};
use crate::client::delivery::{DELIVERY_FILE, DeliveryState};
use crate::client::spool::Spool;
use crate::config::Paths;

/// The check that commands leave no file, `claim`. `why` there is no cage.
pub(super) fn check(watched: &Watched<'_>, trial: &Trial, claim: &str, why: &str) -> Check {
    let name = Kind::Files.as_str();
    if let Err(blind) = control(watched, trial) {
        let details = format!("no cage can be had here ({why}), and without one: {blind}");
        return Check::not_checked(name, claim, details);
    }
    let (mut residue, mut unknown) = (Vec::new(), Vec::new());
    let project = trial.project();
    let paths = &watched.gate.paths;
    let folders = [&*paths.config_dir, &paths.state_dir, &project];
    let place = watched.place(&project);
    let mut ran = 0;
    for tried in watched.commands() {
        let before = Snapshot::of(&folders);
        let flag = watched.flag.filter(|_| tried.takes_flag);
        let run = run_free(watched.watch.program, &tried.args(trial, flag), place);
        let shown = tried.shown();
        match run.end {
            End::Exited(code) if tried.ends.contains(&code) => ran += 1,
            _ => unknown.push(format!("`{shown}` {}", how(&run))),
        }
        let changes = before.changes(&Snapshot::of(&folders));
        residue.extend(changes.iter().map(|change| format!("`{shown}` {change}")));
        if matches!(run.end, End::TimedOut | End::Interrupted) {
            break;
        }
    }
    if residue.is_empty() && !unknown.is_empty() {
        return Check::not_checked(name, claim, unknown.join("; "));
    }
    let details = format!(
        "decantr's folders were the same before and after {ran} commands; no cage can be had here ({why})"
    );
    Check::found(name, claim, Level::Observed, details, residue)
}

/// Whether what a command writes in the throwaway home is seen.
///
/// # Errors
/// Why nothing can be concluded from seeing nothing.
fn control(watched: &Watched<'_>, trial: &Trial) -> Result<(), String> {
    trial.turn_on(watched.host)?;
    keep_quiet(watched, trial).ok_or("the throwaway home cannot be prepared")?;
    let home = trial.home();
    let before = Snapshot::of(&[&home]);
    let project = trial.project();
    let place = Place {
        env: trial.env(),
        cwd: &project,
        watch: watched.watch,
    };
    let command = doing(Kind::Files);
    let ran = run_free(watched.watch.program, &command.args(trial, None), place);
    if before.changes(&Snapshot::of(&[&home])).is_empty() {
        let shown = command.shown();
        let end = how(&ran);
        return Err(format!(
            "`{shown}` left nothing in a throwaway home with telemetry on: it {end}"
        ));
    }
    Ok(())
}

/// Lets the throwaway home believe that something was just sent, so that no sender starts: without a cage nobody would stop it.
fn keep_quiet(watched: &Watched<'_>, trial: &Trial) -> Option<()> {
    let paths = Paths::resolve(trial.env()).ok()?;
    let state = DeliveryState {
        last_attempt: Some(watched.host.clock.now()),
        ..DeliveryState::default()
    };
    let json = serde_json::to_vec(&state).ok()?;
    let epochs = Spool::epochs(&paths).ok()?;
    let epoch = epochs.last()?;
    let path = Spool::folder_of(&paths, *epoch).join(DELIVERY_FILE);
    fs::write(path, json).ok()
}
