//! Segments of a route's name: separators, `[escapes]`, `(optional)` and `$parameters` of Remix 2's conventions.

/// A part of a route's name.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// What it says in the path.
    pub(super) text: String,
    /// As it is written.
    pub(super) raw: String,
}

impl Segment {
    /// The part of the path; none for a folder without one. An underscore that is escaped is part of the path.
    pub(super) fn in_path(&self) -> Option<&str> {
        if self.raw.starts_with('_') && self.text.starts_with('_') {
            return None;
        }
        let stays = self.raw.ends_with('_').then(|| self.text.strip_suffix('_'));
        Some(stays.flatten().unwrap_or(&self.text))
    }
}

/// The path of `segments`, without a slash in front.
pub(super) fn path(segments: &[Segment]) -> String {
    let parts: Vec<&str> = segments.iter().filter_map(Segment::in_path).collect();
    parts.join("/")
}

/// Splits `id` at slashes and dots outside brackets; `param` begins a parameter, alone it is a splat.
/// <https://v2.remix.run/docs/file-conventions/routes>
pub(super) fn segments(id: &str, param: char) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut segment = Segment::default();
    let (mut escaped, mut optional) = (false, false);
    let mut chars = id.chars().peekable();
    while let Some(char) = chars.next() {
        let is_separator = char == '/' || char == '.';
        match char {
            ']' if escaped => escaped = false,
            _ if escaped => segment.text.push(char),
            '[' => escaped = true,
            _ if is_separator && !optional => {
                take(&mut segment, &mut segments);
                continue;
            }
            '(' if !optional => optional = true,
            ')' if optional => {
                optional = false;
                segment.text.push('?');
            }
            _ if char == param && segment.text.is_empty() => {
                let is_alone = chars
                    .peek()
                    .is_none_or(|next| matches!(next, '/' | '.' | ')'));
                segment.text.push(if is_alone { '*' } else { ':' });
            }
            _ => segment.text.push(char),
        }
        segment.raw.push(char);
    }
    take(&mut segment, &mut segments);
    segments
}

fn take(segment: &mut Segment, segments: &mut Vec<Segment>) {
    let segment = std::mem::take(segment);
    if !segment.text.is_empty() {
        segments.push(segment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        for (id, expected) in [
            ("about", "about"),
            ("concerts.$city", "concerts/:city"),
            ("_auth.login", "login"),
            ("concerts_.mine", "concerts/mine"),
            ("($lang).shop", ":lang?/shop"),
            ("(en).shop", "en?/shop"),
            ("files.$", "files/*"),
            ("$", "*"),
            ("sitemap[.]xml", "sitemap.xml"),
            ("[sitemap.xml]", "sitemap.xml"),
            ("[_]index", "_index"),
            ("reports.$id[.pdf]", "reports/:id.pdf"),
            ("a_b.c", "a_b/c"),
            ("(", ""),
            ("", ""),
        ] {
            assert_eq!(path(&segments(id, '$')), expected, "{id}");
        }
    }
}
