//! Catalogs, findings and changes as JSON.

use serde::Serialize;

use crate::model::catalog::{
    Bucket, Catalog, Change, EventSpec, Finding, Place, PropertySpec, PropertyType, Reduce,
};

/// A form of a catalog.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Form<'a> {
    id: &'a str,
    revision: u32,
    /// The digest of all that it can express, which a consent records.
    sha256: &'a str,
}

impl<'a> Form<'a> {
    pub(super) fn of(catalog: &'a Catalog) -> Self {
        Self {
            id: &catalog.id,
            revision: catalog.revision,
            sha256: catalog.wire_digest(),
        }
    }
}

/// Where something is: in words, and by name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PlaceView<'a> {
    place: String,
    event: Option<&'a str>,
    property: Option<&'a str>,
}

impl<'a> PlaceView<'a> {
    fn of(place: &'a Place) -> Self {
        Self {
            place: place.to_string(),
            event: place.event(),
            property: place.property(),
        }
    }
}

/// A complaint.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingView<'a> {
    rule: &'static str,
    #[serde(flatten)]
    place: PlaceView<'a>,
    problem: &'a str,
    remedy: &'a str,
}

impl<'a> FindingView<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        Self {
            rule: finding.rule.as_str(),
            place: PlaceView::of(&finding.place),
            problem: &finding.problem,
            remedy: &finding.remedy,
        }
    }
}

/// A change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangeView<'a> {
    kind: &'static str,
    #[serde(flatten)]
    place: PlaceView<'a>,
    text: &'a str,
}

impl<'a> ChangeView<'a> {
    pub(super) fn of(change: &'a Change) -> Self {
        Self {
            kind: change.kind.as_str(),
            place: PlaceView::of(&change.place),
            text: &change.text,
        }
    }
}

/// A whole catalog.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CatalogView<'a> {
    schema_version: u32,
    kind: &'static str,
    #[serde(flatten)]
    form: Form<'a>,
    /// The schema version that clients send.
    sends: &'a str,
    /// The schema versions that servers take.
    accepts: &'a [String],
    retention_days: u32,
    sources: Vec<&'a str>,
    buckets: Vec<BucketView<'a>>,
    never_collected: &'a [String],
    events: Vec<EventView<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BucketView<'a> {
    key: &'a str,
    purpose: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventView<'a> {
    name: &'a str,
    purpose: &'a str,
    owner: &'a str,
    since: u32,
    expires: Option<String>,
    sources: Vec<&'a str>,
    buckets: Vec<&'a str>,
    privacy: &'static str,
    public_ingest: bool,
    dimensions: Vec<&'a str>,
    sums: Vec<&'a str>,
    properties: Vec<PropertyView<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PropertyView<'a> {
    name: &'a str,
    purpose: &'a str,
    required: bool,
    since: u32,
    /// All that it can hold, in words.
    allowed: String,
    #[serde(flatten)]
    kind: TypeView<'a>,
    reduce: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tiers: Vec<i64>,
    /// The event's sources that may send it.
    sources: Vec<&'a str>,
    public_only: bool,
}

/// A type with its limits; those that it does not have are left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct TypeView<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<ValueView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    segments: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Box<Self>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ValueView<'a> {
    value: &'a str,
    since: u32,
}

impl<'a> CatalogView<'a> {
    /// The catalog with these of its events.
    pub(super) fn of(catalog: &'a Catalog, events: &[&'a EventSpec]) -> Self {
        Self {
            schema_version: 1,
            kind: "ops.catalog.show",
            form: Form::of(catalog),
            sends: &catalog.schema_version,
            accepts: &catalog.accepts,
            retention_days: catalog.retention_days,
            sources: names(&catalog.sources),
            buckets: catalog.buckets.iter().map(bucket).collect(),
            never_collected: &catalog.never_collected,
            events: events.iter().map(|event| EventView::of(event)).collect(),
        }
    }
}

fn names(names: &[impl AsRef<str>]) -> Vec<&str> {
    names.iter().map(AsRef::as_ref).collect()
}

fn bucket(bucket: &Bucket) -> BucketView<'_> {
    BucketView {
        key: &bucket.key,
        purpose: &bucket.purpose,
    }
}

impl<'a> EventView<'a> {
    fn of(event: &'a EventSpec) -> Self {
        Self {
            name: &event.name,
            purpose: &event.purpose,
            owner: &event.owner,
            since: event.since,
            expires: event.expires.map(|date| date.to_string()),
            sources: names(&event.sources),
            buckets: names(&event.buckets),
            privacy: event.privacy.as_str(),
            public_ingest: event.public_ingest,
            dimensions: names(&event.dimensions),
            sums: names(&event.sums),
            properties: event
                .properties
                .iter()
                .map(|property| PropertyView::of(event, property))
                .collect(),
        }
    }
}

impl<'a> PropertyView<'a> {
    fn of(event: &'a EventSpec, property: &'a PropertySpec) -> Self {
        let sources = event.sources.iter().map(AsRef::as_ref);
        Self {
            name: &property.name,
            purpose: &property.purpose,
            required: property.required,
            since: property.since,
            allowed: property.kind.in_words(),
            kind: TypeView::of(&property.kind),
            reduce: property.reduce.as_ref().map(Reduce::name),
            tiers: match &property.reduce {
                Some(Reduce::NumberToTier { tiers }) => tiers.clone(),
                _ => Vec::new(),
            },
            sources: sources.filter(|source| property.allows(source)).collect(),
            public_only: property.public_only,
        }
    }
}

impl<'a> TypeView<'a> {
    fn of(kind: &'a PropertyType) -> Self {
        let mut view = Self {
            r#type: kind.name(),
            ..Self::default()
        };
        match kind {
            PropertyType::Bool | PropertyType::Version | PropertyType::Domain => {}
            PropertyType::Int { min, max, unit } => {
                (view.min, view.max) = (Some((*min).into()), Some((*max).into()));
                view.unit = Some(unit);
            }
            PropertyType::Number { min, max, unit } => {
                (view.min, view.max) = (Some((*min).into()), Some((*max).into()));
                view.unit = Some(unit);
            }
            PropertyType::Enum { values } => {
                let values = values.iter().map(|value| ValueView {
                    value: &value.text,
                    since: value.since,
                });
                view.values = values.collect();
            }
            PropertyType::Token { max } => view.max = Some((*max).into()),
            PropertyType::PathTemplate { segments } => view.segments = names(segments),
            PropertyType::Hash { length } => view.length = Some(*length),
            PropertyType::List { of, max } | PropertyType::Map { of, max } => {
                view.max = Some((*max).into());
                view.of = Some(Box::new(TypeView::of(of)));
            }
        }
        view
    }
}
