//! What Nuxt's server answers without a page: files in `server/api` and `server/routes`.

use crate::analyze::frameworks::found::join;

/// Endings of files that Nitro takes for handlers.
const EXTENSIONS: [&str; 8] = ["js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx"];

/// Methods that a file's name may end with. <https://nitro.build/guide/routing#specific-request-method>
const METHODS: [(&str, &str); 9] = [
    ("get", "GET"),
    ("head", "HEAD"),
    ("post", "POST"),
    ("put", "PUT"),
    ("delete", "DELETE"),
    ("patch", "PATCH"),
    ("options", "OPTIONS"),
    ("connect", "CONNECT"),
    ("trace", "TRACE"),
];

/// An endpoint by its file's name.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::analyze::frameworks) struct Handler {
    pub(in crate::analyze::frameworks) path: String,
    /// None of them for all.
    pub(in crate::analyze::frameworks) methods: Vec<&'static str>,
}

/// The handler in the file `inside` the folder that is served at `base` (`/api` or `/`).
///
/// None when it is no handler, or one of development only:
/// <https://nuxt.com/docs/guide/directory-structure/server>, <https://nitro.build/guide/routing>
pub(in crate::analyze::frameworks) fn handler(inside: &str, base: &str) -> Option<Handler> {
    let (stem, extension) = inside.rsplit_once('.')?;
    if !EXTENSIONS.contains(&extension) {
        return None;
    }
    let stem = match stem.rsplit_once('.') {
        Some((_, "d" | "dev")) => return None,
        Some((stem, "prod" | "prerender")) => stem,
        _ => stem,
    };
    let suffix = stem.rsplit_once('.').and_then(|(stem, end)| {
        let (_, method) = METHODS.iter().find(|(name, _)| *name == end)?;
        Some((stem, *method))
    });
    let (stem, methods) = suffix.map_or((stem, Vec::new()), |(stem, method)| (stem, vec![method]));
    let mut segments: Vec<String> = stem
        .split('/')
        .filter(|segment| !(segment.starts_with('(') && segment.ends_with(')')))
        .map(segment)
        .collect();
    if segments.last().is_some_and(|last| last == "index") {
        segments.pop();
    }
    Some(Handler {
        path: join(base, &segments.join("/")),
        methods,
    })
}

/// `[id]` and `[...slug]`, alone or with text around them; `[...]` has no name.
fn segment(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('[') {
        let Some((name, after)) = from.split_once(']') else {
            break;
        };
        out.push_str(before);
        match name.strip_prefix("...") {
            Some("") => out.push('*'),
            Some(name) => {
                out.push(':');
                out.push_str(name);
                out.push('*');
            }
            None => {
                out.push(':');
                out.push_str(name);
            }
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_handlers_are_paths_with_methods() {
        for (inside, base, path, methods) in [
            ("hello.ts", "/api", "/api/hello", &[][..]),
            ("index.get.ts", "/api", "/api", &["GET"]),
            (
                "users/[id].delete.ts",
                "/api",
                "/api/users/:id",
                &["DELETE"],
            ),
            ("files/[...path].ts", "/api", "/api/files/:path*", &[]),
            ("[...].js", "/", "/*", &[]),
            ("feed.xml.ts", "/", "/feed.xml", &[]),
            ("raw/[...slug].md.get.ts", "/", "/raw/:slug*.md", &["GET"]),
            ("feed.xml.get.prod.ts", "/", "/feed.xml", &["GET"]),
            ("(admin)/a-[b].put.mjs", "/api", "/api/a-:b", &["PUT"]),
        ] {
            let handler = handler(inside, base).unwrap();
            assert_eq!((handler.path.as_str(), &*handler.methods), (path, methods));
        }
        for inside in ["a.dev.ts", "a.get.dev.ts", "a.d.ts", "a.vue", "README"] {
            assert_eq!(handler(inside, "/"), None, "{inside}");
        }
    }
}
