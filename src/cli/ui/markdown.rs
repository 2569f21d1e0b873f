//! Text inside Markdown, of which nothing is read as Markdown: names of files and packages are anybody's.

use std::fmt::Write as _;

/// Prose.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>#|~".contains(c) {
            plain.push('\\');
        }
        plain.push(if c.is_control() { ' ' } else { c });
    }
    plain
}

/// Code, also inside a table, where a bar ends even code unless it is escaped (GitHub Flavored Markdown, section 4.10).
pub(crate) fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).saturating_add(1));
    let space = if text.is_empty() || text.contains('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}

/// A table; its cells are Markdown already. Empty without rows.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        writeln!(text, "| {} |", row.join(" | ")).ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_read_as_signs() {
        assert_eq!(plain("a_b <i>*|*\n"), "a\\_b \\<i\\>\\*\\|\\* ");
        assert_eq!(code("/a|b"), "`/a\\|b`");
        assert_eq!(code("x``y"), "``` x``y ```");
        assert_eq!(code(""), "`  `");
    }
}
