//! `decantr ops dashboard`: the operating dashboard in PostHog, as plan and apply.

mod show;

use serde::Serialize;

use super::{delivery, posthog};
use crate::cli::args::{DashboardArgs, ReportFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::model::catalog::Catalog;
use crate::server::posthog::dashboard::{
    self, Applied, DashboardError, Done, Options, Plan, Prepared, Skip,
};
use crate::server::posthog::spec::Spec;
use crate::server::posthog::{Client, KEY_VARIABLE};

/// Where the dashboard is.
#[derive(Debug, Clone, Serialize)]
struct Project {
    host: String,
    environment_id: u64,
}

/// The whole answer, as JSON on stdout and as what is shown of it.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    kind: &'static str,
    dry_run: bool,
    /// Absent without a key: then it was assumed that nothing is there.
    project: Option<Project>,
    plan: Plan,
    /// What was written, in order; absent when nothing was to be written.
    done: Option<Vec<Done>>,
    /// What was not looked at or not finished, with the scope that is missing.
    skipped: Vec<Skip>,
    /// What is still different after all was written.
    remaining: Option<Plan>,
}

/// Runs `decantr ops dashboard`.
///
/// # Errors
/// Exit code 1 with `--exit-code` when a dry run finds something to do, 3 for an environment that cannot be right, 5 without a
/// key, with one that PostHog does not know, or when a part was skipped for want of a scope, 6 when PostHog fails, holds several
/// objects with one mark, or did not do what it said.
pub(super) fn run(host: &Host, args: &DashboardArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.env_file)?;
    let settings = if args.dry_run {
        posthog::settings_if_any(&host.env)?
    } else {
        let hint = "`--dry-run` shows without a key what an empty project would get";
        Some(posthog::settings(&host.env).map_err(|error| error.hint(hint))?)
    };
    let project = settings.as_ref().map(|settings| Project {
        host: crate::base::http::origin(&settings.host),
        environment_id: settings.environment_id,
    });
    let client = match settings {
        Some(settings) => {
            let client = posthog::client(host, settings)?;
            Some(if args.dry_run {
                client.read_only()
            } else {
                client
            })
        }
        None => None,
    };
    let spec = Spec::of(&Catalog::decantr());
    let (report, error) = runtime()?.block_on(work(args, client.as_ref(), &spec, project))?;
    print(&report, args.print.format(), ui)?;
    conclude(args, &report, error, ui)
}

/// Plans, and unless it is a dry run applies.
async fn work(
    args: &DashboardArgs,
    client: Option<&Client>,
    spec: &Spec,
    project: Option<Project>,
) -> Result<(Report, Option<DashboardError>), CommandError> {
    let options = Options {
        prune: args.prune,
        keep_layout: args.keep_layout,
    };
    let prepared = dashboard::prepare(client, spec, options).await;
    let prepared = prepared.map_err(|error| failed(&error))?;
    let mut report = Report {
        schema_version: 1,
        kind: "ops.dashboard",
        dry_run: args.dry_run,
        project,
        plan: prepared.plan.clone(),
        done: None,
        skipped: prepared.plan.skipped.clone(),
        remaining: None,
    };
    let error = match client.filter(|_| !args.dry_run) {
        Some(client) => apply(prepared, client, spec, &mut report).await,
        None => None,
    };
    Ok((report, error))
}

async fn apply(
    prepared: Prepared,
    client: &Client,
    spec: &Spec,
    report: &mut Report,
) -> Option<DashboardError> {
    let Applied {
        done,
        skipped,
        remaining,
        error,
    } = prepared.apply(client, spec).await;
    report.done = Some(done);
    report.skipped = skipped;
    report.remaining = remaining;
    error
}

fn print(report: &Report, format: ReportFormat, ui: &mut Ui) -> Result<(), CommandError> {
    match format {
        ReportFormat::Json => ui.json(report),
        ReportFormat::Markdown => ui.data(&show::markdown(report)),
        ReportFormat::Table => show::terminal(report, ui),
    }
}

/// What the exit code and stderr say.
fn conclude(
    args: &DashboardArgs,
    report: &Report,
    error: Option<DashboardError>,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    if args.dry_run && report.project.is_none() {
        ui.status(&format!(
            "dry run without {KEY_VARIABLE}: this assumes an empty project; nothing was sent"
        ));
    } else if args.dry_run {
        ui.status("dry run: compared with what is there; nothing was written");
    }
    if let Some(error) = error {
        let hint = "what was done stays; the next run goes on from there";
        return Err(failed(&error).hint(hint));
    }
    let scopes: Vec<&str> = report
        .skipped
        .iter()
        .filter_map(|skip| skip.scope.as_deref())
        .collect();
    if !scopes.is_empty() {
        let message = format!("the key lacks the scope {}", scopes.join(", "));
        let hint = "add it to the key in PostHog's settings, Personal API keys, and run this again";
        return Err(CommandError::new(exit::ACCESS, message).hint(hint));
    }
    let is_left = |plan: &Plan| !plan.is_empty();
    if report.remaining.as_ref().is_some_and(is_left) {
        let message = "PostHog answered that all was done, and still shows something else";
        let hint =
            "run this again; if it stays, this PostHog takes or shows these fields differently";
        return Err(CommandError::new(exit::REMOTE, message).hint(hint));
    }
    if args.exit_code && !report.plan.is_empty() {
        return Err(CommandError::new(
            exit::CHECK_FAILED,
            "the dashboard is not as it is to be",
        ));
    }
    Ok(())
}

fn failed(error: &DashboardError) -> CommandError {
    match error {
        DashboardError::PostHog(error) => posthog::failed(error),
        other => CommandError::from_error(exit::REMOTE, other).hint(
            "delete all but one of them in PostHog, or take the line with the mark out of their descriptions",
        ),
    }
}
