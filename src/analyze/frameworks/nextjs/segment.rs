//! One folder of a path of the app or pages router, and what it means for the URL.

/// What a folder (or, in the pages router, a file's name) adds to a route.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// A part of the path, in path-to-regexp notation.
    Path(String),
    /// `(group)`: nothing.
    Group,
    /// `@slot`: a parallel route.
    Slot,
    /// `(.)x`, `(..)x`, `(..)(..)x`, `(...)x`: an intercepting route.
    Intercepting,
    /// `_folder`: nothing under it is routed.
    Private,
}

/// A segment of the pages router: literal, `[id]`, `[...slug]`, `[[...slug]]`.
/// <https://nextjs.org/docs/pages/building-your-application/routing/dynamic-routes>
pub(super) fn in_pages(name: &str) -> String {
    let inner = |start: &str, end: &str| name.strip_prefix(start)?.strip_suffix(end);
    if let Some(rest) = inner("[[...", "]]") {
        format!(":{rest}*")
    } else if let Some(rest) = inner("[...", "]") {
        format!(":{rest}+")
    } else if let Some(id) = inner("[", "]") {
        format!(":{id}")
    } else {
        name.to_owned()
    }
}

/// A segment of the app router. <https://nextjs.org/docs/app/getting-started/project-structure>
pub(super) fn in_app(name: &str) -> Segment {
    if name.starts_with('_') {
        Segment::Private
    } else if name.starts_with('@') {
        Segment::Slot
    } else if intercepts(name) {
        Segment::Intercepting
    } else if name.starts_with('(') && name.ends_with(')') {
        Segment::Group
    } else if let Some(rest) = name
        .strip_prefix("%5F")
        .or_else(|| name.strip_prefix("%5f"))
    {
        Segment::Path(format!("_{rest}"))
    } else {
        Segment::Path(in_pages(name))
    }
}

/// Whether `name` is `(.)x`, `(..)x`, `(..)(..)x` or `(...)x`.
/// <https://nextjs.org/docs/app/api-reference/file-conventions/intercepting-routes>
fn intercepts(name: &str) -> bool {
    let rest = name
        .strip_prefix("(.")
        .and_then(|rest| rest.split_once(')'));
    rest.is_some_and(|(dots, target)| matches!(dots, "" | "." | "..") && !target.is_empty())
}

/// The path of `segments`: `/` when there are none.
pub(super) fn path(segments: &[String]) -> String {
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_segment_is_told_apart() {
        let text = |text: &str| Segment::Path(text.to_owned());
        for (name, segment) in [
            ("blog", text("blog")),
            ("[id]", text(":id")),
            ("[...slug]", text(":slug+")),
            ("[[...slug]]", text(":slug*")),
            ("app.example.com", text("app.example.com")),
            (".well-known", text(".well-known")),
            ("%5Ffoo", text("_foo")),
            ("(group)", Segment::Group),
            ("(old)", Segment::Group),
            ("(.internal)", Segment::Group),
            ("(..old)", Segment::Group),
            ("@modal", Segment::Slot),
            ("_lib", Segment::Private),
            ("(.)photo", Segment::Intercepting),
            ("(..)photo", Segment::Intercepting),
            ("(..)(..)photo", Segment::Intercepting),
            ("(...)photo", Segment::Intercepting),
        ] {
            assert_eq!(in_app(name), segment, "{name}");
        }
    }
}
