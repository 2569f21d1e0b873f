//! Applying: what is to be there comes to be there once, and what is others' stays as it is.

use axum::http::Method;
use decantr::model::catalog::Catalog;
use decantr::server::posthog::dashboard::{Applied, DashboardError, Options, Part, Plan, prepare};
use decantr::server::posthog::spec::Spec;
use serde_json::{Value, json};

use super::fake::Fake;
use super::tiles::Places;

pub(crate) fn spec() -> Spec {
    Spec::of(&Catalog::decantr())
}

/// Plans and applies.
pub(crate) async fn apply(fake: &Fake, options: Options) -> Applied {
    let client = fake.client();
    let prepared = prepare(Some(&client), &spec(), options).await.unwrap();
    prepared.apply(&client, &spec()).await
}

/// Applies, and checks that it went to the end.
pub(crate) async fn apply_well(fake: &Fake, options: Options) -> Applied {
    let applied = apply(fake, options).await;
    assert!(applied.error.is_none(), "{applied:?}");
    assert_eq!(applied.skipped, []);
    assert_eq!(
        applied.remaining,
        Some(Plan {
            left_alone: left(&applied),
            ..Plan::default()
        })
    );
    applied
}

fn left(applied: &Applied) -> Vec<decantr::server::posthog::dashboard::Change> {
    applied
        .remaining
        .as_ref()
        .map(|plan| plan.left_alone.clone())
        .unwrap_or_default()
}

/// The plan, by GET requests only.
pub(crate) async fn plan(fake: &Fake, options: Options) -> Plan {
    let client = fake.client().read_only();
    prepare(Some(&client), &spec(), options).await.unwrap().plan
}

