//! A file of variables, read only where a command line names it: `KEY=VALUE` lines as shells and schedulers have them.
//!
//! A line may begin with `export`, a value may stand in single quotes (as it is) or double quotes (with `\n`, `\t`, `\"`, `\\`
//! and `\$`), and a comment begins with `#` at the start of a line or behind white space. Nothing is expanded or run.

use std::io;
use std::path::Path;

use super::ConfigError;
use crate::base::fsx::{FsError, read_bounded};

/// The largest file, in bytes.
const MAX: u64 = 256 * 1024;

/// The variables of the file at `path`, in its order.
///
/// # Errors
/// When it cannot be read, or a line cannot be understood; the text names the line and never what is in it.
pub fn read(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let Some(bytes) = read_bounded(path, MAX)? else {
        let missing = io::Error::from(io::ErrorKind::NotFound);
        return Err(FsError::new("read", path, missing).into());
    };
    let bad = |line, reason| ConfigError::BadLine {
        path: path.to_owned(),
        line,
        reason,
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().iter().take(valid);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        bad(line, "it is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut pairs = Vec::new();
    for (at, line) in text.lines().enumerate() {
        match pair(line) {
            Ok(found) => pairs.extend(found),
            Err(reason) => return Err(bad(at + 1, reason)),
        }
    }
    Ok(pairs)
}

/// The variable of a line, if it has one.
fn pair(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.contains('\0') {
        return Err("it has a NUL character");
    }
    let exported = line
        .strip_prefix("export")
        .filter(|rest| rest.starts_with(char::is_whitespace));
    let (key, value) = exported
        .unwrap_or(line)
        .split_once('=')
        .ok_or("expected KEY=VALUE")?;
    let key = key.trim();
    if !is_name(key) {
        return Err("the part before = is not the name of a variable");
    }
    Ok(Some((key.to_owned(), value_of(value.trim())?)))
}

fn is_name(key: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    key.starts_with(starts) && key.chars().all(|c| starts(c) || c.is_ascii_digit())
}

fn value_of(text: &str) -> Result<String, &'static str> {
    let unclosed = "a quote is not closed on its line";
    if let Some(text) = text.strip_prefix('\'') {
        let (value, rest) = text.split_once('\'').ok_or(unclosed)?;
        return nothing_behind(rest).map(|()| value.to_owned());
    }
    let Some(text) = text.strip_prefix('"') else {
        let comment = |(at, c): (usize, char)| {
            let before = text.get(..at).unwrap_or_default();
            c == '#' && (at == 0 || before.ends_with(char::is_whitespace))
        };
        let end = text.char_indices().find(|at| comment(*at));
        let end = end.map_or(text.len(), |(at, _)| at);
        return Ok(text.get(..end).unwrap_or_default().trim_end().to_owned());
    };
    let (mut value, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => return nothing_behind(chars.as_str()).map(|()| value),
            '\\' => match chars.next().ok_or(unclosed)? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                c @ ('"' | '\\' | '$') => value.push(c),
                _ => return Err(r#"in double quotes a backslash stands before n, t, ", \ or $"#),
            },
            c => value.push(c),
        }
    }
    Err(unclosed)
}

fn nothing_behind(rest: &str) -> Result<(), &'static str> {
    let trimmed = rest.trim_start();
    if trimmed.is_empty() || (trimmed.starts_with('#') && trimmed.len() < rest.len()) {
        Ok(())
    } else {
        Err("there is something behind the closing quote")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: impl AsRef<[u8]>) -> Result<Vec<(String, String)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.env");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|error| {
            let text = error.to_string();
            text.replace(&path.display().to_string(), "FILE")
        })
    }

    #[test]
    fn lines_are_read_as_shells_write_them() {
        let text = "\u{feff}# comment\r\nA=1\n\n  export B = two words # not this\nC='#a $x \\n'\nD=\"q\\\"\\n\\$\" # no\nE=\nF=a#b\nexporter=1\nA=2\n";
        let pairs = read_text(text).unwrap();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("A", "1"),
                ("B", "two words"),
                ("C", "#a $x \\n"),
                ("D", "q\"\n$"),
                ("E", ""),
                ("F", "a#b"),
                ("exporter", "1"),
                ("A", "2"),
            ]
        );
    }

    #[test]
    fn what_cannot_be_understood_is_an_error_that_names_the_line_and_not_its_secret() {
        for (text, line) in [
            ("A=1\nhunter2\n", 2),
            ("hunter2 x=1\n", 1),
            ("A='hunter2\n", 1),
            ("A=\"hunter2\n", 1),
            ("A=\"hunter2\" b\n", 1),
            ("A=\"hunter2\\q\"\n", 1),
            ("\n1A=hunter2\n", 2),
            ("A=hunter2\0\n", 1),
        ] {
            let error = read_text(text).unwrap_err();
            assert!(
                error.starts_with(&format!("line {line} of FILE")),
                "{error}"
            );
            assert!(!error.contains("hunter2"), "{error}");
        }
        let error = read_text(b"A=1\nB=\xff\n").unwrap_err();
        assert!(error.starts_with("line 2 of FILE"), "{error}");
        assert!(read(Path::new("/nowhere/jobs.env")).is_err());
        assert!(read(Path::new("/")).is_err());
    }
}
