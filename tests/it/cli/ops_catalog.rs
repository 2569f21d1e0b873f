//! `decantr ops catalog`: checking, comparing and showing catalogs.

use std::fs;

use decantr::model::catalog::Catalog;
use serde_json::{Value, json};

use crate::support::process::{Home, Run};

/// A whole catalog for somebody else's program.
const NOTES: &str = include_str!("../support/notes.toml");

/// `notes` after its author did everything right.
fn grown() -> String {
    let text = format!("revision = 2\n{NOTES}").replacen(
        r#""webdav"]"#,
        r#""webdav", { value = "s3", since = 2 }]"#,
        1,
    );
    format!(
        "{text}\n[[events]]\nname = \"notes.opened\"\nsince = 2\npurpose = \"Counts opened notes, to see what is used.\"\n"
    )
}

fn home() -> Home {
    let home = Home::new();
    home.write("notes.toml", NOTES);
    home.write("grown.toml", &grown());
    home
}

fn catalog(home: &Home, args: &[&str]) -> Run {
    home.run(&[&["ops", "catalog"], args].concat())
}

/// Where and by which rule each finding is.
fn findings(run: &Run) -> Vec<String> {
    let report = run.json();
    assert_eq!(
        (&report["kind"], &report["ok"]),
        (&json!("ops.catalog.check"), &json!(false))
    );
    let findings = report["findings"].as_array().unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings
        .iter()
        .map(|finding| {
            assert!(!text(finding, "problem").is_empty() && !text(finding, "remedy").is_empty());
            format!("{} {}", text(finding, "place"), text(finding, "rule"))
        })
        .collect()
}

#[test]
fn every_embedded_catalog_is_good() {
    let home = Home::new();
    for id in Catalog::IDS {
        let said = catalog(&home, &["check", id]).ok();
        assert!(
            said.starts_with(&format!("{id}, revision 1: good, ")),
            "{said}"
        );
        let report = catalog(&home, &["check", id, "--against", id, "--json"])
            .exits(0)
            .json();
        assert_eq!(
            (&report["ok"], &report["findings"]),
            (&json!(true), &json!([]))
        );
        assert_eq!(report["against"], report["catalog"]);
        let catalog = Catalog::embedded(id).unwrap();
        assert_eq!(report["catalog"]["sha256"], catalog.wire_digest());
    }
    assert!(home.snapshot().is_empty());
}

#[test]
fn a_catalog_of_ten_lines_is_good_and_grows_well() {
    let home = home();
    assert_eq!(
        catalog(&home, &["check", "notes.toml"]).ok(),
        "notes, revision 1: good, 1 event\n"
    );
    let args = ["check", "./grown.toml", "--against", "notes.toml"];
    assert_eq!(
        catalog(&home, &args).ok(),
        "notes, revision 2: good, 2 events\n"
    );
}

#[test]
fn all_findings_are_told_at_once_in_order_and_with_a_remedy() {
    let home = home();
    let bad = NOTES
        .replace(
            "owner = \"the notes team\"\n",
            "buckets = { use = \"Shows what is used.\" }\n",
        )
        .replace(
            "to see whether they work and how long people wait.\"",
            "\"\nexpires = \"2020-01-01\"\nsince = 2",
        )
        .replace("type = \"bool\"", "type = \"token\", max = 8");
    home.write("bad.toml", &bad);
    let run = catalog(
        &home,
        &["check", "bad.toml", "--against", "notes.toml", "--json"],
    )
    .exits(1);
    assert_eq!(
        findings(&run),
        [
            "buckets.use unused-bucket",
            "notes.sync.completed no-sentence",
            "notes.sync.completed no-owner",
            "notes.sync.completed no-bucket",
            "notes.sync.completed expired",
            "notes.sync.completed unknown-since",
            "notes.sync.completed moved-since",
            "notes.sync.completed.store unknown-since",
            "notes.sync.completed.success unknown-since",
            "notes.sync.completed.success open-type",
            "notes.sync.completed.success widened",
            "notes.sync.completed.took unknown-since",
            "revision revision",
        ]
    );
    assert_eq!(run.stderr, "error: the catalog notes has 13 findings\n");
    let table = catalog(&home, &["check", "bad.toml"]).exits(1).stdout;
    for word in ["What to do", "it has expired", "set a later date"] {
        assert!(table.contains(word), "{table}");
    }
}

#[test]
fn what_breaks_a_consent_is_a_finding() {
    let home = home();
    let value = r#""webdav"]"#;
    for (from, to, expected) in [
        (
            value,
            r#""webdav", "s3"]"#,
            &[
                "notes.sync.completed.store missing-since",
                "revision revision",
            ][..],
        ),
        (
            r#", "webdav"]"#,
            "]",
            &["notes.sync.completed.store shrunken-enum"],
        ),
        (
            "max = 600_000",
            "max = 700_000",
            &["notes.sync.completed.took widened", "revision revision"],
        ),
        ("id = \"notes\"", "id = \"note\"", &["id other-catalog"]),
    ] {
        home.write("bad.toml", &NOTES.replacen(from, to, 1));
        let args = ["check", "bad.toml", "--against", "notes.toml", "--json"];
        assert_eq!(findings(&catalog(&home, &args).exits(1)), expected, "{to}");
        catalog(&home, &["check", "bad.toml"]).ok();
    }
}