/// The ids of insights with this text in the description.
fn marked(fake: &Fake, text: &str) -> Vec<u64> {
    let state = fake.state();
    let insights = state.objects.insights.iter();
    insights
        .filter(|(_, insight)| insight["description"].as_str().unwrap().contains(text))
        .map(|(id, _)| *id)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_project_gets_everything_and_a_second_apply_writes_nothing() {
    for (has_tags, lists_thinly) in [(false, false), (true, true)] {
        let fake = Fake::start();
        fake.state().objects.has_tags = has_tags;
        fake.state().objects.lists_thinly = lists_thinly;
        let applied = apply_well(&fake, Options::default()).await;
        assert_eq!(applied.done.len(), 1 + 20 + 1 + 3 + 4);
        {
            let state = fake.state();
            assert_eq!(
                (state.objects.insights.len(), state.objects.alerts.len()),
                (20, 4)
            );
            assert!(
                state
                    .objects
                    .insights
                    .values()
                    .all(|insight| insight["saved"] == true)
            );
            assert_eq!(state.objects.calculations, 3);
        }
        fake.recover();
        let before = fake.state().objects.visible();
        let again = apply_well(&fake, Options::default()).await;
        assert_eq!(again.done, []);
        assert_eq!(fake.writes(), []);
        assert_eq!(fake.state().objects.visible(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_sends_get_requests_only_and_names_what_is_to_be_done() {
    let fake = Fake::start();
    let first = plan(&fake, Options::default()).await;
    assert_eq!(first.counts(), [28, 1, 0]);
    let assumed = prepare(None, &spec(), Options::default()).await.unwrap();
    assert_eq!(
        assumed.plan, first,
        "an empty project is planned as it is assumed to be"
    );
    assert_eq!(fake.writes(), []);
    apply_well(&fake, Options::default()).await;
    assert!(plan(&fake, Options::default()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insight_stays_on_the_other_dashboards_on_which_somebody_put_it() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    let id = marked(&fake, "decantr:insight:source-mix")[0];
    let (own, other) = {
        let mut state = fake.state();
        let own = *state.objects.dashboards.keys().next().unwrap();
        let other = state
            .objects
            .add_dashboard(json!({"name": "mine", "description": "by hand"}));
        let on = json!({"dashboards": [other]});
        let _answer =
            state
                .objects
                .answer(&Method::PATCH, "insights", Some(&id.to_string()), "", on);
        (own, other)
    };
    let planned = plan(&fake, Options::default()).await;
    let differences = &planned.changes[0].differences;
    assert_eq!(
        (differences[0].path.as_str(), &differences[0].to),
        ("dashboards", &json!([other, own]))
    );
    apply_well(&fake, Options::default()).await;
    let insight = fake.state().objects.insights[&id].clone();
    assert_eq!(insight["dashboards"], json!([other, own]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_or_added_is_not_touched() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    let id = marked(&fake, "decantr:insight:core-usage")[0];
    let by_hand = {
        let mut state = fake.state();
        let dashboard = *state.objects.dashboards.keys().next().unwrap();
        // A namesake without a mark, on our dashboard, and a text tile.
        let by_hand = json!({"name": "Core usage (customers)", "description": "mine", "dashboards": [dashboard]});
        let by_hand = state.objects.add_insight(by_hand);
        let text = json!({"tiles": [{"text": {"body": "hello"}}]});
        let _answer = state.objects.answer(
            &Method::PATCH,
            "dashboards",
            Some(&dashboard.to_string()),
            "",
            text,
        );
        let ours = state.objects.insights.get_mut(&id).unwrap();
        ours["query"]["source"]["trendsFilter"]["showLegend"] = json!(true);
        ours["tags"] = json!(["theirs"]);
        let alert = state.objects.alerts.values_mut().next().unwrap();
        alert["enabled"] = json!(false);
        alert["subscribed_users"] = json!([7]);
        by_hand
    };
    fake.recover();
    let before = fake.state().objects.visible();
    assert_eq!(apply_well(&fake, Options::default()).await.done, []);
    assert_eq!(fake.state().objects.visible(), before);
    // A change of ours goes beside theirs.
    fake.state().objects.insights.get_mut(&id).unwrap()["query"]["source"]["interval"] =
        json!("week");
    let planned = plan(&fake, Options::default()).await;
    assert_eq!(planned.changes.len(), 1);
    let difference = &planned.changes[0].differences[0];
    assert_eq!(difference.path, "query.source.interval");
    apply_well(&fake, Options::default()).await;
    let ours = fake.state().objects.insights[&id].clone();
    assert_eq!(ours["query"]["source"]["trendsFilter"]["showLegend"], true);
    assert_eq!(
        (&ours["query"]["source"]["interval"], &ours["tags"]),
        (&json!("day"), &json!(["theirs"]))
    );
    assert_eq!(
        fake.state().objects.insights[&by_hand]["description"],
        "mine"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_go_back_to_their_places_unless_they_may_stay() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    let first = {
        let state = fake.state();
        state.objects.visible()[4][0].clone()
    };
    assert_eq!(first[2]["sm"], json!({"x": 0, "y": 0, "w": 6, "h": 5}));
    let moved = {
        let mut state = fake.state();
        let dashboard = *state.objects.dashboards.keys().next().unwrap();
        let shown = state.objects.dashboards[&dashboard]["id"].to_string();
        let tile = first_tile(&mut state.objects, dashboard);
        let body = json!({"tiles": [{"id": tile, "layouts": {"sm": {"x": 0, "y": 90, "w": 12, "h": 9}, "xs": {"y": 1}}}]});
        let _answer = state
            .objects
            .answer(&Method::PATCH, "dashboards", Some(&shown), "", body);
        state.objects.visible()[4][0].clone()
    };
    let stay = Options {
        keep_layout: true,
        ..Options::default()
    };
    assert!(plan(&fake, stay).await.is_empty());
    let planned = plan(&fake, Options::default()).await;
    assert_eq!(
        (planned.changes.len(), planned.changes[0].part),
        (1, Part::Layout)
    );
    assert_eq!(planned.changes[0].differences.len(), 1, "{planned:?}");
    apply_well(&fake, Options::default()).await;
    let back = fake.state().objects.visible()[4][0].clone();
    assert_eq!(back[2]["sm"], first[2]["sm"]);
    assert_eq!(
        back[2]["xs"], moved[2]["xs"],
        "the place on small screens is not ours"
    );
}

fn first_tile(objects: &mut super::objects::Objects, dashboard: u64) -> Value {
    objects.tile_ids(dashboard)[0].into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_places_and_keeps_none_is_found_out() {
    let fake = Fake::start();
    fake.state().objects.places = Places::ReadOnly;
    let applied = apply(&fake, Options::default()).await;
    assert!(applied.error.is_none());
    let remaining = applied.remaining.unwrap();
    assert_eq!(
        (remaining.changes.len(), remaining.changes[0].part),
        (1, Part::Layout)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_places_are_read_only_tiles_are_put_in_order_unless_one_is_somebody_elses() {
    for by_hand in [false, true] {
        let fake = Fake::start();
        apply_well(&fake, Options::default()).await;
        {
            let mut state = fake.state();
            let objects = &mut state.objects;
            objects.places = Places::ByOrder;
            for layouts in objects.tiles_mut() {
                *layouts = json!({});
            }
            if by_hand {
                let dashboard = *objects.dashboards.keys().next().unwrap();
                let theirs = json!({"name": "mine", "description": "", "dashboards": [dashboard]});
                objects.add_insight(theirs);
            }
        }
        fake.recover();
        let applied = apply(&fake, Options::default()).await;
        assert!(applied.error.is_none(), "{applied:?}");
        let orders = fake
            .writes()
            .iter()
            .filter(|(_, path)| path.contains("reorder_tiles"))
            .count();
        assert_eq!(orders, usize::from(!by_hand));
        assert_eq!(applied.remaining.unwrap().is_empty(), !by_hand);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ours_no_more_is_left_alone_until_it_is_pruned() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    let (old, cohort) = {
        let mut state = fake.state();
        let old = json!({"name": "Old", "description": "x\n\ndecantr:insight:old-thing"});
        let old = state.objects.add_insight(old);
        let alert = json!({"name": "a", "insight": old, "subscribed_users": [1], "threshold": {}});
        let _answer = state
            .objects
            .answer(&Method::POST, "alerts", None, "", alert);
        let cohort = json!({"name": "c", "description": "decantr:cohort:old", "filters": {}});
        (old, state.objects.add_cohort(cohort))
    };
    fake.recover();
    let applied = apply_well(&fake, Options::default()).await;
    assert_eq!(fake.writes(), []);
    let left = applied.remaining.unwrap().left_alone;
    assert_eq!(left.len(), 2);
    assert!(
        left[0].note.as_ref().unwrap().contains("for good"),
        "{left:?}"
    );
    let prune = Options {
        prune: true,
        ..Options::default()
    };
    let applied = apply_well(&fake, prune).await;
    assert_eq!(applied.done.len(), 2);
    let state = fake.state();
    assert_eq!(state.objects.insights[&old]["deleted"], true);
    assert_eq!(state.objects.cohorts[&cohort]["deleted"], true);
    assert_eq!(state.objects.alerts.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_objects_with_one_mark_are_refused_before_anything_is_written() {
    let fake = Fake::start();
    let (first, second) = {
        let mut state = fake.state();
        let twin = json!({"name": "a", "description": "decantr:insight:source-mix"});
        (
            state.objects.add_insight(twin.clone()),
            state.objects.add_insight(twin),
        )
    };
    let client = fake.client();
    let refused = prepare(Some(&client), &spec(), Options::default()).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, DashboardError::Ambiguous { .. }));
    let said = error.to_string();
    assert!(
        said.contains(&first.to_string()) && said.contains(&second.to_string()),
        "{said}"
    );
    assert_eq!(fake.writes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_alerts_with_one_name_on_one_insight_are_refused_too() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    let twin = fake.state().objects.alerts.values().next().unwrap().clone();
    let _answer = fake
        .state()
        .objects
        .answer(&Method::POST, "alerts", None, "", twin);
    fake.recover();
    let client = fake.client();
    let refused = prepare(Some(&client), &spec(), Options::default()).await;
    assert!(matches!(refused, Err(DashboardError::Ambiguous { .. })));
    assert_eq!(fake.writes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_by_hand_is_set_right_in_every_part() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    {
        let mut state = fake.state();
        let calculations = state.objects.calculations;
        assert_eq!(calculations, 3);
        state.objects.dashboards.values_mut().next().unwrap()["name"] = json!("x");
        let cohort = state.objects.cohorts.values_mut().next().unwrap();
        cohort["filters"]["properties"]["values"]
            .as_array_mut()
            .unwrap()
            .pop();
        let alert = state.objects.alerts.values_mut().next().unwrap();
        alert["threshold"]["configuration"]["bounds"] = json!({"upper": 99});
    }
    let planned = plan(&fake, Options::default()).await;
    let parts: Vec<Part> = planned.changes.iter().map(|change| change.part).collect();
    assert_eq!(parts, [Part::Dashboard, Part::Cohorts, Part::Alerts]);
    apply_well(&fake, Options::default()).await;
    assert_eq!(
        fake.state().objects.calculations,
        4,
        "only the changed cohort is counted anew"
    );
    // A removed insight and a removed dashboard come back as new ones.
    {
        let mut state = fake.state();
        let dashboard = *state.objects.dashboards.keys().next().unwrap();
        let gone = json!({"deleted": true});
        let _answer = state.objects.answer(
            &Method::PATCH,
            "dashboards",
            Some(&dashboard.to_string()),
            "",
            gone,
        );
    }
    apply_well(&fake, Options::default()).await;
    assert!(plan(&fake, Options::default()).await.is_empty());
}
