//! An analysis as tables.

use super::summary::{self, HEADS};
use crate::analyze::{Analysis, Workspace, WorkspaceAnalysis};
use crate::cli::error::CommandError;
use crate::cli::ui::{BAD, DIM, Ui, WATCH, pairs, table};

/// How many routes a terminal shows; the rest is counted.
const SHOWN_ROUTES: usize = 40;

/// Prints the summary, the routes and the findings of `analysis`.
pub(super) fn print(analysis: &Analysis, ui: &mut Ui) -> Result<(), CommandError> {
    let mut rows = summary::facts(analysis);
    let lists = summary::lists(analysis);
    rows.extend(lists.iter().map(|(name, list)| (*name, list.join(", "))));
    ui.table(&mut pairs(&rows))?;
    routes(analysis, ui)?;
    let root = analysis.workspace.as_ref();
    if let Some(all) = root.filter(|_| analysis.framework.is_none()) {
        workspace(all, ui)?;
    }
    for found in &analysis.findings {
        let level = summary::level(found);
        finding(None, level, found.code, &found.detail, ui)?;
    }
    let line = format!("\n{}", summary::scanned(&analysis.scanned));
    let line = ui.paint(DIM, &line);
    ui.line(&line)
}

/// Prints a line for each application, then all findings.
pub(super) fn print_all(all: &WorkspaceAnalysis, ui: &mut Ui) -> Result<(), CommandError> {
    if let Some(workspace) = &all.workspace {
        ui.line(&format!("{}:", summary::workspace(workspace)))?;
    }
    let mut apps = table(&HEADS, &[3, 4, 5, 6, 7]);
    for app in &all.apps {
        apps.add_row(std::iter::once(app.root.clone()).chain(summary::row(app)));
    }
    ui.table(&mut apps)?;
    for (app, level, code, detail) in summary::findings(all) {
        finding(app, level, code, detail, ui)?;
    }
    Ok(())
}

fn routes(analysis: &Analysis, ui: &mut Ui) -> Result<(), CommandError> {
    let routing = &analysis.routing;
    if routing.routes.is_empty() && routing.endpoints.is_empty() {
        return Ok(());
    }
    let mut shown = table(&["Route", "Kind", "File"], &[]);
    let mut rows: Vec<[String; 3]> = Vec::new();
    for route in &routing.routes {
        let kind = route.kind.name().to_owned();
        rows.push([route.path.clone(), kind, route.file.clone()]);
    }
    for endpoint in &routing.endpoints {
        let methods = summary::methods(endpoint);
        rows.push([endpoint.path.clone(), methods, endpoint.file.clone()]);
    }
    let hidden = rows.len().saturating_sub(SHOWN_ROUTES);
    shown.add_rows(rows.into_iter().take(SHOWN_ROUTES));
    ui.line("")?;
    ui.table(&mut shown)?;
    if hidden > 0 {
        ui.line(&format!("… and {hidden} more; all of them with --json"))?;
    }
    Ok(())
}

fn workspace(workspace: &Workspace, ui: &mut Ui) -> Result<(), CommandError> {
    let mut apps = table(&["Application", "Framework"], &[]);
    for app in &workspace.apps {
        apps.add_row([app.root.as_str(), app.framework]);
    }
    ui.line(&format!(
        "{}; analyze one of its applications with --app, or --all:",
        summary::workspace(workspace)
    ))?;
    ui.table(&mut apps)
}

fn finding(
    app: Option<&str>,
    level: &str,
    code: &str,
    detail: &str,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let style = match level {
        "error" => BAD,
        "warning" => WATCH,
        _ => DIM,
    };
    let head = ui.paint(style, level);
    let place = app.map(|app| format!("{app}: ")).unwrap_or_default();
    ui.line(&format!("{head} {place}{code}: {detail}"))
}
