//! An analysis as Markdown, to be put into a review or a page.

use std::fmt::Write as _;

use super::summary::{self, HEADS};
use crate::analyze::{Analysis, AppOutcome, WorkspaceAnalysis};
use crate::cli::ui::markdown::{code, plain, table};

/// The analysis of one folder.
pub(super) fn one(analysis: &Analysis) -> String {
    let mut text = format!("# Web project: {}\n", plain(&summary::framework(analysis)));
    body(analysis, "##", &mut text);
    let found: Vec<_> = analysis
        .findings
        .iter()
        .map(|found| {
            let level = summary::level(found);
            finding(None, level, found.code, &found.detail)
        })
        .collect();
    section("## Findings", &found.concat(), &mut text);
    writeln!(text, "\n{}", summary::scanned(&analysis.scanned)).ok();
    text
}

/// The analysis of all applications of a workspace.
pub(super) fn all(all: &WorkspaceAnalysis) -> String {
    let title = all
        .workspace
        .as_ref()
        .map_or_else(|| "One web project".to_owned(), summary::workspace);
    let mut text = format!("# {title}\n\n");
    let rows = all.apps.iter().map(|app| {
        let cells = summary::row(app);
        let cells = cells.iter().map(|cell| plain(cell));
        std::iter::once(code(&app.root)).chain(cells).collect()
    });
    text.push_str(&table(&HEADS, &rows.collect::<Vec<Vec<String>>>()));
    for app in &all.apps {
        if let AppOutcome::Analysis(analysis) = &app.outcome {
            writeln!(text, "\n## {}", code(&app.root)).ok();
            body(analysis, "###", &mut text);
        }
    }
    let found: Vec<_> = summary::findings(all)
        .into_iter()
        .map(|(app, level, code, detail)| finding(app, level, code, detail))
        .collect();
    section("## Findings", &found.concat(), &mut text);
    text
}

/// Everything but title and findings, with headings that begin with `mark`.
fn body(analysis: &Analysis, mark: &str, text: &mut String) {
    let facts = summary::facts(analysis).into_iter();
    let mut rows: Vec<Vec<String>> = facts
        .map(|(name, value)| vec![name.to_owned(), plain(&value)])
        .collect();
    for (name, list) in summary::lists(analysis) {
        let list: Vec<_> = list.into_iter().map(code).collect();
        rows.push(vec![name.to_owned(), list.join(", ")]);
    }
    text.push('\n');
    text.push_str(&table(&["What", "Found"], &rows));
    let routing = &analysis.routing;
    let routes = routing.routes.iter().map(|route| {
        let kind = route.kind.name().to_owned();
        vec![code(&route.path), kind, code(&route.file)]
    });
    let routes = table(&["Route", "Kind", "File"], &routes.collect::<Vec<_>>());
    section(&format!("{mark} Routes"), &routes, text);
    let endpoints = routing.endpoints.iter().map(|endpoint| {
        let methods = summary::methods(endpoint);
        vec![code(&endpoint.path), methods, code(&endpoint.file)]
    });
    let endpoints = endpoints.collect::<Vec<_>>();
    let endpoints = table(&["Endpoint", "Methods", "File"], &endpoints);
    section(&format!("{mark} Endpoints"), &endpoints, text);
    let root = analysis.workspace.as_ref();
    if let Some(all) = root.filter(|_| analysis.framework.is_none()) {
        let apps = all.apps.iter();
        let apps = apps.map(|app| vec![code(&app.root), app.framework.to_owned()]);
        let apps = table(&["Application", "Framework"], &apps.collect::<Vec<_>>());
        section(&format!("{mark} {}", summary::workspace(all)), &apps, text);
    }
}

fn section(heading: &str, content: &str, text: &mut String) {
    if !content.is_empty() {
        write!(text, "\n{heading}\n\n{content}").ok();
    }
}

fn finding(app: Option<&str>, level: &str, name: &str, detail: &str) -> String {
    let place = app.map(|app| format!(" {}", code(app))).unwrap_or_default();
    format!("- **{level}**{place} {}: {}\n", code(name), plain(detail))
}
