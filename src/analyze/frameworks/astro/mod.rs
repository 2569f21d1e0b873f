//! Astro: files under `src/pages`, and the documentation that Starlight makes of a collection.
//! <https://docs.astro.build/en/guides/routing/>

mod slug;
mod starlight;

use std::collections::BTreeMap;

use oxc_allocator::Allocator;

use super::found::Found;
use super::settings::Settings;
use super::{Reader, Routes, names};
use crate::analyze::findings::Findings;
use crate::analyze::parse::{self, METHODS};
use crate::analyze::project::Sources;
use crate::analyze::range;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;

/// <https://docs.astro.build/en/guides/configuring-astro/#supported-config-file-types>
pub(super) const CONFIG: [&str; 6] = [
    "astro.config.mjs",
    "astro.config.js",
    "astro.config.ts",
    "astro.config.mts",
    "astro.config.cjs",
    "astro.config.cts",
];

/// The folder of an Astro application.
pub(super) const EVIDENCE: &[&str] = &["src/pages"];

/// <https://docs.astro.build/en/basics/astro-pages/#supported-page-files>
const PAGES: [&str; 8] = [
    "astro", "html", "md", "markdown", "mdown", "mkdn", "mkd", "mdwn",
];

/// Integrations that add routes of their own, each with where it says so.
const INJECTING: [(&str, &str); 6] = [
    // https://starlight-blog-docs.vercel.app/getting-started/
    ("starlight-blog", "a blog with its tags and authors"),
    // https://starlight-openapi.vercel.app/getting-started/
    ("starlight-openapi", "the operations of a schema"),
    // https://keystatic.com/docs/installation-astro
    ("@keystatic/astro", "the editor of Keystatic"),
    // https://www.sanity.io/plugins/sanity-astro
    ("@sanity/astro", "the studio of Sanity, when it is embedded"),
    // https://github.com/advanced-astro/astro-decap-cms
    ("astro-decap-cms", "the editor of Decap CMS"),
    // https://docs.emdashcms.com
    ("emdash", "the administration of EmDash"),
];

/// How Astro projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.contains("pages/"),
    configures: |path| {
        path.rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("astro.config."))
    },
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let allocator = Allocator::default();
    let has_default = CONFIG.iter().any(|name| sources.root.join(name).is_file());
    let given = given_config(&sources.manifest.scripts, has_default);
    let files: Vec<&str> = given.into_iter().chain(CONFIG).collect();
    let settings = Settings::open(sources, &allocator, &files, findings);
    let src = settings
        .as_ref()
        .and_then(|settings| settings.string(&["srcDir"], findings))
        .unwrap_or_else(|| "src".to_owned());
    let src = src.trim_start_matches("./").trim_matches('/').to_owned();
    let mut found = Found::default();
    pages(sources, &join(&src, "pages"), &mut found);
    let has_starlight = sources.manifest.has("@astrojs/starlight")
        && starlight::find(sources, &src, &mut found, findings);
    if let Some(settings) = &settings {
        // https://starlight.astro.build/guides/i18n/#fallback-content
        if has_starlight && settings.has_in_call(sources, "starlight", "locales") {
            let detail = format!(
                "pages without a translation are also served under other locales (`locales` in {})",
                settings.file
            );
            findings.note("locale_paths", detail);
        }
        configured(settings, &mut found, findings);
    }
    for (package, what) in INJECTING {
        if sources.manifest.has(package) {
            let detail = format!("{package} adds routes that are not in the project: {what}");
            findings.note("injected_routes", detail);
        }
    }
    middleware(sources, &src, &mut found);
    if found.is_empty() {
        let detail = format!("no page and no endpoint in {}/", join(&src, "pages"));
        findings.warn("no_routes_found", detail);
        return found.finish(None);
    }
    found.finish(Some(if has_starlight {
        "astro-starlight"
    } else {
        "astro-pages"
    }))
}

/// The configuration file that a script gives Astro: the one of the site itself and, where it `has_default`, no script of
/// another one. <https://docs.astro.build/en/reference/cli-reference/#--config-path>
fn given_config(scripts: &BTreeMap<String, String>, has_default: bool) -> Option<&str> {
    let own = ["build", "dev", "start"];
    let others = scripts.keys().map(String::as_str);
    let names = own.into_iter().chain(others.filter(|_| !has_default));
    names.filter_map(|name| scripts.get(name)).find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "astro");
        let given = loop {
            match words.next()?.strip_prefix("--config") {
                Some("") => break words.next()?,
                Some(rest) if rest.starts_with('=') => break rest.trim_start_matches('='),
                _ => {}
            }
        };
        Some(given.trim_matches(['"', '\'']).trim_start_matches("./"))
    })
}

/// What the configuration says of routes. <https://docs.astro.build/en/reference/configuration-reference/>
fn configured(settings: &Settings<'_>, found: &mut Found, findings: &mut Findings) {
    let file = settings.file;
    let base = settings.string(&["base"], findings);
    if let Some(base) = base.filter(|base| !base.trim_matches('/').is_empty()) {
        let detail = format!("all paths are served under {base} (`base` in {file})");
        findings.note("base_path", detail);
    }
    if settings.has(&["i18n", "fallback"]) {
        let detail =
            format!("paths are also served under other locales (`i18n.fallback` in {file})");
        findings.note("locale_paths", detail);
    }
    for from in settings.keys(&["redirects"], findings) {
        found.route(path(&from), file, RouteKind::Redirect);
    }
}

