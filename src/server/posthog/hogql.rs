//! PostHog's query language (`HogQL`): a question in, a table out.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::error::PostHogError;
use super::rest::{Client, Topic, unreadable};

/// How often a query that PostHog runs in the background is looked at, a second apart.
const LOOKS: usize = 60;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The name under which it was asked.
    pub name: String,
    /// The names of the columns, as the query gives them.
    pub columns: Vec<String>,
    /// The rows, each with a value for every column.
    pub rows: Vec<Vec<Value>>,
    /// Whether the query's limit held something back.
    pub has_more: bool,
}

impl Table {
    /// The rows as a type whose fields are named like the columns.
    ///
    /// # Errors
    /// [`PostHogError::Incomplete`] when the limit held rows back, [`PostHogError::Unreadable`] when a row does not fit the type.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<Vec<T>, PostHogError> {
        if self.has_more {
            return Err(PostHogError::Incomplete {
                action: format!("the query {}", self.name),
            });
        }
        let read = |row: &Vec<Value>| {
            let cells = self.columns.iter().cloned().zip(row.iter().cloned());
            let cells = Value::Object(cells.collect::<Map<_, _>>());
            serde_json::from_value(cells)
        };
        let rows: Result<Vec<T>, _> = self.rows.iter().map(read).collect();
        rows.map_err(|error| {
            unreadable(&format!("read the query {}", self.name), &error.to_string())
        })
    }
}

impl Client {
    /// Runs `sql` and waits for its answer. `name` shows in PostHog's list of queries; `values` fill `{placeholders}`, so that
    /// no value becomes part of the query. Without a LIMIT of its own PostHog gives 100 rows; see [`Table::has_more`].
    ///
    /// Needs the scope `query:read`. It is sent again like any question, since it changes nothing; a read-only client asks it,
    /// too.
    ///
    /// # Errors
    /// Whatever is wrong with the query comes as [`PostHogError::Refused`] with PostHog's words.
    pub async fn query(
        &self,
        name: &str,
        sql: &str,
        values: &Map<String, Value>,
    ) -> Result<Table, PostHogError> {
        let action = format!("run the query {name}");
        let body = json!({
            "query": { "kind": "HogQLQuery", "query": sql, "values": values },
            "name": name,
            "refresh": "blocking",
        });
        let path = self.project_path("query/");
        let topic = Topic {
            action: &action,
            scope: "query:read",
            path: &path,
        };
        let answer = self.ask(topic, &body).await?;
        let answer = self.finished(topic, answer).await?;
        table(name, &action, &answer)
    }

    /// The answer of a query that PostHog has put into the background after all.
    async fn finished(&self, topic: Topic<'_>, answer: Value) -> Result<Value, PostHogError> {
        let mut answer = answer;
        for _look in 0..LOOKS {
            let Some(status) = answer
                .get("query_status")
                .filter(|status| status.is_object())
            else {
                return Ok(answer);
            };
            if status.get("error").and_then(Value::as_bool) == Some(true) {
                let said = status.get("error_message").and_then(Value::as_str);
                return Err(PostHogError::Refused {
                    action: topic.action.to_owned(),
                    status: 200,
                    detail: format!(": {}", said.unwrap_or("the query failed")),
                });
            }
            if status.get("complete").and_then(Value::as_bool) == Some(true) {
                let results = status.get("results").filter(|results| results.is_object());
                return Ok(results.unwrap_or(&answer).clone());
            }
            let id = status.get("id").and_then(Value::as_str);
            let id = id.filter(|id| {
                id.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            });
            let id = id.ok_or_else(|| unreadable(topic.action, "a query without an id"))?;
            let path = format!("{}{id}/", topic.path);
            self.linger(Duration::from_secs(1)).await;
            answer = self
                .get(
                    Topic {
                        path: &path,
                        ..topic
                    },
                    &[],
                )
                .await?;
        }
        Err(unreadable(topic.action, "the query does not end"))
    }
}

fn table(name: &str, action: &str, answer: &Value) -> Result<Table, PostHogError> {
    let columns = answer.get("columns").and_then(Value::as_array);
    let rows = answer.get("results").and_then(Value::as_array);
    let (Some(columns), Some(rows)) = (columns, rows) else {
        return Err(unreadable(action, "no `columns` and `results`"));
    };
    let columns: Vec<String> = columns
        .iter()
        .filter_map(|column| column.as_str().map(str::to_owned))
        .collect();
    let rows: Option<Vec<Vec<Value>>> = rows
        .iter()
        .map(|row| {
            row.as_array()
                .filter(|row| row.len() == columns.len())
                .cloned()
        })
        .collect();
    Ok(Table {
        name: name.to_owned(),
        columns,
        rows: rows.ok_or_else(|| unreadable(action, "a row does not fit its columns"))?,
        has_more: answer
            .get("hasMore")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Row {
            event: String,
            events: u64,
        }
        let answer =
            json!({"columns": ["event", "events"], "results": [["a.b", 3]], "hasMore": false});
        let read = table("x", "x", &answer).unwrap();
        let row = Row {
            event: "a.b".to_owned(),
            events: 3,
        };
        assert_eq!(read.typed::<Row>().unwrap(), [row]);
        let cut = Table {
            has_more: true,
            ..read
        };
        assert!(matches!(
            cut.typed::<Row>(),
            Err(PostHogError::Incomplete { .. })
        ));
        let odd = json!({"columns": ["event"], "results": [["a.b", 3]]});
        assert!(table("x", "x", &odd).is_err());
    }
}
