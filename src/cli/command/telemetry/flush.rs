//! `decantr telemetry flush`: sends now, and shows the receipts.

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::control::{self, Flushed};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry flush`.
///
/// # Errors
/// Exit code 3 when local files are unreadable or invalid, 4 when nothing may be sent, 6 when the server did not take what waits; it goes on waiting then.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    format: Format,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let flushed = control::flush(host, asked)?;
    if format.is_json() {
        ui.json(&flushed)?;
    } else {
        show(&flushed, ui)?;
    }
    super::sound(&flushed.problems)?;
    let waiting = flushed.waiting;
    if !flushed.permitted {
        return Err(CommandError::new(
            exit::CONSENT,
            format!("nothing was sent: {}", flushed.why),
        ));
    }
    if flushed.failed {
        let message = format!("{}; {waiting} events go on waiting", flushed.why);
        return Err(CommandError::new(exit::REMOTE, message)
            .hint("they are sent later by themselves; `decantr telemetry status` tells when"));
    }
    if !format.is_json() {
        ui.line(&flushed.why)?;
    }
    Ok(())
}

/// Prints what was sent; when that is nothing, the last delivery before.
fn show(flushed: &Flushed, ui: &mut Ui) -> Result<(), CommandError> {
    for sent in &flushed.batches {
        ui.line(&super::delivered(sent))?;
    }
    match &flushed.last_delivery {
        Some(sent) if flushed.batches.is_empty() => {
            ui.line(&format!("last delivery: {}", super::delivered(sent)))
        }
        _ => Ok(()),
    }
}
