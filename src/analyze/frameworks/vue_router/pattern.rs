//! Paths as Vue Router writes them, in the notation of the report.

/// `text` in the notation of the report: `:id(\\d+)` is `:id`, `:path(.*)*` is `:path*`, `*` of Vue Router 3 is `/*`.
///
/// <https://router.vuejs.org/guide/essentials/route-matching-syntax.html>,
/// <https://v3.router.vuejs.org/guide/essentials/dynamic-matching.html#catch-all-404-not-found-route>
pub(in crate::analyze::frameworks) fn pattern(text: &str) -> String {
    if text == "*" {
        return "/*".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(at) = rest.next() {
        match at {
            '\\' => out.extend(rest.next()),
            ':' => {
                out.push(':');
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    out.push(c);
                }
                let custom = rest.next_if_eq(&'(').map(|_| group(&mut rest));
                let many = match custom.as_deref() {
                    Some(".*") => Some('*'),
                    Some(".+") => Some('+'),
                    _ => None,
                };
                let written = rest.next_if(|c| matches!(c, '?' | '+' | '*'));
                out.extend(match (written, many) {
                    (Some('+'), _) | (None, Some('+')) => Some('+'),
                    (Some('*'), _) | (_, Some(_)) => Some('*'),
                    (other, None) => other,
                });
            }
            '(' => {
                let custom = group(&mut rest);
                if custom == ".*" || custom == ".+" {
                    out.push('*');
                } else {
                    out.push('(');
                    out.push_str(&custom);
                    out.push(')');
                }
            }
            _ => out.push(at),
        }
    }
    out
}

/// What is in the parentheses that were opened, with those in it.
fn group(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let (mut inner, mut depth) = (String::new(), 1_usize);
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                inner.push(c);
                inner.extend(rest.next());
                continue;
            }
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        inner.push(c);
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_expressions_and_modifiers_are_read_as_vue_router_does() {
        for (text, path) in [
            ("/users/:id", "/users/:id"),
            ("/:id(\\d+)", "/:id"),
            ("/:id(\\d+)?", "/:id?"),
            ("/:id((?:a|b)+)/c", "/:id/c"),
            ("/:path(.*)*", "/:path*"),
            ("/:pathMatch(.*)", "/:pathMatch*"),
            ("/:pathMatch(.*)+", "/:pathMatch+"),
            ("/:rest(.+)", "/:rest+"),
            ("/:slug()", "/:slug"),
            ("/:slug([^/]*)*/x", "/:slug*/x"),
            ("/:a-:b?", "/:a-:b?"),
            ("/@:name", "/@:name"),
            ("/a\\:b", "/a:b"),
            ("*", "/*"),
            ("/docs/*", "/docs/*"),
            ("/docs/(.*)", "/docs/*"),
            ("/(en|de)/x", "/(en|de)/x"),
            ("/:open(", "/:open"),
        ] {
            assert_eq!(pattern(text), path, "{text}");
        }
    }
}
