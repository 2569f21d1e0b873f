//! Two hundred secrets of all kinds in every text, name and header of every client's requests: no byte of the server's files, logs,
//! numbers and answers has one of them afterwards, in whatever form.
//!
//! A token can spell 32 characters of something, and an opaque id 64; that is said wherever the promise is. What has the shape of a key
//! is no token all the same, so none of these secrets can be spelled.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tokio::task::JoinSet;

use super::planted::{self, Post};
use super::secrets::{self, Search, Secret, folded, percent};
use super::trial::stored;
use crate::support::process::{Home, Served};

/// The catalogs that are served.
const CATALOGS: [&str; 4] = ["decantr", "conversations", "race-bot", "drift"];

/// How many requests are on their way at once.
const AT_ONCE: usize = 8;

/// A server with everything it has switched on, and its log.
pub(super) struct Watched {
    pub(super) home: Home,
    pub(super) server: Served,
    metrics: String,
    key: String,
}

impl Watched {
    pub(super) fn start() -> Self {
        let mut home = Home::in_memory();
        home.set("RUST_LOG", "trace");
        let key = |scope| {
            let store = home.store();
            let words = [
                "ops", "key", "create", "--scope", scope, "--store", &store, "--json",
            ];
            let made = home.run(&words).exits(0).json();
            made["key"].as_str().unwrap().to_owned()
        };
        home.serve().stop();
        let key = key("ingest");
        let port = free_port();
        let metrics = format!("127.0.0.1:{port}");
        let mut words = vec![
            "-vv",
            "--log-json",
            "--metrics-listen",
            &metrics,
            "--rate-limit",
            "1000000",
        ];
        words.extend(["--trusted-proxy", "127.0.0.1"]);
        words.extend(CATALOGS.iter().flat_map(|id| ["--catalog", id]));
        let log = home.path().join("server.log");
        let server = home.serve_logging(&words, &log);
        Self {
            metrics: format!("http://{metrics}/metrics"),
            home,
            server,
            key,
        }
    }

    /// Fails if one of the secrets is in anything that the server has written or answers now, or if nothing was stored.
    pub(super) fn assert_clean(self, search: &Search, least: usize) {
        let base = &self.server.url;
        let asked = [
            format!("{base}/v1/stats"),
            format!("{base}/v1/ready"),
            format!("{base}/openapi.json"),
            self.metrics.clone(),
        ];
        let numbers: Vec<u8> = runtime().block_on(async {
            let mut numbers = Vec::new();
            for url in &asked {
                let answer = reqwest::Client::builder()
                    .no_proxy()
                    .build()
                    .unwrap()
                    .get(url);
                numbers.extend(answer.send().await.unwrap().bytes().await.unwrap());
            }
            numbers
        });
        assert_eq!(search.find(&numbers), Vec::<String>::new(), "numbers");
        // The database with its log of what is not in it yet, the log of the server, and whatever else there is.
        let root = self.home.path().parent().unwrap().to_owned();
        let files = search_below(&root, search);
        assert!(files.iter().any(|name| name.ends_with("-wal")), "{files:?}");
        assert!(
            files.iter().any(|name| name.ends_with("server.log")),
            "{files:?}"
        );
        let Self { home, server, .. } = self;
        assert_eq!(server.stop().0, Some(0));
        search_below(&root, search);
        let stored = stored(&home).len();
        assert!(stored >= least, "only {stored} events are stored");
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

/// Fails if a file has one of the secrets; gives the files.
fn search_below(folder: &Path, search: &Search) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(search_below(&path, search));
            continue;
        }
        let name = path.display().to_string();
        let found = search.find(&fs::read(&path).unwrap());
        assert_eq!(found, Vec::<String>::new(), "{name}");
        files.push(name);
    }
    files
}

/// The headers and the query in which a client could have a secret.
fn around(secret: &Secret) -> (Vec<(String, String)>, String) {
    const HEADERS: [&str; 14] = [
        "user-agent",
        "referer",
        "origin",
        "cookie",
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "accept-language",
        "traceparent",
        "x-request-id",
        "posthog-sdk-info",
        "x-decantr-client",
        "from",
        "sec-ch-ua",
    ];
    let line = secret.line();
    let mut headers: Vec<(String, String)> = HEADERS
        .iter()
        .map(|name| ((*name).to_owned(), line.clone()))
        .collect();
    headers.push((format!("x-{}", folded(&secret.text)), line.clone()));
    headers.push((
        "forwarded".to_owned(),
        format!("for=\"{}\"", line.replace('"', "")),
    ));
    let encoded = percent(&secret.text);
    (
        headers,
        format!("?{encoded}={encoded}&ip={encoded}&token={encoded}"),
    )
}

