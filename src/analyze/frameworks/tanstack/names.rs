//! Names of TanStack Router's files: segments, tokens, escapes, groups and what of them is in the path.

use super::config::Config;
use crate::analyze::walk;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// It is the page of its folder.
    Index,
    /// It is a page, or a layout when there are pages below it.
    Page,
    /// It holds a part of either, loaded later.
    Lazy,
}

/// A file by its name.
#[derive(Debug)]
pub(super) struct Named<'s> {
    /// Its path in the project.
    pub(super) file: &'s str,
    /// The path it is visited by, with a slash in front.
    pub(super) path: String,
    /// Its segments as they are nested, with those that have no part in the path.
    pub(super) key: String,
    /// What it is for.
    pub(super) role: Role,
}

/// Files that hold less than a page of a route. The suffixes but `lazy` are deprecated.
/// <https://tanstack.com/router/latest/docs/framework/react/routing/file-naming-conventions>
const PIECES: [&str; 4] = [
    "errorComponent",
    "notFoundComponent",
    "pendingComponent",
    "loader",
];

/// A segment: each character with whether it is escaped.
#[derive(Debug, Default, Clone)]
struct Segment(Vec<(char, bool)>);

impl Segment {
    fn text(&self) -> String {
        self.0.iter().map(|(char, _)| *char).collect()
    }

    fn is(&self, name: &str) -> bool {
        self.0.iter().all(|(_, escaped)| !escaped) && self.text() == name
    }

    fn is_pathless(&self) -> bool {
        self.0.first() == Some(&('_', false))
    }

    /// Its part of the path; none for folders that only group or nest.
    fn in_path(&self) -> Option<String> {
        if self.is_pathless() {
            return None;
        }
        let mut chars = self.0.as_slice();
        if let Some((('_', false), rest)) = chars.split_last() {
            chars = rest;
        }
        let mut text = String::new();
        let mut depth = 0_usize;
        for (char, escaped) in chars {
            match (char, escaped) {
                ('(', false) => depth = depth.saturating_add(1),
                (')', false) => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                _ => text.push(*char),
            }
        }
        let is_plain = chars.first().is_none_or(|(_, escaped)| *escaped);
        (!text.is_empty()).then(|| if is_plain { text } else { pattern(&text) })
    }
}

/// `text`, a segment of a path in the router's notation, in ours: `$id`, `$`, `{-$id}`, `a{$id}b`.
/// <https://tanstack.com/router/latest/docs/framework/react/guide/path-params>
pub(super) fn pattern(text: &str) -> String {
    if let Some(name) = text.strip_prefix('$') {
        return parameter(name, "");
    }
    let Some((before, rest)) = text.split_once('{') else {
        return text.to_owned();
    };
    let Some((inner, after)) = rest.split_once('}') else {
        return text.to_owned();
    };
    let required = inner.strip_prefix('$').map(|name| parameter(name, ""));
    let optional = || inner.strip_prefix("-$").map(|name| parameter(name, "?"));
    match required.or_else(optional) {
        Some(parameter) => format!("{before}{parameter}{after}"),
        None => text.to_owned(),
    }
}

/// `key` nested in `outer`, either of which may be empty.
pub(super) fn nested(outer: &str, key: &str) -> String {
    if outer.is_empty() || key.is_empty() {
        format!("{outer}{key}")
    } else {
        format!("{outer}/{key}")
    }
}

/// A splat, which has this name in TanStack Router.
/// <https://tanstack.com/router/latest/docs/framework/react/routing/routing-concepts#splat--catch-all-routes>
pub(super) const SPLAT: &str = ":_splat*";

fn parameter(name: &str, end: &str) -> String {
    if name.is_empty() {
        SPLAT.to_owned()
    } else {
        format!(":{name}{end}")
    }
}

