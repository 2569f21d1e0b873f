//! Nuxt 2, 3 and 4: pages, the server's handlers, and the layers that both come from.

mod config;
mod extended;
mod layers;
mod server;

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::beside::FileBeside;
use super::found::Found;
use super::vue_pages::legacy::{self, Style};
use super::vue_pages::{self, PageFile, Rules};
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::manifest::Manifest;
use crate::analyze::project::Sources;
use crate::analyze::range;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;

pub(super) use config::FILES as CONFIG;
use layers::Layer;
pub(super) use server::handler;

/// The packages of Nuxt.
pub(super) const PACKAGES: &[&str] = &["nuxt", "nuxt3", "nuxt-nightly", "nuxt-edge"];

/// Files of a Nuxt application.
pub(super) const EVIDENCE: &[&str] = &["app.vue", "app/app.vue"];

/// How Nuxt projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.contains("pages/"),
    configures: |path| path.contains("nuxt.config."),
    read,
};

/// The endings of pages without any configuration. <https://nuxt.com/docs/api/nuxt-config#extensions>
const EXTENSIONS: [&str; 9] = ["vue", "js", "jsx", "mjs", "ts", "tsx", "cjs", "mts", "cts"];

/// The bundler: Vite unless another builder is installed, in Nuxt 2 webpack. <https://nuxt.com/docs/api/nuxt-config#builder>
pub(super) fn bundler(manifest: &Manifest, major: Option<u32>) -> &'static str {
    match major {
        Some(2) if manifest.has("nuxt-vite") => "vite",
        Some(2) => "webpack",
        _ if manifest.has("@nuxt/rspack-builder") => "rspack",
        _ if manifest.has("@nuxt/webpack-builder") => "webpack",
        _ => "vite",
    }
}

/// Where a layer has its parts, relative to it; empty for the layer itself.
struct Places {
    src: String,
    pages: String,
    middleware: String,
    server: String,
}

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let version = PACKAGES
        .iter()
        .find_map(|name| sources.version(name).or_else(|| sources.declared(name)));
    let major = version.as_deref().and_then(range::major);
    let has_auto = version
        .as_deref()
        .and_then(range::minor)
        .is_none_or(|(major, minor)| major > 3 || (major == 3 && minor >= 12));
    let mut layers = layers::read(sources, has_auto, findings);
    for layer in &mut layers {
        let endings = extended::endings(layer, sources);
        layer.config.extensions.extend(endings);
    }
    let Some(project) = layers.first() else {
        return Routes::default();
    };
    let own = project.config.compatibility;
    let generation = own
        .filter(|_| major.is_none_or(|major| major == 3))
        .or(major);
    let mut found = Found::default();
    let mut pages = Vec::new();
    let mut taken = HashSet::new();
    for layer in &layers {
        let places = places(layer, generation.unwrap_or(4));
        let ignored = Ignored::of(layer);
        let files = layer.files.iter().filter(|file| !ignored.has(file));
        for file in files {
            let page = place(layer, file, &places, sources, &mut found);
            let page = page.filter(|page| ignored.admits(page, file));
            pages.extend(page.filter(|page| taken.insert(page.inside.clone())));
        }
        extended::read(layer, &places, sources, &mut found, findings);
        router_options(layer, &places, findings);
    }
    if project.config.enabled == Some(false) {
        pages.clear();
    }
    if generation == Some(2) {
        legacy::add(&pages, Style::Nuxt, &mut found);
    } else {
        vue_pages::add(pages, Rules::Nuxt, &mut found, findings);
    }
    let mut by_documents = layers
        .iter()
        .filter(|layer| layer.config.is_document_driven);
    if let Some(layer) = by_documents.next() {
        document_driven(layer, &mut found);
    }
    if !found.has_routes() {
        single(project, &mut found, findings);
    }
    if let Some(strategy) = localized(sources, project) {
        let detail =
            format!("paths are also served under a locale prefix (`i18n.strategy` is {strategy})");
        findings.note("locale_paths", detail);
    }
    let strategy = (!found.is_empty()).then_some("nuxt-pages");
    found.finish(strategy)
}

