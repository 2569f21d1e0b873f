//! `decantr ops check`: tries everything between a sender and a report against a running server.

use std::borrow::Cow;

use serde::Serialize;

use super::delivery;
use super::source::{ADMIN_KEY, SNAPSHOT_TOKEN};
use crate::cli::args::CheckArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::{BAD, DIM, GOOD, Ui, WATCH};
use crate::config::client::API_KEY_VARIABLE;
use crate::config::{ConfigFile, Endpoint, Host, Paths};
use crate::model::catalog::Catalog;
use crate::server::jobs::check::{self, BILLING_FLAGS, Checked, Finding, Settings, Verdict};

/// The check as JSON.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    kind: &'static str,
    dry_run: bool,
    #[serde(flatten)]
    checked: &'a Checked,
}

/// Runs `decantr ops check`.
///
/// # Errors
/// Exit code 1 when a check failed (with `--strict`, also when one could not be tried), 2 for an address that is none or a key without
/// one, 3 for a configuration that cannot be read, 5 for a key of PostHog's that cannot be one.
pub(super) fn run(host: &Host, args: &CheckArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.env_file)?;
    let settings = settings(host, args)?;
    let catalog = Catalog::decantr();
    let checked = if args.dry_run {
        check::plan(&settings, &catalog, host.clock.now())
    } else {
        runtime()?.block_on(check::run(&settings, &catalog, &host.clock))
    };
    if args.format.is_json() {
        ui.json(&Report {
            schema_version: 1,
            kind: "ops.check",
            dry_run: args.dry_run,
            checked: &checked,
        })?;
    } else {
        show(&checked, args.dry_run, ui)?;
    }
    if args.dry_run {
        ui.status("dry run: nothing was sent");
        return Ok(());
    }
    let Checked {
        passed,
        failed,
        not_checked,
        ..
    } = checked;
    let message = format!("{passed} passed, {failed} failed, {not_checked} not checked");
    if failed > 0 || (args.strict && not_checked > 0) {
        return Err(CommandError::new(exit::CHECK_FAILED, message));
    }
    ui.status(&message);
    Ok(())
}

fn settings(host: &Host, args: &CheckArgs) -> Result<Settings, CommandError> {
    let config = |error: &dyn std::error::Error| CommandError::from_error(exit::CONFIG, error);
    let paths = Paths::resolve(&host.env).map_err(|error| config(&error))?;
    let file = ConfigFile::load(&paths.config_file()).map_err(|error| config(&error))?;
    let server = Endpoint::api(args.api_url.as_deref(), &host.env, &file)
        .map_err(|error| CommandError::from_error(exit::USAGE, &error))?;
    let key = |variable: &str| match host.env.secret(variable) {
        Some(_) if !server.is_explicit() => {
            let message = format!("{variable} is set, but no server is named beside it");
            let hint = "say whose key it is with --api-url or DECANTR_API_URL";
            Err(CommandError::new(exit::USAGE, message).hint(hint))
        }
        key => Ok(key),
    };
    let flag = |name: &'static str| (name, host.env.text(name).map(Cow::into_owned));
    Ok(Settings {
        admin: key(ADMIN_KEY)?,
        snapshot: key(SNAPSHOT_TOKEN)?,
        link: key(API_KEY_VARIABLE)?,
        posthog: super::posthog::settings_if_any(&host.env)?
            .map(|settings| super::posthog::client(host, settings))
            .transpose()?,
        flags: BILLING_FLAGS.map(flag).to_vec(),
        server,
    })
}

fn show(checked: &Checked, is_plan: bool, ui: &mut Ui) -> Result<(), CommandError> {
    ui.line(&format!("{} (catalog {})", checked.server, checked.catalog))?;
    let width = checked.findings.iter().map(|f| f.check.len()).max();
    for finding in &checked.findings {
        line(finding, width.unwrap_or_default(), is_plan, ui)?;
    }
    Ok(())
}

fn line(finding: &Finding, width: usize, is_plan: bool, ui: &mut Ui) -> Result<(), CommandError> {
    let style = match finding.verdict {
        Verdict::Passed => GOOD,
        Verdict::Failed => BAD,
        Verdict::NotChecked => WATCH,
    };
    let word = match finding.verdict {
        _ if is_plan => String::new(),
        verdict => ui.paint(style, &format!("{:<13}", verdict.as_str())),
    };
    ui.line(&format!(
        "{word}{:<width$}  {}",
        finding.check, finding.found
    ))?;
    if let Some(todo) = &finding.todo {
        let todo = ui.paint(DIM, &format!("{:13}{:<width$}  → {todo}", "", ""));
        ui.line(&todo)?;
    }
    Ok(())
}
