//! Catalogs: what may be reported at all, as data. An embedded TOML file each, or anyone's own.
//!
//! A [`Catalog`] is immutable once loaded; [`Catalog::embedded`] names those that come with the program. Its author looks here
//! for what a file may hold, checks it with `decantr ops catalog check`, and reads it with `decantr ops catalog show`.
//!
//! # A whole file
//!
//! ```
//! let catalog = decantr::model::catalog::Catalog::parse(r#"
//! id = "notes"
//! owner = "the notes team"
//!
//! [[events]]
//! name = "notes.sync.completed"
//! purpose = "Counts synchronisations, to see whether they work."
//! properties = [
//!   { name = "success", type = "bool", purpose = "Whether it worked, for a success rate." },
//!   { name = "took", type = "int", max = 600_000, unit = "ms", purpose = "How long it took, to notice slowness." },
//! ]
//! "#)?;
//! assert!(catalog.event("notes.sync.completed").is_some());
//! # Ok::<(), decantr::model::catalog::CatalogError>(())
//! ```
//!
//! # Keys of the file
//!
//! | key | default | what it says |
//! |---|---|---|
//! | `id` | needed | the catalog's name: `[a-z][a-z0-9-]{0,31}`; it never changes |
//! | `revision` | 1 | counts growth; consent is given to a revision |
//! | `schema_version`, `accepts` | `"1"`, that one | the version that clients send; all that servers take |
//! | `sources` | `["cli"]` | the kinds of programs that may send; names like the id |
//! | `retention_days` | 90 | how long raw events are kept |
//! | `owner` | none | who answers for every event that does not say so itself |
//! | `never_collected` | what no catalog can collect | promises, a sentence each |
//! | `buckets` | none | `key = "the question that its events answer"`; a consent can be limited to some |
//! | `definitions` | none | properties by name, which `use = "name"` takes and may change |
//! | `groups` | none | lists of properties, which `groups = ["name"]` adds to an event |
//! | `[[events]]` | none | the events |
//!
//! # Keys of an event
//!
//! | key | default | what it says |
//! |---|---|---|
//! | `name`, `purpose` | needed | `notes.sync.completed`; why it exists |
//! | `owner`, `sources` | those of the file | who answers for it; who sends it |
//! | `buckets` | none | in which of the file's it counts; with buckets in the file, each event needs one |
//! | `privacy` | `aggregate` | or `opaque_identity`, `public_metadata` |
//! | `public_ingest` | whether source `cli` sends it | whether a server takes it without an API key: what runs on people's machines has none, what runs on servers can keep one |
//! | `since` | 1 | the revision that introduced it |
//! | `expires` | never | the date after which the check complains that it is still there |
//! | `dimensions`, `sums` | none | the properties by which daily tables count; the numbers that they add up |
//! | `properties`, `groups` | none | what it may say |
//!
//! # Keys of a property
//!
//! `name` (or `use`), `type` and `purpose` are needed. `required` is false, `since` the event's, `sources` all of the event's and
//! `public_only` false by default; the last keeps a property only where the event says that its content is public. The types:
//!
//! | `type` | needs | holds |
//! |---|---|---|
//! | `bool`, `version`, `domain` | | |
//! | `int`, `number` | `max`, `unit`; `min` is 0 | numbers within these bounds |
//! | `enum` | `values` | one of them; anything else becomes `other`. A value that came later is `{ value = "s3", since = 2 }` |
//! | `token` | `max`, at most 32 | `[a-z][a-z0-9_-]*` |
//! | `path_template` | `segments` | a path whose other parts become `:x` |
//! | `hash` | `length` | so many hexadecimal digits |
//! | `list`, `map` | `of`, `max` | so many values of one type: `of = { type = "bool" }` |
//!
//! Source `cli` keeps to `bool`, `int`, `number`, `enum` and `version`, so that nothing leaves a person's machine that the catalog
//! does not spell out. `reduce` narrows what a program has into what the type holds: `url_to_domain`, `url_to_path_template`,
//! `user_agent_to_family`, `text_to_token`, `id_to_hmac`, and `number_to_tier` with `tiers`.
//!
//! # How a catalog grows
//!
//! Whatever is new gets a higher `revision` and carries it as its `since`: events, optional properties, values of enums. A client
//! whose consent is older is kept to what was there ([`Catalog::at`]). All else that exists may get narrower or go, but a
//! value of an enum stays, an optional property stays optional, and no `since` moves. Whoever needs something wider adds it under a
//! name of its own. [`compare`] holds a new file to these rules; keep the file of each release for it.

