//! Cut connections, limits and lost answers: every cut leaves something that the next run finishes, and nothing is made twice.

use std::time::Duration;

use decantr::server::posthog::dashboard::{Options, prepare};
use decantr::server::posthog::{PostHogError, Waiter};
use serde_json::Value;

use super::apply::{apply, apply_well, plan, spec};
use super::fake::{Fake, Faults};

/// How many of each there are, removed ones not counted.
fn counts(fake: &Fake) -> [usize; 4] {
    let state = fake.state();
    [
        state.objects.dashboards.len(),
        state.objects.insights.len(),
        state.objects.cohorts.len(),
        state.objects.alerts.len(),
    ]
}

/// The requests that an undisturbed apply sends.
async fn length() -> usize {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    fake.state().requests.len()
}

/// Applies with connections that break, then without.
async fn cut_and_go_on(faults: Faults) {
    let fake = Fake::start();
    fake.state().faults = faults;
    let client = fake.client();
    if let Ok(prepared) = prepare(Some(&client), &spec(), Options::default()).await {
        let applied = prepared.apply(&client, &spec()).await;
        assert!(applied.error.is_some());
    }
    fake.recover();
    apply_well(&fake, Options::default()).await;
    assert_eq!(counts(&fake), [1, 20, 3, 4]);
    assert!(plan(&fake, Options::default()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_is_cut_before_any_request_is_finished_by_the_next() {
    for at in 0..length().await {
        cut_and_go_on(Faults {
            cut_before: Some(at),
            ..Faults::default()
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_is_cut_after_any_request_is_finished_by_the_next() {
    for at in 0..length().await {
        cut_and_go_on(Faults {
            cut_after: Some(at),
            ..Faults::default()
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_although_its_answer_was_lost_is_found_and_not_made_again() {
    for noun in ["dashboards", "insights", "cohorts", "alerts"] {
        let fake = Fake::start();
        fake.state().faults.drops_answer_of = Some(noun);
        apply_well(&fake, Options::default()).await;
        assert_eq!(counts(&fake), [1, 20, 3, 4], "{noun}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_to_something_new_is_not_answered_by_asking_again() {
    let fake = Fake::start();
    let reads = plan(&fake, Options::default()).await;
    assert!(!reads.is_empty());
    let client = fake.client();
    let prepared = prepare(Some(&client), &spec(), Options::default())
        .await
        .unwrap();
    fake.recover();
    fake.state().faults.says = [(503, None)].into();
    let applied = prepared.apply(&client, &spec()).await;
    let said = applied.error.unwrap().to_string();
    assert!(said.contains("cannot tell"), "{said}");
    assert_eq!(fake.writes().len(), 1, "it was sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_waited_out_as_long_as_posthog_says() {
    let fake = Fake::start();
    let waiter = Waiter::noting();
    let client = fake.client_with(super::fake::KEY, &waiter);
    let prepared = prepare(Some(&client), &spec(), Options::default())
        .await
        .unwrap();
    fake.state().faults.says = [(429, Some(7)), (429, Some(3))].into();
    let applied = prepared.apply(&client, &spec()).await;
    assert!(applied.error.is_none(), "{applied:?}");
    assert_eq!(
        waiter.noted(),
        [Duration::from_secs(7), Duration::from_secs(3)]
    );
    assert_eq!(counts(&fake), [1, 20, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_for_longer_than_anybody_waits_is_an_error_that_says_how_long() {
    let fake = Fake::start();
    let waiter = Waiter::noting();
    let client = fake.client_with(super::fake::KEY, &waiter);
    fake.state().faults.says = [(429, Some(3600))].into();
    let error = prepare(Some(&client), &spec(), Options::default())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("3600 s"), "{error}");
    assert_eq!(waiter.noted(), Vec::<Duration>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_repeated_and_ends_after_some_tries() {
    let fake = Fake::start();
    fake.state().faults.says = [(503, None), (500, None)].into();
    assert!(!plan(&fake, Options::default()).await.is_empty());
    fake.state().faults.says = std::iter::repeat_n((503, None), 50).collect();
    let client = fake.client();
    assert!(
        prepare(Some(&client), &spec(), Options::default())
            .await
            .is_err()
    );
    assert_eq!(fake.state().faults.says.len(), 45);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_client_refuses_to_write() {
    let fake = Fake::start();
    let client = fake.client().read_only();
    let prepared = prepare(Some(&client), &spec(), Options::default())
        .await
        .unwrap();
    let applied = prepared.apply(&client, &spec()).await;
    assert!(applied.error.unwrap().to_string().contains("dry run"));
    assert_eq!(fake.writes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_leaves_for_the_address_in_a_next_page() {
    let fake = Fake::start();
    apply_well(&fake, Options::default()).await;
    fake.recover();
    // Twenty insights are three pages of this server.
    assert!(plan(&fake, Options::default()).await.is_empty());
    let pages = fake
        .state()
        .requests
        .iter()
        .filter(|(_, path)| path.contains("offset="))
        .count();
    assert_eq!(pages, 2);
    drop(apply(&fake, Options::default()).await);
}

#[test]
fn an_unknown_outcome_keeps_its_cause() {
    let error = PostHogError::Unknown {
        action: "make it".to_owned(),
        source: None,
    };
    let said: Value = error.to_string().into();
    assert_eq!(said, "cannot tell whether PostHog did make it");
}
