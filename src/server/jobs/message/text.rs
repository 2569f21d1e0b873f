//! Text for other people's formats: cleaned, measured, escaped, and cut only where nothing breaks.

/// What stands for what is missing.
pub(super) const MORE: &str = "…";

/// `text` on one line: control characters and line separators become spaces, and marks that change the direction of writing go,
/// since they could make what follows read as something else.
pub(super) fn clean(text: &str) -> String {
    let is_direction = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !is_direction(*c))
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// The length of `text` as the strictest of the services counts it: in UTF-16 units, which are never fewer than characters.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// `text`, cleaned, in at most `room` units; what is cut is marked. Empty text, which services refuse, becomes a dash.
pub(super) fn line(text: &str, room: usize) -> String {
    let text = clean(text);
    let pieces = text.trim().chars().map(String::from);
    or_dash(cut(pieces, room, units))
}

/// `text`, or a dash for nothing to see.
pub(super) fn or_dash(text: String) -> String {
    if text.trim().is_empty() {
        "–".to_owned()
    } else {
        text
    }
}

/// As many of the pieces as fit into `room`, with a mark where some are missing. A piece is never broken.
pub(super) fn cut(
    pieces: impl IntoIterator<Item = String>,
    room: usize,
    measure: impl Fn(&str) -> usize,
) -> String {
    let more = measure(MORE);
    let (mut text, mut used, mut safe) = (String::new(), 0, 0);
    for piece in pieces {
        used += measure(&piece);
        if used > room {
            text.truncate(safe);
            if more <= room {
                text.push_str(MORE);
            }
            return text;
        }
        text.push_str(&piece);
        if used + more <= room {
            safe = text.len();
        }
    }
    text
}

/// How a format writes a character that it could read as a sign of its own, between two others.
pub(super) type Escape = fn(Option<char>, char, Option<char>) -> Option<String>;

/// A sentence in pieces that must not be broken: escaped characters, and whole spans between pairs of backticks, if the format
/// has such spans (`code` writes what is in one). Backticks without a partner are escaped like anything else.
pub(super) fn prose(text: &str, escape: Escape, code: Option<fn(&str) -> String>) -> Vec<String> {
    let text = clean(text);
    let parts: Vec<&str> = text.trim().split('`').collect();
    let inner = || parts.iter().skip(1).step_by(2);
    let is_paired = parts.len() % 2 == 1 && inner().all(|part| !part.trim().is_empty());
    let Some(code) = code.filter(|_| is_paired) else {
        return escaped(text.trim(), escape);
    };
    let mut pieces = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            pieces.push(code(part));
        } else {
            pieces.extend(escaped(part, escape));
        }
    }
    pieces
}

fn escaped(text: &str, escape: Escape) -> Vec<String> {
    let (mut before, mut chars) = (None, text.chars().peekable());
    let mut pieces = Vec::with_capacity(text.len());
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        pieces.push(escape(before, c, after).unwrap_or_else(|| c.to_string()));
        before = Some(c);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_marked_and_breaks_nothing() {
        let cut_to = |room| line("añ😀b", room);
        assert_eq!(cut_to(5), "añ😀b");
        assert_eq!(cut_to(4), "añ…");
        assert_eq!(cut_to(1), "…");
        assert_eq!(line(" \n\u{202e} ", 9), "–");
    }

    #[test]
    fn spans_stay_whole_and_single_backticks_are_escaped() {
        let escape: Escape = |_, c, _| (c == '`').then(|| "'".to_owned());
        let code = |part: &str| format!("`{part}`");
        let pieces = |text: &str| prose(text, escape, Some(code)).concat();
        assert_eq!(pieces("say `a b` now"), "say `a b` now");
        assert_eq!(pieces("say `a"), "say 'a");
        assert_eq!(pieces("``x``"), "''x''");
        let cut = cut(prose("say `a b`", escape, Some(code)), 8, units);
        assert_eq!(cut, "say …");
    }
}
