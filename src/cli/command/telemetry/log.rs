//! `decantr telemetry log`: every recorded event, what became of it, and the bytes that were sent.

use crate::cli::args::LogArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::client::control;
use crate::config::{Asked, Host};

/// Runs `decantr telemetry log`.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &LogArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let log = control::log(host, asked)?;
    if args.format.is_json() {
        return ui.json(&log);
    }
    Ok(())
}