/// Takes `file` for what it is: a page, which is given back, a handler, middleware, or nothing of these.
fn place(
    layer: &Layer,
    file: &FileBeside,
    places: &Places,
    sources: &Sources<'_>,
    found: &mut Found,
) -> Option<PageFile> {
    let inside = |folder: &str| below(&file.inside, folder);
    if let Some(inside) = inside(&places.pages) {
        let extensions = layer.config.extensions.iter();
        let extensions = extensions.map(|extension| extension.trim_start_matches('.'));
        let stem = EXTENSIONS
            .into_iter()
            .chain(extensions)
            .find_map(|extension| inside.strip_suffix(extension)?.strip_suffix('.'));
        return Some(PageFile {
            inside: stem?.to_owned(),
            file: file.shown.clone(),
            page: layer.page(sources, file),
        });
    } else if inside(&places.middleware).is_some() {
        found.feature("middleware", &file.shown);
    } else if let Some(inside) = inside(&places.server) {
        let handler = if let Some(inside) = inside.strip_prefix("api/") {
            handler(inside, "/api")
        } else {
            let routes = inside.strip_prefix("routes/");
            routes.and_then(|inside| handler(inside, "/"))
        };
        if let Some(handler) = handler {
            found.endpoint(handler.path, &file.shown, handler.methods);
        } else if inside.starts_with("middleware/") {
            found.feature("middleware", &file.shown);
        }
    }
    None
}

/// In its mode for documents, Nuxt Content 2 adds a page of its own for all that have none; where `layer` says so is what is
/// there to name. <https://content.nuxt.com/docs/document-driven/introduction>
fn document_driven(layer: &Layer, found: &mut Found) {
    let file = layer.config.file.unwrap_or("nuxt.config.ts");
    let file = format!("{}{file}", layer.shown);
    found.foreign_route("/:slug*".to_owned(), &file, RouteKind::Page);
}

/// Without pages there is no router, and `app.vue` is shown at every path.
/// <https://nuxt.com/docs/guide/directory-structure/app/pages>
fn single(project: &Layer, found: &mut Found, findings: &mut Findings) {
    let file = [
        "app/app.vue",
        "app.vue",
        "app/App.vue",
        "App.vue",
        "src/app.vue",
    ];
    match file.into_iter().find(|name| project.has(name)) {
        Some(file) => {
            let detail = format!("there are no pages, so {file} is shown at every path");
            findings.note("no_pages", detail);
            found.route("/".to_owned(), file, RouteKind::Page);
        }
        None => findings.warn(
            "no_routes_found",
            "no page in the folder of pages and no app.vue",
        ),
    }
}

/// The parts of `layer` by its configuration and the rules of Nuxt's `generation`.
///
/// Since Nuxt 4 the sources are in `app/`, if that is there, and the server is beside it:
/// <https://nuxt.com/docs/getting-started/upgrade#new-directory-structure>
fn places(layer: &Layer, generation: u32) -> Places {
    let config = &layer.config;
    let default = if generation >= 4 && layer.has_app_folder() {
        "app"
    } else {
        ""
    };
    let src = config
        .src
        .as_deref()
        .map_or_else(|| default.to_owned(), |src| within("", "", src));
    let server = match &config.server {
        Some(server) => within(&src, &src, server),
        None if generation >= 4 => "server".to_owned(),
        None => within(&src, &src, "server"),
    };
    let dir = |name: &Option<String>, default: &str| {
        within(&src, &src, name.as_deref().unwrap_or(default))
    };
    Places {
        pages: dir(&config.pages, "pages"),
        middleware: dir(&config.middleware, "middleware"),
        server,
        src,
    }
}

