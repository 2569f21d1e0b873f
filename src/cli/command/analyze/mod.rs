//! `decantr analyze`: reads a web project, shows what it is, and reports counts if the person agreed to that.

mod events;
mod markdown;
mod progress;
mod summary;
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::analyze::{
    Analysis, AnalyzeError, AppOutcome, Options, WorkspaceAnalysis, analyze, analyze_all,
    app_folder, write_report,
};
use crate::base::clock::Clock;
use crate::cli::args::{AnalyzeArgs, OutputOptions, ReportFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::control::Observed;
use crate::client::recorder::{Recorded, Recorder};
use crate::config::{Asked, Host};

/// What was analyzed.
enum Analyzed {
    One(Box<Analysis>),
    All(WorkspaceAnalysis),
}

/// Runs `decantr analyze`.
///
/// # Errors
/// Exit code 1 when there is no web project, 3 when something cannot be read or a report cannot be written; with `--all`
/// also when that is so of one application, after the others were shown.
pub(in crate::cli) fn run(
    host: &Host,
    options: &OutputOptions,
    args: &AnalyzeArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let started = host.clock.now();
    let progress = progress::Count::new(ui.shows_progress());
    let analyzed = read(&host.cwd, args, &host.clock, &progress);
    progress.finish();
    let result = analyzed.and_then(|(analyzed, folder)| {
        let written = if args.no_write {
            Vec::new()
        } else {
            write(args, &folder, &analyzed)?
        };
        Ok((analyzed, written))
    });
    let shown = match &result {
        Ok((analyzed, written)) => show(analyzed, written, args, ui),
        Err(error) => Err(failure(error)),
    };
    let asked = Asked {
        no_telemetry: options.no_telemetry,
        project: Some(&args.path),
        ..Asked::default()
    };
    let recorder = Recorder::open(host, &asked, &[events::OWN, events::COMMAND]);
    if let Some(notice) = recorder.notice() {
        ui.warning(&notice);
    }
    let outcome = result.as_ref().map(|(analyzed, _)| analyzed);
    let took = host.clock.now().duration_since(started);
    record(&recorder, events::of(outcome, took), ui);
    recorder.hand_off();
    shown
}

/// What this command would report, found without writing or recording anything.
pub(in crate::cli) fn observe(host: &Host, args: &AnalyzeArgs) -> [Observed<'static>; 2] {
    let started = host.clock.now();
    let silent = progress::Count::new(false);
    let analyzed = read(&host.cwd, args, &host.clock, &silent);
    let analyzed = analyzed.as_ref().map(|(analyzed, _)| analyzed);
    let took = host.clock.now().duration_since(started);
    events::of(analyzed, took)
}

/// Analyzes what the arguments name; beside it the folder that they name.
fn read(
    cwd: &Path,
    args: &AnalyzeArgs,
    clock: &Clock,
    progress: &progress::Count,
) -> Result<(Analyzed, PathBuf), AnalyzeError> {
    let path = cwd.join(&args.path);
    let options = Options {
        time_limit: Duration::from_secs(args.timeout.into()),
    };
    if args.all {
        let all = analyze_all(&path, &options, clock, progress)?;
        return Ok((Analyzed::All(all), path));
    }
    let path = match &args.app {
        Some(app) => app_folder(&path, app, &options, clock)?,
        None => path,
    };
    let one = analyze(&path, &options, clock, progress)?;
    Ok((Analyzed::One(Box::new(one)), path))
}

/// Writes the report of every application into its own folder, of one alone into `folder`; returns their paths as a person
/// would name them.
fn write(
    args: &AnalyzeArgs,
    folder: &Path,
    analyzed: &Analyzed,
) -> Result<Vec<String>, AnalyzeError> {
    match analyzed {
        Analyzed::One(analysis) => {
            write_report(folder, analysis)?;
            Ok(vec![report_in(args.app.as_ref().unwrap_or(&args.path))])
        }
        Analyzed::All(all) => {
            let mut written = Vec::new();
            for app in &all.apps {
                if let AppOutcome::Analysis(analysis) = &app.outcome {
                    write_report(&app.folder, analysis)?;
                    written.push(report_in(Path::new(&app.root)));
                }
            }
            Ok(written)
        }
    }
}

fn show(
    analyzed: &Analyzed,
    written: &[String],
    args: &AnalyzeArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    match (args.print.format(), analyzed) {
        (ReportFormat::Json, Analyzed::One(analysis)) => ui.json(analysis)?,
        (ReportFormat::Json, Analyzed::All(all)) => ui.json(all)?,
        (ReportFormat::Markdown, Analyzed::One(one)) => ui.data(&markdown::one(one))?,
        (ReportFormat::Markdown, Analyzed::All(all)) => ui.data(&markdown::all(all))?,
        (ReportFormat::Table, Analyzed::One(one)) => table::print(one, ui)?,
        (ReportFormat::Table, Analyzed::All(all)) => table::print_all(all, ui)?,
    }
    match written {
        [] => {}
        [path] => ui.status(&format!("wrote {path}")),
        [first, ..] => ui.status(&format!("wrote {first} and {} more", written.len() - 1)),
    }
    match analyzed {
        Analyzed::One(_) => Ok(()),
        Analyzed::All(all) => verdict(all),
    }
}

/// The report's file in `folder`, as a person would name it.
fn report_in(folder: &Path) -> String {
    let file = folder.join(".decantr/analysis.json");
    let shown = file.strip_prefix(".").unwrap_or(&file);
    shown.display().to_string()
}

fn verdict(all: &WorkspaceAnalysis) -> Result<(), CommandError> {
    let failed = all.errors().filter(|error| !error.is_not_web_project);
    let exit = match failed.count() {
        0 if all.analyses().next().is_some() => return Ok(()),
        0 => exit::CHECK_FAILED,
        _ => exit::CONFIG,
    };
    let (failed, count) = (all.errors().count(), all.apps.len());
    let message = format!("{failed} of {count} applications could not be analyzed");
    Err(CommandError::new(exit, message))
}

fn failure(error: &AnalyzeError) -> CommandError {
    if error.is_not_web_project() {
        CommandError::from_error(exit::CHECK_FAILED, error)
            .hint("name the folder that holds the application's package.json or index.html")
    } else {
        CommandError::from_error(exit::CONFIG, error)
    }
}

/// Records the events of an analysis, if that is permitted. Changes neither output nor exit code.
fn record(recorder: &Recorder, events: [Observed<'static>; 2], ui: &mut Ui) {
    for (name, properties) in events {
        let properties = properties
            .iter()
            .map(|(key, value)| (&**key, value.clone()));
        if let Recorded::Shown(line) = recorder.record(&name, properties) {
            ui.status(&line);
        }
    }
}
