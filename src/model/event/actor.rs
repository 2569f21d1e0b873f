//! Who is counted as what: the pure rule by which the server resolves an event's actor.

use serde::{Deserialize, Serialize};

use super::context::{Context, words};

words! {
    /// The kind of actor an event is counted under.
    Actor {
        /// Somebody with nothing but an anonymous id.
        Anonymous = "anonymous",
        /// Somebody with an opaque user, organisation, project or install id.
        Customer = "customer",
        /// The operator's own people and tests.
        Internal = "internal",
        /// The operator's own content pipeline.
        OfficialPipeline = "official_pipeline",
        /// A program without any id.
        Service = "service",
    }
}

/// Resolves the actor of an event from its context alone: the content pipeline by its source, then any lasting id, then an
/// anonymous id, else a service. A claimed actor type decides nothing.
pub fn resolve(context: &Context) -> Actor {
    let lasting = [
        &context.user_id,
        &context.org_id,
        &context.project_id,
        &context.install_id,
    ];
    if &*context.source == "content-ci" {
        Actor::OfficialPipeline
    } else if lasting.iter().any(|id| id.is_some()) {
        Actor::Customer
    } else if context.anonymous_id.is_some() {
        Actor::Anonymous
    } else {
        Actor::Service
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::Environment;
    use super::*;
    use crate::base::ids::OpaqueId;

    #[test]
    fn the_first_rule_that_applies_decides() {
        let id = |text| Some(OpaqueId::parse(text).unwrap());
        let context = |source: &str| Context::new(source.into(), Environment::Production);
        assert_eq!(resolve(&context("api")), Actor::Service);
        let anonymous = Context {
            anonymous_id: id("anon_1"),
            ..context("registry-web")
        };
        assert_eq!(resolve(&anonymous), Actor::Anonymous);
        assert_eq!(
            resolve(&Context {
                install_id: id("inst_1"),
                ..anonymous
            }),
            Actor::Customer
        );
        let pipeline = Context {
            org_id: id("org_1"),
            ..context("content-ci")
        };
        assert_eq!(resolve(&pipeline), Actor::OfficialPipeline);
    }
}
