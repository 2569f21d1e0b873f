//! Pages that code adds to those of the files: in the hook `pages:extend`, or by `extendPages` in a local module.

use std::path::Path;

use oxc_allocator::Allocator;

use super::layers::Layer;
use super::{Places, below};
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::frameworks::vue_router::pattern;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;
use crate::analyze::walk;

/// What such code has in it. <https://nuxt.com/docs/guide/recipes/custom-routing#pages-hook>,
/// <https://nuxt.com/docs/api/kit/pages#extendpages>,
/// <https://v2.nuxt.com/docs/configuration-glossary/configuration-router#extendroutes>
const MARKS: [&str; 3] = ["pages:extend", "extendPages(", "extendRoutes"];

/// What adds a page to the list.
const ADDERS: [&str; 2] = ["push", "unshift"];

/// What adds to the endings of pages in a module: `nuxt.options.extensions.push(".md")`.
const ENDINGS: &str = ".extensions.push(";

/// What adds a handler to the server. <https://nuxt.com/docs/api/kit/nitro#addserverhandler>
const HANDLERS: &str = "addServerHandler(";

/// The endings of pages that the local modules of `layer` add. <https://nuxt.com/docs/api/nuxt-config#extensions>
pub(super) fn endings(layer: &Layer, sources: &Sources<'_>) -> Vec<String> {
    let mut endings = Vec::new();
    for file in modules(layer) {
        let text = layer.text(file).unwrap_or_default();
        if !text.contains(ENDINGS) {
            continue;
        }
        let allocator = Allocator::default();
        let modules = sources.modules(&allocator);
        for node in modules.uses(&layer.root().join(file), &ADDERS) {
            let receiver = Modules::receiver(&node);
            if receiver.is_some_and(|list| list.text().ends_with(".options.extensions")) {
                let added = Modules::arguments(&node);
                endings.extend(added.iter().filter_map(|one| modules.string(one)));
            }
        }
    }
    endings
}

/// The scripts of the local modules of `layer`. <https://nuxt.com/docs/guide/directory-structure/modules>
fn modules(layer: &Layer) -> impl Iterator<Item = &str> {
    let modules = layer.files.iter().filter(|file| {
        let is_script = matches!(walk::extension(&file.inside), "ts" | "js" | "mjs");
        is_script && below(&file.inside, "modules").is_some()
    });
    modules.map(|file| file.inside.as_str())
}

/// Adds the pages that are written out in the configuration of `layer` and in its local modules; that there may be
/// others is a finding.
pub(super) fn read(
    layer: &Layer,
    places: &Places,
    sources: &Sources<'_>,
    found: &mut Found,
    findings: &mut Findings,
) {
    let mut handlers = Vec::new();
    for file in layer.config.file.into_iter().chain(modules(layer)) {
        let text = layer.text(file).unwrap_or_default();
        if text.contains(HANDLERS) {
            handlers.push(format!("{}{file}", layer.shown));
        }
        if !MARKS.into_iter().any(|mark| text.contains(mark)) {
            continue;
        }
        let shown = format!("{}{file}", layer.shown);
        let allocator = Allocator::default();
        let modules = sources.modules(&allocator);
        for node in modules.uses(&layer.root().join(file), &ADDERS) {
            let call = modules.call(&node);
            for page in call.into_iter().flat_map(|call| call.arguments) {
                let Some(path) = text_at(&modules, &page, "path") else {
                    continue;
                };
                let file = text_at(&modules, &page, "file");
                let component = modules.get(&page, "component");
                if file.is_none() && !matches!(component, Lookup::Found(_)) {
                    continue;
                }
                let page = file.and_then(|file| located(layer, places, &file));
                let page = page.unwrap_or_else(|| shown.clone());
                found.route(join("", &pattern(&path)), &page, RouteKind::Page);
            }
        }
        let detail = format!("code in {shown} may add and change pages");
        findings.warn("routes_extended", detail);
    }
    let what = "code that may add endpoints";
    findings.note_of("endpoints_extended", what, &handlers);
}

fn text_at<'a>(modules: &Modules<'a>, node: &Node<'a>, key: &str) -> Option<String> {
    match modules.get(node, key) {
        Lookup::Found(value) => modules.string(&value),
        _ => None,
    }
}

/// The path of the file that `source` means, as it is reported.
fn located(layer: &Layer, places: &Places, source: &str) -> Option<String> {
    let inside = super::within("", &places.src, source);
    let is_there = Path::new(&inside).is_relative() && layer.has(&inside);
    is_there.then(|| format!("{}{inside}", layer.shown))
}