mod build;
mod copy;
mod embedded;
mod file;
mod finding;
mod growth;
mod kept;
mod kind;
mod lint;
mod parts;
mod property;
mod released;
mod restricted;
#[cfg(test)]
mod tests;
mod types;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::base::crypto;

pub use file::CatalogError;
pub use finding::{Finding, Place, Rule};
pub use growth::{Change, ChangeKind, Growth, compare};
pub use kept::{Dimension, Kept, Sum, Words};
pub use lint::lint;
pub use parts::{Ending, NameParts};
pub use released::is_released;
pub use types::{EnumValue, PropertyType, Reduce, TOKEN_MAX};

/// The file of the decantr catalog.
const EMBEDDED: &str = include_str!("data/decantr.toml");

/// The source that is a person's command line: it has no key, and may use only closed types.
const COMMAND_LINE: &str = "cli";

/// A catalog: one product's events, and the vocabulary they share.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Its name, for example `decantr`.
    pub id: Arc<str>,
    /// The schema version that clients of this build send.
    pub schema_version: String,
    /// Every schema version that a server accepts.
    pub accepts: Vec<String>,
    /// Counts the growth of what it can express; consent is given to a revision.
    pub revision: u32,
    /// How long raw events are kept, in days.
    pub retention_days: u32,
    /// Who may send: the sources, in the order of the file.
    pub sources: Vec<Arc<str>>,
    /// Signal buckets with what each one tells an operator.
    pub buckets: Vec<Bucket>,
    /// What is never collected, as plain sentences.
    pub never_collected: Vec<String>,
    /// The events, in the order of the file.
    pub events: Vec<EventSpec>,
    index: HashMap<Arc<str>, usize>,
    digest: OnceLock<String>,
}

/// A group of events that answer one question.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its key, for example `cli_adoption`.
    pub key: Arc<str>,
    /// The question it answers.
    pub purpose: String,
}

/// How closely an event can be tied to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Counts, durations and closed vocabularies only.
    Aggregate,
    /// About opaque identifiers being tied together.
    OpaqueIdentity,
    /// Also names things that are public anyway.
    PublicMetadata,
}

impl Privacy {
    /// The word used in catalogs and explanations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aggregate => "aggregate",
            Self::OpaqueIdentity => "opaque_identity",
            Self::PublicMetadata => "public_metadata",
        }
    }
}

/// One event that may be reported.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSpec {
    /// Its name, for example `decantr.analyze.completed`.
    pub name: Arc<str>,
    /// The sources that may send it.
    pub sources: Vec<Arc<str>>,
    /// The buckets it counts in.
    pub buckets: Vec<Arc<str>>,
    /// Its privacy class.
    pub privacy: Privacy,
    /// Whether it is accepted without an API key.
    pub public_ingest: bool,
    /// Why it exists.
    pub purpose: String,
    /// Who answers for it.
    pub owner: String,
    /// The catalog revision that introduced it.
    pub since: u32,
    /// The date after which it should be gone, if it has one.
    pub expires: Option<jiff::civil::Date>,
    /// Properties whose values its rollups count by.
    pub dimensions: Vec<Arc<str>>,
    /// Numeric properties whose sums its rollups keep.
    pub sums: Vec<Arc<str>>,
    /// The dimensions and sums with what daily tables need to know of them.
    pub kept: Arc<Kept>,
    /// Its properties, in the order of the file.
    pub properties: Vec<PropertySpec>,
}

/// One property of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertySpec {
    /// Its name, as on the wire.
    pub name: Arc<str>,
    /// What values it can have.
    pub kind: PropertyType,
    /// Whether an event without it is dropped.
    pub required: bool,
    /// The catalog revision that introduced it.
    pub since: u32,
    /// Why it exists.
    pub purpose: String,
    /// How a raw value is narrowed before it is stored or sent.
    pub reduce: Option<Reduce>,
    /// The sources that may send it; empty means all of its event's.
    pub sources: Vec<Arc<str>>,
    /// Kept only when the event says that its content is public (`visibility` and source).
    pub public_only: bool,
}

/// What was read from the embedded file, which tests read in whole and in every part.
#[expect(
    clippy::expect_used,
    reason = "the file cannot change after the tests have read it"
)]
fn embedded<T>(read: Result<T, CatalogError>) -> T {
    read.expect("the embedded catalog is valid")
}

impl Catalog {
    /// The embedded catalog of the decantr tools themselves.
    pub fn decantr() -> Arc<Self> {
        static CATALOG: LazyLock<Arc<Catalog>> =
            LazyLock::new(|| Arc::new(embedded(Catalog::parse(EMBEDDED))));
        Arc::clone(&CATALOG)
    }

