//! Forwarding: every event arrives once, whatever goes wrong on the way, and nothing is lost silently.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::http::parse_base_url;
use decantr::base::secret::Secret;
use decantr::model::catalog::Catalog;
use decantr::server::jobs::forward::{Forwarder, Step};
use decantr::server::posthog::capture::Capture;
use decantr::server::report::Forwarding;
use decantr::server::rollup::Day;
use decantr::server::store::{Cursor, Store, copies};
use jiff::SignedDuration;

use super::fake::{Fake, Faults, TOKEN};
use crate::server::support::{Running, event, now};

/// A server with so many events.
pub(crate) async fn server(events: usize) -> Running {
    let server = Running::start().await;
    for start in (0..events).step_by(100) {
        let count = (events - start).min(100);
        let _reply = server
            .batch(&(0..count).map(|_| event()).collect::<Vec<_>>())
            .await;
    }
    server
}

pub(crate) fn forwarder_with(
    fake: &Fake,
    store: &Arc<dyn Store>,
    token: &str,
    clock: &Clock,
) -> Forwarder {
    let capture = Capture::new(&parse_base_url(&fake.url).unwrap(), Secret::new(token)).unwrap();
    Forwarder::new(
        Arc::clone(store),
        Catalog::decantr(),
        capture,
        clock.clone(),
    )
}

fn forwarder(fake: &Fake, server: &Running, clock: &Clock) -> Forwarder {
    forwarder_with(fake, &server.store, TOKEN, clock)
}

/// Steps until there is nothing to send; gives how often it failed.
async fn finish(forwarder: &mut Forwarder) -> usize {
    let mut failures = 0;
    for _step in 0..200 {
        match forwarder.step().await.unwrap() {
            Step::Idle => return failures,
            Step::Failed(_) => failures += 1,
            Step::Moved(_) => {}
            Step::Standby => panic!("another one forwards"),
        }
    }
    panic!("it does not end");
}

async fn cursor(server: &Running) -> Cursor {
    server
        .store
        .cursors()
        .cursors()
        .await
        .unwrap()
        .pop()
        .unwrap()
}

async fn stored(server: &Running) -> BTreeSet<String> {
    let events = server.store.events(0, 10_000).await.unwrap();
    events.iter().map(|event| event.id.to_string()).collect()
}

