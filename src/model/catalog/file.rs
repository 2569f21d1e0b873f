//! The TOML form of a catalog: reading it, resolving shared definitions, refusing what contradicts itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::{Bucket, Catalog, EventSpec, Privacy, PropertySpec, PropertyType, Reduce, TOKEN_MAX};

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

/// A property, or (with `use`) a shared definition with some of its members replaced.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
struct PropertyFile {
    name: Option<String>,
    #[serde(rename = "use")]
    uses: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    required: Option<bool>,
    since: Option<u32>,
    purpose: Option<String>,
    reduce: Option<String>,
    tiers: Option<Vec<i64>>,
    sources: Option<Vec<String>>,
    public_only: Option<bool>,
    min: Option<toml::Value>,
    max: Option<toml::Value>,
    unit: Option<String>,
    values: Option<Vec<String>>,
    segments: Option<Vec<String>>,
    length: Option<usize>,
    of: Option<Box<Self>>,
}

/// The problem of one place; the caller adds the catalog's id.
struct Problem {
    place: String,
    problem: String,
}

fn problem(place: &str, problem: impl Into<String>) -> Problem {
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
    };
    let mut events = Vec::with_capacity(file.events.len());
    let mut index = HashMap::new();
    for event in file.events {
        let event = build_event(event, &known, &file.groups)?;
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
    let digest = super::digest_of(&events);
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
        digest,
    })
}

struct Known<'a> {
    sources: &'a [Arc<str>],
    buckets: &'a [Bucket],
    definitions: &'a HashMap<String, PropertyFile>,
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

fn shared(names: &[String]) -> Vec<Arc<str>> {
    names.iter().map(|name| name.as_str().into()).collect()
}

fn build_event(
    file: EventFile,
    known: &Known<'_>,
    groups: &HashMap<String, Vec<PropertyFile>>,
) -> Result<EventSpec, Problem> {
    let place = file.name.clone();
    let mut properties = Vec::new();
    for property in &file.properties {
        properties.push(build_property(&place, property, known)?);
    }
    for group in &file.groups {
        let group = groups
            .get(group)
            .ok_or_else(|| problem(&place, format!("no group {group}")))?;
        for property in group {
            properties.push(build_property(&place, property, known)?);
        }
    }
    let mut seen = HashSet::new();
    if let Some(twice) = properties
        .iter()
        .find(|property| !seen.insert(&property.name))
    {
        return Err(problem(
            &format!("{place}.{}", twice.name),
            "declared twice",
        ));
    }
    if let Some(source) = file
        .sources
        .iter()
        .find(|s| !known.sources.iter().any(|k| **k == ***s))
    {
        return Err(problem(&place, format!("no source {source}")));
    }
    if let Some(key) = file
        .buckets
        .iter()
        .find(|b| !known.buckets.iter().any(|k| *k.key == ***b))
    {
        return Err(problem(&place, format!("no bucket {key}")));
    }
    let declared = |name: &String| properties.iter().any(|p| *p.name == **name);
    if let Some(name) = file
        .dimensions
        .iter()
        .chain(&file.sums)
        .find(|name| !declared(name))
    {
        return Err(problem(
            &place,
            format!("dimension or sum {name} is not a property"),
        ));
    }
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
        properties,
    })
}

fn build_property(
    event: &str,
    file: &PropertyFile,
    known: &Known<'_>,
) -> Result<PropertySpec, Problem> {
    let name = file
        .name
        .as_deref()
        .or(file.uses.as_deref())
        .unwrap_or_default();
    let place = format!("{event}.{name}");
    if name.is_empty() {
        return Err(problem(event, "a property needs `name` or `use`"));
    }
    let merged = match &file.uses {
        None => file.clone(),
        Some(shared) => {
            let base = known
                .definitions
                .get(shared)
                .ok_or_else(|| problem(&place, format!("no definition {shared}")))?;
            file.clone().over(base.clone())
        }
    };
    let kind = property_type(&place, &merged)?;
    let reduce = reduce(&place, &merged)?;
    if let Some(reduce) = reduce.as_ref().filter(|reduce| !reduce.fits(&kind)) {
        let text = format!("reduce {} cannot give a {}", reduce.name(), kind.name());
        return Err(problem(&place, text));
    }
    Ok(PropertySpec {
        name: name.into(),
        kind,
        required: merged.required.unwrap_or(false),
        since: merged
            .since
            .ok_or_else(|| problem(&place, "needs `since`"))?,
        purpose: merged
            .purpose
            .ok_or_else(|| problem(&place, "needs `purpose`"))?,
        reduce,
        sources: shared(&merged.sources.unwrap_or_default()),
        public_only: merged.public_only.unwrap_or(false),
    })
}

