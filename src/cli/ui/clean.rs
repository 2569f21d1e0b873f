//! What may be printed as it is: names of files and answers of servers can hold characters that steer a terminal.

use std::borrow::Cow;

/// JSON with DEL and the C1 control characters, which it may hold as they are, as its own escapes: they steer nothing, and it
/// stays JSON.
pub(super) fn escaped(json: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n';
    if !json.contains(is_control) {
        return Cow::Borrowed(json);
    }
    let escape = |c: char| {
        if is_control(c) {
            format!("\\u{:04x}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    json.chars().map(escape).collect()
}

/// `text` with control characters made visible, since names of files and answers of servers can hold any; what stays is line
/// breaks, tabs, and the colours (SGR sequences) of our own styles.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_control) {
        let (before, control) = rest.split_at(at);
        clean.push_str(before);
        let (colour, after) = control.split_at(colour_length(control));
        clean.push_str(colour);
        let mut after = after.chars();
        if colour.is_empty() {
            clean.extend(after.next().into_iter().flat_map(char::escape_unicode));
        }
        rest = after.as_str();
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// The length of the colour sequence that `text` begins with: escape, bracket, digits and semicolons, `m`; 0 when it is none.
fn colour_length(text: &str) -> usize {
    let code = text
        .strip_prefix("\u{1b}[")
        .and_then(|code| code.split_once('m'));
    let is_code = |code: &str| code.bytes().all(|b| b.is_ascii_digit() || b == b';');
    code.filter(|(code, _)| is_code(code))
        .map_or(0, |(code, _)| code.len() + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_line_breaks_and_tabs_control_the_terminal() {
        let good = "a\tb\n\u{1b}[1mc\u{1b}[0m\u{1b}[38;5;2m é";
        assert_eq!(visible(good), good);
        assert_eq!(
            visible("x\u{1b}]0;title\u{7}y\r"),
            "x\\u{1b}]0;title\\u{7}y\\u{d}"
        );
        assert_eq!(visible("\u{1b}[2J\u{9b}1m"), "\\u{1b}[2J\\u{9b}1m");
    }
}
