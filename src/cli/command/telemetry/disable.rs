//! `decantr telemetry disable`: the refusal, and the removal of everything that telemetry kept here.

use crate::cli::args::DisableArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::control::{self, Disabled};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry disable`.
///
/// # Errors
/// Exit code 4, after naming it, when something could not be removed; 3 when settings are unusable, so that the refusal is about
/// another endpoint; 6 when a server did not forget.
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
        let product = asked.product();
        let of = if product.is_own() {
            String::new()
        } else {
            format!(" of {}", product.id())
        };
        ui.line(&format!(
            "Telemetry{of} is off. Nothing is recorded, kept or sent."
        ))?;
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
    if !disabled.residue.is_empty() {
        for problem in &disabled.problems {
            ui.warning(problem);
        }
    }
    end(&disabled)
}

/// How it ends: what was not removed matters most, then what the refusal could not be about, then what servers did.
fn end(disabled: &Disabled) -> Result<(), CommandError> {
    if !disabled.residue.is_empty() {
        let message = format!(
            "telemetry is off, but this could not be removed: {}",
            disabled.residue.join("; ")
        );
        return Err(CommandError::new(exit::CONSENT, message)
            .hint("correct what it says, or get the rights to remove it, then run `decantr telemetry disable` again"));
    }
    if !disabled.problems.is_empty() {
        return Err(
            CommandError::new(exit::CONFIG, disabled.problems.join("; ")).hint(
                "telemetry is off all the same; correct it, then run `decantr telemetry disable` again, so that the refusal is \
                 about the right endpoint",
            ),
        );
    }
    disabled.forget.as_ref().map_or(Ok(()), super::forget::end)
}
