//! A titled table, which every form of a report shows.

/// A titled table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: String,
    /// The columns' heads. The first column names, the others are numbers.
    pub columns: Vec<String>,
    /// The rows, as wide as `columns`.
    pub rows: Vec<Vec<String>>,
    /// A sentence below the table.
    pub note: Option<String>,
}

impl Section {
    /// A section without a note.
    pub fn new(title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns.iter().map(|head| (*head).to_owned()).collect(),
            rows,
            note: None,
        }
    }

    /// The same with a sentence below the table.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self {
            note: Some(note.into()),
            ..self
        }
    }
}

/// A share as people read it.
pub(in crate::server::jobs) fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(|| "n/a".to_owned(), |rate| format!("{:.1} %", rate * 100.0))
}

/// A change as people read it.
pub(in crate::server::jobs) fn signed(rate: Option<f64>) -> String {
    rate.map_or_else(
        || "n/a".to_owned(),
        |rate| format!("{:+.1} %", rate * 100.0),
    )
}
