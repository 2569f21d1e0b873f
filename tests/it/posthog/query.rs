//! Queries: typed rows, limits that held something back, errors in PostHog's words.

use decantr::server::posthog::{PostHogError, Waiter};
use serde_json::{Map, json};

use super::fake::{Fake, KEY};

#[tokio::test(flavor = "multi_thread")]
async fn a_query_gives_typed_rows_and_its_values_are_no_part_of_it() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Row {
        event: String,
        events: u64,
    }
    let fake = Fake::start();
    let answer = json!({"columns": ["event", "events"], "types": [], "results": [["a.b", 3]], "hasMore": false});
    fake.state().answers.push_back(answer);
    let values = Map::from_iter([("source".to_owned(), json!("it's"))]);
    // Repeated like any question.
    fake.state().faults.says = [(503, None), (429, Some(1))].into();
    let sql = "SELECT event, count() AS events FROM events WHERE properties.decantr_source = {source} LIMIT 10";
    let table = fake
        .client()
        .read_only()
        .query("weekly", sql, &values)
        .await
        .unwrap();
    let row = Row {
        event: "a.b".to_owned(),
        events: 3,
    };
    assert_eq!(table.typed::<Row>().unwrap(), [row]);
    let asked = fake.state().asked[0].clone();
    assert_eq!(
        asked["query"],
        json!({"kind": "HogQLQuery", "query": sql, "values": {"source": "it's"}})
    );
    assert_eq!(
        (&asked["name"], &asked["refresh"]),
        (&json!("weekly"), &json!("blocking"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_answer_is_not_taken_for_a_whole_one() {
    let fake = Fake::start();
    let answer = json!({"columns": ["n"], "results": [[1]], "hasMore": true});
    fake.state().answers.push_back(answer);
    let table = fake
        .client()
        .query("x", "SELECT 1 AS n", &Map::new())
        .await
        .unwrap();
    let rows = table.typed::<serde_json::Value>();
    assert!(matches!(rows, Err(PostHogError::Incomplete { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_in_the_background_is_waited_for() {
    let fake = Fake::start();
    let waiter = Waiter::noting();
    fake.state().answers.extend([
        json!({"query_status": {"id": "q-1", "complete": false, "error": false}}),
        json!({"query_status": {"id": "q-1", "complete": false, "error": false}}),
        json!({"query_status": {"id": "q-1", "complete": true, "error": false,
            "results": {"columns": ["n"], "results": [[4]], "hasMore": false}}}),
    ]);
    let table = fake
        .client_with(KEY, &waiter)
        .query("x", "SELECT 4 AS n", &Map::new())
        .await
        .unwrap();
    assert_eq!(table.rows, [[json!(4)]]);
    assert_eq!(waiter.noted().len(), 2);
    let failed = json!({"query_status": {"id": "q-2", "complete": true, "error": true, "error_message": "too slow"}});
    fake.state().answers.push_back(failed);
    let error = fake
        .client()
        .query("x", "SELECT 4", &Map::new())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("too slow"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_in_posthogs_words_or_by_scope() {
    let fake = Fake::start();
    let error = fake
        .client()
        .query("x", "SELECT nonsense", &Map::new())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("Unable to resolve field"),
        "{error}"
    );
    fake.state().faults.lacks.insert("query:read".to_owned());
    let error = fake
        .client()
        .query("x", "SELECT 1", &Map::new())
        .await
        .unwrap_err();
    assert_eq!(error.missing_scope(), Some("query:read"));
    fake.recover();
    fake.state().answers.push_back(json!("nonsense"));
    let error = fake
        .client()
        .query("x", "SELECT 1", &Map::new())
        .await
        .unwrap_err();
    assert!(matches!(error, PostHogError::Unreadable { .. }), "{error}");
}
