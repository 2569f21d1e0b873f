//! Routes that a configuration makes by calls: a convention of a package, or `route(path, file)` one by one.

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::flat::{self, FlatRoute};
use crate::analyze::frameworks::found::join;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// The routes of `routes` in the configuration `file`; what is not written out is a finding.
/// <https://v2.remix.run/docs/file-conventions/remix-config#routes>
pub(super) fn added(
    sources: &Sources<'_>,
    modules: &Modules<'_>,
    file: &str,
    app: &str,
    findings: &mut Findings,
) -> Vec<FlatRoute> {
    let path = sources.root.join(file);
    let mut routes = Vec::new();
    let mut is_known = false;
    for node in modules.uses(&path, &flat::NAMES) {
        let call = modules.call(&node);
        let made = call.and_then(|call| flat::of_call(sources, modules, &call, app, findings));
        is_known |= made.is_some();
        flat::append(&mut routes, made.unwrap_or_default());
    }
    let calls = modules.uses(&path, &["route"]);
    if calls.is_empty() && !is_known {
        let detail = format!("`routes` in {file} is not static; its routes are missing");
        findings.warn("routes_not_static", detail);
    }
    flat::append(&mut routes, one_by_one(modules, &calls, app, findings));
    routes
}

/// `route(path, file, { index }, () => { … })`, with those in the function below it.
fn one_by_one<'a>(
    modules: &Modules<'a>,
    calls: &[Node<'a>],
    app: &str,
    findings: &mut Findings,
) -> Vec<FlatRoute> {
    let mut routes: Vec<FlatRoute> = Vec::new();
    // The routes around the next call, the innermost last.
    let mut around: Vec<(Node<'a>, usize)> = Vec::new();
    for node in calls {
        while around.last().is_some_and(|(outer, _)| !outer.holds(node)) {
            around.pop();
        }
        let arguments = modules
            .call(node)
            .map_or_else(Vec::new, |call| call.arguments);
        let text = |place: usize| arguments.get(place).and_then(|one| modules.string(one));
        let Some(file) = text(1) else {
            let detail = format!("the route made at {} is not static", node.place());
            findings.warn("routes_not_static", detail);
            continue;
        };
        let parent = around.last().map(|(_, place)| *place);
        let above = parent.and_then(|place| routes.get(place));
        let path = join(
            above.map_or("", |route| &route.path),
            &text(0).unwrap_or_default(),
        );
        let index = arguments.get(2).is_some_and(|options| {
            matches!(modules.get(options, "index"), Lookup::Found(value) if modules.truthy(&value) == Some(true))
        });
        around.push((node.clone(), routes.len()));
        routes.push(FlatRoute {
            path,
            file: join(app, &file).trim_start_matches('/').to_owned(),
            index,
            parent,
        });
    }
    routes
}