/// What the file at `inside` the folder of the routes is; none when it is no route: the root, a layout without a path, a
/// file that is ignored.
pub(super) fn named<'s>(inside: &str, file: &'s str, config: &Config) -> Option<Named<'s>> {
    if config.ignores(inside) {
        return None;
    }
    let ending = walk::extension(inside).len().saturating_add(1);
    let stem = inside.get(..inside.len().checked_sub(ending)?)?;
    let stem = if config.prefix.is_empty() {
        stem.to_owned()
    } else {
        stem.replace(config.prefix.as_str(), "")
    };
    let mut segments = split(&stem);
    let mut role = Role::Page;
    let last = segments.last()?;
    if PIECES.iter().any(|piece| last.is(piece)) || segments.iter().any(|one| one.is("__root")) {
        return None;
    }
    if last.is("lazy") || last.is("component") {
        role = Role::Lazy;
        segments.pop();
    }
    if segments
        .last()
        .is_some_and(|one| one.is(&config.route_token))
    {
        segments.pop();
    }
    if segments
        .last()
        .is_some_and(|one| one.is(&config.index_token))
    {
        segments.pop();
        role = Role::Index;
    } else if segments.last().is_none_or(Segment::is_pathless) {
        return None;
    }
    let texts: Vec<String> = segments.iter().map(Segment::text).collect();
    let parts: Vec<String> = segments.iter().filter_map(Segment::in_path).collect();
    // The file of a group is a layout: its path is that of what is around it.
    let is_group = role != Role::Index && segments.last()?.in_path().is_none();
    (!is_group).then(|| Named {
        file,
        path: format!("/{}", parts.join("/")),
        key: texts.join("/"),
        role,
    })
}

/// The path and the key of the folder `inside` the folder of the routes.
pub(super) fn folder(inside: &str) -> (String, String) {
    let segments = split(inside);
    let texts: Vec<String> = segments.iter().map(Segment::text).collect();
    let parts: Vec<String> = segments.iter().filter_map(Segment::in_path).collect();
    (format!("/{}", parts.join("/")), texts.join("/"))
}

/// Splits at slashes and dots outside brackets; what is in brackets is meant as it is.
fn split(stem: &str) -> Vec<Segment> {
    let mut segments = vec![Segment::default()];
    let mut escaped = false;
    for char in stem.chars() {
        match char {
            '[' if !escaped => escaped = true,
            ']' if escaped => escaped = false,
            '/' | '.' if !escaped => segments.push(Segment::default()),
            _ => {
                if let Some(segment) = segments.last_mut() {
                    segment.0.push((char, escaped));
                }
            }
        }
    }
    segments.retain(|segment| !segment.0.is_empty());
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        let config = Config::default();
        for (inside, expected) in [
            ("index.tsx", Some("/")),
            ("about.tsx", Some("/about")),
            ("posts.index.tsx", Some("/posts")),
            ("posts/$postId.tsx", Some("/posts/:postId")),
            ("posts_.$postId.edit.tsx", Some("/posts/:postId/edit")),
            ("_auth.login.tsx", Some("/login")),
            ("_auth.tsx", None),
            ("_auth/route.tsx", None),
            ("(shop)/cart.tsx", Some("/cart")),
            ("(shop)/route.tsx", None),
            ("files/$.tsx", Some("/files/:_splat*")),
            ("{-$locale}/about.tsx", Some("/:locale?/about")),
            ("img-{$id}x.tsx", Some("/img-:idx")),
            ("posts.lazy.tsx", Some("/posts")),
            ("posts.route.tsx", Some("/posts")),
            ("posts/route.lazy.tsx", Some("/posts")),
            ("robots[.]txt.ts", Some("/robots.txt")),
            ("[_]hidden.tsx", Some("/_hidden")),
            ("[index].tsx", Some("/index")),
            ("[$]money.tsx", Some("/$money")),
            ("-parts/card.tsx", None),
            ("__root.tsx", None),
            ("posts.loader.tsx", None),
        ] {
            let found = named(inside, "", &config).map(|one| one.path);
            assert_eq!(found.as_deref(), expected, "{inside}");
        }
    }
}
