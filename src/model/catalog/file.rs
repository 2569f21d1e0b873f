//! The TOML form of a catalog: reading its events, refusing what contradicts itself.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::property::{PropertyFile, build_property};
use super::{Bucket, Catalog, EventSpec, Kept, Privacy, PropertySpec, PropertyType};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogFile {
    id: String,
    schema_version: String,
    accepts: Vec<String>,
    revision: u32,
    retention_days: u32,
    sources: Vec<String>,
    buckets: toml::Table,
    never_collected: Vec<String>,
    #[serde(default)]
    definitions: HashMap<String, PropertyFile>,
    #[serde(default)]
    groups: HashMap<String, Vec<PropertyFile>>,
    #[serde(default)]
    events: Vec<EventFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    name: String,
    sources: Vec<String>,
    buckets: Vec<String>,
    privacy: Privacy,
    public_ingest: bool,
    purpose: String,
    owner: String,
    since: u32,
    expires: Option<jiff::civil::Date>,
    #[serde(default)]
    dimensions: Vec<String>,
    #[serde(default)]
    sums: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    properties: Vec<PropertyFile>,
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

pub(super) fn parse(text: &str) -> Result<Catalog, CatalogError> {
    let file: CatalogFile = toml::from_str(text)?;
    let id = file.id.clone();
    build(file).map_err(|Problem { place, problem }| CatalogError::Invalid {
        catalog: id,
        place,
        problem,
    })
}

fn build(file: CatalogFile) -> Result<Catalog, Problem> {
    let sources: Vec<Arc<str>> = shared(&file.sources);
    let buckets = buckets(&file.buckets)?;
    let known = Known {
        sources: &sources,
        buckets: &buckets,
        definitions: &file.definitions,
        groups: &file.groups,
    };
    let mut events = Vec::with_capacity(file.events.len());
    let mut index = HashMap::new();
    for event in file.events {
        let event = build_event(event, &known)?;
        if index
            .insert(Arc::clone(&event.name), events.len())
            .is_some()
        {
            return Err(problem(&event.name, "the event is declared twice"));
        }
        events.push(event);
    }
    if !file.accepts.contains(&file.schema_version) {
        return Err(problem("accepts", "must contain schema_version"));
    }
    Ok(Catalog {
        id: file.id.into(),
        schema_version: file.schema_version,
        accepts: file.accepts,
        revision: file.revision,
        retention_days: file.retention_days,
        sources,
        buckets,
        never_collected: file.never_collected,
        events,
        index,
        digest: OnceLock::new(),
    })
}

struct Known<'a> {
    sources: &'a [Arc<str>],
    buckets: &'a [Bucket],
    definitions: &'a HashMap<String, PropertyFile>,
    groups: &'a HashMap<String, Vec<PropertyFile>>,
}

fn buckets(table: &toml::Table) -> Result<Vec<Bucket>, Problem> {
    table
        .iter()
        .map(|(key, purpose)| match purpose.as_str() {
            Some(purpose) => Ok(Bucket {
                key: key.as_str().into(),
                purpose: purpose.to_owned(),
            }),
            None => Err(problem(&format!("buckets.{key}"), "must be a sentence")),
        })
        .collect()
}

pub(super) fn shared(names: &[String]) -> Vec<Arc<str>> {
    names.iter().map(|name| name.as_str().into()).collect()
}

fn build_event(file: EventFile, known: &Known<'_>) -> Result<EventSpec, Problem> {
    let properties = build_properties(&file, known)?;
    check_references(&file, &properties, known)?;
    let kept = Kept::of(&file.dimensions, &file.sums, &properties);
    Ok(EventSpec {
        name: file.name.into(),
        sources: shared(&file.sources),
        buckets: shared(&file.buckets),
        privacy: file.privacy,
        public_ingest: file.public_ingest,
        purpose: file.purpose,
        owner: file.owner,
        since: file.since,
        expires: file.expires,
        dimensions: shared(&file.dimensions),
        sums: shared(&file.sums),
        kept: Arc::new(kept),
        properties,
    })
}

/// The event's own properties, then those of its groups.
fn build_properties(file: &EventFile, known: &Known<'_>) -> Result<Vec<PropertySpec>, Problem> {
    let mut declared: Vec<&PropertyFile> = file.properties.iter().collect();
    for name in &file.groups {
        let group = known
            .groups
            .get(name)
            .ok_or_else(|| problem(&file.name, format!("no group {name}")))?;
        declared.extend(group);
    }
    let properties = declared
        .into_iter()
        .map(|property| build_property(&file.name, &file.sources, property, known.definitions))
        .collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    match properties.iter().find(|p| !seen.insert(&p.name)) {
        Some(twice) => Err(problem(
            &format!("{}.{}", file.name, twice.name),
            "declared twice",
        )),
        None => Ok(properties),
    }
}

/// Refuses an event that refers to what does not exist, sums what has no sum, or would count something twice.
fn check_references(
    file: &EventFile,
    properties: &[PropertySpec],
    known: &Known<'_>,
) -> Result<(), Problem> {
    let refuse = |text: String| Err(problem(&file.name, text));
    let source = |name: &String| known.sources.iter().any(|source| **source == **name);
    if let Some(name) = file.sources.iter().find(|name| !source(name)) {
        return refuse(format!("no source {name}"));
    }
    let bucket = |name: &String| known.buckets.iter().any(|bucket| *bucket.key == **name);
    if let Some(name) = file.buckets.iter().find(|name| !bucket(name)) {
        return refuse(format!("no bucket {name}"));
    }
    let kind = |name: &String| {
        let property = properties.iter().find(|p| *p.name == **name);
        property.map(|property| &property.kind)
    };
    for (what, names) in [("dimension", &file.dimensions), ("sum", &file.sums)] {
        let mut seen = HashSet::new();
        if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
            return refuse(format!("{what} {name} is named twice"));
        }
    }
    let counted = file.dimensions.iter().chain(&file.sums);
    if let Some(name) = counted.into_iter().find(|name| kind(name).is_none()) {
        return refuse(format!("dimension or sum {name} is not a property"));
    }
    let numeric = |kind: &PropertyType| {
        matches!(kind, PropertyType::Int { .. } | PropertyType::Number { .. })
    };
    if let Some(name) = file
        .sums
        .iter()
        .find(|name| !kind(name).is_some_and(numeric))
    {
        return refuse(format!("sum {name} is not a number"));
    }
    Ok(())
}
