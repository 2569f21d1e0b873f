//! `angular.json` and `project.json`: where the sources of the application are.

use std::path::Path;

use serde_json::Value;

use crate::analyze::findings::Findings;
use crate::analyze::jsonc;
use crate::analyze::project::Sources;
use crate::analyze::text::{self, MAX_SOURCE};

/// The files that list the projects of a workspace, the older ones last.
/// <https://angular.dev/reference/configs/workspace-config>
const WORKSPACES: [&str; 3] = ["angular.json", ".angular.json", "workspace.json"];

/// Packages whose builders make an Angular application.
const BUILDERS: [&str; 4] = [
    "@angular/build:",
    "@angular-devkit/build-angular:",
    "@nx/angular:",
    "@nrwl/angular:",
];

/// Whether `folder` is an Angular application of a monorepo, by its `project.json`.
/// <https://nx.dev/docs/reference/project-configuration>
pub(in crate::analyze::frameworks) fn is_application(folder: &Path) -> bool {
    let text = text::read_quietly(&folder.join("project.json"), MAX_SOURCE);
    let json = text.and_then(|text| jsonc::parse(&text));
    json.is_some_and(|project| is_app(&project) && is_built(&project))
}

/// The folder of the sources of the application; empty for the whole project. With several, the default one or else the
/// first is the application, and the others are named in a note.
pub(super) fn folder(sources: &Sources<'_>, findings: &mut Findings) -> String {
    let texts = WORKSPACES.iter().filter_map(|name| {
        let text = text::read_quietly(&sources.root.join(name), MAX_SOURCE)?;
        Some((name, jsonc::parse(&text)?))
    });
    let Some((file, workspace)) = texts.into_iter().next() else {
        return String::new();
    };
    let projects = workspace.get("projects").and_then(Value::as_object);
    let applications: Vec<_> = projects
        .into_iter()
        .flatten()
        .filter(|(name, project)| is_app(project) && !name.ends_with("-e2e"))
        .collect();
    let default = workspace.get("defaultProject").and_then(Value::as_str);
    let chosen = applications
        .iter()
        .find(|(name, _)| Some(name.as_str()) == default)
        .or_else(|| applications.first());
    let Some((name, project)) = chosen else {
        return String::new();
    };
    if applications.len() > 1 {
        let detail = format!(
            "{file} has {} applications; the routes are those of {name}",
            applications.len()
        );
        findings.note("several_applications", detail);
    }
    let text = |key: &str| project.get(key).and_then(Value::as_str);
    let root = text("root").unwrap_or_default().trim_matches('/');
    let folder = match text("sourceRoot") {
        Some(folder) => folder.trim_matches('/').to_owned(),
        None if root.is_empty() => "src".to_owned(),
        None => format!("{root}/src"),
    };
    let folder = folder.trim_start_matches("./").to_owned();
    let begins = format!("{folder}/");
    let has_files = sources
        .files
        .iter()
        .any(|file| file.path.starts_with(&begins));
    if has_files { folder } else { String::new() }
}

fn is_app(project: &Value) -> bool {
    project.get("projectType").and_then(Value::as_str) == Some("application")
}

fn is_built(project: &Value) -> bool {
    let targets = ["targets", "architect"]
        .iter()
        .find_map(|key| project.get(key)?.as_object());
    let mut builders = targets.into_iter().flatten().filter_map(|(_, target)| {
        let builder = target.get("executor").or_else(|| target.get("builder"));
        builder?.as_str()
    });
    builders.any(|builder| BUILDERS.iter().any(|known| builder.starts_with(known)))
}