    /// The part of the embedded catalog that is about these events, for a command that reports only them: reading all of it
    /// takes longer than the command may. Unknown names are left out. Its digest covers the part alone.
    pub fn decantr_part(events: &[&str]) -> Arc<Self> {
        let part = file::part(EMBEDDED, events);
        Arc::new(embedded(Self::parse(&part)))
    }

    /// The revision of the embedded catalog, without reading the rest of it.
    pub fn decantr_revision() -> u32 {
        embedded(file::revision(EMBEDDED))
    }

    /// Reads a catalog file.
    ///
    /// # Errors
    /// When it is not TOML, misses something, or contradicts itself; the text says where.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        file::parse(text)
    }

    /// The event of this name.
    pub fn event(&self, name: &str) -> Option<&EventSpec> {
        self.index.get(name).and_then(|at| self.events.get(*at))
    }

    /// The catalog's own copy of a source name.
    pub fn source(&self, name: &str) -> Option<&Arc<str>> {
        self.sources.iter().find(|source| &***source == name)
    }

    /// Whether a server takes events of this schema version.
    pub fn accepts(&self, version: &str) -> bool {
        self.accepts.iter().any(|accepted| accepted == version)
    }

    /// The events that `source` may send, in the order of the file.
    pub fn events_of<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a EventSpec> {
        self.events.iter().filter(move |event| event.allows(source))
    }

    /// SHA-256, in hex, of everything this catalog lets a client express; purposes and owners do not count.
    ///
    /// Consent records it: the same digest means that the same things can be sent.
    pub fn wire_digest(&self) -> &str {
        self.digest.get_or_init(|| digest_of(&self.events))
    }
}

impl EventSpec {
    /// Whether `source` may send this event.
    pub fn allows(&self, source: &str) -> bool {
        self.sources.iter().any(|allowed| &**allowed == source)
    }

    /// The property of this name.
    pub fn property(&self, name: &str) -> Option<&PropertySpec> {
        self.properties
            .iter()
            .find(|property| &*property.name == name)
    }

    /// Everything that bounds who sends it at all: sources, the buckets that a consent can be limited to, and whether it takes
    /// a key.
    fn wire_signature(&self) -> String {
        let key = if self.public_ingest {
            "open"
        } else {
            "with a key"
        };
        let sources = listed(&self.sources);
        let buckets = listed(&self.buckets);
        format!("{} from {sources} in {buckets} {key}", self.name)
    }

    /// Its property for how long it took: `durationMs` or `duration_ms`, else the first that counts milliseconds.
    pub fn duration(&self) -> Option<&PropertySpec> {
        let usual = ["durationMs", "duration_ms"];
        let mut usual = usual.iter().filter_map(|name| self.property(name));
        let first = || self.properties.iter().find(|p| p.kind.is_duration());
        usual
            .find(|property| property.kind.is_duration())
            .or_else(first)
    }

    /// The properties that `source` may send.
    pub fn properties_of<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a PropertySpec> {
        self.properties
            .iter()
            .filter(move |property| property.allows(source))
    }
}

impl PropertySpec {
    /// Whether `source` may send this property (its event must allow the source too).
    pub fn allows(&self, source: &str) -> bool {
        self.sources.is_empty() || self.sources.iter().any(|allowed| &**allowed == source)
    }

    /// Everything that bounds what it can express: type, reducer, condition and sources.
    fn wire_signature(&self) -> String {
        let reduce = self.reduce.as_ref().map_or("as is", Reduce::name);
        let condition = if self.public_only { "public" } else { "always" };
        let sources = listed(&self.sources);
        format!(
            "{} {reduce} {condition} from {sources}",
            self.kind.signature()
        )
    }
}

/// The text whose hash is the wire digest: one line for each thing that can be expressed, sorted.
fn wire_surface(events: &[EventSpec]) -> String {
    let mut lines: Vec<String> = events
        .iter()
        .flat_map(|event| {
            let own = event.wire_signature();
            let properties = event.properties.iter().map(|property| {
                let name = format!("{}.{}", event.name, property.name);
                format!("{name} {}", property.wire_signature())
            });
            properties.chain([own]).collect::<Vec<_>>()
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

/// Names in an order that no file decides.
fn listed(names: &[Arc<str>]) -> String {
    let mut names = names.to_vec();
    names.sort();
    names.join(",")
}

/// Where each event stands.
fn index_of(events: &[EventSpec]) -> HashMap<Arc<str>, usize> {
    let names = events.iter().map(|event| Arc::clone(&event.name));
    names.zip(0..).collect()
}

fn digest_of(events: &[EventSpec]) -> String {
    crypto::hex(&crypto::sha256(wire_surface(events).as_bytes()))
}
