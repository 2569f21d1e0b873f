//! An analysis as tables.

use crate::analyze::{Analysis, Finding, Level};
use crate::cli::error::CommandError;
use crate::cli::ui::{DIM, Ui, WATCH, pairs, table};

/// How many routes a terminal shows; the rest is counted.
const SHOWN_ROUTES: usize = 40;

/// Prints the summary, the routes and the findings of `analysis`.
pub(super) fn print(analysis: &Analysis, ui: &mut Ui) -> Result<(), CommandError> {
    ui.table(&mut pairs(&summary(analysis)))?;
    routes(analysis, ui)?;
    workspace(analysis, ui)?;
    findings(analysis, ui)?;
    let scanned = &analysis.scanned;
    let line = format!(
        "\n{} read, {} KiB, {} skipped, {} ms",
        counted(scanned.files, "file"),
        scanned.bytes.div_ceil(1024),
        scanned.skipped,
        scanned.duration_ms
    );
    let line = ui.paint(DIM, &line);
    ui.line(&line)
}

fn summary(analysis: &Analysis) -> Vec<(&'static str, String)> {
    let mut rows = vec![("Framework", framework(analysis))];
    if let Some(manager) = &analysis.package_manager {
        let version = manager.version.as_deref().unwrap_or_default();
        let lockfile = manager
            .lockfile
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        rows.push((
            "Package manager",
            format!("{} {version}", manager.id).trim_end().to_owned() + &lockfile,
        ));
    }
    // At a workspace root no sources are read.
    if analysis.framework.is_some() {
        rows.push(("Language", language(analysis)));
        rows.push(("Routing", routing(analysis).to_owned()));
        rows.push(("Counts", counts(analysis)));
        rows.push(("Styling", styling(analysis)));
    }
    for (name, packages) in dependencies(analysis) {
        rows.push((name, packages.join(", ")));
    }
    if !analysis.features.is_empty() {
        let features: Vec<&str> = analysis
            .features
            .iter()
            .map(|feature| feature.id.as_str())
            .collect();
        rows.push(("Features", features.join(", ")));
    }
    rows
}

fn routing(analysis: &Analysis) -> &'static str {
    let unread = |finding: &Finding| {
        matches!(
            finding.code,
            "framework_not_supported_yet" | "router_not_read"
        )
    };
    match analysis.routing.strategy {
        Some(strategy) => strategy,
        None if analysis.findings.iter().any(unread) => "not read",
        None => "none found",
    }
}

fn counts(analysis: &Analysis) -> String {
    [
        counted(analysis.route_count(), "route"),
        counted(analysis.routing.endpoints.len(), "endpoint"),
        counted(analysis.page_count(), "page file"),
        counted(analysis.component_count(), "component"),
    ]
    .join(", ")
}

/// `1 route`, `2 routes`.
fn counted(count: impl TryInto<u64>, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn framework(analysis: &Analysis) -> String {
    let Some(framework) = &analysis.framework else {
        return "none here: a workspace root".to_owned();
    };
    if framework.id == "html" {
        return framework.id.to_owned();
    }
    let version = framework
        .version
        .as_deref()
        .unwrap_or("(version not known)");
    let declared = framework
        .declared
        .as_deref()
        .filter(|declared| Some(*declared) != framework.version.as_deref())
        .map(|declared| format!(", declared {declared}"))
        .unwrap_or_default();
    format!("{} {version}{declared}", framework.id)
}

fn language(analysis: &Analysis) -> String {
    let language = &analysis.language;
    match (language.typescript, language.strict) {
        (false, _) => "JavaScript",
        (true, Some(true)) => "TypeScript, strict",
        (true, Some(false)) => "TypeScript, not strict",
        (true, None) => "TypeScript",
    }
    .to_owned()
}

fn styling(analysis: &Analysis) -> String {
    let styling = &analysis.styling;
    let mut parts = vec![match &styling.tailwind {
        Some(tailwind) => {
            let version = tailwind.version.as_deref().unwrap_or_default();
            format!("tailwind {version}").trim_end().to_owned()
        }
        None => styling.approach.unwrap_or("none found").to_owned(),
    }];
    parts.extend(styling.also.iter().map(|also| (*also).to_owned()));
    if styling.css_variables > 0 {
        parts.push(counted(styling.css_variables, "CSS variable"));
    }
    if styling.dark_mode {
        parts.push("dark mode".to_owned());
    }
    parts.join(", ")
}

fn dependencies(analysis: &Analysis) -> impl Iterator<Item = (&'static str, &[String])> {
    let all = &analysis.dependencies;
    [
        ("UI", &all.ui),
        ("State", &all.state),
        ("Auth", &all.auth),
        ("Database", &all.db),
        ("CSS tools", &all.styling),
        ("Data", &all.data),
        ("Forms", &all.forms),
        ("Testing", &all.testing),
    ]
    .into_iter()
    .filter(|(_, packages)| !packages.is_empty())
    .map(|(name, packages)| (name, packages.as_slice()))
}

fn routes(analysis: &Analysis, ui: &mut Ui) -> Result<(), CommandError> {
    let routing = &analysis.routing;
    if routing.routes.is_empty() && routing.endpoints.is_empty() {
        return Ok(());
    }
    let mut shown = table(&["Route", "Kind", "File"], &[]);
    let mut rows: Vec<[String; 3]> = Vec::new();
    for route in &routing.routes {
        let kind = serde_json::to_value(route.kind).ok();
        let kind = kind
            .as_ref()
            .and_then(|kind| kind.as_str())
            .unwrap_or_default();
        rows.push([route.path.clone(), kind.to_owned(), route.file.clone()]);
    }
    for endpoint in &routing.endpoints {
        let methods = if endpoint.methods.is_empty() {
            "any".to_owned()
        } else {
            endpoint.methods.join(" ")
        };
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

fn workspace(analysis: &Analysis, ui: &mut Ui) -> Result<(), CommandError> {
    let Some(workspace) = analysis
        .workspace
        .as_ref()
        .filter(|_| analysis.framework.is_none())
    else {
        return Ok(());
    };
    let mut apps = table(&["Application", "Framework"], &[]);
    for app in &workspace.apps {
        apps.add_row([app.root.as_str(), app.framework]);
    }
    // Spoken with a vowel first: "an en pee em workspace".
    let article = match workspace.kind {
        "npm" | "nx" => "An",
        _ => "A",
    };
    let packages = counted(workspace.packages, "package");
    let kind = workspace.kind;
    ui.line(&format!(
        "{article} {kind} workspace of {packages}; analyze one of its applications:"
    ))?;
    ui.table(&mut apps)
}

fn findings(analysis: &Analysis, ui: &mut Ui) -> Result<(), CommandError> {
    for finding in &analysis.findings {
        let (style, word) = match finding.level {
            Level::Warning => (WATCH, "warning"),
            Level::Info => (DIM, "note"),
        };
        let head = ui.paint(style, word);
        ui.line(&format!("{head} {}: {}", finding.code, finding.detail))?;
    }
    Ok(())
}
