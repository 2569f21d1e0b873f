//! The convention of `remix-flat-routes`: flat names, in folders that end with `+` or hold a route each.

use super::{FlatRoute, Module, Options, is_server};

/// Names of files that are the route of the folder they are in.
const ROUTES: [&str; 4] = ["index", "route", "layout", "page"];

/// A route by its name.
struct Named<'s> {
    file: &'s str,
    segments: Vec<String>,
    index: bool,
    name: String,
}

/// <https://github.com/kiliman/remix-flat-routes#conventions> and, for `+` folders, `#hybrid-routes`.
pub(super) fn routes(modules: &[Module<'_>], options: &Options) -> Vec<FlatRoute> {
    let mark = format!("{}/", options.mark);
    let modules = modules
        .iter()
        .filter(|module| is_route(module.inside, &mark));
    let named: Vec<Named<'_>> = modules
        .map(|module| name(module.id(), module.file, &mark))
        .collect();
    let mut places: Vec<(&str, usize)> = named
        .iter()
        .enumerate()
        .map(|(place, one)| (one.name.as_str(), place))
        .collect();
    places.sort_unstable();
    named
        .iter()
        .map(|one| FlatRoute {
            path: path(&one.segments, options.param),
            file: one.file.to_owned(),
            index: one.index,
            parent: parent(&places, &one.segments),
        })
        .collect()
}

/// Whether the file `inside` the folder of the routes is a route, not something beside one.
fn is_route(inside: &str, mark: &str) -> bool {
    let Some((folder, name)) = inside.rsplit_once('/') else {
        return true;
    };
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let in_marked = folder.ends_with(mark.trim_end_matches('/'));
    let is_named = ROUTES.contains(&stem)
        || stem.len() > 1 && stem.starts_with('_')
        || stem
            .strip_suffix(".route")
            .is_some_and(|rest| !rest.is_empty());
    (in_marked || is_named) && !is_server(name)
}

fn name<'s>(id: &str, file: &'s str, mark: &str) -> Named<'s> {
    // In a marked folder, `_.` leaves the layout that the folder is named by.
    let mut text = id.replace(&format!("{mark}_."), &format!("_{mark}"));
    let is_marked = text.contains(mark);
    text = text.replace(mark, ".");
    if (!is_marked || text.contains('/')) && text.strip_suffix(".route").is_none() {
        let end = text.rfind('/').unwrap_or(text.len());
        text.truncate(end);
    }
    let index = is_index(id, mark);
    let mut segments = split(&text);
    if segments.last().is_some_and(|last| last == "route") {
        segments.pop();
    }
    let is_layout = |segments: &[String]| segments.last().is_some_and(|last| last.starts_with('_'));
    if !index && is_marked && is_layout(&segments) {
        segments.pop();
    }
    if let Some(last) = segments.last_mut().filter(|_| index) {
        last.clear();
    }
    Named {
        file,
        index,
        name: segments.join("/"),
        segments,
    }
}

/// Whether the name ends with `index` or `_index` (of the top, a marked folder or after a dot), but for a file in the
/// folder that is called so.
fn is_index(id: &str, mark: &str) -> bool {
    if id.contains("/index/") || id.contains("/_index/") {
        return true;
    }
    let ends = |id: &str| {
        ["_index", "index"].iter().any(|index| {
            let before = id.strip_suffix(index);
            before
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.') || rest.ends_with(mark))
        })
    };
    ends(id) || id.rsplit_once('/').is_some_and(|(folder, _)| ends(folder))
}

/// The parts of a name, split at dots and slashes outside brackets.
fn split(text: &str) -> Vec<String> {
    let mut escaped = false;
    let parts = text.split(|char| {
        match char {
            '[' => escaped = true,
            ']' => escaped = false,
            _ => {}
        }
        !escaped && (char == '.' || char == '/')
    });
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The route of the longest name that is above `segments`; of several with one name, the last.
fn parent(names: &[(&str, usize)], segments: &[String]) -> Option<usize> {
    let mut above = segments.split_last()?.1;
    while let Some((_, rest)) = above.split_last() {
        let name = above.join("/");
        let end = names.partition_point(|(known, _)| *known <= name.as_str());
        let found = end.checked_sub(1).and_then(|place| names.get(place));
        if let Some((_, place)) = found.filter(|(known, _)| *known == name) {
            return Some(*place);
        }
        above = rest;
    }
    None
}

/// The path of `segments`, without a slash in front.
fn path(segments: &[String], param: char) -> String {
    let parts = segments.iter().filter(|segment| !segment.starts_with('_'));
    let parts = parts.map(|segment| {
        let segment = segment.strip_suffix('_').unwrap_or(segment);
        let is_escaped = segment.contains('[') && segment.contains(']');
        let plain: String = segment
            .chars()
            .filter(|char| !is_escaped || !matches!(char, '[' | ']'))
            .collect();
        let inner = plain
            .strip_prefix('(')
            .map(|rest| rest.trim_end_matches(')'));
        let (text, end) = inner.map_or((plain.as_str(), ""), |inner| (inner, "?"));
        match text.strip_prefix(param) {
            Some("") => "*".to_owned(),
            Some(name) => format!(":{name}{end}"),
            None => format!("{text}{end}"),
        }
    });
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        for (id, expected) in [
            ("index", ""),
            ("_index", ""),
            ("_auth+/login", "login"),
            ("_auth+/_layout", ""),
            ("users+/$id", "users/:id"),
            ("users+/$id_+/edit", "users/:id/edit"),
            ("users+/$id.edit", "users/:id/edit"),
            ("users+/index", "users"),
            ("users+/_.other", "users/other"),
            ("app.projects/index", "app/projects"),
            ("app.projects/route", "app/projects"),
            ("settings+/profile.photo", "settings/profile/photo"),
            ("_seo+/robots[.]txt", "robots.txt"),
            ("files+/$", "files/*"),
            ("($lang)+/about", ":lang?/about"),
            ("_marketing+/about.route", "about"),
        ] {
            assert_eq!(path(&name(id, "", "+/").segments, '$'), expected, "{id}");
        }
    }

    #[test]
    fn only_some_files_of_a_folder_are_routes() {
        for (inside, expected) in [
            ("about.tsx", true),
            ("users+/card.tsx", true),
            ("users+/card.server.ts", false),
            ("users/card.tsx", false),
            ("users/route.tsx", true),
            ("users/_layout.tsx", true),
            ("users/list.route.tsx", true),
            ("users+/components/card.tsx", false),
        ] {
            assert_eq!(is_route(inside, "+/"), expected, "{inside}");
        }
    }
}
