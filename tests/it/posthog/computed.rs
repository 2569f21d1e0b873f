//! What PostHog adds to cohorts by itself and refuses to be given.

use serde_json::{Map, Value, json};

pub(crate) fn merge(object: &mut Value, body: &Value) {
    for (key, value) in body.as_object().unwrap() {
        object[key] = value.clone();
    }
}

/// What the server adds to every condition of a cohort.
pub(crate) fn compute(value: &mut Value) {
    match value {
        Value::Object(map) if map.contains_key("event_type") => {
            map.insert("bytecode".to_owned(), json!(["_H", 1]));
            map.insert("bytecode_error".to_owned(), json!(null));
            map.insert("conditionHash".to_owned(), json!("abc"));
        }
        Value::Object(map) => map.values_mut().for_each(compute),
        Value::Array(list) => list.iter_mut().for_each(compute),
        _ => {}
    }
}

pub(crate) fn has_computed(value: &Value) -> bool {
    let is_computed = |map: &Map<String, Value>| {
        ["bytecode", "bytecode_error", "conditionHash"]
            .iter()
            .any(|key| map.contains_key(*key))
    };
    match value {
        Value::Object(map) => is_computed(map) || map.values().any(has_computed),
        Value::Array(list) => list.iter().any(has_computed),
        _ => false,
    }
}