fn arrived(fake: &Fake) -> BTreeSet<String> {
    fake.state().events.keys().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_arrives_although_requests_fail_and_answers_are_lost() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(450).await;
    fake.state().faults.says = [(503, None), (429, Some(2)), (500, None)].into();
    let mut one = forwarder(&fake, &server, &clock);
    assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
    assert_eq!(
        one.step().await.unwrap(),
        Step::Failed(Duration::from_secs(2))
    );
    assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
    assert_eq!(
        (
            cursor(&server).await.failures,
            cursor(&server).await.sequence
        ),
        (3, 0)
    );
    assert_eq!(one.step().await.unwrap(), Step::Moved(200));
    assert_eq!(
        (cursor(&server).await.failures, cursor(&server).await.error),
        (0, None)
    );
    // PostHog takes a batch, and whoever sent it dies before it keeps its place.
    let next = fake.state().requests.len();
    fake.state().faults.cut_after = Some(next);
    assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
    drop(one);
    fake.recover();
    clock.advance(SignedDuration::from_mins(4));
    let mut other = forwarder(&fake, &server, &clock);
    assert_eq!(finish(&mut other).await, 0);
    assert_eq!(arrived(&fake), stored(&server).await);
    assert_eq!(
        fake.state().arrivals,
        650,
        "one batch twice, under the same ids"
    );
    let cursor = cursor(&server).await;
    assert_eq!(
        (cursor.forwarded, cursor.refused, cursor.passed),
        (450, 0, 0)
    );
    assert_eq!(cursor.target, "127.0.0.1");
    // What comes later goes later.
    let _reply = server.batch(&[event()]).await;
    assert_eq!(other.step().await.unwrap(), Step::Moved(1));
    assert_eq!(arrived(&fake).len(), 451);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_on_a_store_one_forwards_and_the_other_takes_over() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(3).await;
    let (mut one, mut two) = (
        forwarder(&fake, &server, &clock),
        forwarder(&fake, &server, &clock),
    );
    assert_eq!(one.step().await.unwrap(), Step::Moved(3));
    assert_eq!(two.step().await.unwrap(), Step::Standby);
    clock.advance(SignedDuration::from_mins(2));
    assert_eq!(
        one.step().await.unwrap(),
        Step::Idle,
        "its holder renews it"
    );
    clock.advance(SignedDuration::from_mins(2));
    assert_eq!(two.step().await.unwrap(), Step::Standby);
    clock.advance(SignedDuration::from_mins(2));
    assert_eq!(two.step().await.unwrap(), Step::Idle);
    assert_eq!(one.step().await.unwrap(), Step::Standby);
    two.place().release(&*server.store).await;
    assert_eq!(one.step().await.unwrap(), Step::Idle);
    assert_eq!(fake.state().arrivals, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_moves_nothing_is_told_and_is_not_shown() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(2).await;
    let wrong = "phc_wrong-and-not-shown";
    let mut one = forwarder_with(&fake, &server.store, wrong, &clock);
    let alert = async |server: &Running| {
        let all = Forwarding::read(server.store.cursors(), clock.now())
            .await
            .unwrap();
        all[0].alert()
    };
    for failures in 1..=5 {
        assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
        assert_eq!(cursor(&server).await.failures, failures);
        assert_eq!(alert(&server).await.is_some(), failures == 5);
    }
    let said = alert(&server).await.unwrap().message;
    assert!(
        said.contains("POSTHOG_PROJECT_TOKEN") && !said.contains(wrong),
        "{said}"
    );
    assert_eq!(
        (cursor(&server).await.sequence, arrived(&fake).len()),
        (0, 0)
    );
    let text = format!("{one:?}");
    assert!(!text.contains(wrong), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_event_that_posthog_refuses_is_passed_over_and_counted() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(60).await;
    let ids = stored(&server).await;
    let bad: BTreeSet<String> = ids.iter().take(2).cloned().collect();
    fake.state().faults.refuses = bad.clone();
    assert_eq!(finish(&mut forwarder(&fake, &server, &clock)).await, 0);
    let cursor = cursor(&server).await;
    assert_eq!(
        (cursor.forwarded, cursor.refused, cursor.failures),
        (58, 2, 0)
    );
    assert_eq!(arrived(&fake), ids.difference(&bad).cloned().collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_posthog_refuses_everything_nothing_is_passed_over() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    for count in [1, 60] {
        let server = server(count).await;
        fake.state().faults.refuses = stored(&server).await;
        let mut one = forwarder(&fake, &server, &clock);
        fake.state().requests.clear();
        assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
        assert!(fake.state().requests.len() < 60, "it goes on asking");
        let kept = cursor(&server).await;
        assert_eq!((kept.sequence, kept.refused), (0, 0));
        assert!(kept.error.unwrap().contains("refuses every event"));
        // A good one behind it shows that the others are at fault, once they are in one batch.
        fake.state().faults.refuses.clear();
        assert_eq!(finish(&mut one).await, 0);
        assert_eq!(
            cursor(&server).await.forwarded,
            u64::try_from(count).unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_too_large_is_halved_and_a_cut_keeps_what_was_taken() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(40).await;
    fake.state().faults.most = Some(6);
    let mut one = forwarder(&fake, &server, &clock);
    // 40, 20, 10 are refused, 5 are taken, then the connection breaks.
    fake.state().faults.cut_before = Some(4);
    assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
    let kept = cursor(&server).await;
    assert_eq!((kept.forwarded, kept.sequence, kept.failures), (5, 5, 1));
    fake.recover();
    fake.state().faults = Faults {
        most: Some(6),
        ..Faults::default()
    };
    assert_eq!(finish(&mut one).await, 0);
    assert_eq!(arrived(&fake), stored(&server).await);
    assert_eq!(fake.state().arrivals, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_is_measured_and_told_after_an_hour() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(3).await;
    let mut one = forwarder(&fake, &server, &clock);
    assert_eq!(finish(&mut one).await, 0);
    let read = async || {
        let all = Forwarding::read(server.store.cursors(), clock.now())
            .await
            .unwrap();
        all.into_iter().next().unwrap()
    };
    assert_eq!(
        (read().await.behind_events, read().await.behind_seconds),
        (0, 0)
    );
    let _reply = server.batch(&[event(), event()]).await;
    clock.advance(SignedDuration::from_mins(59));
    assert_eq!(
        (read().await.behind_events, read().await.alert()),
        (2, None)
    );
    clock.advance(SignedDuration::from_mins(2));
    let late = read().await;
    assert_eq!(late.behind_seconds, 61 * 60);
    assert_eq!(late.alert().unwrap().code, "forwarder_failing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_friendly_page_of_somebody_else_takes_no_events() {
    let clock = Clock::fixed(now());
    let server = server(2).await;
    for page in ["<html>sign in</html>", "{}", "[]", ""] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let app = parse_base_url(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let pages = axum::Router::new().fallback(move || async move { page });
        let serving = tokio::spawn(async move { axum::serve(listener, pages).await });
        let capture = Capture::new(&app, Secret::new(TOKEN)).unwrap();
        let store = Arc::clone(&server.store);
        let mut one = Forwarder::new(store, Catalog::decantr(), capture, clock.clone());
        assert!(
            matches!(one.step().await.unwrap(), Step::Failed(_)),
            "{page}"
        );
        one.place().release(&*server.store).await;
        serving.abort();
        let kept = cursor(&server).await;
        assert_eq!((kept.sequence, kept.forwarded), (0, 0));
        assert!(kept.error.unwrap().contains("POSTHOG_HOST"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_over_when_nothing_waits_any_more() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(2).await;
    fake.state().faults.says = [(503, None); 5].into();
    let mut one = forwarder(&fake, &server, &clock);
    for _failure in 0..5 {
        assert!(matches!(one.step().await.unwrap(), Step::Failed(_)));
    }
    let tomorrow = Day::of(now()).plus(1);
    let purged = server.store.purge("decantr", tomorrow).await.unwrap();
    assert_eq!(purged.events, 2);
    assert_eq!(one.step().await.unwrap(), Step::Idle);
    let all = Forwarding::read(server.store.cursors(), clock.now()).await;
    assert_eq!(all.unwrap()[0].alert(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_catalog_does_not_take_the_place_of_this_one() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(3).await;
    let capture = Capture::new(&parse_base_url(&fake.url).unwrap(), Secret::new(TOKEN)).unwrap();
    let store = Arc::clone(&server.store);
    let mut other = Forwarder::new(
        store,
        Catalog::embedded("race-bot").unwrap(),
        capture,
        clock.clone(),
    );
    assert_eq!(other.step().await.unwrap(), Step::Moved(3));
    let mut one = forwarder(&fake, &server, &clock);
    assert_eq!(one.step().await.unwrap(), Step::Moved(3));
    assert_eq!(arrived(&fake), stored(&server).await);
    let beyond = copies(server.store.cursors()).await.unwrap();
    assert_eq!(beyond, ["PostHog (127.0.0.1): events forwarded before"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_leaves_one_forwarder() {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let server = server(1).await;
    let (mut one, mut two) = (
        forwarder(&fake, &server, &clock),
        forwarder(&fake, &server, &clock),
    );
    assert_eq!(one.step().await.unwrap(), Step::Moved(1));
    clock.advance(SignedDuration::from_hours(-1));
    assert_eq!(one.step().await.unwrap(), Step::Idle);
    assert_eq!(two.step().await.unwrap(), Step::Standby);
}
