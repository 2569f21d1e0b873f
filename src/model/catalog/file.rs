//! The TOML form of a catalog: its shape with its defaults, and the parts that can be read alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::property::PropertyFile;
use super::{COMMAND_LINE, Catalog, Privacy, TOKEN_MAX, build};

/// The longest name of an event or a property, in characters.
const NAME_MAX: usize = 96;

/// The longest message about TOML that is shown as it is, in characters.
const LONGEST_SHOWN: usize = 1000;

/// A catalog that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// Not TOML, or not of the documented shape.
    #[error("the catalog is not valid TOML of the documented shape")]
    Syntax(#[from] toml::de::Error),
    /// Well-formed, but it contradicts itself.
    #[error("catalog {catalog}: {place}: {problem}")]
    Invalid {
        /// The catalog's id.
        catalog: String,
        /// The event and property concerned.
        place: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

/// A catalog file; what it leaves out has the defaults of [the module's documentation](super).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogFile {
    pub(super) id: String,
    #[serde(default = "first_version")]
    pub(super) schema_version: String,
    pub(super) accepts: Option<Vec<String>>,
    #[serde(default = "first_revision")]
    pub(super) revision: u32,
    #[serde(default = "quarter")]
    pub(super) retention_days: u32,
    #[serde(default = "command_line")]
    pub(super) sources: Vec<String>,
    #[serde(default)]
    pub(super) owner: String,
    #[serde(default)]
    pub(super) buckets: toml::Table,
    #[serde(default = "never_anywhere")]
    pub(super) never_collected: Vec<String>,
    #[serde(default)]
    pub(super) definitions: HashMap<String, PropertyFile>,
    #[serde(default)]
    pub(super) groups: HashMap<String, Vec<PropertyFile>>,
    #[serde(default)]
    pub(super) events: Vec<EventFile>,
}

/// An event of a catalog file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventFile {
    pub(super) name: String,
    pub(super) sources: Option<Vec<String>>,
    #[serde(default)]
    pub(super) buckets: Vec<String>,
    #[serde(default = "aggregate")]
    pub(super) privacy: Privacy,
    pub(super) public_ingest: Option<bool>,
    pub(super) purpose: String,
    pub(super) owner: Option<String>,
    #[serde(default = "first_revision")]
    pub(super) since: u32,
    pub(super) expires: Option<jiff::civil::Date>,
    #[serde(default)]
    pub(super) dimensions: Vec<String>,
    #[serde(default)]
    pub(super) sums: Vec<String>,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) properties: Vec<PropertyFile>,
}

fn first_version() -> String {
    "1".to_owned()
}

fn first_revision() -> u32 {
    1
}

/// Days.
fn quarter() -> u32 {
    90
}

fn command_line() -> Vec<String> {
    vec![COMMAND_LINE.to_owned()]
}

fn aggregate() -> Privacy {
    Privacy::Aggregate
}

/// What holds for every catalog, since no property is free text and no server of ours does otherwise.
fn never_anywhere() -> Vec<String> {
    vec![
        "Free text; every value has one of the types and limits that this catalog names."
            .to_owned(),
        "IP addresses and user agents; they are neither stored nor logged.".to_owned(),
    ]
}

/// What separates events in a catalog file that is read in parts.
const EVENT_HEAD: &str = "\n[[events]]\n";

/// The text of a catalog with these events only. Each event begins with its name.
pub(super) fn part(text: &str, events: &[&str]) -> String {
    let mut chunks = text.split(EVENT_HEAD);
    let mut part = chunks.next().unwrap_or_default().to_owned();
    for chunk in chunks {
        let name = chunk
            .strip_prefix("name = \"")
            .and_then(|rest| rest.split('"').next());
        if name.is_some_and(|name| events.contains(&name)) {
            part.push_str(EVENT_HEAD);
            part.push_str(chunk);
        }
    }
    part
}

/// The revision, from what stands before the first table.
pub(super) fn revision(text: &str) -> Result<u32, CatalogError> {
    #[derive(Deserialize)]
    struct Head {
        revision: u32,
    }
    let head = text.split("\n[").next().unwrap_or_default();
    Ok(toml::from_str::<Head>(head)?.revision)
}

/// The problem of one place; the caller adds the catalog's id.
pub(super) struct Problem {
    place: String,
    problem: String,
}

pub(super) fn problem(place: &str, problem: impl Into<String>) -> Problem {
    Problem {
        place: place.to_owned(),
        problem: problem.into(),
    }
}

/// A message shows the line that is wrong; one that is too long to be read is left out of it.
fn short(error: toml::de::Error, text: &str) -> toml::de::Error {
    if error.to_string().chars().count() <= LONGEST_SHOWN {
        return error;
    }
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.unwrap_or_default().matches('\n').count() + 1;
    let message: String = error.message().chars().take(LONGEST_SHOWN / 2).collect();
    serde::de::Error::custom(format!("{message} (line {line})"))
}

pub(super) fn parse(text: &str) -> Result<Catalog, CatalogError> {
    let file: CatalogFile = toml::from_str(text).map_err(|error| short(error, text))?;
    let id = file.id.clone();
    build::build(file).map_err(|Problem { place, problem }| CatalogError::Invalid {
        catalog: id,
        place,
        problem,
    })
}

/// Refuses a name that is no name on the wire: letters, digits, `.`, `_` and `-`, at most 96 of them, beginning with a letter.
pub(super) fn check_name(place: &str, name: &str) -> Result<(), Problem> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= NAME_MAX
        && name.chars().all(is_word);
    if is_name {
        return Ok(());
    }
    let text = format!(
        "its name is a letter and at most {} more letters, digits, `.`, `_` and `-`",
        NAME_MAX - 1
    );
    Err(problem(place, text))
}

/// Refuses an id that could not name a folder on every machine.
pub(super) fn check_id(place: &str, id: &str) -> Result<(), Problem> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_id = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.len() <= TOKEN_MAX
        && id.chars().all(is_word);
    if is_id {
        return Ok(());
    }
    let text = format!(
        "{id:?} is no id: a lower-case letter and at most {} more of those, digits and `-`",
        TOKEN_MAX - 1
    );
    Err(problem(place, text))
}

/// Refuses a list that names something twice.
pub(super) fn once(place: &str, what: &str, names: &[String]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(problem(place, format!("{what} {name} is named twice"))),
        None => Ok(()),
    }
}

pub(super) fn shared(names: &[String]) -> Vec<Arc<str>> {
    names.iter().map(|name| name.as_str().into()).collect()
}
