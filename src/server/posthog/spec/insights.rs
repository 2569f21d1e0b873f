//! The insights: four funnels, trends by day, and bars.

use serde_json::{Value, json};

use super::queries::{any, bars, failed, filtered, funnel, is, is_set, named, series, step, trend};
use super::{Item, item};
use crate::model::catalog::{Catalog, EventSpec};
use crate::model::event::Actor;

pub(super) fn all(catalog: &Catalog) -> Vec<Item> {
    let mut all = funnels();
    all.extend(usage(catalog));
    all.extend(buckets(catalog));
    all.push(failures(catalog));
    all.extend(mixes());
    all
}

fn insight(key: &'static str, name: &str, about: &str, query: Value) -> Item {
    item(
        "insight",
        key,
        name,
        about,
        [("saved", json!(true)), ("query", query)],
    )
}

fn steps(events: &[&str]) -> Vec<Value> {
    events.iter().map(|event| step(event, &[])).collect()
}

fn funnels() -> Vec<Item> {
    let campaign = [is_set("attributionUtmCampaign")];
    let paid: Vec<Value> = [step("marketing_web.page_viewed", &campaign)]
        .into_iter()
        .chain(steps(&[
            "marketing_web.cta_clicked",
            "registry_web.signup_clicked",
            "user.signup.completed",
        ]))
        .collect();
    vec![
        insight(
            "activation-funnel",
            "Activation funnel",
            "From a first visit to an account, a key and a compiled pack.",
            funnel(&steps(&[
                "marketing_web.page_viewed",
                "marketing_web.cta_clicked",
                "registry_web.signup_clicked",
                "user.signup.completed",
                "api_key.created",
                "registry.item.resolved",
                "execution_pack.compiled",
            ])),
        ),
        insight(
            "paid-acquisition-funnel",
            "Paid-acquisition funnel",
            "From a visit that a campaign brought to an account.",
            funnel(&paid),
        ),
        insight(
            "registry-discovery-funnel",
            "Registry discovery funnel",
            "From a page of the registry to an item that is used.",
            funnel(&steps(&[
                "registry_web.page_viewed",
                "registry_web.search_performed",
                "registry_web.content_opened",
                "registry.item.resolved",
            ])),
        ),
        insight(
            "project-activation-funnel",
            "Project activation funnel",
            "From a project's first analysis to a healthy state.",
            funnel(&steps(&[
                "decantr.analyze.completed",
                "decantr.init.completed",
                "decantr.check.completed",
                "health.report.generated",
                "decantr.health.healthy",
            ])),
        ),
    ]
}

/// The names of the events for which `wanted` holds, in the catalog's order.
fn names(catalog: &Catalog, wanted: impl Fn(&EventSpec) -> bool) -> Vec<&str> {
    let events = catalog.events.iter().filter(|event| wanted(event));
    events.map(|event| &*event.name).collect()
}

fn in_bucket(key: &str) -> impl Fn(&EventSpec) -> bool {
    move |event| event.buckets.iter().any(|bucket| &**bucket == key)
}

/// A series for all of the events together, then one for each.
fn together(label: &str, events: &[&str], filters: &[Value]) -> Value {
    let all = [named(events.iter().copied())];
    let all: Vec<Value> = all.into_iter().chain(filters.iter().cloned()).collect();
    let each = events.iter().map(|event| filtered(event, filters));
    trend(
        &[any(label, &all)]
            .into_iter()
            .chain(each)
            .collect::<Vec<_>>(),
    )
}

