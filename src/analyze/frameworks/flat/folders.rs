//! Remix 1's convention: a folder for each nested layout, `__` for those without a path, dots for slashes alone.

use super::{FlatRoute, Module, Options};

/// <https://github.com/remix-run/v1-compat-utils> and <https://v2.remix.run/docs/start/v2#file-system-route-convention>.
pub(super) fn routes(modules: &[Module<'_>], options: &Options) -> Vec<FlatRoute> {
    let mut named: Vec<(&str, &str)> = modules
        .iter()
        .map(|module| (module.id(), module.file))
        .collect();
    named.sort_unstable();
    named.dedup_by_key(|(id, _)| *id);
    named
        .iter()
        .map(|(id, file)| FlatRoute {
            path: path(id, options.param),
            file: (*file).to_owned(),
            index: *id == "index" || id.ends_with("/index"),
            parent: parent(&named, id),
        })
        .collect()
}

/// The module that is called as the nearest folder around `id`.
fn parent(named: &[(&str, &str)], id: &str) -> Option<usize> {
    let mut folder = id;
    while let Some((above, _)) = folder.rsplit_once('/') {
        let found = named.binary_search_by(|(known, _)| (*known).cmp(above));
        if let Ok(place) = found {
            return Some(place);
        }
        folder = above;
    }
    None
}

/// The path of `id`, without a slash in front.
fn path(id: &str, param: char) -> String {
    let mut parts: Vec<String> = Vec::new();
    let (mut text, mut raw) = (String::new(), String::new());
    let mut escaped = false;
    // The end of the name ends its last segment.
    let mut chars = id.chars().chain(['/']).peekable();
    while let Some(char) = chars.next() {
        match char {
            ']' if escaped => escaped = false,
            _ if escaped => text.push(char),
            '[' => escaped = true,
            '/' | '.' => {
                let is_left_out = raw.starts_with("__") || raw == "index" && text == "index";
                if !is_left_out && !text.is_empty() {
                    parts.push(optional(&text));
                }
                text.clear();
                raw.clear();
            }
            _ if char == param => {
                raw.push(char);
                // Only the end of the whole name makes a splat: after the slash added above nothing follows.
                let next = chars.next_if_eq(&'/');
                let is_end = next.is_some() && chars.peek().is_none();
                text.push(if is_end { '*' } else { ':' });
                if next.is_some() {
                    parts.push(std::mem::take(&mut text));
                    raw.clear();
                }
            }
            _ => {
                raw.push(char);
                text.push(char);
            }
        }
    }
    parts.join("/")
}

/// `(text)` as `text?`.
fn optional(text: &str) -> String {
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    inner.map_or_else(|| text.to_owned(), |inner| format!("{inner}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        for (id, expected) in [
            ("index", ""),
            ("blog/index", "blog"),
            ("blog/$slug", "blog/:slug"),
            ("blog.archive", "blog/archive"),
            ("__auth/login", "login"),
            ("files/$", "files/*"),
            ("$", "*"),
            ("sitemap[.]xml", "sitemap.xml"),
            ("[index]", "index"),
            ("($lang)/about", ":lang?/about"),
            ("(en)/about", "en?/about"),
        ] {
            assert_eq!(path(id, '$'), expected, "{id}");
        }
    }
}
