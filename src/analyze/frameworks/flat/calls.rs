//! The functions of packages that make routes by a convention, and their options, as a configuration calls them.

use super::{Convention, FlatRoute, Options, routes};
use crate::analyze::findings::Findings;
use crate::analyze::parse::{Call, Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// The last parts of the names of the functions that [`of_call`] knows.
pub(in crate::analyze::frameworks) const NAMES: [&str; 4] = [
    "flatRoutes",
    "createRoutesFromFolders",
    "autoRoutes",
    "default",
];

/// Options that could be read, or a finding.
struct Reader<'m, 'a> {
    modules: &'m Modules<'a>,
    options: Option<&'m Node<'a>>,
    function: &'m str,
}

/// The routes that `call` makes in the application folder `app`; none when it is another function. Options that are not
/// static are findings, and left at their defaults.
pub(in crate::analyze::frameworks) fn of_call<'a>(
    sources: &Sources<'_>,
    modules: &Modules<'a>,
    call: &Call<'a>,
    app: &str,
    findings: &mut Findings,
) -> Option<Vec<FlatRoute>> {
    let name = call.name.last();
    let is = |function: &str, package: &str| {
        (name == function || name == "default") && call.name.is_from(&[package])
    };
    let argument = |place: usize| call.arguments.get(place);
    let reader = |place: usize| Reader {
        modules,
        options: argument(place),
        function: name,
    };
    // <https://reactrouter.com/how-to/file-route-conventions>
    if is("flatRoutes", "@react-router/fs-routes") || is("flatRoutes", "@remix-run/fs-routes") {
        let read = reader(0);
        let mut options = Options::new(Convention::Flat, app);
        read.text("rootDirectory", &mut options.folder, findings);
        read.texts("ignoredRouteFiles", &mut options.ignored, findings);
        return Some(routes(sources, &options, findings));
    }
    // <https://github.com/kiliman/remix-flat-routes#-installation>
    if is("flatRoutes", "remix-flat-routes") {
        let read = reader(2);
        let mut options = Options::new(Convention::Hybrid, app);
        read.text("appDir", &mut options.app, findings);
        read.text("basePath", &mut options.base, findings);
        read.char("paramPrefixChar", &mut options.param, findings);
        read.char("nestedDirectoryChar", &mut options.mark, findings);
        read.texts("ignoredRouteFiles", &mut options.ignored, findings);
        let folders = argument(0).map(|node| texts(modules, node));
        let Some(folders) = folders.unwrap_or_else(|| Some(vec!["routes".to_owned()])) else {
            let detail = "the folders of `flatRoutes` are not static";
            findings.warn("config_not_static", detail);
            return Some(Vec::new());
        };
        return Some(in_folders(sources, &options, &folders, findings));
    }
    // <https://github.com/remix-run/v1-compat-utils>
    if is("createRoutesFromFolders", "@remix-run/v1-route-convention") {
        let read = reader(1);
        let mut options = Options::new(Convention::Folders, app);
        read.text("appDirectory", &mut options.app, findings);
        read.text("routesDirectory", &mut options.folder, findings);
        read.texts("ignoredFilePatterns", &mut options.ignored, findings);
        return Some(routes(sources, &options, findings));
    }
    // <https://github.com/kenn/react-router-auto-routes#options>
    if is("autoRoutes", "react-router-auto-routes") {
        let read = reader(0);
        let mut options = Options::new(Convention::Auto, app);
        read.char("paramChar", &mut options.param, findings);
        read.char("colocationChar", &mut options.mark, findings);
        read.texts("ignoredRouteFiles", &mut options.ignored, findings);
        read.text("routesDir", &mut options.folder, findings);
        return Some(routes(sources, &options, findings));
    }
    None
}

/// The routes of several folders, one list.
fn in_folders(
    sources: &Sources<'_>,
    options: &Options,
    folders: &[String],
    findings: &mut Findings,
) -> Vec<FlatRoute> {
    let mut all = Vec::new();
    for folder in folders {
        let folder = folder.clone();
        let options = Options {
            folder,
            ..options.clone()
        };
        append(&mut all, routes(sources, &options, findings));
    }
    all
}

/// Adds `more` to `all`, with its parents where they are then.
pub(in crate::analyze::frameworks) fn append(all: &mut Vec<FlatRoute>, more: Vec<FlatRoute>) {
    let start = all.len();
    all.extend(more.into_iter().map(|route| FlatRoute {
        parent: route.parent.map(|place| place.saturating_add(start)),
        ..route
    }));
}

/// One text or a list of them.
fn texts<'a>(modules: &Modules<'a>, node: &Node<'a>) -> Option<Vec<String>> {
    let one = modules.string(node).map(|text| vec![text]);
    one.or_else(|| modules.strings(node))
}

impl<'a> Reader<'_, 'a> {
    fn value<T>(
        &self,
        key: &str,
        findings: &mut Findings,
        read: impl FnOnce(&Modules<'a>, &Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = match self.modules.get(self.options?, key) {
            Lookup::Absent => return None,
            Lookup::Found(node) => read(self.modules, &node),
            Lookup::Unknown | Lookup::Circular => None,
        };
        if value.is_none() {
            let detail = format!(
                "`{key}` of `{}` is not static; its default was used",
                self.function
            );
            findings.warn("config_not_static", detail);
        }
        value
    }

    fn text(&self, key: &str, field: &mut String, findings: &mut Findings) {
        let value = self.value(key, findings, Modules::string);
        if let Some(value) = value {
            value
                .trim_start_matches("./")
                .trim_end_matches('/')
                .clone_into(field);
        }
    }

    fn char(&self, key: &str, field: &mut char, findings: &mut Findings) {
        let value = self.value(key, findings, Modules::string);
        if let Some(first) = value.and_then(|value| value.chars().next()) {
            *field = first;
        }
    }

    fn texts(&self, key: &str, field: &mut Vec<String>, findings: &mut Findings) {
        if let Some(value) = self.value(key, findings, texts) {
            *field = value;
        }
    }
}