fn usage(catalog: &Catalog) -> Vec<Item> {
    let customers = [is("decantr_actor_type", &[Actor::Customer.as_str()])];
    let web = |event: &EventSpec| event.name.starts_with("registry_web.");
    let intent = in_bucket("commercial_intent");
    let browsing = names(catalog, |event| web(event) && !intent(event));
    let core = [
        "cli.command.completed",
        "health.report.generated",
        "registry.item.resolved",
        "execution_pack.compiled",
    ];
    vec![
        insight(
            "core-usage",
            "Core usage (customers)",
            "Commands, health reports, registry items and packs of customers, by day.",
            trend(&core.map(|event| filtered(event, &customers))),
        ),
        insight(
            "customer-usage",
            "Customer usage of the command line",
            "What customers do with the command line, by day.",
            together(
                "All commands of customers",
                &names(catalog, in_bucket("cli_adoption")),
                &customers,
            ),
        ),
        insight(
            "registry-web-adoption",
            "Registry web adoption",
            "What visitors of the registry's pages do, by day.",
            together("All of the registry's pages", &browsing, &[]),
        ),
        insight(
            "registry-web-commercial-intent",
            "Registry web commercial intent",
            "Steps on the registry's pages that suggest an interest in a paid plan, by day.",
            together(
                "All commercial intent on the registry's pages",
                &names(catalog, |event| {
                    intent(event) && event.allows("registry-web")
                }),
                &[is("decantr_source", &["registry-web"])],
            ),
        ),
    ]
}

/// The trends that show one bucket each.
const BUCKETS: [(&str, &str, &str); 7] = [
    (
        "commercial-intent",
        "commercial_intent",
        "Commercial intent",
    ),
    ("content-pipeline", "content_pipeline", "Content pipeline"),
    (
        "hosted-intelligence",
        "hosted_intelligence",
        "Hosted intelligence",
    ),
    (
        "project-health",
        "project_health",
        "Project health outcomes",
    ),
    (
        "private-registry-readiness",
        "private_registry_readiness",
        "Private-registry readiness",
    ),
    ("identity-hygiene", "identity_hygiene", "Identity hygiene"),
    ("billing-intent", "billing_intent", "Billing intent"),
];

fn buckets(catalog: &Catalog) -> Vec<Item> {
    let show = |(key, bucket, name): (&'static str, &str, &str)| {
        let purpose = catalog.buckets.iter().find(|one| &*one.key == bucket);
        let about = purpose.map_or(name, |bucket| &bucket.purpose);
        let events = names(catalog, in_bucket(bucket));
        insight(
            key,
            name,
            about,
            together(&format!("{name}, all"), &events, &[]),
        )
    };
    BUCKETS.into_iter().map(show).collect()
}

fn failures(catalog: &Catalog) -> Item {
    let can_fail = |event: &EventSpec| {
        ["success", "valid"]
            .iter()
            .any(|name| event.property(name).is_some())
    };
    let ours = named(names(catalog, can_fail));
    insight(
        "failure-signals",
        "Failure signals",
        "Events that say that something went wrong (success or valid is false), by day.",
        trend(&[
            any("All failures", &[ours.clone(), failed()]),
            any(
                "success = false",
                &[ours.clone(), is("success", &["false"])],
            ),
            any("valid = false", &[ours, is("valid", &["false"])]),
        ]),
    )
}

fn mixes() -> Vec<Item> {
    let ours = any("Events of decantr", &[is_set("decantr_source")]);
    let registry = [
        series("registry.item.resolved"),
        series("registry.sync.completed"),
    ];
    vec![
        insight(
            "source-mix",
            "Source mix",
            "Which programs the events come from.",
            bars(std::slice::from_ref(&ours), "decantr_source"),
        ),
        insight(
            "actor-mix",
            "Actor mix",
            "Whose events they are: customers, our own, anonymous visitors, services.",
            bars(&[ours], "decantr_actor_type"),
        ),
        insight(
            "campaign-acquisition",
            "Campaign acquisition",
            "Visits, clicks and sign-up clicks by campaign.",
            bars(
                &[
                    series("marketing_web.page_viewed"),
                    series("marketing_web.cta_clicked"),
                    series("registry_web.signup_clicked"),
                ],
                "attributionUtmCampaign",
            ),
        ),
        insight(
            "registry-adoption-mix",
            "Registry adoption mix",
            "Which registries items come from.",
            bars(&registry, "registry_source"),
        ),
    ]
}
