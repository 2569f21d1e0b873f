//! `decantr telemetry verify`: what was checked, how well it is known, and the verdict.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::args::VerifyArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::signals::Signals;
use crate::cli::ui::{BAD, DIM, GOOD, Ui, WATCH};
use crate::client::ClientError;
use crate::client::control::{self, Check, LIMIT, Level, Verified, Watch};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry verify`.
///
/// # Errors
/// Exit code 1, after printing, when a check does not hold (with `--strict` also when one could not be made), 3 when local files are
/// unreadable or invalid, 130 after a signal.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &VerifyArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let verified = stoppable(host, asked)?;
    if args.format.is_json() {
        ui.json(&verified)?;
    } else {
        print(&verified, ui)?;
    }
    if verified.failed > 0 {
        return Err(residue(&verified));
    }
    super::sound(&verified.problems)?;
    if args.strict && verified.not_checked > 0 {
        let missing = verified
            .checks
            .iter()
            .filter(|check| check.passed.is_none());
        let missing: Vec<&str> = missing.map(|check| check.name).collect();
        let message = format!("not everything could be checked: {}", missing.join(", "));
        return Err(CommandError::new(exit::CHECK_FAILED, message));
    }
    Ok(())
}

/// Checks, and stops when a signal asks for it; the temporary folder is removed then too.
fn stoppable(host: &Host, asked: &Asked<'_>) -> Result<Verified, CommandError> {
    let interrupted = Arc::new(AtomicBool::new(false));
    runtime()?.block_on(async {
        let mut signals = Signals::register()?;
        let work = {
            let (host, interrupted) = (host.clone(), Arc::clone(&interrupted));
            let (no_telemetry, product) = (asked.no_telemetry, asked.product());
            move || {
                let asked = Asked {
                    no_telemetry,
                    product: Some(&product),
                    ..Asked::default()
                };
                let watch = Watch {
                    program: &host.executable,
                    limit: LIMIT,
                    interrupted: &interrupted,
                };
                control::verify(&host, &asked, watch)
            }
        };
        let mut work = tokio::task::spawn_blocking(work);
        let done = tokio::select! {
            biased;
            done = &mut work => done,
            () = signals.received() => {
                interrupted.store(true, Ordering::Relaxed);
                work.await
            }
        };
        if interrupted.load(Ordering::Relaxed) {
            return Err(CommandError::new(exit::INTERRUPTED, "stopped by a signal"));
        }
        let verified: Result<Verified, ClientError> =
            done.map_err(|error| CommandError::new(exit::BUG, error.to_string()))?;
        Ok(verified?)
    })
}

fn print(verified: &Verified, ui: &mut Ui) -> Result<(), CommandError> {
    ui.line(&format!(
        "Telemetry is {}: {}",
        verified.effective.as_str(),
        verified.why
    ))?;
    ui.line("")?;
    let width = verified.checks.iter().map(|check| check.name.len()).max();
    for check in &verified.checks {
        line(check, width.unwrap_or_default(), ui)?;
    }
    ui.line("")?;
    let style = if verified.failed > 0 { BAD } else { GOOD };
    let says = ui.paint(style, &ui.folded(0, &verified.says));
    ui.line(&says)
}

/// One line a check, with what stands against it below. What the answer rests on is shown where there is none, or with `-v`.
fn line(check: &Check, width: usize, ui: &mut Ui) -> Result<(), CommandError> {
    let (word, style) = match (check.passed, check.level) {
        (Some(false), _) => ("✘ FAILED", BAD),
        (Some(true), Level::Proved) => ("✔ proved", GOOD),
        (Some(true), _) => ("✔ observed", GOOD),
        (None, _) => ("- not checked", WATCH),
    };
    let word = ui.paint(style, &format!("{word:<15}"));
    let indent = 15 + width + 2;
    let what = ui.folded(indent, &check.what);
    ui.line(&format!("{word}{:<width$}  {what}", check.name))?;
    for residue in &check.residue {
        let residue = ui.paint(BAD, &ui.folded(indent + 2, residue));
        ui.line(&format!("{:15}{:<width$}  → {residue}", "", ""))?;
    }
    if check.passed.is_none() || ui.verbosity() > 0 {
        let details = ui.folded(indent, &format!("({})", check.details));
        let details = format!("{:15}{:<width$}  {details}", "", "");
        let details = ui.paint(DIM, &details);
        ui.line(&details)?;
    }
    Ok(())
}

/// Names on stderr what stands against the promise.
fn residue(verified: &Verified) -> CommandError {
    let failed = verified.checks.iter().filter(|check| check.has_failed());
    let named = failed.map(|check| format!("{}: {}", check.name, check.residue.join("; ")));
    let message = named.collect::<Vec<_>>().join("; ");
    CommandError::new(exit::CHECK_FAILED, message).hint(
        "`decantr telemetry verify -v` tells what each check rests on; `decantr telemetry disable` removes what is kept here",
    )
}
