//! Posting to a webhook: what is tried again, what is not, and what is said about it.

use decantr::base::clock::Clock;
use decantr::base::error::chain;
use decantr::base::secret::Secret;
use decantr::server::jobs::message::Form;
use decantr::server::jobs::webhook::{PostError, Webhook};
use serde_json::json;

use super::recorder::{Recorder, Reply};

/// Posts to a server with these answers, as `form`; gives the result and how often it was asked.
async fn post(replies: &[Reply], form: Form) -> (Result<(), PostError>, usize) {
    let recorder = Recorder::answering(replies);
    let url = format!("{}/s3cret?sig=s3cret", recorder.url);
    let webhook = Webhook::parse(&Secret::new(&url), Some(form)).unwrap();
    let clock = Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap());
    let result = webhook.post(&json!({ "text": "x" }), &clock).await;
    if let Err(error) = &result {
        let said = format!("{} {error:?}", chain(error));
        assert!(
            !said.contains("s3cret") && !said.contains("127.0.0.1"),
            "{said}"
        );
    }
    (result, recorder.asked().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_asks_to_wait_is_asked_again_a_few_times() {
    let busy: Reply = (
        429,
        "retry-after: 9\r\n",
        r#"{"retry_after":0.01,"global":false}"#,
    );
    let (result, asked) = post(
        &[busy, (429, "retry-after: 0\r\n", ""), (204, "", "")],
        Form::Discord,
    )
    .await;
    assert!(result.is_ok());
    assert_eq!(asked, 3);
    let (result, asked) = post(&[busy], Form::Discord).await;
    assert!(
        matches!(result, Err(PostError::Limited { seconds: 1, .. })),
        "{result:?}"
    );
    assert_eq!(asked, 4);
    let (result, asked) = post(&[(429, "retry-after: 3600\r\n", "")], Form::Slack).await;
    assert!(
        matches!(result, Err(PostError::Limited { seconds: 3600, .. })),
        "{result:?}"
    );
    assert_eq!(asked, 1);
    let date = "retry-after: Fri, 20 Nov 2026 05:00:00 GMT\r\n";
    assert!(
        post(&[(429, date, ""), (200, "", "ok")], Form::Slack)
            .await
            .0
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_have_been_posted_is_not_posted_twice() {
    for reply in [
        (500, "", "oops"),
        (503, "retry-after: 0\r\n", ""),
        (302, "location: /else\r\n", ""),
    ] {
        let (result, asked) = post(&[reply], Form::Teams).await;
        assert!(
            matches!(result, Err(PostError::Refused { .. })),
            "{result:?}"
        );
        assert_eq!(asked, 1, "{reply:?}");
    }
    let (result, asked) = post(&[], Form::Json).await;
    assert!(
        matches!(result, Err(PostError::Silent { .. })),
        "{result:?}"
    );
    assert_eq!(asked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_gone_or_closed_is_said_to_be() {
    for status in [404, 410] {
        let (result, _) = post(&[(status, "", "")], Form::Discord).await;
        assert!(matches!(result, Err(PostError::Gone { .. })), "{result:?}");
    }
    let (result, _) = post(&[(403, "", "")], Form::Slack).await;
    assert!(
        matches!(result, Err(PostError::Forbidden { .. })),
        "{result:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_cannot_be_made_is_tried_once_more() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/s3cret", free.local_addr().unwrap());
    drop(free);
    let webhook = Webhook::parse(&Secret::new(&url), None).unwrap();
    let result = webhook.post(&json!({}), &Clock::system()).await;
    assert!(
        matches!(result, Err(PostError::Unreachable { .. })),
        "{result:?}"
    );
    assert!(!chain(&result.unwrap_err()).contains("s3cret"));
}
