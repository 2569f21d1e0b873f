//! `decantr telemetry log`: every recorded event, what became of it, and the bytes that were sent.

use crate::cli::args::LogArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, table};
use crate::client::control::{self, Log};
use crate::client::spool::LedgerEntry;
use crate::config::{Asked, Host};

/// Runs `decantr telemetry log`.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &LogArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let log = control::log(host, asked, args.bytes)?;
    if args.format.is_json() {
        ui.json(&log)?;
    } else {
        print(&log, ui)?;
    }
    if log.elsewhere > 0 {
        ui.warning(&format!(
            "{} more events wait for other endpoints, or were left over from earlier grants",
            log.elsewhere
        ));
    }
    if log.lost > 0 {
        ui.warning(&format!(
            "{} events could be neither kept nor noted (a full or read-only disk)",
            log.lost
        ));
    }
    if log.unreadable > 0 {
        ui.warning(&format!(
            "{} lines of the log cannot be read",
            log.unreadable
        ));
    }
    Ok(())
}

fn print(log: &Log, ui: &mut Ui) -> Result<(), CommandError> {
    if log.entries.is_empty() && log.waiting.is_empty() {
        return ui.line("Nothing was recorded and nothing was sent.");
    }
    if !log.entries.is_empty() {
        let mut entries = table(&["At", "What", "Became"], &[]);
        for entry in &log.entries {
            entries.add_row(row(entry));
        }
        ui.table(&mut entries)?;
    }
    for sent in &log.sent {
        ui.heading(&format!("Batch {} as it was sent, inflated", sent.batch))?;
        ui.line(&sent.body)?;
    }
    if !log.waiting.is_empty() {
        ui.heading("Waiting to be sent")?;
        for event in &log.waiting {
            ui.line(&event.to_string())?;
        }
    }
    Ok(())
}

fn row(entry: &LedgerEntry) -> [String; 3] {
    match entry {
        LedgerEntry::Event {
            at,
            id,
            name,
            outcome,
            reason,
            batch: _,
        } => {
            let name = name.as_deref().unwrap_or("an event that could not be read");
            let id = id.map(|id| format!(" {id}")).unwrap_or_default();
            let reason = reason
                .as_ref()
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            [
                format!("{at:.0}"),
                format!("{name}{id}"),
                format!("{outcome}{reason}"),
            ]
        }
        LedgerEntry::Batch {
            at,
            batch,
            origin,
            events,
            bytes,
            status,
            verification,
            ..
        } => [
            format!("{at:.0}"),
            format!("batch {batch}, {events} events, {bytes} bytes to {origin}"),
            format!("answered {status}, receipt {verification}"),
        ],
        LedgerEntry::Attempt {
            at,
            batch,
            origin,
            error,
            status: _,
        } => [
            format!("{at:.0}"),
            format!("batch {batch} to {origin}"),
            format!(
                "tried, not settled: {}",
                error.as_deref().unwrap_or("unknown")
            ),
        ],
        LedgerEntry::Lost { at, events } => [
            format!("{at:.0}"),
            format!("{events} events"),
            "lost: they could be neither kept nor noted".to_owned(),
        ],
        LedgerEntry::Pruned { at, day } => [
            format!("{at:.0}"),
            format!("log of {day}"),
            "removed to keep it small".to_owned(),
        ],
    }
}
