//! Keys: a missing scope skips what needs it and names it; a wrong key ends everything; none is ever shown.

use decantr::server::posthog::dashboard::{Options, prepare};
use decantr::server::posthog::{PostHogError, Waiter};

use super::apply::{apply, apply_well, spec};
use super::fake::Fake;

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_skips_its_part_names_itself_and_the_rest_is_done() {
    let all = [1, 20, 3, 4];
    for (scope, there) in [
        ("dashboard:read", [0, 20, 3, 4]),
        ("dashboard:write", [0, 20, 3, 4]),
        ("insight:read", [1, 0, 3, 0]),
        ("insight:write", [1, 0, 3, 0]),
        ("cohort:read", [1, 20, 0, 4]),
        ("cohort:write", [1, 20, 0, 4]),
        ("alert:read", [1, 20, 3, 0]),
        ("alert:write", [1, 20, 3, 0]),
    ] {
        let fake = Fake::start();
        fake.state().faults.lacks.insert(scope.to_owned());
        let applied = apply(&fake, Options::default()).await;
        assert!(applied.error.is_none(), "{scope}: {applied:?}");
        let named = applied
            .skipped
            .iter()
            .filter_map(|skip| skip.scope.as_deref());
        assert_eq!(named.collect::<Vec<_>>(), [scope]);
        assert!(
            applied.remaining.unwrap().is_empty(),
            "{scope}: the rest is not as it is to be"
        );
        let counts = |fake: &Fake| {
            let state = fake.state();
            let objects = &state.objects;
            [
                objects.dashboards.len(),
                objects.insights.len(),
                objects.cohorts.len(),
                objects.alerts.len(),
            ]
        };
        assert_eq!(counts(&fake), there, "{scope}");
        fake.recover();
        apply_well(&fake, Options::default()).await;
        assert_eq!(counts(&fake), all, "{scope}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_is_gone_later_keeps_what_is_there() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    let before = fake.state().objects.visible();
    for scope in [
        "dashboard:read",
        "insight:read",
        "cohort:read",
        "alert:read",
    ] {
        fake.state().faults.lacks = [scope.to_owned()].into();
        let applied = apply(&fake, Options::default()).await;
        assert_eq!(applied.done, [], "{scope}");
    }
    assert_eq!(fake.state().objects.visible(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_posthog_does_not_know_ends_everything() {
    let fake = Fake::start();
    let client = fake.client_with("phx_other", &Waiter::noting());
    let error = prepare(Some(&client), &spec(), Options::default())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not know"), "{error}");
    assert_eq!(fake.state().requests.len(), 1, "it was asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_repeats_the_key_is_not_passed_on() {
    let fake = Fake::start();
    fake.state().faults.blurts = true;
    fake.state().faults.says = [(400, None)].into();
    let client = fake.client();
    let error = prepare(Some(&client), &spec(), Options::default())
        .await
        .unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(
        said.contains("400") && !said.contains(super::fake::KEY),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_project_is_said_to_be_missing() {
    let fake = Fake::start();
    let settings = decantr::server::posthog::Settings {
        host: decantr::base::http::parse_base_url(&fake.url).unwrap(),
        environment_id: 7,
        key: decantr::base::secret::Secret::new(super::fake::KEY),
    };
    let clock = decantr::base::clock::Clock::system();
    let client = decantr::server::posthog::Client::new(settings, clock, Waiter::noting()).unwrap();
    let error = client
        .query("x", "SELECT 1", &serde_json::Map::new())
        .await
        .unwrap_err();
    assert!(matches!(error, PostHogError::NotFound { .. }), "{error}");
}
