//! Comparing what is there with what is to be there: only on our fields, so that what PostHog or a person adds is no difference.

use serde::Serialize;
use serde_json::{Map, Value};

/// One value that is not as it is to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Where, for example `query.source.series[0].event`.
    pub path: String,
    /// What is there; `null` when nothing is.
    pub from: Value,
    /// What is to be there.
    pub to: Value,
}

/// The differences between our fields and a live object.
pub(super) fn differences(fields: &Map<String, Value>, live: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, wanted) in fields {
        compare(name, wanted, live.get(name), &mut found);
    }
    found
}

/// The fields that have to be written: those of ours that differ. What others have added to objects below them stays; lists are
/// ours as a whole.
pub(super) fn changed(fields: &Map<String, Value>, live: &Value) -> Map<String, Value> {
    let is_changed = |(name, wanted): &(&String, &Value)| {
        let mut found = Vec::new();
        compare(name, wanted, live.get(*name), &mut found);
        !found.is_empty()
    };
    let fields = fields.iter().filter(is_changed);
    fields
        .map(|(name, wanted)| (name.clone(), overlay(live.get(name), wanted)))
        .collect()
}

fn compare(path: &str, wanted: &Value, live: Option<&Value>, found: &mut Vec<Difference>) {
    let live = live.unwrap_or(&Value::Null);
    match (wanted, live) {
        (Value::Object(wanted), Value::Object(live)) => {
            for (key, wanted) in wanted {
                compare(&format!("{path}.{key}"), wanted, live.get(key), found);
            }
        }
        (Value::Array(wanted), Value::Array(live)) if wanted.len() == live.len() => {
            for (at, (wanted, live)) in wanted.iter().zip(live).enumerate() {
                compare(&format!("{path}[{at}]"), wanted, Some(live), found);
            }
        }
        (Value::Number(wanted), Value::Number(live)) if wanted.as_f64() == live.as_f64() => {}
        (wanted, live) if wanted == live => {}
        (wanted, live) => found.push(Difference {
            path: path.to_owned(),
            from: live.clone(),
            to: wanted.clone(),
        }),
    }
}

/// `wanted` over what is there. An object of another `kind` is replaced as a whole: its other members would not fit.
fn overlay(live: Option<&Value>, wanted: &Value) -> Value {
    let (Some(Value::Object(live)), Value::Object(ours)) = (live, wanted) else {
        return wanted.clone();
    };
    if ours
        .get("kind")
        .is_some_and(|kind| live.get("kind") != Some(kind))
    {
        return wanted.clone();
    }
    let mut merged = live.clone();
    for (key, value) in ours {
        let value = overlay(live.get(key), value);
        drop(merged.insert(key.clone(), value));
    }
    Value::Object(merged)
}

/// What PostHog adds to the filters of a cohort and refuses to be given.
const COMPUTED: [&str; 3] = ["bytecode", "bytecode_error", "conditionHash"];

/// Removes what PostHog computes, wherever it is.
pub(super) fn strip_computed(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !COMPUTED.contains(&key.as_str()));
            map.values_mut().for_each(strip_computed);
        }
        Value::Array(list) => list.iter_mut().for_each(strip_computed),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_others_add_is_no_difference_and_is_kept() {
        let ours = map(
            json!({"query": {"kind": "A", "source": {"n": 14, "event": null, "list": [{"a": 1}]}}}),
        );
        let live = json!({"id": 3, "query": {"kind": "A", "version": 2, "source": {"n": 14.0, "list": [{"a": 1, "b": 2}]}}});
        assert_eq!(differences(&ours, &live), []);
        assert!(changed(&ours, &live).is_empty());
        let live = json!({"query": {"kind": "A", "version": 2, "source": {"n": 7, "list": [{"a": 1}], "x": 1}}});
        let found = differences(&ours, &live);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].path.as_str(), &found[0].from),
            ("query.source.n", &json!(7))
        );
        let written = changed(&ours, &live);
        assert_eq!(written["query"]["version"], 2);
        assert_eq!(
            (
                &written["query"]["source"]["x"],
                &written["query"]["source"]["n"]
            ),
            (&json!(1), &json!(14))
        );
    }

    #[test]
    fn a_query_of_another_kind_is_replaced_as_a_whole() {
        let ours = map(json!({"query": {"kind": "A", "source": {"kind": "Funnels", "f": 1}}}));
        let live =
            json!({"query": {"kind": "A", "source": {"kind": "Trends", "trendsFilter": {}}}});
        let written = changed(&ours, &live);
        assert_eq!(written["query"], ours["query"]);
    }

    #[test]
    fn what_posthog_computes_is_removed_at_any_depth() {
        let mut value =
            json!({"values": [{"bytecode": [1], "values": [{"conditionHash": "x", "key": "k"}]}]});
        strip_computed(&mut value);
        assert_eq!(value, json!({"values": [{"values": [{"key": "k"}]}]}));
    }
}
