//! Whether the catalog allows what a script gives; every complaint names the property and what is allowed.

use super::read::Given;
use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::client::control::error::ControlError;
use crate::model::catalog::{Catalog, EventSpec, PropertySpec, Reduce};
use crate::model::event::raw::member;
use crate::model::event::{OTHER, RawValue, fit, reduce};

/// How many names a complaint lists.
const LISTED: usize = 40;

/// Checks all of `given`; gives what is odd but allowed.
///
/// # Errors
/// With every complaint, when there is one. With `strict` what is odd is a complaint.
pub(super) fn all(
    gate: &Gate,
    given: &[Given<'_>],
    strict: bool,
) -> Result<Vec<String>, ClientError> {
    let catalog = gate.catalog();
    let source = gate.product.source();
    let mut checked = Checked::default();
    for one in given {
        match catalog.event(one.name()) {
            Some(spec) => checked.event(spec, source, one),
            None => checked
                .complaints
                .push(unknown(&catalog, source, one.name())),
        }
    }
    if strict {
        checked.complaints.append(&mut checked.oddities);
    }
    if checked.complaints.is_empty() {
        return Ok(checked.oddities);
    }
    Err(ControlError::Refused {
        complaints: checked.complaints,
    }
    .into())
}

fn unknown(catalog: &Catalog, source: &str, name: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let close = catalog
        .events_of(source)
        .filter(|spec| spec.name.starts_with(stem));
    let close: Vec<&str> = close.map(|spec| &*spec.name).take(LISTED).collect();
    let hint = if close.is_empty() {
        format!("`decantr telemetry explain --source {source}` lists the events")
    } else {
        format!("there is {}", close.join(", "))
    };
    format!("the catalog {} has no event {name}; {hint}", catalog.id)
}

#[derive(Default)]
struct Checked {
    complaints: Vec<String>,
    oddities: Vec<String>,
}

impl Checked {
    fn event(&mut self, spec: &EventSpec, source: &str, given: &Given<'_>) {
        let name = &spec.name;
        if !spec.allows(source) {
            let sources = spec.sources.join(", ");
            self.complaints.push(format!(
                "source {source} may not send {name}; {sources} may"
            ));
            return;
        }
        if !spec.public_ingest {
            self.complaints.push(format!(
                "{name} is taken only with an API key, which a person's machine does not have; record it from a service"
            ));
        }
        for (key, value) in given.properties() {
            match spec
                .property(key)
                .filter(|property| property.allows(source))
            {
                Some(property) => self.property(name, property, value),
                None => self.complaints.push(format!(
                    "{name} has no property {key} from source {source}; it has {}",
                    names(spec, source)
                )),
            }
        }
        for property in spec
            .properties_of(source)
            .filter(|property| property.required)
        {
            if member(given.properties(), &property.name).is_none() {
                self.complaints.push(format!(
                    "{name} needs {}: {}",
                    property.name,
                    property.kind.in_words()
                ));
            }
        }
    }

    fn property(&mut self, event: &str, property: &PropertySpec, value: &RawValue<'_>) {
        let name = &property.name;
        let kind = &property.kind;
        let narrowed = match &property.reduce {
            Some(Reduce::IdToHmac) => {
                self.complaints.push(format!(
                    "{event}: {name} is the hash of an id, for which a person's machine has no key; leave it out"
                ));
                return;
            }
            // Nothing is hashed here.
            Some(by) => reduce(value, by, kind, &[0; 32]),
            None => value.clone(),
        };
        match fit(&narrowed, kind) {
            None => self
                .complaints
                .push(format!("{event}: {name} must be {}", kind.in_words())),
            Some(fitted) if fitted.is_other && !is_said_other(value) => {
                self.oddities.push(format!(
                    "{event}: {name} is recorded as {OTHER}; it can be {}",
                    kind.in_words()
                ));
            }
            Some(_) => {}
        }
    }
}

/// Whether `other` itself was given.
fn is_said_other(value: &RawValue<'_>) -> bool {
    matches!(value, RawValue::Text(text) if text == OTHER)
}

fn names(spec: &EventSpec, source: &str) -> String {
    let names: Vec<&str> = spec
        .properties_of(source)
        .map(|property| &*property.name)
        .collect();
    names.join(", ")
}