impl PropertyFile {
    /// This property with what it does not say taken from `base`.
    fn over(self, base: Self) -> Self {
        Self {
            name: self.name.or(base.name),
            uses: None,
            kind: self.kind.or(base.kind),
            required: self.required.or(base.required),
            since: self.since.or(base.since),
            purpose: self.purpose.or(base.purpose),
            reduce: self.reduce.or(base.reduce),
            tiers: self.tiers.or(base.tiers),
            sources: self.sources.or(base.sources),
            public_only: self.public_only.or(base.public_only),
            min: self.min.or(base.min),
            max: self.max.or(base.max),
            unit: self.unit.or(base.unit),
            values: self.values.or(base.values),
            segments: self.segments.or(base.segments),
            length: self.length.or(base.length),
            of: self.of.or(base.of),
        }
    }
}

fn property_type(place: &str, file: &PropertyFile) -> Result<PropertyType, Problem> {
    let kind = file
        .kind
        .as_deref()
        .ok_or_else(|| problem(place, "needs `type`"))?;
    Ok(match kind {
        "bool" => PropertyType::Bool,
        "int" => PropertyType::Int {
            min: whole(place, file.min.as_ref())?,
            max: whole(place, file.max.as_ref())?,
            unit: unit(place, file)?,
        },
        "number" => PropertyType::Number {
            min: float(place, file.min.as_ref())?,
            max: float(place, file.max.as_ref())?,
            unit: unit(place, file)?,
        },
        "enum" => PropertyType::Enum {
            values: words(place, "values", file.values.as_deref())?,
        },
        "token" => match count(place, file)? {
            max if max <= TOKEN_MAX => PropertyType::Token { max },
            _ => {
                return Err(problem(
                    place,
                    format!("a token has at most {TOKEN_MAX} characters"),
                ));
            }
        },
        "version" => PropertyType::Version,
        "domain" => PropertyType::Domain,
        "path_template" => PropertyType::PathTemplate {
            segments: words(place, "segments", file.segments.as_deref())?,
        },
        "hash" => PropertyType::Hash {
            length: file
                .length
                .ok_or_else(|| problem(place, "a hash needs `length`"))?,
        },
        "list" => PropertyType::List {
            of: inner(place, file)?,
            max: count(place, file)?,
        },
        "map" => PropertyType::Map {
            of: inner(place, file)?,
            max: count(place, file)?,
        },
        other => return Err(problem(place, format!("no type {other}"))),
    })
}

fn inner(place: &str, file: &PropertyFile) -> Result<Box<PropertyType>, Problem> {
    let of = file
        .of
        .as_ref()
        .ok_or_else(|| problem(place, "needs `of`"))?;
    property_type(place, of).map(Box::new)
}

fn words(place: &str, what: &str, values: Option<&[String]>) -> Result<Vec<Arc<str>>, Problem> {
    match values {
        Some(values) if !values.is_empty() => Ok(shared(values)),
        _ => Err(problem(
            place,
            format!("needs `{what}`, a list that is not empty"),
        )),
    }
}

fn unit(place: &str, file: &PropertyFile) -> Result<String, Problem> {
    file.unit
        .clone()
        .ok_or_else(|| problem(place, "a number needs `unit`"))
}

fn count(place: &str, file: &PropertyFile) -> Result<usize, Problem> {
    let max = file.max.as_ref().and_then(toml::Value::as_integer);
    max.and_then(|max| usize::try_from(max).ok())
        .filter(|max| *max > 0)
        .ok_or_else(|| problem(place, "needs `max`, a whole number above 0"))
}

fn whole(place: &str, value: Option<&toml::Value>) -> Result<i64, Problem> {
    value
        .and_then(toml::Value::as_integer)
        .ok_or_else(|| problem(place, "an int needs whole `min` and `max`"))
}

fn float(place: &str, value: Option<&toml::Value>) -> Result<f64, Problem> {
    match value {
        Some(toml::Value::Float(float)) if float.is_finite() => Ok(*float),
        #[expect(
            clippy::cast_precision_loss,
            reason = "catalog bounds are far below 2^53"
        )]
        Some(toml::Value::Integer(int)) => Ok(*int as f64),
        _ => Err(problem(place, "a number needs `min` and `max`")),
    }
}

fn reduce(place: &str, file: &PropertyFile) -> Result<Option<Reduce>, Problem> {
    let Some(name) = file.reduce.as_deref() else {
        return Ok(None);
    };
    Ok(Some(match name {
        "url_to_domain" => Reduce::UrlToDomain,
        "url_to_path_template" => Reduce::UrlToPathTemplate,
        "user_agent_to_family" => Reduce::UserAgentToFamily,
        "text_to_token" => Reduce::TextToToken,
        "id_to_hmac" => Reduce::IdToHmac,
        "number_to_tier" => match &file.tiers {
            Some(tiers) if !tiers.is_empty() && tiers.is_sorted() => Reduce::NumberToTier {
                tiers: tiers.clone(),
            },
            _ => return Err(problem(place, "number_to_tier needs ascending `tiers`")),
        },
        other => return Err(problem(place, format!("no reducer {other}"))),
    }))
}
