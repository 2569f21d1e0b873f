//! `decantr telemetry record`: an event of the catalog from a script, a build machine or any other language.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::args::RecordArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::consent::Gate;
use crate::client::control::{self, Given, NotAnEvent};
use crate::config::{Asked, Host};
use crate::model::catalog::Catalog;

/// The largest JSON that is read, in bytes: a hundred large events.
const MAX_JSON: u64 = 1024 * 1024;

/// Runs `decantr telemetry record`.
///
/// # Errors
/// Exit code 2 when the catalog does not allow what was given, 3 when a file cannot be read; with `--strict` 4 when telemetry is off
/// or the event is not covered.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &RecordArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let product = super::reporting_as(asked, args.source.as_slice())?;
    let asked = Asked {
        product: Some(&product),
        ..*asked
    };
    let json = json(host, args, ui)?;
    let catalog = product.catalog();
    let given = match given(&catalog, args, json.as_deref()) {
        // What the catalog has no place for is nobody's business while telemetry is off.
        Err(NotAnEvent::NoDuration { .. }) if !args.strict && is_off(host, &asked) => Vec::new(),
        given => given?,
    };
    let recorded = control::record(host, &asked, &given, args.strict)?;
    if let Some(notice) = &recorded.notice {
        ui.warning(notice);
    }
    for line in &recorded.shown {
        ui.status(line);
    }
    for warning in &recorded.warnings {
        ui.warning(warning);
    }
    if args.format.is_json() {
        ui.json(&recorded)?;
    }
    Ok(())
}

/// Whether nothing is recorded and nothing is shown. What cannot be known is said by who records.
fn is_off(host: &Host, asked: &Asked<'_>) -> bool {
    Gate::open(host, asked).is_ok_and(|gate| gate.permit().is_none() && !gate.shows())
}

/// The JSON that was asked for.
pub(super) fn json(
    host: &Host,
    args: &RecordArgs,
    ui: &mut Ui,
) -> Result<Option<String>, CommandError> {
    let path = args.from_json.as_deref();
    path.map(|path| text_of(path, host, ui)).transpose()
}

/// The events that were given, read by `catalog`.
pub(super) fn given<'a>(
    catalog: &'a Catalog,
    args: &'a RecordArgs,
    json: Option<&'a str>,
) -> Result<Vec<Given<'a>>, NotAnEvent> {
    let mut given = match json {
        Some(json) => Given::from_json(json, args.event.as_deref())?,
        None => args.event.iter().map(|name| Given::new(name)).collect(),
    };
    for one in &mut given {
        let spec = catalog.event(one.name());
        one.add_words(&args.properties, spec)?;
        if let Some(ms) = args.duration_ms {
            one.add_duration(ms, spec)?;
        }
    }
    Ok(given)
}

fn text_of(path: &Path, host: &Host, ui: &mut Ui) -> Result<String, CommandError> {
    if path == Path::new("-") {
        return ui.read_text(MAX_JSON);
    }
    let path = host.cwd.join(path);
    let read = File::open(&path).and_then(limited);
    read.map_err(|error| CommandError::new(exit::CONFIG, format!("{}: {error}", path.display())))
}

fn limited(file: impl Read) -> io::Result<String> {
    let mut text = String::new();
    file.take(MAX_JSON + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_JSON {
        return Err(io::Error::other(format!(
            "it has more than {MAX_JSON} bytes"
        )));
    }
    Ok(text)
}

impl From<NotAnEvent> for CommandError {
    fn from(error: NotAnEvent) -> Self {
        Self::from_error(exit::USAGE, &error)
    }
}
