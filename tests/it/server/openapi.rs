//! `/openapi.json`: it tells of every route, and of nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use decantr::model::protocol::Scope;
use reqwest::Method;
use serde_json::Value;

use super::support::Running;

/// Every catalog that comes with the program.
const ALL: [&str; 4] = ["decantr", "conversations", "drift", "race-bot"];

/// Each operation: its method, and a path that is of it.
fn operations(document: &Value) -> Vec<(Method, String)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let root = [serde_json::json!({ "url": "/" })];
            let servers = operation["servers"].as_array();
            for server in servers.map_or(root.as_slice(), Vec::as_slice) {
                let below = server["url"].as_str().unwrap().trim_end_matches('/');
                let path = format!("{below}{}", path.replace("{ticket}", "x"));
                all.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    all
}

async fn document(server: &Running) -> Value {
    let (status, document) = server.get("/openapi.json").await;
    assert_eq!(status, 200);
    document
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_there_and_no_other_on_its_path() {
    let server = Running::serving(&ALL).await;
    let all = operations(&document(&server).await);
    assert!(all.len() > 20, "{all:?}");
    let paths: BTreeSet<&String> = all.iter().map(|(_, path)| path).collect();
    let known = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
    for path in paths {
        for method in known.iter().chain([&Method::PATCH]) {
            let (status, _, answer) = server.send(method.clone(), path, &[], None).await;
            let is_there = status != 405 && answer["code"] != "not_found";
            let is_told = all.contains(&(method.clone(), path.clone()));
            assert_eq!(is_there, is_told, "{method} {path}: {status} {answer}");
        }
    }
}

/// A route can only be made together with its description, unless somebody makes a router by hand.
#[test]
fn no_room_but_one_makes_routes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let mut folders = vec![root.clone()];
    let mut makers = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("Router::new()") || text.contains("axum::routing") {
                let path = path.strip_prefix(&root).unwrap();
                makers.insert(path.to_string_lossy().into_owned());
            }
        }
    }
    // Metrics are on a listener of their own.
    let expected = [
        "describe/mod.rs",
        "describe/operation.rs",
        "serve/metrics.rs",
    ];
    assert_eq!(makers, expected.map(str::to_owned).into());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_and_every_reference_is_described() {
    let server = Running::serving(&ALL).await;
    let document = document(&server).await;
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].to_string()), "{at}");
            assert!(operation["summary"].is_string(), "{at}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{at}");
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{at}"
            );
            for (status, response) in responses {
                let content = match response["content"].as_object() {
                    Some(content) => content,
                    None if status == "204" => continue,
                    None => panic!("{at} {status}"),
                };
                assert!(
                    content.values().all(|one| one["schema"].is_object()),
                    "{at} {status}"
                );
            }
        }
    }
    let mut texts = Vec::new();
    references(&document, &mut texts);
    for reference in texts {
        let found = document.pointer(reference.trim_start_matches('#'));
        assert!(found.is_some(), "{reference} is of nothing");
    }
    let text = document.to_string();
    assert!(
        !text.contains("crate::") && !text.contains("[`"),
        "source leaks into it"
    );
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().filter(|_| name == "$ref") {
                    Some(reference) => found.push(reference.to_owned()),
                    None => references(member, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| references(one, found)),
        _ => {}
    }
}

/// What no answer may repeat.
const SENT: &str = "s3nt-by-somebody";

/// The codes that an operation says it refuses with, whatever the words.
fn codes(response: &Value) -> Vec<&Value> {
    let schema = &response["content"]["application/json"]["schema"];
    let either = schema["anyOf"].as_array();
    let schemas = either.map_or_else(|| vec![schema], |all| all.iter().collect());
    let names = ["code", "error"].iter();
    let listed = names.flat_map(|name| {
        schemas
            .iter()
            .map(move |one| &one["properties"][name]["enum"])
    });
    listed.filter_map(Value::as_array).flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_by_a_documented_code_and_never_repeated() {
    let server = Running::serving(&ALL).await;
    let document = document(&server).await;
    let bodies = [
        "",
        SENT,
        "[]",
        "7",
        "{}",
        "{\"schemaVersion\":1,\"ids\":7}",
        "{\"events\":7}",
    ];
    let bodies = bodies.iter().map(|body| Some((*body).to_owned()));
    let bodies: Vec<_> = bodies
        .chain([None, Some(format!("{{\"{SENT}\":\"{SENT}\""))])
        .collect();
    let queries = [
        String::new(),
        format!("?{SENT}={SENT}"),
        "?days=0&days=1".to_owned(),
        "?%ff=%ff".to_owned(),
    ];
    let key = server.key(&[Scope::Admin, Scope::Link], None).await;
    let bearer = format!("Bearer {}", key.text);
    let mut refused = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let at = path.replace("{ticket}", SENT);
            for (number, body) in bodies.iter().enumerate() {
                let path = format!("{at}{}", queries[number % queries.len()]);
                let method: Method = method.to_uppercase().parse().unwrap();
                // One key for all would be asked to wait.
                let auth = if number == 3 {
                    vec![("authorization", &*bearer)]
                } else {
                    Vec::new()
                };
                let answered = server.send(method, &path, &auth, body.clone()).await;
                let (status, _, answer) = answered;
                assert!(status < 500, "{path} {status}: {answer}");
                assert!(!answer.to_string().contains(SENT), "{path}: {answer}");
                let response = &operation["responses"][status.to_string()];
                assert!(
                    response.is_object(),
                    "{path}: {status} is not described: {answer}"
                );
                if status >= 400 {
                    let code = if answer["code"].is_string() {
                        &answer["code"]
                    } else {
                        &answer["error"]
                    };
                    assert!(codes(response).contains(&code), "{path}: {status} {answer}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
}
