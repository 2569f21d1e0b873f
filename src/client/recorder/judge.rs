//! Making events: what a command says, judged by the catalog and by what the grant covers, before anything is kept.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::clock::Clock;
use crate::client::consent::Grant;
use crate::client::identity::Ids;
use crate::client::spool;
use crate::model::catalog::{Catalog, Reduce};
use crate::model::event::{
    Admission, Environment, Event, Normalised, RawEvent, RawMap, RawValue, Rejection, Validator,
};
use crate::model::outcome::Reason;

/// Makes events that the catalog allows and a grant covers.
#[derive(Debug)]
pub struct Judge {
    /// By what was agreed to: what is newer does not exist for it.
    validator: Validator,
    /// The catalog as it is now.
    whole: Arc<Catalog>,
    grant: Grant,
    source: Arc<str>,
    clock: Clock,
}

impl Judge {
    /// A judge by `catalog` (or the part of it that will be asked about) as far as `grant` goes, for events of `source`.
    pub fn new(catalog: Arc<Catalog>, grant: Grant, source: &str, clock: Clock) -> Self {
        let agreed = if grant.revision < catalog.revision {
            Arc::new(catalog.at(grant.revision))
        } else {
            Arc::clone(&catalog)
        };
        Self {
            validator: spool::validator_of(agreed),
            whole: catalog,
            grant,
            source: source.into(),
            clock,
        }
    }

    /// The catalog as it is now.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.whole
    }

    /// What a command says, as an event of this source.
    pub fn raw<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> RawEvent<'a> {
        let properties: RawMap<'a> = properties
            .into_iter()
            .map(|(key, value)| (Cow::Borrowed(key), value))
            .collect();
        let context: RawMap<'a> = vec![
            (
                "source".into(),
                RawValue::Text((*self.source).to_owned().into()),
            ),
            (
                "environment".into(),
                Environment::Production.as_str().into(),
            ),
            ("decantrVersion".into(), env!("CARGO_PKG_VERSION").into()),
        ];
        RawEvent {
            name: Some(name.into()),
            context: Some(context.into()),
            properties: Some(RawValue::Map(properties)),
            is_object: true,
            ..RawEvent::default()
        }
    }

    /// Judges it. An id that would be hashed is left out: there is no key for that here, and a constant would be none.
    ///
    /// # Errors
    /// The rule that it breaks; what the grant does not cover is [`Reason::NotCovered`].
    pub fn judge(&self, raw: &RawEvent<'_>) -> Result<Normalised, Rejection> {
        if let Some(RawValue::Text(name)) = &raw.name
            && let Some(spec) = self.whole.event(name)
            && !self.grant.covers(spec, &self.source)
            && spec.allows(&self.source)
        {
            return Err(Rejection {
                reason: Reason::NotCovered,
                detail: "what was agreed to does not cover this event".into(),
            });
        }
        let now = self.clock.now();
        let admission = Admission {
            // Finer than a millisecond tells nobody anything about usage.
            now: now.round(jiff::Unit::Millisecond).unwrap_or(now),
            has_key: false,
        };
        self.validator.normalise(&self.without_ids(raw), admission)
    }

    fn without_ids<'r, 'a>(&self, raw: &'r RawEvent<'a>) -> Cow<'r, RawEvent<'a>> {
        let spec = match &raw.name {
            Some(RawValue::Text(name)) => self.whole.event(name),
            _ => None,
        };
        let is_hashed = |name: &str| {
            let property = spec.and_then(|spec| spec.property(name));
            property.is_some_and(|property| property.reduce == Some(Reduce::IdToHmac))
        };
        match &raw.properties {
            Some(RawValue::Map(given)) if given.iter().any(|(name, _)| is_hashed(name)) => {
                let mut raw = raw.clone();
                if let Some(RawValue::Map(given)) = &mut raw.properties {
                    given.retain(|(name, _)| !is_hashed(name));
                }
                Cow::Owned(raw)
            }
            _ => Cow::Borrowed(raw),
        }
    }
}

/// The ids are typed and not part of what a command says, so they join after the judgement; a rejected event mints none.
pub fn with_ids(mut event: Event, ids: &Ids) -> Event {
    let context = Arc::make_mut(&mut event.context);
    context.install_id.clone_from(&ids.install_id);
    context.project_id.clone_from(&ids.project_id);
    event
}
