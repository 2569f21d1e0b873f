//! The files below one folder, and the brackets in their names that stand for parameters.

use crate::analyze::project::Sources;
use crate::analyze::secondary::is_secondary;

/// The source files below `folder` that are no tests, stories or generated: each with its path from there.
pub(super) fn below<'s>(
    sources: &Sources<'s>,
    folder: &str,
) -> impl Iterator<Item = (&'s str, &'s str)> {
    all_below(sources, folder).filter(|(path, _)| !is_secondary(path))
}

/// All source files below `folder`, each with its path from there.
pub(super) fn all_below<'s>(
    sources: &Sources<'s>,
    folder: &str,
) -> impl Iterator<Item = (&'s str, &'s str)> {
    let files = sources.files.iter().map(|file| file.path.as_str());
    let folder = folder.trim_matches('/');
    files.filter_map(move |path| {
        let inside = path.strip_prefix(folder)?;
        let inside = if folder.is_empty() {
            inside
        } else {
            inside.strip_prefix('/')?
        };
        Some((path, inside))
    })
}

/// `name` with what `parameter` makes of each `[inner]` and each `[[inner]]`, of which it is told that they are double.
pub(super) fn brackets(name: &str, parameter: impl Fn(&str, bool) -> String) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        let (inside, is_double) = match after.strip_prefix('[') {
            Some(inside) => (inside, true),
            None => (after, false),
        };
        let close = if is_double { "]]" } else { "]" };
        let Some((inner, behind)) = inside.split_once(close) else {
            break;
        };
        out.push_str(before);
        out.push_str(&parameter(inner, is_double));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// `[id]`, `[[id]]` and `[...rest]`, which may stand for nothing, in path-to-regexp notation.
pub(super) fn parameter(inner: &str, is_double: bool) -> String {
    match (inner.strip_prefix("..."), is_double) {
        (Some(rest), _) => format!(":{rest}*"),
        (None, true) => format!(":{inner}?"),
        (None, false) => format!(":{inner}"),
    }
}

/// Whether the whole of `segment` is a `(group)`.
pub(super) fn is_group(segment: &str) -> bool {
    segment.len() > 2 && segment.starts_with('(') && segment.ends_with(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_parameters_wherever_they_are_in_a_name() {
        for (name, path) in [
            ("about", "about"),
            ("[id]", ":id"),
            ("@[user]", "@:user"),
            ("[from]-[to].json", ":from-:to.json"),
            ("[[lang]]", ":lang?"),
            ("[...rest]", ":rest*"),
            ("x-[...rest]-y", "x-:rest*-y"),
            ("[open", "[open"),
            ("[[open]", "[[open]"),
        ] {
            assert_eq!(brackets(name, parameter), path, "{name}");
        }
    }
}
