//! Properties in the TOML form of a catalog: shared definitions resolved, ages and reducers read.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::file::{Problem, check_name, once, problem, shared};
use super::kind::{Age, ValueFile, property_type};
use super::{PropertySpec, Reduce};

/// A property, or (with `use`) a shared definition with some of its members replaced.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct PropertyFile {
    name: Option<String>,
    #[serde(rename = "use")]
    uses: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    required: Option<bool>,
    since: Option<u32>,
    purpose: Option<String>,
    reduce: Option<String>,
    tiers: Option<Vec<i64>>,
    sources: Option<Vec<String>>,
    public_only: Option<bool>,
    pub(super) min: Option<toml::Value>,
    pub(super) max: Option<toml::Value>,
    pub(super) unit: Option<String>,
    pub(super) values: Option<Vec<ValueFile>>,
    pub(super) segments: Option<Vec<String>>,
    pub(super) length: Option<usize>,
    pub(super) of: Option<Box<Self>>,
}

/// What a property belongs to.
pub(super) struct Owner<'a> {
    /// The event's name.
    pub event: &'a str,
    /// Who may send the event.
    pub sources: &'a [Arc<str>],
    /// The revision that introduced the event.
    pub since: u32,
    /// The catalog's revision.
    pub revision: u32,
    /// The properties that can be taken by name.
    pub definitions: &'a HashMap<String, PropertyFile>,
}

/// The property that `file` describes. `in_group` says that it stands in a group, which several events use.
pub(super) fn build_property(
    owner: &Owner<'_>,
    file: &PropertyFile,
    in_group: bool,
) -> Result<PropertySpec, Problem> {
    let name = file
        .name
        .as_deref()
        .or(file.uses.as_deref())
        .unwrap_or_default();
    let place = format!("{}.{name}", owner.event);
    if name.is_empty() {
        return Err(problem(owner.event, "a property needs `name` or `use`"));
    }
    check_name(&place, name)?;
    let merged = match &file.uses {
        None => file.clone(),
        Some(shared) => {
            let base = owner
                .definitions
                .get(shared)
                .ok_or_else(|| problem(&place, format!("no definition {shared}")))?;
            file.clone().over(base.clone())
        }
    };
    let since = since(owner, file, &merged, in_group);
    let age = Age {
        since,
        revision: owner.revision,
        is_shared: in_group || file.values.is_none() && file.of.is_none(),
    };
    let kind = property_type(&place, &merged, age)?;
    let reduce = reduce(&place, &merged)?;
    if let Some(reduce) = reduce.as_ref().filter(|reduce| !reduce.fits(&kind)) {
        let text = format!("reduce {} cannot give a {}", reduce.name(), kind.name());
        return Err(problem(&place, text));
    }
    let own_sources = merged.sources.unwrap_or_default();
    let may_send = |name: &String| owner.sources.iter().any(|source| **source == **name);
    if let Some(source) = own_sources.iter().find(|source| !may_send(source)) {
        let text = format!("source {source} may not send the event");
        return Err(problem(&place, text));
    }
    once(&place, "source", &own_sources)?;
    let required = merged.required.unwrap_or(false);
    if required && since > owner.since {
        let text = "a required property is as old as its event, which older consents could never send; make it optional";
        return Err(problem(&place, text));
    }
    Ok(PropertySpec {
        name: name.into(),
        kind,
        required,
        since,
        purpose: merged
            .purpose
            .ok_or_else(|| problem(&place, "needs `purpose`"))?,
        reduce,
        sources: shared(&own_sources),
        public_only: merged.public_only.unwrap_or(false),
    })
}

/// The revision that introduced the property: its own `since`; where that is shared or absent, at least its event's.
fn since(owner: &Owner<'_>, file: &PropertyFile, merged: &PropertyFile, in_group: bool) -> u32 {
    match file.since.filter(|_| !in_group) {
        Some(own) => own,
        None => merged.since.unwrap_or_default().max(owner.since),
    }
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
