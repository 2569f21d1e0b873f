//! `decantr telemetry reset`: new ids.

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::client::control;
use crate::config::{Asked, Host};

/// Runs `decantr telemetry reset`.
///
/// # Errors
/// Exit code 4 when this machine is linked, 3 when a local file stands in the way.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    format: Format,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let reset = control::reset(host, asked)?;
    if format.is_json() {
        return ui.json(&reset);
    }
    if !reset.renewed {
        return ui
            .line("There are no ids on this machine that could be renewed; nothing was changed.");
    }
    if let Some(old) = &reset.old_install_id {
        ui.line(&format!("The install id {old} is not used any more."))?;
    }
    match &reset.install_id {
        Some(new) => ui.line(&format!("The new one is {new}."))?,
        None => ui.line("A new one is made at the first event, once telemetry is on here.")?,
    }
    if reset.projects > 0 {
        ui.line(&format!(
            "{} project ids were dropped; new ones are made when they are needed.",
            reset.projects
        ))?;
    }
    ui.line("The old ids are remembered for `decantr telemetry forget` only.")
}
