//! A random author of catalogs: what they write at each revision, and how they get it wrong.

use std::fmt::Write as _;

use decantr::model::catalog::Catalog;
use proptest::prelude::*;
use proptest::sample::Index;

/// The last revision of every random catalog.
pub(super) const LAST: u32 = 4;

/// An event as its author thinks of it.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) since: u32,
    pub(super) sources: Vec<&'static str>,
    pub(super) bucket: bool,
    pub(super) is_public: bool,
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Clone)]
pub(super) struct Property {
    pub(super) since: u32,
    pub(super) required: bool,
    pub(super) public_only: bool,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Bool,
    Int {
        max: u32,
    },
    /// The `since` of each value.
    Enum {
        values: Vec<u32>,
        in_list: bool,
    },
}

impl Kind {
    /// This kind, no part of it older than `since`, and one value as old.
    fn from(self, since: u32) -> Self {
        match self {
            Self::Enum { values, in_list } => {
                let others = values.into_iter().map(|value| value.max(since));
                Self::Enum {
                    values: [since].into_iter().chain(others).collect(),
                    in_list,
                }
            }
            other => other,
        }
    }

    /// The members of a property of this kind, as far as they were there at `revision`.
    fn toml(&self, revision: u32) -> String {
        match self {
            Self::Bool => "type = \"bool\"".to_owned(),
            Self::Int { max } => format!("type = \"int\", max = {max}, unit = \"ms\""),
            Self::Enum { values, in_list } => {
                let values: Vec<String> = values
                    .iter()
                    .enumerate()
                    .filter(|(_, since)| **since <= revision)
                    .map(|(at, since)| format!("{{ value = \"v{at}\", since = {since} }}"))
                    .collect();
                let kind = format!("type = \"enum\", values = [{}]", values.join(", "));
                if *in_list {
                    format!("type = \"list\", max = 9, of = {{ {kind} }}")
                } else {
                    kind
                }
            }
        }
    }
}

/// The file that the author had at `revision`.
pub(super) fn file(events: &[Event], revision: u32) -> String {
    let mut text = format!(
        "id = \"random\"\nrevision = {revision}\nsources = [\"api\", \"cli\"]\nbuckets = {{ usage = \"Shows what is used.\" }}\n"
    );
    for (at, event) in events.iter().enumerate() {
        if event.since > revision {
            continue;
        }
        let buckets = if event.bucket { "\"usage\"" } else { "" };
        write!(
            text,
            "[[events]]\nname = \"event{at}\"\npurpose = \"p\"\nsince = {}\nsources = {:?}\nbuckets = [{buckets}]\npublic_ingest = {}\nproperties = [\n",
            event.since, event.sources, event.is_public
        )
        .unwrap();
        for (at, property) in event.properties.iter().enumerate() {
            if property.since <= revision {
                let Property {
                    since,
                    required,
                    public_only,
                    kind,
                } = property;
                let kind = kind.toml(revision);
                writeln!(
                    text,
                    "  {{ name = \"p{at}\", since = {since}, required = {required}, public_only = {public_only}, {kind}, purpose = \"p\" }},"
                )
                .unwrap();
            }
        }
        text.push_str("]\n");
    }
    text
}

pub(super) fn parsed(events: &[Event], revision: u32) -> Catalog {
    let text = file(events, revision);
    Catalog::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Bool),
        (1_u32..9).prop_map(|max| Kind::Int { max }),
        (prop::collection::vec(1..=LAST, 0..5), any::<bool>())
            .prop_map(|(values, in_list)| Kind::Enum { values, in_list }),
    ]
}

fn any_property() -> impl Strategy<Value = Property> {
    (
        1..=LAST,
        any::<bool>(),
        prop::bool::weighted(0.2),
        any_kind(),
    )
        .prop_map(|(since, required, public_only, kind)| Property {
            since,
            required,
            public_only,
            kind,
        })
}

prop_compose! {
    fn any_event()(
        since in 1..=LAST,
        both: bool,
        bucket: bool,
        is_public: bool,
        properties in prop::collection::vec(any_property(), 0..5),
    ) -> Event {
        let properties = properties
            .into_iter()
            .map(|property| {
                let own = property.since.max(since);
                Property {
                    since: own,
                    required: property.required && own == since,
                    kind: property.kind.from(own),
                    ..property
                }
            })
            .collect();
        Event {
            since,
            sources: if both { vec!["api", "cli"] } else { vec!["cli"] },
            bucket,
            is_public,
            properties,
        }
    }
}

pub(super) fn any_events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(any_event(), 1..4)
}

/// One thing that an author changes in the file of the last revision.
#[derive(Debug, Clone, Copy)]
pub(super) enum Edit {
    Source,
    Bucket,
    Key,
    EventSince,
    PropertySince,
    Required,
    PublicOnly,
    Retype,
    Limit(u32),
    ValueSince(u32),
    MoreValues(u32),
    FewerValues,
    NoProperty,
    NoEvent,
}

pub(super) fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Source),
        Just(Edit::Bucket),
        Just(Edit::Key),
        Just(Edit::EventSince),
        Just(Edit::PropertySince),
        Just(Edit::Required),
        Just(Edit::PublicOnly),
        Just(Edit::Retype),
        (0_u32..12).prop_map(Edit::Limit),
        (1..=LAST).prop_map(Edit::ValueSince),
        (1..=LAST).prop_map(Edit::MoreValues),
        Just(Edit::FewerValues),
        Just(Edit::NoProperty),
        Just(Edit::NoEvent),
    ]
}

pub(super) fn edit(events: &mut Vec<Event>, pick: Index, edit: Edit) {
    let at = pick.index(events.len());
    let event = &mut events[at];
    match edit {
        Edit::Source if event.sources.len() == 1 => event.sources.push("api"),
        Edit::Source => event.sources.truncate(1),
        Edit::Bucket => event.bucket = !event.bucket,
        Edit::Key => event.is_public = !event.is_public,
        Edit::EventSince => event.since = event.since % LAST + 1,
        Edit::NoEvent => drop(events.remove(at)),
        _ if event.properties.is_empty() => {}
        _ => {
            let at = pick.index(event.properties.len());
            if let Edit::NoProperty = edit {
                event.properties.remove(at);
            } else {
                edit_property(&mut event.properties[at], edit);
            }
        }
    }
}

fn edit_property(property: &mut Property, edit: Edit) {
    match (edit, &mut property.kind) {
        (Edit::PropertySince, _) => property.since = property.since % LAST + 1,
        (Edit::Required, _) => property.required = !property.required,
        (Edit::PublicOnly, _) => property.public_only = !property.public_only,
        (Edit::Retype, kind) => {
            *kind = if let Kind::Bool = kind {
                Kind::Int { max: 3 }
            } else {
                Kind::Bool
            }
        }
        (Edit::Limit(limit), Kind::Int { max }) => *max = limit,
        (Edit::ValueSince(since), Kind::Enum { values, .. }) => {
            if let Some(last) = values.last_mut() {
                *last = since;
            }
        }
        (Edit::MoreValues(since), Kind::Enum { values, .. }) => values.push(since),
        (Edit::FewerValues, Kind::Enum { values, .. }) => drop(values.pop()),
        _ => {}
    }
}
