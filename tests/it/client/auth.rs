//! Sessions from the library: which key goes to which server, with which request, and what comes back.

use decantr::client::auth::{self, AccountError, Kept, Session};
use decantr::client::{ClientError, ExitClass};
use decantr::config::{ConfigFile, Endpoint, Env};
use serde_json::{Value, json};

use super::support::Machine;
use crate::cli::login_support::{Api, KEY};

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

fn machine() -> Machine {
    Machine::new().with("DECANTR_API_KEY", KEY)
}

#[test]
fn every_request_carries_the_key_and_its_body() {
    let (machine, api) = (machine(), Api::start());
    let session = Session::open(&machine.host(), Some(&api.url)).unwrap();
    assert_eq!(
        (session.kept, &session.server.origin),
        (Kept::Environment, &api.url)
    );
    assert_eq!(wait(session.me()).unwrap().user_id.as_str(), "user_7");
    api.says(200, "[1]");
    let body = json!({"a": 1});
    let got: Value = wait(session.get("/v1/x")).unwrap();
    let posted: Value = wait(session.post("/v1/x", &body)).unwrap();
    let deleted: Value = wait(session.delete("/v1/x", &body)).unwrap();
    assert_eq!([got, posted, deleted], [json!([1]), json!([1]), json!([1])]);
    let requests = api.requests();
    let methods: Vec<&str> = requests.iter().map(|r| r.method.as_str()).collect();
    assert_eq!(methods, ["GET", "GET", "POST", "DELETE"]);
    for request in &requests {
        assert_eq!(request.authorization(), Some(&*format!("Bearer {KEY}")));
        let has_body = ["POST", "DELETE"].contains(&request.method.as_str());
        let expected = if has_body {
            br#"{"a":1}"#.to_vec()
        } else {
            Vec::new()
        };
        assert_eq!(request.body, expected);
        assert_eq!(request.headers.contains_key("content-type"), has_body);
    }
}

#[test]
fn a_call_without_a_key_has_none_even_where_there_is_one() {
    let (machine, api) = (machine(), Api::start());
    let host = machine.host();
    let file = ConfigFile::load(&machine.config("config.json")).unwrap();
    let server = Endpoint::api(Some(&api.url), &Env::default(), &file).unwrap();
    api.says(200, "{}");
    let posted: Value = wait(auth::post(&host, &server, "/v1/forget", &json!([]))).unwrap();
    let got: Value = wait(auth::get(&host, &server, "/v1/forget/1")).unwrap();
    assert_eq!((posted, got), (json!({}), json!({})));
    let requests = api.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|r| r.authorization().is_none()));
}

#[test]
fn a_session_does_not_show_its_key() {
    let (machine, api) = (machine(), Api::start());
    let session = Session::open(&machine.host(), Some(&api.url)).unwrap();
    let shown = format!("{session:?}");
    assert!(!shown.contains(KEY), "{shown}");
}

#[test]
fn who_is_not_signed_in_is_told_apart_from_who_is_offline() {
    let machine = Machine::new();
    let error = Session::open(&machine.host(), None).unwrap_err();
    assert_eq!(error.exit_class(), ExitClass::Access);
    assert!(matches!(
        error,
        ClientError::Account(AccountError::NotSignedIn { .. })
    ));
    assert!(!machine.config("").exists());
    let gone = Api::start().url.clone();
    let machine = machine.with("DECANTR_API_KEY", KEY);
    let session = Session::open(&machine.host(), Some(&gone)).unwrap();
    let error = wait(session.me()).unwrap_err();
    assert!(error.is_offline(), "{error}");
    assert_eq!(error.exit_class(), ExitClass::Remote);
}
