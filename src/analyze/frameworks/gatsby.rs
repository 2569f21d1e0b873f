//! Gatsby: files under `src/pages/`, functions under `src/api/`, and what `gatsby-node` makes where its path is written.
//!
//! Rules: <https://www.gatsbyjs.com/docs/reference/routing/creating-routes/>,
//! <https://www.gatsbyjs.com/docs/reference/routing/file-system-route-api/>,
//! <https://www.gatsbyjs.com/docs/reference/functions/routing/>.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;

use super::found::Found;
use super::settings::Settings;
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::links;
use crate::analyze::parse;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk;

/// The folder of a Gatsby application.
pub(super) const EVIDENCE: &[&str] = &["src/pages"];

/// How Gatsby projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.starts_with("src/pages/"),
    configures: |path| path.starts_with("gatsby-config.") || path.starts_with("gatsby-node."),
    read,
};

const PAGES: &str = "src/pages/";

const FUNCTIONS: &str = "src/api/";

/// <https://www.gatsbyjs.com/docs/reference/config-files/gatsby-node/>
const NODES: [&str; 3] = ["gatsby-node.js", "gatsby-node.ts", "gatsby-node.mjs"];

/// <https://www.gatsbyjs.com/docs/reference/config-files/gatsby-config/>
pub(super) const CONFIG: [&str; 3] = ["gatsby-config.js", "gatsby-config.ts", "gatsby-config.mjs"];

const MDX: &str = "gatsby-plugin-mdx";

const CREATOR: &str = "gatsby-plugin-page-creator";

/// How many modules of `gatsby-node` are read.
const MAX_MODULES: usize = 64;

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let mut found = Found::default();
    let extensions = mdx(sources, findings);
    for file in sources.files {
        if is_secondary(&file.path) {
            continue;
        }
        if let Some(inside) = file.path.strip_prefix(PAGES) {
            let is_page = match file.extension() {
                "js" | "jsx" | "ts" | "tsx" => true,
                other => extensions.iter().any(|one| one == other),
            };
            let name = inside.rsplit('/').next().unwrap_or(inside);
            // Names that make no page: https://www.gatsbyjs.com/plugins/gatsby-plugin-page-creator/
            let is_private = ["_", ".", "template-"]
                .iter()
                .any(|start| name.starts_with(start));
            if is_page && !is_private && is_component(sources, &file.path) {
                let stem = inside.rsplit_once('.').map_or(inside, |(stem, _)| stem);
                found.route(path(stem), &file.path, RouteKind::Page);
            }
        } else if let Some(inside) = file.path.strip_prefix(FUNCTIONS)
            && matches!(file.extension(), "js" | "ts" | "cjs" | "mjs")
        {
            let stem = inside.rsplit_once('.').map_or(inside, |(stem, _)| stem);
            found.endpoint(format!("/api{}", path(stem)), &file.path, Vec::new());
        }
    }
    read_node(sources, &mut found, findings);
    // https://www.gatsbyjs.com/plugins/gatsby-plugin-page-creator/
    if sources.manifest.has(CREATOR) {
        let detail = format!("{CREATOR} makes pages of folders that were not looked for");
        findings.warn("pages_of_plugin", detail);
    }
    let themes: Vec<String> = sources
        .manifest
        .dependencies
        .keys()
        .filter(|name| {
            let base = name.rsplit('/').next().unwrap_or(name);
            base.starts_with("gatsby-theme-")
        })
        .cloned()
        .collect();
    findings.warn_of("pages_of_theme", "may make pages of its own", &themes);
    if found.is_empty() {
        findings.warn("no_routes_found", format!("no page in {PAGES}"));
    }
    found.finish(Some("gatsby-pages"))
}

/// The endings that `gatsby-plugin-mdx` makes pages of; none without it.
/// <https://www.gatsbyjs.com/plugins/gatsby-plugin-mdx/#extensions>
fn mdx(sources: &Sources<'_>, findings: &mut Findings) -> Vec<String> {
    if !sources.manifest.has(MDX) {
        return Vec::new();
    }
    let allocator = Allocator::default();
    let settings = Settings::open(sources, &allocator, &CONFIG, findings);
    let given = settings
        .as_ref()
        .and_then(|settings| settings.plugin_strings((MDX, "extensions"), findings));
    let given = given.unwrap_or_else(|| vec![".mdx".to_owned()]);
    let bare = given.iter().map(|one| one.trim_start_matches('.'));
    bare.map(str::to_owned).collect()
}

