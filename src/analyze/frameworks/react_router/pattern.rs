//! Paths of React Router in the notation of reports.

use crate::analyze::frameworks::found::join;

/// `path` as reports have it: parameters without the expressions that version 5 allows, `*` for what has no name.
/// <https://v5.reactrouter.com/web/api/Route/path-string-string>
/// <https://reactrouter.com/start/framework/routing#splats>
pub(super) fn pattern(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(segment)
        .collect();
    join("", &parts.join("/"))
}

/// `:id(\d+)` is `:id`, `:rest(.*)` is `:rest*`, `(.*)` is `*`.
fn segment(part: &str) -> String {
    // `*rest` of Solid names the splat.
    if part.starts_with('*') {
        return "*".to_owned();
    }
    let mut out = String::new();
    let mut depth = 0_usize;
    let mut inside = String::new();
    for at in part.chars() {
        match at {
            '(' => {
                depth = depth.saturating_add(1);
                if depth == 1 {
                    inside.clear();
                }
            }
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && matches!(&*inside, ".*" | ".+" | "*") {
                    let many = if inside == ".+" { '+' } else { '*' };
                    out.push(if out.is_empty() { '*' } else { many });
                } else if depth == 0 && out.is_empty() {
                    // A choice without a name stays as it is.
                    out = format!("({inside})");
                }
            }
            other if depth > 0 => inside.push(other),
            other => out.push(other),
        }
    }
    out
}

/// `path` without the splat at its end; none when it has none.
pub(super) fn before_splat(path: &str) -> Option<&str> {
    let before = path.strip_suffix('*')?;
    (before.is_empty() || before.ends_with('/')).then(|| before.trim_end_matches('/'))
}

/// The path of a child: its own when it is absolute, which must then begin with that of its parent.
/// <https://reactrouter.com/api/components/Route#path>
pub(super) fn below(parent: &str, child: &str) -> String {
    let parent = before_splat(parent).unwrap_or(parent);
    let root = join("", parent);
    let is_whole = child.starts_with('/')
        && (root == "/"
            || child == root
            || child
                .strip_prefix(&*root)
                .is_some_and(|rest| rest.starts_with('/')));
    if is_whole {
        join("", child)
    } else {
        join(parent, child)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_reports_have_them() {
        let tests = [
            ("users/:id", "/users/:id"),
            ("/users/:id(\\d+)/", "/users/:id"),
            ("*", "/*"),
            ("/files/*", "/files/*"),
            ("/(.*)", "/*"),
            ("/:rest(.*)", "/:rest*"),
            ("/:lang(en|de)?/about", "/:lang?/about"),
            ("", "/"),
            ("a//b", "/a/b"),
        ];
        for (path, expected) in tests {
            assert_eq!(pattern(path), expected, "{path}");
        }
    }

    #[test]
    fn a_child_is_below_its_parent_once() {
        assert_eq!(below("/app", "users"), "/app/users");
        assert_eq!(below("/app", "/app/users"), "/app/users");
        assert_eq!(below("/app", "/apple"), "/app/apple");
        assert_eq!(below("/app/*", "users"), "/app/users");
        assert_eq!(below("", "/x"), "/x");
        assert_eq!(before_splat("*"), Some(""));
        assert_eq!(before_splat("a/*"), Some("a"));
        assert_eq!(before_splat("a*"), None);
    }
}
