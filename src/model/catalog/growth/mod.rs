//! How a catalog grew: what a client newly sends, what it no longer does, and what a consent to the older form would not survive.
//!
//! A consent to an older revision is kept by [`Catalog::at`]. That works as long as whatever is new carries its revision as
//! `since`, so all that may happen to what exists is: an enum gets more values, something gets narrower, something goes. A value
//! may not go: older clients still send it and it would become `other`, and counts that are stored go by it.

mod event;
mod kind;

use std::fmt;

use super::{Catalog, EventSpec, Finding, Place, Rule};

/// What changed between two forms of one catalog, in the order of their files: first the catalog itself, then its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Growth {
    /// What a client that may send all of the older form newly sends, to more places, or for longer.
    pub added: Vec<Change>,
    /// What is gone or got narrower.
    pub removed: Vec<Change>,
    /// What breaks the rules of growth.
    pub violations: Vec<Finding>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// Where.
    pub place: Place,
    /// How, in words.
    pub text: String,
}

/// What changed, by the key that says it in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// How long raw events are kept.
    Retention,
    /// Who may send.
    Source,
    /// A sentence about what is never collected.
    NeverCollected,
    /// A schema version that servers take.
    Accepts,
    /// An event.
    Event,
    /// In which buckets an event counts, which are what a consent can be limited to.
    Bucket,
    /// The privacy class of an event.
    Privacy,
    /// Whether an event is taken without an API key.
    PublicIngest,
    /// A property.
    Property,
    /// A value of an enum.
    Value,
    /// The limits of a type, or the type.
    Type,
    /// How raw values are narrowed.
    Reduce,
    /// Whether a property is kept only for public content.
    PublicOnly,
    /// Whether a property must be there.
    Required,
}

impl ChangeKind {
    /// The kind's name for machines: the key in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retention => "retention_days",
            Self::Source => "sources",
            Self::NeverCollected => "never_collected",
            Self::Accepts => "accepts",
            Self::Event => "event",
            Self::Bucket => "buckets",
            Self::Privacy => "privacy",
            Self::PublicIngest => "public_ingest",
            Self::Property => "property",
            Self::Value => "value",
            Self::Type => "type",
            Self::Reduce => "reduce",
            Self::PublicOnly => "public_only",
            Self::Required => "required",
        }
    }
}

/// Compares a catalog with an older form of itself. Purposes and owners do not count.
pub fn compare(old: &Catalog, new: &Catalog) -> Growth {
    let mut changes = Changes {
        old_revision: old.revision,
        revision: new.revision,
        growth: Growth::default(),
    };
    changes.catalog(old, new);
    for event in &new.events {
        match old.event(&event.name) {
            Some(before) => changes.event(before, event),
            None => changes.new_event(event),
        }
    }
    for event in old.events.iter().filter(|e| new.event(&e.name).is_none()) {
        let place = Place::event_of(event);
        changes.removed(&place, ChangeKind::Event, "the event is gone");
    }
    let mut growth = changes.growth;
    if old.id != new.id {
        growth.violations.clear();
        growth.violations.push(Finding {
            rule: Rule::OtherCatalog,
            place: Place::key("id"),
            problem: format!("the older catalog is {}, not {}", old.id, new.id),
            remedy: "compare two forms of the same catalog; an id never changes".to_owned(),
        });
        return growth;
    }
    if let Some(finding) = revision(old, new, !growth.added.is_empty()) {
        growth.violations.insert(0, finding);
    }
    growth
}

/// What is wrong with the new revision, given whether anything grew.
fn revision(old: &Catalog, new: &Catalog, grew: bool) -> Option<Finding> {
    let problem = if new.revision < old.revision {
        format!(
            "it is {}, lower than it was ({})",
            new.revision, old.revision
        )
    } else if grew && new.revision == old.revision {
        format!("the catalog grew, and it is still {}", old.revision)
    } else {
        return None;
    };
    Some(Finding {
        rule: Rule::Revision,
        place: Place::key("revision"),
        problem,
        remedy: format!("set it to {}", old.revision.saturating_add(1)),
    })
}

