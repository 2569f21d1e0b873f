//! Names of page files, segment by segment, as paths.

/// A part of a segment. <https://nuxt.com/docs/guide/directory-structure/app/pages#dynamic-routes>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'s> {
    Static(&'s str),
    /// `[id]`
    Dynamic(&'s str),
    /// `[[id]]`
    Optional(&'s str),
    /// `[id]+`
    Repeated(&'s str),
    /// `[...slug]`, `[[id]]+`, also `[[...slug]]`
    CatchAll(&'s str),
    /// `(marketing)`
    Group,
}

/// A segment of a file's name as a part of its path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Segment {
    /// What tells it from its siblings: its text without brackets.
    pub(super) name: String,
    /// Its path, without a slash.
    pub(super) path: String,
}

/// The path segment of `text`; none for one that is only a group. `dots` are slashes or text.
pub(super) fn read(text: &str, dots: bool) -> Option<Segment> {
    let tokens = tokens(text);
    if !tokens.is_empty() && tokens.iter().all(|token| *token == Token::Group) {
        return None;
    }
    let mut segment = Segment::default();
    for token in tokens {
        let (name, path) = match token {
            Token::Static(text) if dots => (text.to_owned(), text.replace('.', "/")),
            Token::Static(text) => (text.to_owned(), text.to_owned()),
            Token::Repeated(name) => (param(name), format!(":{}+", param(name))),
            Token::Dynamic(name) => (param(name), format!(":{}", param(name))),
            Token::Optional(name) => (param(name), format!(":{}?", param(name))),
            Token::CatchAll(name) => (param(name), format!(":{}*", param(name))),
            Token::Group => continue,
        };
        segment.name.push_str(&name);
        segment.path.push_str(&path);
    }
    Some(segment)
}

/// The characters of `name` that a parameter may have; Nuxt leaves the others out.
fn param(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        .collect()
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['[', '(']) {
        let (before, from) = rest.split_at(start);
        let Some((token, after)) = bracketed(from) else {
            break;
        };
        if !before.is_empty() {
            tokens.push(Token::Static(before));
        }
        // <https://uvr.esm.is/guide/file-based-routing#repeatable-params>
        let (token, after) = match (token, after.strip_prefix('+')) {
            (Token::Dynamic(name), Some(after)) => (Token::Repeated(name), after),
            (Token::Optional(name), Some(after)) => (Token::CatchAll(name), after),
            (token, _) => (token, after),
        };
        tokens.push(token);
        rest = after;
    }
    if !rest.is_empty() {
        tokens.push(Token::Static(rest));
    }
    tokens
}

/// What `text` begins with in brackets, and what follows.
fn bracketed(text: &str) -> Option<(Token<'_>, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        let (_, after) = inner.split_once(')')?;
        return Some((Token::Group, after));
    }
    if let Some(inner) = text.strip_prefix("[[") {
        let (name, after) = inner.split_once("]]")?;
        let token = name.strip_prefix("...");
        return Some((token.map_or(Token::Optional(name), Token::CatchAll), after));
    }
    let (name, after) = text.strip_prefix('[')?.split_once(']')?;
    let token = name.strip_prefix("...");
    Some((token.map_or(Token::Dynamic(name), Token::CatchAll), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_parameters_and_parentheses_are_nothing() {
        for (text, path) in [
            ("about", "about"),
            ("[id]", ":id"),
            ("[[server]]", ":server?"),
            ("[...slug]", ":slug*"),
            ("[[...slug]]", ":slug*"),
            ("@[account]", "@:account"),
            ("users-[group]-[[x]]", "users-:group-:x?"),
            ("[b2]_[2b]", ":b2_:2b"),
            ("[[d4-4d]]", ":d44d?"),
            ("blog(old)", "blog"),
            ("[open", "[open"),
            ("[id]+", ":id+"),
            ("[[id]]+", ":id*"),
            ("feed.xml", "feed.xml"),
        ] {
            assert_eq!(read(text, false).unwrap().path, path, "{text}");
        }
        assert_eq!(read("(marketing)", false), None);
        assert_eq!(
            read("users.[id].edit", true).unwrap().path,
            "users/:id/edit"
        );
    }
}