/// Sends requests, each with a secret around it; gives everything that was answered, and how many were taken.
async fn send(watched: &Watched, posts: Vec<Post>, secrets: &[Secret]) -> (Vec<u8>, usize) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let (mut all, mut taken) = (Vec::new(), 0);
    let mut sending = JoinSet::new();
    let mut note = |(answer, is_taken): (Vec<u8>, bool)| {
        all.extend(answer);
        taken += usize::from(is_taken);
    };
    for (at, (post, secret)) in posts.into_iter().zip(secrets.iter().cycle()).enumerate() {
        let (headers, query) = around(secret);
        let request = client.post(format!("{}{}{query}", watched.server.url, post.path));
        let mut request = request.body(post.body);
        for (name, value) in post.headers.iter().chain(&headers) {
            request = request.header(name, value);
        }
        let has_own = post.headers.iter().any(|(name, _)| name == "authorization");
        if at % 2 == 0 && !has_own {
            request = request.bearer_auth(&watched.key);
        }
        if sending.len() == AT_ONCE {
            note(sending.join_next().await.unwrap().unwrap());
        }
        sending.spawn(async move {
            let response = request.send().await.unwrap();
            let is_taken = response.status().is_success();
            let mut answer = format!("{:?}", response.headers()).into_bytes();
            answer.extend(response.bytes().await.unwrap());
            (answer, is_taken)
        });
    }
    while let Some(ended) = sending.join_next().await {
        note(ended.unwrap());
    }
    (all, taken)
}

fn assert_unseen(secrets: &[Secret], posts: Vec<Post>, least_taken: usize, least_stored: usize) {
    let (search, watched) = (Search::new(secrets), Watched::start());
    let count = posts.len();
    let (answers, taken) = runtime().block_on(send(&watched, posts, secrets));
    assert!(taken >= least_taken, "only {taken} of {count} were taken");
    assert_eq!(search.find(&answers), Vec::<String>::new(), "answers");
    watched.assert_clean(&search, least_stored);
}

#[test]
fn no_secret_in_any_event_of_any_catalog_is_found_again() {
    let secrets = secrets::all();
    let posts: Vec<Post> = CATALOGS
        .iter()
        .flat_map(|id| planted::batches(id, &secrets))
        .collect();
    let count = posts.len();
    assert_unseen(&secrets, posts, count, 8_000);
}

#[test]
fn no_secret_in_any_clients_request_is_found_again() {
    let secrets = secrets::all();
    let requests = planted::own().into_iter().chain(planted::recorded());
    let posts: Vec<Post> = requests.flat_map(|post| post.with(&secrets)).collect();
    assert_unseen(&secrets, posts, 2_000, 2_000);
}

/// Requests that are wrong as a whole: what is sent instead of what is expected comes back in no answer.
#[test]
fn no_secret_in_a_request_that_is_refused_is_found_again() {
    let secrets = secrets::all();
    let mut posts = Vec::new();
    for secret in &secrets {
        let (text, encoded) = (&secret.text, percent(&secret.text));
        let json = Value::from(&**text);
        let paths = [
            format!("/{encoded}"),
            format!("/catalogs/{encoded}/v1/telemetry/events"),
            format!("/v1/forget/{encoded}"),
        ];
        let bodies = [
            text.clone(),
            json.to_string(),
            format!("{{\"schemaVersion\": {json}, \"events\": []}}"),
            format!("{{\"events\": {json}}}"),
            format!("{{\"api_key\": \"phx_1\", \"event\": {json}, \"batch\": [{json}], {json}"),
            format!("data={encoded}"),
        ];
        let routes = [
            "/v1/telemetry/events",
            "/v1/track",
            "/v1/events",
            "/v1/feedback",
            "/batch/",
            "/i/v1/analytics/events",
        ];
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![
            header("content-type", "application/json"),
            header("authorization", &format!("Bearer {}", secret.line())),
        ];
        let post = |path: &str, body: &str| Post {
            path: path.to_owned(),
            headers: headers.clone(),
            body: body.as_bytes().to_vec(),
        };
        posts.extend(paths.iter().map(|path| post(path, text)));
        posts.extend(
            routes
                .iter()
                .zip(&bodies)
                .map(|(path, body)| post(path, body)),
        );
        posts.push(Post {
            headers: vec![header("content-type", "application/x-www-form-urlencoded")],
            ..post("/e/", &bodies[5])
        });
    }
    assert_unseen(&secrets, posts, 0, 0);
}
