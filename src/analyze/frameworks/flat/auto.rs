//! The convention of `react-router-auto-routes`: folders and dots alike, `_layout` for layouts, `+` for what is no route.

use std::collections::BTreeMap;

use super::escapes::{self, Segment};
use super::{FlatRoute, Module, Options, is_server};

/// Names of files that add no segment to those of their folder.
const SPECIAL: [&str; 5] = ["index", "_index", "route", "_route", "_layout"];

/// A route by its name.
struct Named<'s> {
    file: &'s str,
    /// The segments it is nested by, as they are written.
    names: Vec<String>,
    path: String,
    index: bool,
    layout: bool,
}

/// <https://github.com/kenn/react-router-auto-routes#routing-convention>
pub(super) fn routes(modules: &[Module<'_>], options: &Options) -> Vec<FlatRoute> {
    let modules = modules.iter().filter(|module| {
        let is_beside = module
            .inside
            .split('/')
            .any(|part| part.starts_with(options.mark));
        !is_beside && !is_server(module.inside)
    });
    let named: Vec<Named<'_>> = modules.map(|module| name(module, options)).collect();
    let mut layouts: BTreeMap<&[String], usize> = BTreeMap::new();
    for (place, one) in named.iter().enumerate().filter(|(_, one)| one.layout) {
        layouts.entry(&one.names).or_insert(place);
    }
    named
        .iter()
        .map(|one| {
            let longest = one.names.len().saturating_sub(usize::from(!one.index));
            let is_top = one.names.is_empty() && one.layout;
            let mut above = (0..=longest).rev().filter_map(|end| one.names.get(..end));
            let parent = above.find_map(|names| layouts.get(names).copied());
            FlatRoute {
                path: one.path.clone(),
                file: one.file.to_owned(),
                index: one.index,
                parent: parent.filter(|_| !is_top),
            }
        })
        .collect()
}

fn name<'s>(module: &Module<'s>, options: &Options) -> Named<'s> {
    let id = module.id();
    let index = id
        .split('/')
        .any(|part| is_last_part(part, "index") || is_last_part(part, "_index"));
    let mut segments = escapes::segments(id, options.param);
    let is_special = |segment: &Segment, names: &[&str]| names.contains(&segment.raw.as_str());
    if id.contains('/') {
        while segments
            .last()
            .is_some_and(|last| is_special(last, &["route", "_route"]))
        {
            segments.pop();
        }
    }
    let length = segments.len().saturating_sub(usize::from(index));
    let path = escapes::path(segments.get(..length).unwrap_or_default());
    let layout = is_last_part(id.rsplit('/').next().unwrap_or(id), "_layout");
    while segments
        .last()
        .is_some_and(|last| is_special(last, &SPECIAL))
    {
        segments.pop();
    }
    Named {
        file: module.file,
        names: segments.into_iter().map(|segment| segment.raw).collect(),
        path,
        index,
        layout,
    }
}

/// Whether `part` is `name`, or ends with it after a dot.
fn is_last_part(part: &str, name: &str) -> bool {
    let before = part.strip_suffix(name);
    before.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
