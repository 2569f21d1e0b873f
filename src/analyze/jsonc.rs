//! JSON with comments and trailing commas, as `tsconfig.json`, `rush.json` and `deno.jsonc` are written.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads `text`; `None` when it is not JSON even without comments and trailing commas.
pub(super) fn parse(text: &str) -> Option<Value> {
    parse_as(text)
}

/// Reads `text` as a `T`; `None` when it is none.
pub(super) fn parse_as<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(&plain(text)).ok()
}

/// `text` with comments replaced by a space and commas before a closing bracket left out.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut in_string = false;
    while let Some(at) = rest.next() {
        match at {
            '\\' if in_string => {
                out.push(at);
                out.extend(rest.next());
            }
            '"' => {
                in_string = !in_string;
                out.push(at);
            }
            '/' if !in_string && rest.peek() == Some(&'/') => {
                while rest.next_if(|&c| c != '\n').is_some() {}
            }
            '/' if !in_string && rest.peek() == Some(&'*') => {
                let mut before = ' ';
                rest.next();
                while let Some(c) = rest.next().filter(|&c| (before, c) != ('*', '/')) {
                    before = c;
                }
                out.push(' ');
            }
            '}' | ']' if !in_string => {
                let kept = out.trim_end();
                let kept = kept.strip_suffix(',').unwrap_or(kept).len();
                out.truncate(kept);
                out.push(at);
            }
            _ => out.push(at),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_left_out() {
        let text = "{ // one\n \"a\": \"// no /* \\\" ,}\", /* two */ \"b\": [1, 2, /* x */ ],\n }";
        assert_eq!(
            parse(text).unwrap(),
            serde_json::json!({ "a": "// no /* \" ,}", "b": [1, 2] })
        );
        assert!(parse("{ /* open").is_none());
        assert!(parse("").is_none());
    }
}
