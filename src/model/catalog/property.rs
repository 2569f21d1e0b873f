//! Properties in the TOML form of a catalog: shared definitions resolved, types and reducers read.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::file::{Problem, problem, shared};
use super::{PropertySpec, PropertyType, Reduce, TOKEN_MAX};

/// A property, or (with `use`) a shared definition with some of its members replaced.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct PropertyFile {
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

/// The property that `file` describes, of an event that `sources` may send.
pub(super) fn build_property(
    event: &str,
    sources: &[String],
    file: &PropertyFile,
    definitions: &HashMap<String, PropertyFile>,
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
            let base = definitions
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
    let own_sources = merged.sources.unwrap_or_default();
    if let Some(source) = own_sources.iter().find(|s| !sources.contains(s)) {
        let text = format!("source {source} may not send the event");
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
        sources: shared(&own_sources),
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
