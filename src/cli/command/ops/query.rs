//! `decantr ops query`: a named query, as a table, as JSON or as CSV.

use serde::Serialize;

use super::desk::{Desk, Opening, failed};
use super::{catalog, delivery, retention};
use crate::cli::args::{QueryArgs, QueryFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::server::report::query::{self, Answer, Ask, Column, Field};

/// The answer as JSON on stdout.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    kind: &'static str,
    #[serde(flatten)]
    answer: &'a Answer,
}

/// Runs `decantr ops query`.
///
/// # Errors
/// Exit code 2 when there is no such catalog or it has not what the query needs, 3 when there is no store or
/// `TELEMETRY_RETENTION_DAYS` is no number of days, 6 when the store fails.
pub(super) fn run(host: &Host, args: &QueryArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.env_file)?;
    let ask = Ask::new(args.query, args.days, args.period.map(Into::into));
    let catalog = catalog::named_or(host, &args.catalog, args.query.default_catalog())?;
    if let Some(needed) = args.query.missing_in(&catalog) {
        let message = format!(
            "the catalog {} has not what {} needs: {needed}",
            catalog.id,
            args.query.as_str()
        );
        let hint = format!("it was made for --catalog {}", args.query.default_catalog());
        return Err(CommandError::new(exit::USAGE, message).hint(hint));
    }
    let kept_days = retention::days(&host.env, &catalog)?;
    let now = host.clock.now();
    let answer = Desk::at(host, &args.store, Opening::Read, async |desk| {
        let answer = query::read(&*desk.store, &catalog, ask, now).await;
        answer.map_err(|error| failed(&error))
    })?;
    match args.format() {
        QueryFormat::Json => ui.json(&Report {
            schema_version: 1,
            kind: "ops.query",
            answer: &answer,
        })?,
        QueryFormat::Csv => print_csv(&answer, ui)?,
        QueryFormat::Table => print_table(&answer, ui)?,
    }
    if ask.query.needs_words_of_senders() && ask.days > kept_days {
        ui.warning(&format!(
            "{} counts words of senders, which are kept for {kept_days} days only; older days have none",
            ask.query.as_str()
        ));
    }
    Ok(())
}

fn print_table(answer: &Answer, ui: &mut Ui) -> Result<(), CommandError> {
    ui.line(&format!(
        "{} of {}, {} to {} (UTC)",
        answer.query, answer.catalog, answer.span.from, answer.span.to
    ))?;
    if answer.rows.is_empty() {
        return ui.line("nothing was counted on these days");
    }
    let heads: Vec<&str> = answer.columns.iter().map(|column| column.name).collect();
    let numbers = answer.columns.iter().enumerate();
    let numbers: Vec<usize> = numbers
        .filter(|(_, column)| column.is_number)
        .map(|(at, _)| at)
        .collect();
    let mut rows = table(&heads, &numbers);
    for row in &answer.rows {
        let cells = row.iter().zip(&answer.columns);
        rows.add_row(cells.map(|(field, column)| cell(field, *column)));
    }
    ui.table(&mut rows)
}

/// A field as people read it.
fn cell(field: &Field, column: Column) -> String {
    match field {
        Field::Rate(rate) => format!("{:.1} %", rate * 100.0),
        Field::Amount(amount) => format!("{amount:.1}"),
        Field::Absent if column.is_number => "n/a".to_owned(),
        Field::Absent => "(none)".to_owned(),
        field => field.plain(),
    }
}

fn print_csv(answer: &Answer, ui: &mut Ui) -> Result<(), CommandError> {
    let head = answer.columns.iter().map(|column| column.name.to_owned());
    let head = std::iter::once(head.collect());
    let rows = answer.rows.iter();
    ui.csv(head.chain(rows.map(|row| row.iter().map(Field::plain).collect())))
}
