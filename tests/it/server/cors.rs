//! Browsers: pages from anywhere may send events, and may not even ask about accounts.

use decantr::model::protocol::{ALIASES_PATH, EVENTS_PATH, ME_PATH, TRACK_PATH, USAGE_PATH};
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::support::{Running, batch, event};

async fn ask(
    server: &Running,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: String,
) -> (u16, HeaderMap) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method, format!("{}{path}", server.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

const PAGE: (&str, &str) = ("origin", "https://shop.example");

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_send_events_with_the_headers_that_it_asks_for() {
    let server = Running::serving(&["decantr", "conversations"]).await;
    let asked = [
        PAGE,
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type,posthog-sdk-info",
        ),
    ];
    let below = format!("/catalogs/conversations{TRACK_PATH}");
    for path in [EVENTS_PATH, TRACK_PATH, &below] {
        let (status, headers) = ask(&server, Method::OPTIONS, path, &asked, String::new()).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(text(&headers, "access-control-allow-origin"), "*", "{path}");
        assert_eq!(text(&headers, "access-control-allow-methods"), "GET,POST");
        assert_eq!(text(&headers, "access-control-allow-headers"), asked[2].1);
        assert_eq!(text(&headers, "access-control-allow-credentials"), "");
    }
    let sent = [PAGE, ("content-type", "application/json")];
    for (body, status) in [(batch(&[event()]).to_string(), 202), ("{".to_owned(), 400)] {
        let (answered, headers) = ask(&server, Method::POST, EVENTS_PATH, &sent, body).await;
        assert_eq!(answered, status);
        assert_eq!(text(&headers, "access-control-allow-origin"), "*");
        let exposed = text(&headers, "access-control-expose-headers");
        assert_eq!(exposed, "retry-after,posthog-request-id");
    }
    // Who is turned away at the door can read it, too.
    let bad = [PAGE, ("authorization", "Bearer x")];
    let (status, headers) = ask(&server, Method::POST, EVENTS_PATH, &bad, "{}".into()).await;
    assert_eq!(status, 401);
    assert_eq!(text(&headers, "access-control-allow-origin"), "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_operators_routes_are_for_no_page() {
    let server = Running::start().await;
    let asked = [
        PAGE,
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization"),
    ];
    for path in [
        ME_PATH,
        ALIASES_PATH,
        USAGE_PATH,
        "/v1/forget",
        "/v1/nothing",
    ] {
        for method in [Method::OPTIONS, Method::GET, Method::POST] {
            let (status, headers) = ask(&server, method, path, &asked, String::new()).await;
            assert!(status >= 400, "{path} {status}");
            let mut names = headers.keys();
            let cors = names.any(|name| name.as_str().starts_with("access-control"));
            assert!(!cors, "{path}: {headers:?}");
        }
    }
}
