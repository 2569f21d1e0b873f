//! What digest and weekly report have in common: printed in the form that is asked for, then delivered.

use serde::Serialize;
use serde_json::Value;

use super::delivery::Delivery;
use super::show;
use crate::cli::args::MemoFormat;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::server::jobs::message::Message;

/// A report as JSON on stdout.
#[derive(Serialize)]
struct Report<'a, T> {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    kind: &'static str,
    /// Whether this was a dry run.
    dry_run: bool,
    /// Where it is sent, or would be.
    destinations: Vec<Value>,
    #[serde(flatten)]
    body: &'a T,
}

/// Prints `report`, or `message`, which says the same for people, and delivers it. Made-up numbers are delivered only with `always`.
///
/// # Errors
/// As [`Delivery::deliver`].
pub(super) fn give(
    host: &Host,
    (report, message): (&impl Serialize, &Message),
    (delivery, always): (&Delivery, bool),
    format: MemoFormat,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let is_due = !message.is_sample || always || delivery.always();
    match format {
        MemoFormat::Json => ui.json(&Report {
            schema_version: 1,
            kind: message.kind,
            dry_run: delivery.is_dry(),
            destinations: delivery.described(message, is_due),
            body: report,
        })?,
        format => show::report(message, format, ui)?,
    }
    let why_not = (!is_due).then_some("the numbers are made up; --always posts them all the same");
    delivery.deliver(host, message, format, why_not, ui)
}
