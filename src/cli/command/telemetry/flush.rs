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
/// Exit code 3 when local files are unreadable or invalid, 4 when nothing may be sent, 6 when the server did not take
/// what waits, which then goes on waiting, or refused it.
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
    if let Some(notice) = &flushed.notice {
        ui.warning(notice);
    }
    super::sound(&flushed.problems)?;
    if !flushed.permitted {
        return Err(CommandError::new(
            exit::CONSENT,
            format!("nothing was sent: {}", flushed.why),
        ));
    }
    if flushed.failed {
        let error = CommandError::new(exit::REMOTE, flushed.why);
        return Err(if flushed.waiting == 0 {
            error.hint("`decantr telemetry log` tells which")
        } else {
            error.hint("what waits is sent later by itself; `decantr telemetry status` tells when")
        });
    }
    if !format.is_json() {
        ui.line(&flushed.why)?;
    }
    Ok(())
}

/// Prints what was sent; when that is nothing, the last delivery before.
fn show(flushed: &Flushed, ui: &mut Ui) -> Result<(), CommandError> {
    let before = flushed
        .last_delivery
        .iter()
        .filter(|_| flushed.batches.is_empty());
    for sent in flushed.batches.iter().chain(before) {
        ui.line(&super::delivered(sent))?;
    }
    Ok(())
}
