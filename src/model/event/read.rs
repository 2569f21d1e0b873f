//! Reading a raw context: each field by its own type, with a note of everything that is left out.

use std::borrow::Cow;
use std::sync::Arc;

use super::actor::Actor;
use super::context::{CONTEXT_FIELDS, Context, Environment, RegistrySource};
use super::raw::RawValue;
use super::value::fit;
use crate::base::crypto;
use crate::base::ids::OpaqueId;
use crate::model::catalog::{PropertyType, TOKEN_MAX};
use crate::model::outcome::Strip;

/// The smallest sample rate: an event that stands for more others would drown what is counted with it.
const SMALLEST_RATE: f64 = 1e-6;

/// The kinds that owners can have erased. Their fields may hold ids of each of these kinds, since they are looked for in all of them.
const ERASABLE: [&str; 3] = ["anon", "install", "project"];

impl Context {
    /// Reads an event's context. `source` is already known to be the catalog's own.
    pub(super) fn read(
        raw: &[(Cow<'_, str>, RawValue<'_>)],
        source: Arc<str>,
        has_key: bool,
        hmac_key: &[u8; 32],
        strips: &mut Vec<Strip>,
    ) -> Self {
        let is_cli = &*source == "cli";
        let mut fields = Fields::of(raw, hmac_key, strips);
        let keyed = |fields: &mut Fields<'_>, name| {
            let allowed = has_key || fields.member(name).is_none();
            if !allowed {
                fields.strips.push(Strip::ContextNeedsKey);
            }
            allowed
        };
        let mut context = Self::new(source, Environment::Other);
        if let Some(environment) = fields.word("environment", Environment::parse) {
            context.environment = environment;
        }
        if keyed(&mut fields, "actorType") {
            context.actor_type = fields.word("actorType", Actor::parse);
        }
        if !is_cli {
            context.service_name =
                fields.text("serviceName", &PropertyType::Token { max: TOKEN_MAX });
        } else if fields.member("serviceName").is_some() {
            fields.strips.push(Strip::InvalidContext);
        }
        context.service_version = fields.text("serviceVersion", &PropertyType::Version);
        context.decantr_version = fields.text("decantrVersion", &PropertyType::Version);
        context.registry_source = fields.word("registrySource", RegistrySource::parse);
        context.anonymous_id = fields.id("anonymousId", "anon");
        context.install_id = fields.id("installId", "install");
        context.project_id = fields.id("projectId", "project");
        context.session_id = fields.id("sessionId", "sess");
        if keyed(&mut fields, "userId") {
            context.user_id = fields.id("userId", "user");
        }
        if keyed(&mut fields, "orgId") {
            context.org_id = fields.id("orgId", "org");
        }
        if keyed(&mut fields, "sampleRate") {
            context.sample_rate = fields.rate("sampleRate");
        }
        context
    }
}

/// Reads context fields, noting what it has to leave out.
struct Fields<'r> {
    /// What was last sent of each of the fields, in the order of [`CONTEXT_FIELDS`].
    sent: [Option<&'r RawValue<'r>>; CONTEXT_FIELDS.len()],
    strips: &'r mut Vec<Strip>,
    hmac_key: &'r [u8; 32],
}

/// A field's place in [`CONTEXT_FIELDS`]; for a name that is known beforehand, the compiler knows it, too.
#[inline]
fn place(name: &str) -> Option<usize> {
    Some(match name {
        "source" => 0,
        "actorType" => 1,
        "environment" => 2,
        "serviceName" => 3,
        "serviceVersion" => 4,
        "decantrVersion" => 5,
        "registrySource" => 6,
        "anonymousId" => 7,
        "installId" => 8,
        "projectId" => 9,
        "sessionId" => 10,
        "userId" => 11,
        "orgId" => 12,
        "sampleRate" => 13,
        _ => return None,
    })
}

impl<'r> Fields<'r> {
    /// The fields out of what was sent; unknown ones are noted.
    fn of(
        raw: &'r [(Cow<'r, str>, RawValue<'r>)],
        hmac_key: &'r [u8; 32],
        strips: &'r mut Vec<Strip>,
    ) -> Self {
        let mut sent = [None; CONTEXT_FIELDS.len()];
        for (name, value) in raw {
            match place(name).and_then(|at| sent.get_mut(at)) {
                Some(place) => *place = Some(value),
                None => strips.push(Strip::UnknownContext),
            }
        }
        Self {
            sent,
            strips,
            hmac_key,
        }
    }

    /// What was sent as the field `name`; `null` counts as absent.
    #[inline]
    fn member(&self, name: &str) -> Option<&'r RawValue<'r>> {
        let sent = self.sent.get(place(name)?).copied().flatten();
        sent.filter(|value| **value != RawValue::Null)
    }

    fn word<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.member(name)?;
        let parsed = if let RawValue::Text(text) = value {
            parse(text)
        } else {
            None
        };
        self.noted(parsed)
    }

    fn text(&mut self, name: &str, kind: &PropertyType) -> Option<Box<str>> {
        let fitted = fit(self.member(name)?, kind);
        self.noted(fitted.and_then(|fitted| fitted.value.as_str().map(Into::into)))
    }

    fn rate(&mut self, name: &str) -> Option<f64> {
        let rate = match self.member(name)? {
            RawValue::Float(rate) if (SMALLEST_RATE..=1.0).contains(rate) => Some(*rate),
            RawValue::Int(1) => Some(1.0),
            _ => None,
        };
        self.noted(rate)
    }

    /// An id, hashed when it has another shape or is of another kind.
    fn id(&mut self, name: &str, prefix: &str) -> Option<OpaqueId> {
        let id = match self.member(name)? {
            RawValue::Text(text) => opaque_id(prefix, text, self.hmac_key).inspect(|id| {
                if id.as_str() != text {
                    self.strips.push(Strip::IdHashed);
                }
            }),
            _ => None,
        };
        self.noted(id)
    }

    fn noted<T>(&mut self, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.strips.push(Strip::InvalidContext);
        }
        value
    }
}

/// An id of the right shape and kind as it is; any other text as a keyed hash under `prefix`, so that it still tells visitors
/// apart. So no user comes in as an anonymous visitor, whom nothing could classify or erase. A blank one tells nobody apart: it
/// is no id.
pub fn opaque_id(prefix: &str, text: &str, hmac_key: &[u8]) -> Option<OpaqueId> {
    if text.trim().is_empty() {
        return None;
    }
    let fits = |id: &OpaqueId| {
        let kind = long(id.prefix());
        kind == prefix || (ERASABLE.contains(&prefix) && ERASABLE.contains(&kind))
    };
    OpaqueId::parse(text).ok().filter(fits).or_else(|| {
        let hash = crypto::hmac_sha256(hmac_key, text.as_bytes());
        let half = hash.get(..16).unwrap_or_default();
        OpaqueId::parse(&format!("{prefix}_hmac-{}", crypto::hex(half))).ok()
    })
}

/// The long form of a prefix that has two.
fn long(prefix: &str) -> &str {
    match prefix {
        "inst" => "install",
        "proj" => "project",
        prefix => prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_place() {
        for (at, name) in CONTEXT_FIELDS.iter().enumerate() {
            assert_eq!(place(name), Some(at), "{name}");
        }
        assert_eq!(place("ip"), None);
    }
}
