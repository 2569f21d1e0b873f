//! What an analysis could not read or know for certain, collected and put into a fixed order.

use serde::Serialize;

/// How much a finding matters to the truth of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// Something in the report is missing or may be wrong.
    Warning,
    /// Worth knowing; nothing in the report is missing because of it.
    Info,
}

/// One thing that the reader of the report should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// Its stable name.
    pub code: &'static str,
    /// What was found, with paths relative to the project.
    pub detail: String,
}

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a warning.
    pub(super) fn warn(&mut self, code: &'static str, detail: impl Into<String>) {
        self.add(Level::Warning, code, detail.into());
    }

    /// Adds a note.
    pub(super) fn note(&mut self, code: &'static str, detail: impl Into<String>) {
        self.add(Level::Info, code, detail.into());
    }

    /// Adds one warning for all of `paths`, naming their count and the first; nothing when there are none.
    pub(super) fn warn_of(&mut self, code: &'static str, what: &str, paths: &[String]) {
        if let Some(detail) = summary(what, paths) {
            self.warn(code, detail);
        }
    }

    /// Adds one note for all of `paths`, as [`Findings::warn_of`] does.
    pub(super) fn note_of(&mut self, code: &'static str, what: &str, paths: &[String]) {
        if let Some(detail) = summary(what, paths) {
            self.note(code, detail);
        }
    }

    /// All findings, warnings first, then by code and detail.
    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort();
        self.0.dedup();
        self.0
    }

    fn add(&mut self, level: Level, code: &'static str, detail: String) {
        self.0.push(Finding {
            level,
            code,
            detail,
        });
    }
}

fn summary(what: &str, paths: &[String]) -> Option<String> {
    let first = paths.iter().min()?;
    Some(match paths.len() {
        1 => format!("{what}: {first}"),
        count => format!("{what}: {count}, the first is {first}"),
    })
}
