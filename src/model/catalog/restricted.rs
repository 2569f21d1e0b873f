//! Less of a catalog: what it could express at an earlier revision.

use std::sync::{Arc, OnceLock};

use super::{Catalog, EventSpec, Kept, PropertySpec, index_of};

impl Catalog {
    /// What this catalog could express at `revision`: the events, properties and enum values with a `since` up to it. A later
    /// value becomes `other` like any that is not listed.
    ///
    /// Of a catalog that only grew, the result has the wire digest that the catalog had at that revision. What is newer than the
    /// catalog itself changes nothing but the number. Texts, buckets and retention are those of today.
    #[must_use]
    pub fn at(&self, revision: u32) -> Self {
        let events = self.events.iter();
        let events = events.filter(|event| event.since <= revision);
        self.with(revision, events.map(|event| event.at(revision)).collect())
    }

    /// This catalog with another revision and other events.
    fn with(&self, revision: u32, events: Vec<EventSpec>) -> Self {
        Self {
            id: Arc::clone(&self.id),
            schema_version: self.schema_version.clone(),
            accepts: self.accepts.clone(),
            revision,
            retention_days: self.retention_days,
            sources: self.sources.clone(),
            buckets: self.buckets.clone(),
            never_collected: self.never_collected.clone(),
            index: index_of(&events),
            events,
            digest: OnceLock::new(),
        }
    }
}

impl EventSpec {
    /// This event as it could be sent at `revision`.
    fn at(&self, revision: u32) -> Self {
        let properties: Vec<PropertySpec> = self
            .properties
            .iter()
            .filter(|property| property.since <= revision)
            .map(|property| PropertySpec {
                kind: property.kind.at(revision),
                ..property.clone()
            })
            .collect();
        let known = |name: &&Arc<str>| properties.iter().any(|property| property.name == **name);
        let dimensions: Vec<_> = self.dimensions.iter().filter(known).cloned().collect();
        let sums: Vec<_> = self.sums.iter().filter(known).cloned().collect();
        Self {
            kept: Arc::new(Kept::of(&dimensions, &sums, &properties)),
            dimensions,
            sums,
            properties,
            ..self.clone()
        }
    }
}
