//! From the file's shape to the catalog: references resolved, defaults filled in, contradictions refused.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::file::{CatalogFile, EventFile, Problem, check_id, check_name, once, problem, shared};
use super::property::{Owner, PropertyFile, build_property};
use super::{Bucket, COMMAND_LINE, Catalog, EventSpec, Kept, PropertySpec, PropertyType, index_of};

/// The catalog that `file` describes.
pub(super) fn build(file: CatalogFile) -> Result<Catalog, Problem> {
    check_id("id", &file.id)?;
    for source in &file.sources {
        check_id("sources", source)?;
    }
    once("sources", "source", &file.sources)?;
    let sources: Vec<Arc<str>> = shared(&file.sources);
    let buckets = buckets(&file.buckets)?;
    let known = Known {
        revision: file.revision,
        owner: &file.owner,
        sources: &sources,
        buckets: &buckets,
        definitions: &file.definitions,
        groups: &file.groups,
    };
    let mut events = Vec::with_capacity(file.events.len());
    for event in file.events {
        events.push(build_event(event, &known)?);
    }
    let mut seen = HashSet::new();
    if let Some(twice) = events.iter().find(|event| !seen.insert(&event.name)) {
        return Err(problem(&twice.name, "the event is declared twice"));
    }
    let accepts = file
        .accepts
        .unwrap_or_else(|| vec![file.schema_version.clone()]);
    if !accepts.contains(&file.schema_version) {
        return Err(problem("accepts", "must contain schema_version"));
    }
    Ok(Catalog {
        id: file.id.into(),
        schema_version: file.schema_version,
        accepts,
        revision: file.revision,
        retention_days: file.retention_days,
        sources,
        buckets,
        never_collected: file.never_collected,
        index: index_of(&events),
        events,
        digest: OnceLock::new(),
    })
}

/// What events refer to.
struct Known<'a> {
    revision: u32,
    owner: &'a str,
    sources: &'a [Arc<str>],
    buckets: &'a [Bucket],
    definitions: &'a HashMap<String, PropertyFile>,
    groups: &'a HashMap<String, Vec<PropertyFile>>,
}

fn buckets(table: &toml::Table) -> Result<Vec<Bucket>, Problem> {
    table
        .iter()
        .map(|(key, purpose)| {
            let place = format!("buckets.{key}");
            check_name(&place, key)?;
            let purpose = purpose
                .as_str()
                .ok_or_else(|| problem(&place, "must be a sentence"))?;
            Ok(Bucket {
                key: key.as_str().into(),
                purpose: purpose.to_owned(),
            })
        })
        .collect()
}

fn build_event(file: EventFile, known: &Known<'_>) -> Result<EventSpec, Problem> {
    check_name(&file.name, &file.name)?;
    let sources = match &file.sources {
        Some(names) => shared(names),
        None => known.sources.to_vec(),
    };
    let properties = build_properties(&file, &sources, known)?;
    check_references(&file, &properties, known)?;
    let dimensions = shared(&file.dimensions);
    let sums = shared(&file.sums);
    let from_people = sources.iter().any(|source| **source == *COMMAND_LINE);
    Ok(EventSpec {
        name: file.name.into(),
        buckets: shared(&file.buckets),
        privacy: file.privacy,
        public_ingest: file.public_ingest.unwrap_or(from_people),
        purpose: file.purpose,
        owner: file.owner.unwrap_or_else(|| known.owner.to_owned()),
        since: file.since,
        expires: file.expires,
        kept: Arc::new(Kept::of(&dimensions, &sums, &properties)),
        dimensions,
        sums,
        sources,
        properties,
    })
}

/// The event's own properties, then those of its groups.
fn build_properties(
    file: &EventFile,
    sources: &[Arc<str>],
    known: &Known<'_>,
) -> Result<Vec<PropertySpec>, Problem> {
    let owner = Owner {
        event: &file.name,
        sources,
        since: file.since,
        revision: known.revision,
        definitions: known.definitions,
    };
    let mut properties = Vec::new();
    for property in &file.properties {
        properties.push(build_property(&owner, property, false)?);
    }
    for name in &file.groups {
        let group = known
            .groups
            .get(name)
            .ok_or_else(|| problem(&file.name, format!("no group {name}")))?;
        for property in group {
            properties.push(build_property(&owner, property, true)?);
        }
    }
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
    let sources = file.sources.as_deref().unwrap_or_default();
    if let Some(name) = sources.iter().find(|name| !source(name)) {
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
    for (what, names) in [
        ("source", sources),
        ("bucket", &file.buckets),
        ("dimension", &file.dimensions),
        ("sum", &file.sums),
    ] {
        once(&file.name, what, names)?;
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
