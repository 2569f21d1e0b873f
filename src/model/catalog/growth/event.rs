//! How an event and its properties changed.

use std::sync::Arc;

use super::{ChangeKind, Changes, missing};
use crate::model::catalog::{EventSpec, Place, Privacy, PropertySpec, Reduce, Rule};

/// What to do instead of widening an event.
const NEW_EVENT: &str =
    "leave the event as it was, and add one with a name and a `since` of its own";

/// What to do instead of widening a property.
pub(super) const NEW_PROPERTY: &str =
    "leave the property as it was, and add one with a name and a `since` of its own";

impl Changes {
    pub(super) fn event(&mut self, old: &EventSpec, new: &EventSpec) {
        let place = Place::event_of(new);
        let as_old = self.is_as_old(&place, "the event", old.since, new.since);
        for source in missing(&new.sources, &old.sources) {
            let text = format!("also sent by {source}");
            self.widened(&place, ChangeKind::Source, text, NEW_EVENT);
        }
        for source in missing(&old.sources, &new.sources) {
            let text = format!("no longer sent by {source}");
            self.removed(&place, ChangeKind::Source, text);
        }
        for bucket in missing(&new.buckets, &old.buckets) {
            let text = format!("also sent where only bucket {bucket} is agreed to");
            self.widened(&place, ChangeKind::Bucket, text, NEW_EVENT);
        }
        for bucket in missing(&old.buckets, &new.buckets) {
            let text = format!("no longer counted in bucket {bucket}");
            self.removed(&place, ChangeKind::Bucket, text);
        }
        self.privacy(&place, old.privacy, new.privacy);
        match (old.public_ingest, new.public_ingest) {
            (false, true) => {
                let text = "also taken without an API key".to_owned();
                self.widened(&place, ChangeKind::PublicIngest, text, NEW_EVENT);
            }
            (true, false) => {
                let text = "taken only with an API key";
                self.removed(&place, ChangeKind::PublicIngest, text);
            }
            _ => {}
        }
        for property in &new.properties {
            match old.property(&property.name) {
                Some(before) => self.property((old, before), (new, property), as_old),
                None => self.new_property(new, property),
            }
        }
        for property in &old.properties {
            if new.property(&property.name).is_none() {
                let place = Place::property_of(new, property);
                self.removed(&place, ChangeKind::Property, "the property is gone");
            }
        }
    }

    /// A class is a promise about the event, which only its revision tells; nothing else is sent.
    fn privacy(&mut self, place: &Place, old: Privacy, new: Privacy) {
        if old == new {
            return;
        }
        let text = format!("privacy {}, no longer {}", new.as_str(), old.as_str());
        if new == Privacy::Aggregate {
            self.removed(place, ChangeKind::Privacy, text);
        } else {
            self.added(place, ChangeKind::Privacy, text);
        }
    }

    fn new_property(&mut self, event: &EventSpec, property: &PropertySpec) {
        let place = Place::property_of(event, property);
        let text = format!(
            "a new property, {}: {}",
            property.kind.in_words(),
            property.purpose
        );
        self.added(&place, ChangeKind::Property, text);
        self.is_new(&place, "the property", property.since);
    }

    /// Where the event is not as old as it was, the same is not said again of what it holds.
    fn property(
        &mut self,
        old: (&EventSpec, &PropertySpec),
        new: (&EventSpec, &PropertySpec),
        as_old: bool,
    ) {
        let place = Place::property_of(new.0, new.1);
        let ((_, before), (_, property)) = (old, new);
        let as_old = as_old && self.is_as_old(&place, "the property", before.since, property.since);
        self.kind(&place, &before.kind, &property.kind, as_old);
        self.reducer(&place, before.reduce.as_ref(), property.reduce.as_ref());
        match (before.public_only, property.public_only) {
            (true, false) => {
                let text = "also sent where the content is not known to be public".to_owned();
                self.widened(&place, ChangeKind::PublicOnly, text, NEW_PROPERTY);
            }
            (false, true) => {
                let text = "sent only where the content is public";
                self.removed(&place, ChangeKind::PublicOnly, text);
            }
            _ => {}
        }
        match (before.required, property.required) {
            (true, false) => {
                let text = "no longer required: the event is also sent without it";
                self.added(&place, ChangeKind::Required, text);
            }
            (false, true) => {
                let text = "required: without it the event is no longer sent";
                self.removed(&place, ChangeKind::Required, text);
                let problem = "it became required, and older clients send the event without it";
                self.violated(&place, Rule::NewlyRequired, problem, "leave it optional");
            }
            _ => {}
        }
        self.sources_of_property(&place, old, new);
    }

    /// Sources that the event itself gained or lost are told there.
    fn sources_of_property(
        &mut self,
        place: &Place,
        old: (&EventSpec, &PropertySpec),
        new: (&EventSpec, &PropertySpec),
    ) {
        let shared = |source: &&Arc<str>| old.0.allows(source) && new.0.allows(source);
        for source in new.0.sources.iter().filter(shared) {
            let what = match (old.1.allows(source), new.1.allows(source)) {
                (false, true) => format!("also sent by {source}"),
                (true, false) => {
                    let text = format!("no longer sent by {source}");
                    self.removed(place, ChangeKind::Source, text);
                    continue;
                }
                _ => continue,
            };
            self.widened(place, ChangeKind::Source, what, NEW_PROPERTY);
        }
    }

    /// Tiers do not count: the names that they give are values of the enum.
    fn reducer(&mut self, place: &Place, old: Option<&Reduce>, new: Option<&Reduce>) {
        let (old, new) = (old.map(Reduce::name), new.map(Reduce::name));
        let text = match (old, new) {
            (None, Some(new)) => {
                let text = format!("narrowed by {new}");
                return self.removed(place, ChangeKind::Reduce, text);
            }
            (Some(old), None) => format!("no longer narrowed by {old}"),
            (Some(old), Some(new)) if old != new => {
                format!("narrowed by {new}, no longer by {old}")
            }
            _ => return,
        };
        self.widened(place, ChangeKind::Reduce, text, NEW_PROPERTY);
    }
}