#[test]
fn a_diff_says_what_is_newly_sent_and_what_no_longer() {
    let home = home();
    let said = catalog(&home, &["diff", "notes.toml", "grown.toml"]).exits(0);
    assert_eq!(said.stderr, "");
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines[0], "notes, revision 1 to notes, revision 2");
    assert_eq!(lines[lines.len() - 2..], ["No longer", "nothing"]);
    for word in ["notes.opened", "a new event, from cli", "value s3"] {
        assert!(said.stdout.contains(word), "{}", said.stdout);
    }
    let report = catalog(&home, &["diff", "notes.toml", "grown.toml", "--json"])
        .exits(0)
        .json();
    let store = json!({
        "kind": "value",
        "place": "notes.sync.completed.store",
        "event": "notes.sync.completed",
        "property": "store",
        "text": "value s3",
    });
    assert_eq!(report["kind"], "ops.catalog.diff");
    assert_eq!(
        (&report["added"][0], &report["added"][1]["kind"]),
        (&store, &json!("event"))
    );
    assert_eq!(
        (&report["removed"], &report["violations"]),
        (&json!([]), &json!([]))
    );
    assert_ne!(report["old"]["sha256"], report["new"]["sha256"]);
    let back = catalog(&home, &["diff", "grown.toml", "notes.toml"]).exits(0);
    assert!(back.stdout.contains("the event is gone"), "{}", back.stdout);
    assert!(
        back.stderr
            .contains("decantr ops catalog check notes.toml --against grown.toml"),
        "{}",
        back.stderr
    );
}

#[test]
fn show_documents_a_whole_catalog() {
    let home = home();
    let shown = catalog(&home, &["show", "grown.toml", "--json"])
        .exits(0)
        .json();
    let own = Catalog::parse(&grown()).unwrap();
    assert_eq!(
        (
            &shown["kind"],
            &shown["id"],
            &shown["revision"],
            &shown["sha256"]
        ),
        (
            &json!("ops.catalog.show"),
            &json!("notes"),
            &json!(2),
            &json!(own.wire_digest())
        )
    );
    assert_eq!(
        (
            &shown["sources"],
            &shown["retentionDays"],
            &shown["accepts"]
        ),
        (&json!(["cli"]), &json!(90), &json!(["1"]))
    );
    let event = &shown["events"][0];
    assert_eq!(
        (&event["owner"], &event["publicIngest"], &event["privacy"]),
        (&json!("the notes team"), &json!(true), &json!("aggregate"))
    );
    assert_eq!(
        event["properties"][2],
        json!({
            "name": "store",
            "type": "enum",
            "values": [
                { "value": "folder", "since": 1 },
                { "value": "git", "since": 1 },
                { "value": "webdav", "since": 1 },
                { "value": "s3", "since": 2 },
            ],
            "allowed": "one of folder, git, webdav, s3; else other",
            "required": false,
            "since": 1,
            "purpose": "Where notes are kept, to know which stores matter.",
            "reduce": null,
            "sources": ["cli"],
            "publicOnly": false,
        })
    );
    let table = catalog(&home, &["show", "grown.toml"]).ok();
    for word in [
        "notes, revision 2",
        "success?",
        "s3 since 2",
        "without a key",
        "Never collected",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
}

#[test]
fn show_takes_any_catalog_and_one_event() {
    let mut home = home();
    for id in Catalog::IDS {
        let shown = catalog(&home, &["show", id, "--json"]).exits(0).json();
        let catalog = Catalog::embedded(id).unwrap();
        assert_eq!(
            shown["events"].as_array().unwrap().len(),
            catalog.events.len()
        );
        assert_eq!(
            shown["buckets"].as_array().unwrap().len(),
            catalog.buckets.len()
        );
    }
    let one = catalog(&home, &["show", "decantr", "decantr.analyze.completed"]).ok();
    assert!(
        one.contains("adoptionMode?") && !one.contains("cli.command.completed"),
        "{one}"
    );
    let own = catalog(&home, &["show", "--json"]).exits(0).json();
    assert_eq!(own["id"], "decantr");
    home.set("DECANTR_CATALOG", "notes.toml");
    let own = catalog(&home, &["show", "--json"]).exits(0).json();
    assert_eq!(own["id"], "notes");
    let none = catalog(&home, &["show", "race-bot", "no.such"]).exits(2);
    assert!(
        none.stderr
            .contains("the catalog race-bot has no event no.such"),
        "{}",
        none.stderr
    );
}

#[test]
fn what_is_no_catalog_is_refused_with_its_place() {
    let home = home();
    home.write("broken.toml", "id = \"notes\"\n[[events]]\nname = 7\n");
    home.write("wrong.toml", &NOTES.replace("600_000", "-1"));
    home.write("huge.toml", &"#".repeat(2 * 1024 * 1024));
    fs::create_dir(home.work().join("folder.toml")).unwrap();
    for (name, code, said) in [
        (
            "nobody",
            2,
            "there is no catalog nobody; the names are decantr, conversations, race-bot",
        ),
        ("missing.toml", 3, "missing.toml"),
        ("broken.toml", 3, "line 3"),
        (
            "wrong.toml",
            3,
            "notes.sync.completed.took: its `min` is above its `max`",
        ),
        ("huge.toml", 3, "larger than"),
        ("folder.toml", 3, "folder.toml"),
    ] {
        let cases: [&[&str]; 5] = [
            &["check", name],
            &["check", "notes.toml", "--against", name],
            &["diff", name, "notes.toml"],
            &["diff", "notes.toml", name],
            &["show", name],
        ];
        for args in cases {
            let refused = catalog(&home, args).exits(code);
            assert!(
                refused.stderr.contains(said),
                "{args:?}: {}",
                refused.stderr
            );
            assert_eq!(refused.stdout, "");
            let report = catalog(&home, &[args, &["--json"]].concat())
                .exits(code)
                .json();
            assert_eq!(report["kind"], "error");
        }
    }
    assert!(home.snapshot().is_empty());
}
