//! The mapping to PostHog: nothing leaves under a name that is neither the catalog's nor one of ours, and attribution is as resolved.

use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::{
    Actor, Context, Environment, Owner, RegistrySource, Resolution, Standing,
};
use decantr::server::posthog::mapping::{ADDED, Kept, event};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

fn id(prefix: &'static str) -> impl Strategy<Value = Option<OpaqueId>> {
    proptest::option::of("[A-Za-z0-9-]{1,12}").prop_map(move |tail| {
        tail.map(|tail| OpaqueId::parse(&format!("{prefix}_{tail}")).unwrap())
    })
}

fn text() -> impl Strategy<Value = Option<Box<str>>> {
    proptest::option::of("[a-z]{1,8}").prop_map(|text| text.map(String::into_boxed_str))
}

prop_compose! {
    fn context()(
        source in "api|cli|mcp|registry-web",
        (install_id, project_id, anonymous_id) in (id("install"), id("project"), id("anon")),
        (session_id, user_id, org_id) in (id("sess"), id("user"), id("org")),
        (service_name, service_version, decantr_version) in (text(), text(), text()),
        registry_source in proptest::option::of(Just(RegistrySource::Official)),
    ) -> Context {
        Context {
            install_id, project_id, anonymous_id, session_id, user_id, org_id,
            service_name, service_version, decantr_version, registry_source,
            actor_type: Some(Actor::Internal),
            ..Context::new(source.into(), Environment::Production)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_property_outside_the_mapping_is_sent(
        context in context(),
        (user, org) in (id("user"), id("org")),
        at in 0_usize..41,
        strange in proptest::collection::btree_map("[a-zA-Z_$]{1,12}", "[a-z]{0,6}", 0..6),
    ) {
        let catalog = Catalog::decantr();
        let spec = &catalog.events[at];
        let mut properties = json!(strange);
        for property in &spec.properties {
            properties[&*property.name] = json!(1);
        }
        let counted = Resolution {
            actor: Actor::Customer,
            owner: Owner { user: user.clone(), org: org.clone() },
            standing: Standing::Decided,
        };
        let kept = Kept {
            id: Uuid::from_u128(7),
            spec,
            schema_version: "0.3.0",
            context: &context,
            counted: &counted,
            timestamp: "2026-11-20T05:00:00Z".parse().unwrap(),
            properties: &properties.to_string(),
        };
        let sent = event(&kept);
        let names: Vec<&String> = sent.as_object().unwrap().keys().collect();
        prop_assert_eq!(names, ["event", "uuid", "distinct_id", "timestamp", "properties"]);
        let sent_properties = sent["properties"].as_object().unwrap();
        for (name, value) in sent_properties {
            prop_assert!(spec.property(name).is_some() || ADDED.contains(&name.as_str()), "{}", name);
            prop_assert!(!value.is_null());
        }
        for property in &spec.properties {
            prop_assert!(sent_properties.contains_key(&*property.name));
        }
        let or_null = |id: &Option<OpaqueId>| id.as_ref().map_or(Value::Null, |id| json!(id));
        prop_assert_eq!(&sent["properties"]["decantr_org_id"], &or_null(&org));
        prop_assert_eq!(&sent["properties"]["$groups"]["organization"], &or_null(&org));
        prop_assert_eq!(&sent["properties"]["decantr_actor_type"], "customer");
        prop_assert_eq!(&sent["properties"]["$process_person_profile"], false);
        let ids = [&user, &context.install_id, &context.project_id, &context.anonymous_id];
        match ids.into_iter().find_map(Option::as_ref) {
            Some(id) => prop_assert_eq!(&sent["distinct_id"], id.as_str()),
            None => prop_assert!(sent["distinct_id"].as_str().unwrap().starts_with("service:")),
        }
    }
}