/// `path`, written in a configuration, from the layer's root: beside `base`, below `src` for `~` and `@`.
fn within(base: &str, src: &str, path: &str) -> String {
    let roots = [("~~/", ""), ("@@/", ""), ("~/", src), ("@/", src)];
    let alias = roots
        .iter()
        .find_map(|(alias, root)| Some((*root, path.strip_prefix(alias)?)));
    let (base, path) = alias.unwrap_or((base, path));
    let mut parts = PathBuf::new();
    for part in Path::new(base).join(path).components() {
        match part {
            Component::Normal(name) => parts.push(name),
            Component::ParentDir => {
                parts.pop();
            }
            _ => {}
        }
    }
    parts.to_string_lossy().replace('\\', "/")
}

/// What `path` is called below `folder`.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// A whole number as it is written in a configuration.
fn whole(number: f64) -> u32 {
    [2, 3, 4, 5]
        .into_iter()
        .find(|whole| (f64::from(*whole) - number).abs() < 0.5)
        .unwrap_or(0)
}

/// `router.options` may replace the routes. <https://nuxt.com/docs/guide/recipes/custom-routing#router-config>
fn router_options(layer: &Layer, places: &Places, findings: &mut Findings) {
    let folders = [places.src.as_str(), "app"];
    for name in ["router.options.ts", "router.options.js"] {
        for folder in folders {
            let file = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            let text = layer.text(&file).unwrap_or_default();
            let sets = ["routes:", "routes(", "routes ("];
            if sets.into_iter().any(|set| text.contains(set)) {
                let detail = format!("`routes` in {}{file} may change the routes", layer.shown);
                findings.warn("routes_extended", detail);
            }
        }
    }
}

/// The strategy by which `@nuxtjs/i18n` puts locales before paths; none when it does not.
/// <https://i18n.nuxtjs.org/docs/guide>
fn localized<'l>(sources: &Sources<'_>, project: &'l Layer) -> Option<&'l str> {
    let is_there = ["@nuxtjs/i18n", "nuxt-i18n"]
        .into_iter()
        .any(|name| sources.manifest.has(name));
    let strategy = project.config.i18n_strategy.as_deref();
    let strategy = strategy.unwrap_or("prefix_except_default");
    (is_there && strategy != "no_prefix").then_some(strategy)
}

/// The files of a layer that Nuxt passes over. <https://nuxt.com/docs/guide/directory-structure/nuxtignore>
struct Ignored {
    rules: Gitignore,
    /// `pages.pattern`, with its folder.
    patterns: Option<Gitignore>,
    prefix: String,
}

impl Ignored {
    fn of(layer: &Layer) -> Self {
        let rules = layer.text(".nuxtignore").unwrap_or_default();
        let listed = layer.config.ignore.iter().map(String::as_str);
        let patterns = layer.config.patterns.iter();
        let patterns: Vec<String> = patterns
            .map(|pattern| match pattern.strip_prefix('!') {
                Some(pattern) => format!("!/{pattern}"),
                None => format!("/{pattern}"),
            })
            .collect();
        Self {
            rules: globs(layer.root(), rules.lines().chain(listed)),
            patterns: (!patterns.is_empty())
                .then(|| globs(layer.root(), patterns.iter().map(String::as_str))),
            prefix: layer
                .config
                .ignore_prefix
                .clone()
                .unwrap_or_else(|| "-".to_owned()),
        }
    }

    /// Whether `pages.pattern`, if it is set, is for the page `page` in `file`.
    fn admits(&self, page: &PageFile, file: &FileBeside) -> bool {
        let Some(patterns) = &self.patterns else {
            return true;
        };
        let extension = file.inside.rsplit('.').next().unwrap_or_default();
        let inside = format!("{}.{extension}", page.inside);
        patterns
            .matched_path_or_any_parents(inside, false)
            .is_ignore()
    }

    fn has(&self, file: &FileBeside) -> bool {
        let name = file.inside.rsplit('/').next().unwrap_or_default();
        let rules = self.rules.matched_path_or_any_parents(&file.inside, false);
        name.starts_with(&self.prefix) || rules.is_ignore() || is_secondary(&file.inside)
    }
}

fn globs<'l>(root: &Path, lines: impl Iterator<Item = &'l str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root);
    for line in lines {
        // A line that is no pattern takes nothing out.
        drop(builder.add_line(None, line));
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