fn pages(sources: &Sources<'_>, folder: &str, found: &mut Found) {
    let has_mdx = ["@astrojs/mdx", "@astrojs/starlight"]
        .iter()
        .any(|package| sources.manifest.has(package));
    for (file, inside) in names::below(sources, folder) {
        // What starts with `_` is excluded: https://docs.astro.build/en/guides/routing/#excluding-pages
        let is_hidden =
            |name: &str| name.starts_with('_') || (name.starts_with('.') && name != ".well-known");
        let Some((stem, ending)) = inside.rsplit_once('.') else {
            continue;
        };
        if inside.split('/').any(is_hidden) {
            continue;
        }
        let path = path(stem);
        match ending {
            "js" | "ts" => found.endpoint(path, file, methods(sources, file)),
            "mdx" if !has_mdx => {}
            _ if ending == "mdx" || PAGES.contains(&ending) => {
                let only_redirects = sources.script(file).is_some_and(|script| script.redirects);
                let kind = if only_redirects {
                    RouteKind::Redirect
                } else {
                    RouteKind::Page
                };
                found.file_route(path, file, kind);
            }
            _ => {}
        }
    }
}

/// The path of a file without its last ending: `index` is its folder, `index.xml` its folder with that ending.
fn path(stem: &str) -> String {
    let mut segments: Vec<&str> = stem.split('/').filter(|name| !name.is_empty()).collect();
    let index = segments.last().and_then(|last| last.strip_prefix("index"));
    let ending = index.filter(|rest| rest.is_empty() || rest.starts_with('.'));
    let ending = match ending {
        Some(ending) if ending.is_empty() || segments.len() > 1 => {
            segments.pop();
            ending
        }
        _ => "",
    };
    let segments = segments
        .into_iter()
        .map(|name| names::brackets(name, names::parameter));
    format!("/{}{ending}", segments.collect::<Vec<_>>().join("/"))
}

/// The methods of an endpoint: `ALL` takes the rest, and before Astro 3 names were in small letters.
/// <https://docs.astro.build/en/guides/endpoints/#http-methods>
fn methods(sources: &Sources<'_>, file: &str) -> Vec<&'static str> {
    let Some(script) = sources.script(file) else {
        return Vec::new();
    };
    let version = sources
        .version("astro")
        .or_else(|| sources.declared("astro"));
    let major = version.as_deref().and_then(range::major);
    let is_early = major.is_some_and(|major| major < 4);
    let has = |name: &str| script.exports(name);
    if has("ALL") || (is_early && has("all")) {
        return Vec::new();
    }
    let is_exported = |method: &&str| {
        let early = match *method {
            "DELETE" => has("del"),
            other => has(&other.to_ascii_lowercase()),
        };
        has(method) || (is_early && early)
    };
    METHODS.into_iter().filter(is_exported).collect()
}

/// <https://docs.astro.build/en/guides/middleware/>
fn middleware(sources: &Sources<'_>, src: &str, found: &mut Found) {
    let stems = [join(src, "middleware."), join(src, "middleware/index.")];
    let mut files = sources.files.iter().map(|file| file.path.as_str());
    let file = files.find(|path| {
        let mut endings = stems.iter().filter_map(|stem| path.strip_prefix(&**stem));
        !is_secondary(path) && endings.any(parse::is_script)
    });
    if let Some(file) = file {
        found.feature("middleware", file);
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() || folder == "." {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_another_site_does_not_give_the_configuration() {
        let given = |name: &str, line: &str, has_default: bool| {
            let scripts = BTreeMap::from([
                (name.to_owned(), line.to_owned()),
                ("a".to_owned(), "astro check".to_owned()),
            ]);
            given_config(&scripts, has_default).map(str::to_owned)
        };
        let blog = Some("blog.mjs".to_owned());
        for line in [
            "astro build --config blog.mjs",
            "astro build --config=./blog.mjs",
            r#"astro build --config "./blog.mjs" --silent"#,
            "astro build --config='blog.mjs'",
        ] {
            assert_eq!(given("build", line, true), blog, "{line}");
            assert_eq!(given("build:blog", line, false), blog, "{line}");
            assert_eq!(given("build:blog", line, true), None, "{line}");
        }
        assert_eq!(given("build", "astro build --config", true), None);
    }

    #[test]
    fn files_become_paths() {
        for (stem, expected) in [
            ("index", "/"),
            ("about", "/about"),
            ("blog/index", "/blog"),
            ("[...slug]", "/:slug*"),
            ("[lang]-[version]/info", "/:lang-:version/info"),
            ("rss.xml", "/rss.xml"),
            ("index.xml", "/index.xml"),
            ("feed/index.xml", "/feed.xml"),
            ("[tag]/index.xml", "/:tag.xml"),
            ("/old/[id]", "/old/:id"),
            ("indexes", "/indexes"),
        ] {
            assert_eq!(path(stem), expected, "{stem}");
        }
    }
}
