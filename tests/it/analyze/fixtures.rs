//! Whole small projects under `tests/fixtures/analyze`, one for each framework and trap, each with the JSON it must give.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::analyze_path;

/// Files that a fixture keeps under another name, since git would take them for its own.
const RENAMED: [(&str, &str); 1] = [("dot-gitignore", ".gitignore")];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let own = RENAMED.iter().find(|(kept, _)| *kept == name);
        let target = to.join(own.map_or(name.as_str(), |(_, own)| own));
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What of `actual` the expectation speaks of: the keys of an object, everything of any other value.
fn spoken_of(expected: &Value, actual: &Value) -> Value {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected
            .iter()
            .map(|(key, value)| {
                let found = actual.get(key).unwrap_or(&Value::Null);
                (key.clone(), spoken_of(value, found))
            })
            .collect(),
        _ => actual.clone(),
    }
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/analyze");
    let entries = fs::read_dir(folder).unwrap();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// A fixture is a folder with `project/` and `expected.json`, a part of the report; `$in` names the folder to analyze.
#[test]
fn every_fixture_gives_its_expected_report() {
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let name = fixture.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(fixture.join("expected.json")).unwrap();
        let mut expected: Value = serde_json::from_str(&text).unwrap();
        let inside = expected.as_object_mut().unwrap().shift_remove("$in");
        let inside = inside.map_or_else(|| ".".to_owned(), |at| at.as_str().unwrap().to_owned());
        let folder = tempfile::tempdir().unwrap();
        copy(&fixture.join("project"), folder.path());
        let actual = match analyze_path(&folder.path().join(inside)) {
            Ok(analysis) => serde_json::to_value(&analysis).unwrap(),
            Err(error) => serde_json::json!({ "error": error.code() }),
        };
        let found = spoken_of(&expected, &actual);
        if found != expected {
            let found = serde_json::to_string_pretty(&found).unwrap();
            wrong.push(format!("{name} gives {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
