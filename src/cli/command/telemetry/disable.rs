//! `decantr telemetry disable`: the refusal, and the removal of everything that telemetry kept here.

use crate::cli::args::DisableArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::control;
use crate::config::{Asked, Host};

/// Runs `decantr telemetry disable`.
///
/// # Errors
/// Exit code 3 when settings are unusable, so that the refusal is about another endpoint; 4, after naming it, when something
/// could not be removed; 6 when a server did not forget.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &DisableArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let disabled = if args.forget {
        control::disable_and_forget(host, asked, args.keep_log)?
    } else {
        control::disable(host, asked, args.keep_log)?
    };
    if args.format.is_json() {
        ui.json(&disabled)?;
    } else {
        ui.line("Telemetry is off. Nothing is recorded, kept or sent.")?;
        for removed in &disabled.removed {
            ui.line(&format!("removed {removed}"))?;
        }
        if disabled.kept_log {
            ui.line("kept the local log, as asked")?;
        }
        if let Some(forget) = &disabled.forget {
            super::forget::show(forget, ui)?;
        }
    }
    for warning in &disabled.warnings {
        ui.warning(warning);
    }
    super::sound(&disabled.problems)?;
    if disabled.residue.is_empty() {
        return disabled.forget.as_ref().map_or(Ok(()), super::forget::end);
    }
    let message = format!(
        "telemetry is off, but this could not be removed: {}",
        disabled.residue.join("; ")
    );
    Err(CommandError::new(exit::CONSENT, message)
        .hint("correct what it says, or get the rights to remove it, then run `decantr telemetry disable` again"))
}