/// Whether the file has what a page must have, a default export (or `module.exports`, which is not looked for).
fn is_component(sources: &Sources<'_>, file: &str) -> bool {
    let script = sources.script(file);
    script.is_none_or(|script| script.exports("default") || script.components == 0)
}

/// Adds the pages and redirects that are made with paths that are written out, in the file itself or in the modules that it
/// has its parts in; the others are a finding.
fn read_node(sources: &Sources<'_>, found: &mut Found, findings: &mut Findings) {
    let there = NODES
        .iter()
        .filter(|file| sources.root.join(file).is_file());
    let mut waiting: Vec<String> = there.map(|file| (*file).to_owned()).collect();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut unknown = Vec::new();
    while let Some(file) = waiting.pop() {
        let Some(text) = text::read_quietly(&sources.root.join(&file), MAX_SOURCE) else {
            continue;
        };
        let Some(made) = parse::made_by_code(file.as_ref(), &text) else {
            if NODES.contains(&file.as_str()) {
                findings.warn("not_parsed", format!("{file} was not read for its pages"));
            }
            continue;
        };
        for path in made.pages {
            found.route(written(&path), &file, RouteKind::Page);
        }
        for path in made.redirects {
            found.route(written(&path), &file, RouteKind::Redirect);
        }
        unknown.extend(made.unknown.iter().map(|line| format!("{file}:{line}")));
        for source in made.modules {
            let Some(module) = module(sources, &file, &source) else {
                continue;
            };
            if seen.len() < MAX_MODULES && seen.insert(module.clone()) {
                waiting.push(module);
            }
        }
    }
    unknown.sort();
    let what = "a call makes pages or redirects with paths that only running it tells";
    findings.warn_of("pages_not_static", what, &unknown);
}

/// The file of the project that `source` means in `file`.
fn module(sources: &Sources<'_>, file: &str, source: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    let place = parts.join("/");
    let ends = ["", ".js", ".ts", ".mjs", "/index.js", "/index.ts"];
    let mut files = ends.into_iter().map(|end| format!("{place}{end}"));
    files.find(|file| {
        let place = links::canonical_inside(&sources.root.join(file), sources.top);
        parse::is_script(walk::extension(file)) && place.is_some_and(|place| place.is_file())
    })
}

/// A path as code writes it, with one slash in front and none behind; `*` ends it where anything may follow.
fn written(path: &str) -> String {
    super::found::join("", path)
}

/// The path of a page's name without its ending.
fn path(stem: &str) -> String {
    let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let name = Some(name).filter(|name| *name != "index");
    let names = folders.split('/').chain(name);
    let parts: Vec<String> = names.filter(|name| !name.is_empty()).map(segment).collect();
    format!("/{}", parts.join("/"))
}

/// A segment: `[param]`, `[...splat]`, or with fields of data in it, as in `a-{Model.field}`.
fn segment(name: &str) -> String {
    let inner = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = inner {
        return match inner.strip_prefix("...") {
            Some("") => "*".to_owned(),
            Some(rest) => format!(":{rest}*"),
            None => format!(":{inner}"),
        };
    }
    let mut text = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((field, after)) = after.split_once('}') else {
            break;
        };
        let field = field.split_once('.').map_or(field, |(_, field)| field);
        // A union is narrowed by a type in parentheses: `parent__(File)__name`.
        let fields = field.split("__").filter(|part| !part.starts_with('('));
        let fields: Vec<&str> = fields.collect();
        text = format!("{text}{before}:{}", fields.join("__"));
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        for (stem, expected) in [
            ("index", "/"),
            ("blog/index", "/blog"),
            ("404", "/404"),
            ("users/[id]", "/users/:id"),
            ("app/[...]", "/app/*"),
            ("image/[...awsKey]", "/image/:awsKey*"),
            ("products/{Product.name}", "/products/:name"),
            ("{Product.parent__(File)__name}", "/:parent__name"),
            ("p-{Product.sku__en}", "/p-:sku__en"),
            ("{Product.name}/[...sku]", "/:name/:sku*"),
        ] {
            assert_eq!(path(stem), expected, "{stem}");
        }
    }
}
