//! What an analysis says in few words, for every form but JSON.

use crate::analyze::{
    Analysis, AppAnalysis, AppOutcome, Endpoint, Finding, Level, Scanned, Workspace,
    WorkspaceAnalysis,
};

/// What the project is, by name; its packages and features are in [`lists`].
pub(super) fn facts(analysis: &Analysis) -> Vec<(&'static str, String)> {
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
    rows
}

fn routing(analysis: &Analysis) -> &'static str {
    let unread = |finding: &Finding| finding.code == "router_not_read";
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
pub(super) fn counted(count: impl TryInto<u64>, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

pub(super) fn framework(analysis: &Analysis) -> String {
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

/// The packages of note by category, and the features; without those that are empty.
pub(super) fn lists(analysis: &Analysis) -> Vec<(&'static str, Vec<&str>)> {
    let categories = analysis.dependencies.by_category();
    let packages = categories.into_iter().map(|(category, packages)| {
        let name = match category {
            "ui" => "UI",
            "state" => "State",
            "auth" => "Auth",
            "db" => "Database",
            "styling" => "CSS tools",
            "data" => "Data",
            "forms" => "Forms",
            _ => "Testing",
        };
        (name, packages.iter().map(String::as_str).collect())
    });
    let features = analysis.features.iter();
    let features = ("Features", features.map(|one| one.id.as_str()).collect());
    let all = packages.chain([features]);
    all.filter(|(_, list): &(_, Vec<&str>)| !list.is_empty())
        .collect()
}

/// How an endpoint answers: its methods, or `any`.
pub(super) fn methods(endpoint: &Endpoint) -> String {
    if endpoint.methods.is_empty() {
        "any".to_owned()
    } else {
        endpoint.methods.join(" ")
    }
}

/// What was read, and how long it took.
pub(super) fn scanned(scanned: &Scanned) -> String {
    format!(
        "{} read, {} KiB, {} skipped, {} ms",
        counted(scanned.files, "file"),
        scanned.bytes.div_ceil(1024),
        scanned.skipped,
        scanned.duration_ms
    )
}

/// `warning` or `note`.
pub(super) fn level(finding: &Finding) -> &'static str {
    match finding.level {
        Level::Info => "note",
        _ => "warning",
    }
}

/// The heads of [`row`].
pub(super) const HEADS: [&str; 8] = [
    "Application",
    "Framework",
    "Routing",
    "Routes",
    "Endpoints",
    "Pages",
    "Components",
    "Findings",
];

/// One application of a workspace in a line, without its name.
pub(super) fn row(app: &AppAnalysis) -> Vec<String> {
    match &app.outcome {
        AppOutcome::Analysis(analysis) => vec![
            short_framework(analysis),
            routing(analysis).to_owned(),
            analysis.route_count().to_string(),
            analysis.routing.endpoints.len().to_string(),
            analysis.page_count().to_string(),
            analysis.component_count().to_string(),
            analysis.findings.len().to_string(),
        ],
        AppOutcome::Error(error) => {
            let mut row = vec![format!("not analyzed: {}", error.code)];
            row.resize(HEADS.len() - 1, String::new());
            row
        }
    }
}

fn short_framework(analysis: &Analysis) -> String {
    let Some(framework) = &analysis.framework else {
        return "none".to_owned();
    };
    let version = framework.version.as_ref().or(framework.declared.as_ref());
    let version = version.map(|version| format!(" {version}"));
    framework.id.to_owned() + &version.unwrap_or_default()
}

/// The findings of a workspace: of which application (none for its own), their level, code and detail.
pub(super) fn findings(all: &WorkspaceAnalysis) -> Vec<(Option<&str>, &'static str, &str, &str)> {
    let mut found = Vec::new();
    let of = |finding: &'_ Finding| level(finding);
    for finding in &all.findings {
        found.push((None, of(finding), finding.code, finding.detail.as_str()));
    }
    for app in &all.apps {
        let root = Some(app.root.as_str());
        match &app.outcome {
            AppOutcome::Error(error) => {
                found.push((root, "error", error.code, error.message.as_str()));
            }
            AppOutcome::Analysis(analysis) => {
                for finding in &analysis.findings {
                    found.push((root, of(finding), finding.code, finding.detail.as_str()));
                }
            }
        }
    }
    found
}

/// `A pnpm workspace of 2 packages`.
pub(super) fn workspace(workspace: &Workspace) -> String {
    // Spoken with a vowel first: "an en pee em workspace".
    let article = match workspace.kind {
        "npm" | "nx" => "An",
        _ => "A",
    };
    let packages = counted(workspace.packages, "package");
    format!("{article} {} workspace of {packages}", workspace.kind)
}