/// The changes found so far.
struct Changes {
    old_revision: u32,
    revision: u32,
    growth: Growth,
}

impl Changes {
    fn added(&mut self, place: &Place, kind: ChangeKind, text: impl Into<String>) {
        self.growth.added.push(Change {
            kind,
            place: place.clone(),
            text: text.into(),
        });
    }

    fn removed(&mut self, place: &Place, kind: ChangeKind, text: impl Into<String>) {
        self.growth.removed.push(Change {
            kind,
            place: place.clone(),
            text: text.into(),
        });
    }

    fn violated(
        &mut self,
        place: &Place,
        rule: Rule,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.growth.violations.push(Finding {
            rule,
            place: place.clone(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// Something got wider in a way that no `since` can say.
    fn widened(&mut self, place: &Place, kind: ChangeKind, text: String, instead: &str) {
        let problem = format!("{text}; older consents could not be kept to what it was");
        self.violated(place, Rule::Widened, problem, instead);
        self.added(place, kind, text);
    }

    /// What is new says so.
    fn is_new(&mut self, place: &Place, what: &str, since: u32) {
        if since > self.old_revision {
            return;
        }
        let next = self.revision.max(self.old_revision.saturating_add(1));
        let problem = format!("{what} is new, and its `since` is {since}");
        self.violated(
            place,
            Rule::MissingSince,
            problem,
            format!("give it `since = {next}`"),
        );
    }

    /// What is old still says the same; tells whether it does.
    fn is_as_old(&mut self, place: &Place, what: &str, before: u32, since: u32) -> bool {
        if since == before {
            return true;
        }
        let problem = format!("the `since` of {what} moved from {before} to {since}");
        let remedy =
            format!("set it to {before} again: that is the revision that people agreed to");
        self.violated(place, Rule::MovedSince, problem, remedy);
        false
    }

    fn new_event(&mut self, event: &EventSpec) {
        let place = Place::event_of(event);
        let text = format!(
            "a new event, from {}: {}",
            event.sources.join(", "),
            event.purpose
        );
        self.added(&place, ChangeKind::Event, text);
        self.is_new(&place, "the event", event.since);
    }

    fn catalog(&mut self, old: &Catalog, new: &Catalog) {
        let place = Place::key("retention_days");
        let (before, days) = (old.retention_days, new.retention_days);
        let text = format!("raw events are kept {days} days, no longer {before}");
        match days.cmp(&before) {
            std::cmp::Ordering::Greater => self.added(&place, ChangeKind::Retention, text),
            std::cmp::Ordering::Less => self.removed(&place, ChangeKind::Retention, text),
            std::cmp::Ordering::Equal => {}
        }
        let place = Place::key("sources");
        for source in missing(&new.sources, &old.sources) {
            self.added(&place, ChangeKind::Source, format!("{source} may send"));
        }
        for source in missing(&old.sources, &new.sources) {
            self.removed(
                &place,
                ChangeKind::Source,
                format!("{source} may no longer send"),
            );
        }
        let place = Place::key("never_collected");
        for text in missing(&old.never_collected, &new.never_collected) {
            self.added(
                &place,
                ChangeKind::NeverCollected,
                format!("no longer promised: {text}"),
            );
        }
        for text in missing(&new.never_collected, &old.never_collected) {
            self.removed(
                &place,
                ChangeKind::NeverCollected,
                format!("now promised: {text}"),
            );
        }
        let place = Place::key("accepts");
        for version in missing(&old.accepts, &new.accepts) {
            let text = format!("schema version {version} is no longer taken");
            self.removed(&place, ChangeKind::Accepts, text);
        }
    }
}

/// What `all` has and `others` lacks.
fn missing<'a, T: PartialEq + fmt::Display>(
    all: &'a [T],
    others: &'a [T],
) -> impl Iterator<Item = &'a T> {
    all.iter().filter(|one| !others.contains(one))
}
