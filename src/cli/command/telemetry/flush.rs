//! `decantr telemetry flush`: sends now, and shows the receipts.

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{Ui, table};
use crate::client::control;
use crate::config::{Asked, Host};

/// Runs `decantr telemetry flush`.
///
/// # Errors
/// Exit code 4 when nothing may be sent, 6 when the server did not take what waits; it goes on waiting then.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    format: Format,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let flushed = control::flush(host, asked)?;
    if format.is_json() {
        ui.json(&flushed)?;
    } else if !flushed.batches.is_empty() {
        let mut batches = table(
            &[
                "Batch",
                "Events",
                "Bytes",
                "Status",
                "Stored",
                "Duplicate",
                "Dropped",
                "Receipt",
            ],
            &[1, 2, 3, 4, 5, 6],
        );
        for sent in &flushed.batches {
            batches.add_row([
                sent.batch_id.to_string(),
                sent.events.to_string(),
                sent.bytes.to_string(),
                sent.status.to_string(),
                sent.accepted.to_string(),
                sent.duplicates.to_string(),
                sent.dropped.to_string(),
                sent.receipt.clone(),
            ]);
        }
        ui.table(&mut batches)?;
    }
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
