//! Contexts of events that are judged one after the other: the next is mostly the same, and need not be read again.

use std::sync::Arc;

use super::Context;
use super::raw::RawContext;
use crate::model::outcome::Strip;

/// The context that was read last, by one validator, under the same circumstances.
#[derive(Debug, Default)]
pub struct Contexts<'a>(Option<Last<'a>>);

#[derive(Debug)]
struct Last<'a> {
    said: RawContext<'a>,
    context: Arc<Context>,
    /// What was taken out of it.
    strips: Vec<Strip>,
}

impl<'a> Contexts<'a> {
    /// The last one and what was taken out of it, if it was `said` with the same words.
    pub(super) fn last(&self, said: Option<&RawContext<'a>>) -> Option<(&Arc<Context>, &[Strip])> {
        let last = self.0.as_ref().filter(|last| said == Some(&last.said));
        last.map(|last| (&last.context, &*last.strips))
    }

    /// Keeps what was `said`, and what it was read as, for the next one.
    pub(super) fn keep(
        &mut self,
        said: Option<&RawContext<'a>>,
        context: &Arc<Context>,
        strips: &[Strip],
    ) {
        self.0 = said.map(|said| Last {
            said: said.clone(),
            context: Arc::clone(context),
            strips: strips.to_vec(),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::model::catalog::Catalog;
    use crate::model::event::{Admission, RawEvent, RawMap, Validator};

    use super::*;

    #[test]
    fn events_are_judged_among_others_as_they_are_alone() {
        let contexts = [
            r#"{"source":"cli","installId":"install_1"}"#,
            r#"{"source":"cli","installId":"install_1"}"#,
            r#"{"source":"cli","installId":"somebody","ip":"10.0.0.1"}"#,
            r#"{"source":"cli","installId":"somebody","ip":"10.0.0.1"}"#,
            r#"{"source":"registry","installId":"install_1"}"#,
            r#"{"source":"nobody"}"#,
            r#"{"source":"cli","x":1e999}"#,
            "null",
            "[]",
        ];
        let names = ["cli.command.completed", "registry.search.completed", "x"];
        let validator = Validator::new(Catalog::decantr(), [1; 32], 90);
        for has_key in [false, true] {
            let now = "2026-11-20T00:00:00Z".parse().unwrap();
            let admission = Admission { now, has_key };
            let mut last = Contexts::default();
            let (mut kept, mut stripped, mut repeated) = (0, 0, 0);
            for name in names.into_iter().flat_map(|name| [name, name]) {
                for context in contexts {
                    let json = format!(
                        r#"{{"id":"018f4b5e-0000-7000-8000-000000000000","name":"{name}","context":{context},"properties":{{"command":"check","success":true,"durationMs":1}}}}"#
                    );
                    let json: &str = Box::leak(json.into_boxed_str());
                    let raw = RawEvent::parse(json);
                    repeated += usize::from(last.last(raw.context.as_ref()).is_some());
                    let among = validator.normalise_among(&raw, admission, &mut last);
                    assert_eq!(among, validator.normalise(&raw, admission), "{json}");
                    if let Ok(normalised) = among {
                        kept += 1;
                        stripped += usize::from(!normalised.strips.is_empty());
                    }
                }
            }
            assert!(
                kept > 4 && stripped > 1 && repeated > 2,
                "{kept} {stripped} {repeated}"
            );
        }
    }

    #[test]
    fn a_context_that_an_adapter_made_is_known_again_by_its_value() {
        let made = |id: &'static str| {
            let context: RawMap<'_> = vec![("installId".into(), id.into())];
            RawContext::from(context)
        };
        let context = Arc::new(Context::new(
            "cli".into(),
            crate::model::event::Environment::Other,
        ));
        let mut last = Contexts::default();
        last.keep(Some(&made("install_1")), &context, &[]);
        assert!(last.last(Some(&made("install_1"))).is_some());
        assert!(last.last(Some(&made("install_2"))).is_none());
        assert!(last.last(None).is_none());
        last.keep(None, &context, &[]);
        assert!(last.last(None).is_none());
    }
}
