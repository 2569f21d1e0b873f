//! Paths of React Router in the notation of reports.

use crate::analyze::frameworks::found::join;

/// How many paths one may stand for.
const MAX_CHOICES: usize = 64;

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

/// The paths that version 5 takes for `path`, whose segments may be choices without a name: `/(a|b)?` for `/`, `/a`, `/b`.
/// None for expressions that are more than that, and where there are too many.
pub(super) fn choices(path: &str) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let (choice, is_optional) = match part.strip_suffix('?') {
            Some(choice) => (choice, true),
            None => (part, false),
        };
        let choice = choice
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        let Some(choice) = choice else {
            for one in &mut all {
                *one = join(one, part);
            }
            continue;
        };
        let names: Vec<&str> = choice.split('|').collect();
        let is_plain = |name: &&str| name.chars().all(|one| one.is_alphanumeric() || one == '-');
        if !names.iter().all(is_plain) || all.len().saturating_mul(names.len()) > MAX_CHOICES {
            return None;
        }
        let before = if is_optional { all.clone() } else { Vec::new() };
        let chosen = all
            .iter()
            .flat_map(|one| names.iter().map(move |name| join(one, name)));
        all = before.into_iter().chain(chosen).collect();
    }
    Some(all.iter().map(|one| join("", one)).collect())
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
    fn choices_without_a_name_are_written_out() {
        let paths = |path: &str| choices(path).map(|all| all.join(" "));
        let tests = [
            ("/a/b", Some("/a/b")),
            ("/(a|b-c)?", Some("/ /a /b-c")),
            ("/x/(a|b)/:id", Some("/x/a/:id /x/b/:id")),
            ("/(\\d+)", None),
            ("/(.*)", None),
        ];
        for (path, expected) in tests {
            assert_eq!(paths(path).as_deref(), expected, "{path}");
        }
        assert_eq!(choices(&"/(a|b|c)".repeat(30)), None);
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
