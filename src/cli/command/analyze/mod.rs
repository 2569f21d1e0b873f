//! `decantr analyze`: reads a web project, shows what it is, and reports counts if the person agreed to that.

mod progress;
mod table;

use std::time::Duration;

use jiff::Timestamp;

use crate::analyze::{Analysis, AnalyzeError, Options, analyze, write_report};
use crate::cli::args::{AnalyzeArgs, OutputOptions};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::control::Observed;
use crate::client::recorder::{Recorded, Recorder};
use crate::config::{Asked, Host};
use crate::model::event::{RawMap, RawValue};

/// The event that every command reports.
const COMMAND_EVENT: &str = "cli.command.completed";

/// The event that only this command reports.
const OWN_EVENT: &str = "decantr.analyze.completed";

/// Runs `decantr analyze`.
///
/// # Errors
/// Exit code 1 when the folder is no web project, 3 when it cannot be read or the report cannot be written.
pub(in crate::cli) fn run(
    host: &Host,
    options: &OutputOptions,
    args: &AnalyzeArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let started = host.clock.now();
    let path = host.cwd.join(&args.path);
    let progress = progress::Bar::new(ui.shows_progress());
    let analysis = analyze(&path, &how(args), &host.clock, &progress);
    progress.finish();
    let result = analysis.and_then(|analysis| {
        let written = if args.no_write {
            None
        } else {
            Some(write_report(&path, &analysis)?)
        };
        Ok((analysis, written.is_some()))
    });
    let shown = match &result {
        Ok((analysis, written)) => show(analysis, *written, args, ui),
        Err(error) => Err(failure(error)),
    };
    let asked = Asked {
        no_telemetry: options.no_telemetry,
        project: Some(&args.path),
        ..Asked::default()
    };
    let outcome = result.as_ref().map(|(analysis, _)| analysis);
    record(host, &asked, outcome, started, ui);
    shown
}

fn how(args: &AnalyzeArgs) -> Options {
    let mut options = Options::default();
    options.time_limit = Duration::from_secs(args.timeout.into());
    options
}

fn show(
    analysis: &Analysis,
    written: bool,
    args: &AnalyzeArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    if args.format.is_json() {
        ui.json(analysis)?;
    } else {
        table::print(analysis, ui)?;
    }
    if written {
        let path = args.path.join(".decantr/analysis.json");
        ui.status(&format!(
            "wrote {}",
            path.strip_prefix(".").unwrap_or(&path).display()
        ));
    }
    Ok(())
}

fn failure(error: &AnalyzeError) -> CommandError {
    if error.is_not_web_project() {
        CommandError::from_error(exit::CHECK_FAILED, error)
            .hint("name the folder that holds the application's package.json or index.html")
    } else {
        CommandError::from_error(exit::CONFIG, error)
    }
}

/// Records the two events of an analysis, if that is permitted. Changes neither output nor exit code.
fn record(
    host: &Host,
    asked: &Asked<'_>,
    outcome: Result<&Analysis, &AnalyzeError>,
    started: Timestamp,
    ui: &mut Ui,
) {
    let recorder = Recorder::open(host, asked, &[OWN_EVENT, COMMAND_EVENT]);
    if let Some(notice) = recorder.notice() {
        ui.warning(&notice);
    }
    for (name, properties) in events(host, outcome, started) {
        let properties = properties
            .iter()
            .map(|(key, value)| (&**key, value.clone()));
        if let Recorded::Shown(line) = recorder.record(&name, properties) {
            ui.status(&line);
        }
    }
    recorder.hand_off();
}

/// What this command would report, found without writing or recording anything.
pub(in crate::cli) fn observe(host: &Host, args: &AnalyzeArgs) -> [Observed<'static>; 2] {
    let started = host.clock.now();
    let path = host.cwd.join(&args.path);
    let silent = progress::Bar::new(false);
    let analysis = analyze(&path, &how(args), &host.clock, &silent);
    events(host, analysis.as_ref(), started)
}

/// The two events of an analysis, as this command says them.
fn events(
    host: &Host,
    outcome: Result<&Analysis, &AnalyzeError>,
    started: Timestamp,
) -> [Observed<'static>; 2] {
    let duration = host.clock.now().duration_since(started).as_millis();
    let duration = RawValue::Int(i64::try_from(duration).unwrap_or(i64::MAX).max(0));
    let mut common: RawMap<'static> = vec![
        ("command".into(), "analyze".into()),
        ("success".into(), outcome.is_ok().into()),
        ("durationMs".into(), duration),
    ];
    match outcome {
        Ok(analysis) => {
            let scope = if analysis.is_workspace_app() {
                "workspace-app"
            } else {
                "single-app"
            };
            common.push(("projectScope".into(), scope.into()));
            if let Some(framework) = analysis.framework_id() {
                common.push(("targetFramework".into(), framework.to_owned().into()));
            }
        }
        Err(error) => common.push(("errorCode".into(), error.code().into())),
    }
    let mut own = common.clone();
    own.extend(outcome.map(counts).unwrap_or_default());
    [(OWN_EVENT.into(), own), (COMMAND_EVENT.into(), common)]
}

/// What only `decantr.analyze.completed` reports: counts, never names.
fn counts(analysis: &Analysis) -> RawMap<'static> {
    let count = |count: u64| RawValue::Int(i64::try_from(count).unwrap_or(i64::MAX));
    vec![
        ("routeCount".into(), count(analysis.route_count() as u64)),
        ("pageCount".into(), count(analysis.page_count())),
        ("componentCount".into(), count(analysis.component_count())),
        (
            "dependencyCategoryCount".into(),
            count(analysis.dependency_category_count() as u64),
        ),
    ]
}
