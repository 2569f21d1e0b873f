//! Gatsby: files under `src/pages/`, functions under `src/api/`, and what `gatsby-node` makes where its path is written.
//!
//! Rules: <https://www.gatsbyjs.com/docs/reference/routing/creating-routes/>,
//! <https://www.gatsbyjs.com/docs/reference/routing/file-system-route-api/>,
//! <https://www.gatsbyjs.com/docs/reference/functions/routing/>.

use super::found::Found;
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::parse;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk;

/// Files and folders of a Gatsby application.
pub(super) const EVIDENCE: &[&str] = &["gatsby-config.js", "gatsby-config.ts", "src/pages"];

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

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let mut found = Found::default();
    // https://www.gatsbyjs.com/plugins/gatsby-plugin-mdx/ makes pages of these files, too.
    let has_mdx = sources.manifest.has("gatsby-plugin-mdx");
    for file in sources.files {
        if walk::is_secondary(&file.path) {
            continue;
        }
        if let Some(inside) = file.path.strip_prefix(PAGES) {
            let is_page = match file.extension() {
                "js" | "jsx" | "ts" | "tsx" => true,
                "md" | "mdx" => has_mdx,
                _ => false,
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

/// Whether the file has what a page must have, a default export (or `module.exports`, which is not looked for).
fn is_component(sources: &Sources<'_>, file: &str) -> bool {
    let script = sources.script(file);
    script.is_none_or(|script| script.module.exports("default") || script.components == 0)
}

/// Adds the pages and redirects that are made with paths that are written out; the others are a finding.
fn read_node(sources: &Sources<'_>, found: &mut Found, findings: &mut Findings) {
    for file in NODES {
        let Some(text) = text::read_quietly(&sources.root.join(file), MAX_SOURCE) else {
            continue;
        };
        let Some(made) = parse::made_by_code(file.as_ref(), &text) else {
            findings.warn("not_parsed", format!("{file} was not read for its pages"));
            continue;
        };
        for path in made.pages {
            found.route(written(&path), file, RouteKind::Page);
        }
        for path in made.redirects {
            found.route(written(&path), file, RouteKind::Redirect);
        }
        let lines = made.unknown.iter();
        let places: Vec<String> = lines.map(|line| format!("{file}:{line}")).collect();
        let what = "a call makes pages or redirects with paths that only running it tells";
        findings.warn_of("pages_not_static", what, &places);
    }
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
