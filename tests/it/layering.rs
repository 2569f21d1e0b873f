//! The house's arrows: which wing and which room may use which, read from the `use` paths of every source file.
#![expect(
    clippy::string_slice,
    reason = "the sliced texts are our own ASCII sources"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each wing with the wings it may use. `cli` may use anything, and nothing uses `cli`.
const WINGS: [(&str, &[&str]); 7] = [
    ("base", &[]),
    ("model", &["base"]),
    ("config", &["base", "model"]),
    ("client", &["base", "model", "config"]),
    ("server", &["base", "model", "config"]),
    ("analyze", &["base"]),
    (
        "cli",
        &["base", "model", "config", "client", "server", "analyze"],
    ),
];

/// Rooms in levels: a room may use the rooms of lower levels of its own wing.
const ROOMS: [(&str, &[&[&str]]); 3] = [
    (
        "model",
        &[&["outcome"], &["catalog"], &["event"], &["protocol"]],
    ),
    (
        "client",
        &[
            &["consent"],
            &["identity"],
            &["auth"],
            &["spool"],
            &["delivery"],
            &["withdrawal"],
            &["recorder"],
            &["control"],
        ],
    ),
    (
        "server",
        &[
            &["rollup", "posthog", "describe"],
            &["store"],
            &["access"],
            &["ingest", "report"],
            &["jobs"],
            &["api", "page"],
            &["serve"],
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

/// The module path of a file below `src`: `src/model/event/raw.rs` is `[model, event, raw]`.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> = file
        .components()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    let last = parts.pop().unwrap();
    match last.trim_end_matches(".rs") {
        "mod" | "lib" | "main" => {}
        name => parts.push(name.to_owned()),
    }
    parts
}

/// Every path in `text` that starts with `crate`, `super` or `self`, braces expanded, made absolute from `module`.
fn paths_in(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    for head in ["crate::", "super::"] {
        for (at, _) in code.match_indices(head) {
            let before = code[..at].chars().next_back();
            let is_inner = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
            if is_inner {
                continue;
            }
            for path in expand(&code[at..]) {
                found.push(absolute(&path, module));
            }
        }
    }
    found
}

/// The paths at the start of `text`: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(text: &str) -> Vec<Vec<String>> {
    let name: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let rest = &text[name.len()..];
    if name.is_empty() {
        let Some(inner) = text.strip_prefix('{') else {
            return vec![Vec::new()];
        };
        return split_list(inner)
            .iter()
            .flat_map(|item| expand(item.trim()))
            .collect();
    }
    match rest.strip_prefix("::") {
        Some(rest) => expand(rest)
            .into_iter()
            .map(|tail| std::iter::once(name.clone()).chain(tail).collect())
            .collect(),
        None => vec![vec![name]],
    }
}

/// The items of a brace list, up to its closing brace.
fn split_list(text: &str) -> Vec<String> {
    let (mut depth, mut items, mut item) = (0, Vec::new(), String::new());
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        item.push(c);
    }
    items.push(item);
    items
}

fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    if supers == 0 {
        return path[1..].to_vec();
    }
    let stem = &module[..module.len().saturating_sub(supers)];
    stem.iter().chain(&path[supers..]).cloned().collect()
}

/// The complaints about one file.
fn violations(file: &Path, text: &str) -> BTreeSet<String> {
    let module = module_of(file);
    let (Some(wing), mut found) = (module.first(), BTreeSet::new()) else {
        return BTreeSet::new();
    };
    let Some((_, allowed)) = WINGS.iter().find(|(name, _)| name == wing) else {
        return BTreeSet::from([format!("{}: unknown wing {wing}", file.display())]);
    };
    for path in paths_in(text, &module) {
        let Some(target) = path.first() else { continue };
        let is_wing = WINGS.iter().any(|(name, _)| name == target);
        if is_wing && target != wing && !allowed.contains(&target.as_str()) {
            found.insert(format!("{}: {wing} may not use {target}", file.display()));
        }
        if target == wing
            && let Some(complaint) = room_violation(wing, module.get(1), path.get(1))
        {
            found.insert(format!("{}: {complaint}", file.display()));
        }
    }
    found
}

fn room_violation(wing: &str, from: Option<&String>, to: Option<&String>) -> Option<String> {
    let (_, levels) = ROOMS.iter().find(|(name, _)| *name == wing)?;
    let level = |room: &String| {
        levels
            .iter()
            .position(|rooms| rooms.contains(&room.as_str()))
    };
    let (from, to) = (from?, to?);
    let (Some(from_level), Some(to_level)) = (level(from), level(to)) else {
        return None;
    };
    (from != to && to_level >= from_level).then(|| format!("{wing}::{from} may not use {to}"))
}

#[test]
fn every_arrow_points_the_right_way() {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let complaints: Vec<String> = files
        .iter()
        .filter(|file| !file.ends_with("src/lib.rs") && !file.ends_with("src/main.rs"))
        .flat_map(|file| {
            violations(
                file.strip_prefix(&src).unwrap(),
                &fs::read_to_string(file).unwrap(),
            )
        })
        .collect();
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn every_room_of_an_ordered_wing_has_a_place() {
    for (wing, levels) in ROOMS {
        for entry in fs::read_dir(root().join("src").join(wing)).unwrap() {
            let name = entry
                .unwrap()
                .file_name()
                .to_string_lossy()
                .replace(".rs", "");
            let known = ["mod", "error"].contains(&name.as_str())
                || levels.iter().any(|rooms| rooms.contains(&name.as_str()));
            assert!(known, "src/{wing}/{name} is not in the list of rooms");
        }
    }
}

#[test]
fn the_test_sees_a_wrong_arrow() {
    let see = |file: &str, text: &str| !violations(Path::new(file), text).is_empty();
    assert!(see("base/x.rs", "use crate::model::event::Event;"));
    assert!(see(
        "client/spool/x.rs",
        "use crate::{base::ids, server::store};"
    ));
    assert!(see(
        "client/spool/x.rs",
        "fn f() { crate::client::delivery::run(); }"
    ));
    assert!(see(
        "client/spool/x.rs",
        "use super::super::{identity, recorder::Recorder};"
    ));
    assert!(see("analyze/mod.rs", "use crate::config::Host;"));
    assert!(see("server/report/x.rs", "use crate::cli::ui;"));
    assert!(!see(
        "client/delivery/x.rs",
        "use super::super::spool::Spool; use crate::base::ids;"
    ));
    assert!(!see(
        "model/event/x.rs",
        "// crate::server\nuse crate::model::catalog::Catalog;"
    ));
}

#[test]
fn files_are_short_and_say_what_they_own() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        let folder = root().join(folder);
        if folder.exists() {
            rust_files(&folder, &mut files);
        }
    }
    let complaints: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            let name = file.strip_prefix(root()).unwrap().display().to_string();
            let lines = text.lines().count();
            if !text.starts_with("//! ") {
                Some(format!("{name} does not open with a //! sentence"))
            } else if lines > 400 {
                Some(format!("{name} has {lines} lines, more than 400"))
            } else {
                None
            }
        })
        .collect();
    assert_eq!(complaints, Vec::<String>::new());
}
