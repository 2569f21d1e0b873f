//! `angular.json` and `project.json`: where the sources of the application are.

use std::path::Path;

use serde_json::{Map, Value};

use crate::analyze::findings::Findings;
use crate::analyze::jsonc;
use crate::analyze::project::Sources;
use crate::analyze::text::{self, MAX_SOURCE};

/// The files that list the projects of a workspace, the older ones last.
/// <https://angular.dev/reference/configs/workspace-config>
const WORKSPACES: [&str; 3] = ["angular.json", ".angular.json", "workspace.json"];

/// Packages whose builders make an Angular application.
/// <https://analogjs.org/docs/integrations/nx>, <https://github.com/just-jeb/angular-builders>
const BUILDERS: [&str; 6] = [
    "@angular/build:",
    "@angular-devkit/build-angular:",
    "@nx/angular:",
    "@nrwl/angular:",
    "@angular-builders/",
    "@analogjs/platform:",
];

/// The bundler that a builder uses, by the end of its name; the first that fits.
/// <https://angular.dev/tools/cli/build-system-migration>, <https://nx.dev/docs/technologies/angular>
const BUNDLERS: [(&str, &str); 7] = [
    ("@analogjs/platform:vite", "vite"),
    (":application", "esbuild"),
    (":browser-esbuild", "esbuild"),
    (":rspack-browser", "rspack"),
    (":webpack-browser", "webpack"),
    (":browser", "webpack"),
    ("ngx-build-plus:build", "webpack"),
];

/// The application among the projects of a workspace file.
struct Chosen {
    file: &'static str,
    name: String,
    project: Value,
    /// How many applications there are.
    count: usize,
}

/// Whether `folder` is an Angular application of a monorepo, by its `project.json` and what that or the compiler's
/// configuration says of Angular. <https://angular.dev/reference/configs/angular-compiler-options>
/// <https://nx.dev/docs/reference/project-configuration>
pub(in crate::analyze::frameworks) fn is_application(folder: &Path) -> bool {
    let is_compiled = || {
        let mut configs = ["tsconfig.json", "tsconfig.app.json"].iter();
        configs.any(|name| {
            let text = text::read_quietly(&folder.join(name), MAX_SOURCE);
            text.is_some_and(|text| text.contains("\"angularCompilerOptions\""))
        })
    };
    own_project(folder)
        .is_some_and(|project| is_app(&project) && (is_built(&project) || is_compiled()))
}

/// Whether `folder` is any application of a monorepo, by its `project.json`.
pub(in crate::analyze::frameworks) fn is_project(folder: &Path) -> bool {
    own_project(folder).is_some_and(|project| is_app(&project))
}

/// The bundler of the application in `root`, by the builder of its `build`.
pub(in crate::analyze::frameworks) fn bundler(root: &Path) -> Option<&'static str> {
    let project = own_project(root).or_else(|| Some(chosen(root)?.project))?;
    let build = targets(&project)?.get("build")?;
    let builder = builder(build)?;
    let mut bundlers = BUNDLERS.iter();
    bundlers.find_map(|(end, bundler)| builder.ends_with(end).then_some(*bundler))
}

fn own_project(folder: &Path) -> Option<Value> {
    jsonc::parse(&text::read_quietly(
        &folder.join("project.json"),
        MAX_SOURCE,
    )?)
}

/// The default application of the workspace in `root`, or else the first.
fn chosen(root: &Path) -> Option<Chosen> {
    let mut texts = WORKSPACES.into_iter().filter_map(|name| {
        let text = text::read_quietly(&root.join(name), MAX_SOURCE)?;
        Some((name, jsonc::parse(&text)?))
    });
    let (file, workspace) = texts.next()?;
    let projects = workspace.get("projects")?.as_object()?;
    let applications: Vec<_> = projects
        .into_iter()
        .filter(|(name, project)| is_app(project) && !name.ends_with("-e2e"))
        .collect();
    let default = workspace.get("defaultProject").and_then(Value::as_str);
    let (name, project) = applications
        .iter()
        .find(|(name, _)| Some(name.as_str()) == default)
        .or_else(|| applications.first())?;
    Some(Chosen {
        file,
        name: (*name).clone(),
        project: (*project).clone(),
        count: applications.len(),
    })
}

/// The folder of the sources of the application; empty for the whole project. With several, the default one or else the
/// first is the application, and the others are named in a note.
pub(super) fn folder(sources: &Sources<'_>, findings: &mut Findings) -> String {
    let Some(chosen) = chosen(sources.root) else {
        return String::new();
    };
    if chosen.count > 1 {
        let Chosen {
            file, name, count, ..
        } = &chosen;
        let detail = format!("{file} has {count} applications; the routes are those of {name}");
        findings.note("several_applications", detail);
    }
    let text = |key: &str| chosen.project.get(key).and_then(Value::as_str);
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
    let mut builders = targets(project).into_iter().flatten();
    builders.any(|(_, target)| {
        let builder = builder(target).unwrap_or_default();
        BUILDERS.iter().any(|known| builder.starts_with(known))
    })
}

/// What can be done with a project, by its name.
fn targets(project: &Value) -> Option<&Map<String, Value>> {
    ["targets", "architect"]
        .iter()
        .find_map(|key| project.get(key)?.as_object())
}

fn builder(target: &Value) -> Option<&str> {
    let builder = target.get("executor").or_else(|| target.get("builder"));
    builder?.as_str()
}
