//! `decantr telemetry explain` as a privacy notice, for other sources, and about what is new.

use std::fs;

use crate::support::process::Home;

#[test]
fn the_notice_names_every_event_property_and_value_and_nothing_of_this_machine() {
    let home = Home::new().with_project();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    home.run(&["analyze", "--no-write"]).ok();
    let notice = home
        .run(&["telemetry", "explain", "--format", "markdown"])
        .ok();
    let json = home
        .run(&["telemetry", "explain", "--json"])
        .exits(0)
        .json();
    for event in json["events"].as_array().unwrap() {
        let heading = format!("### `{}`", event["name"].as_str().unwrap());
        assert!(notice.contains(&heading), "{heading}");
        for property in event["properties"].as_array().unwrap() {
            let name = property["name"].as_str().unwrap();
            assert!(notice.contains(&format!("| `{name}`")), "{name}");
            for value in property["values"].as_array().into_iter().flatten() {
                assert!(
                    notice.contains(&format!("`{}`", value.as_str().unwrap())),
                    "{value}"
                );
            }
        }
    }
    for sentence in json["neverCollected"].as_array().unwrap() {
        let sentence = sentence.as_str().unwrap();
        assert!(notice.contains(&format!("- {sentence}")), "{sentence}");
    }
    // Nothing would vanish as markup, and every row of a table has as many cells as its head.
    let bare = |line: &&str| line.contains('<') && !line.contains("\\<");
    assert_eq!(notice.lines().find(bare), None);
    for line in notice.lines().filter(|line| line.starts_with('|')) {
        let cells = line.replace("\\|", "").matches('|').count();
        assert!(cells == 4 || cells == 3, "{line}");
    }
    let config = home.path().join(".config/decantr/config.json");
    let config: serde_json::Value = serde_json::from_slice(&fs::read(config).unwrap()).unwrap();
    let id = config["telemetryInstallId"].as_str().unwrap();
    let place = home.path().to_str().unwrap().to_owned();
    assert!(!notice.contains(id) && !notice.contains(&place));
}

#[test]
fn other_sources_are_explained_by_name() {
    let home = Home::new();
    let pipeline = home
        .run(&["telemetry", "explain", "--source", "content-ci"])
        .ok();
    assert!(pipeline.contains("content.publish.completed") && !pipeline.contains("cli.command"));
    let nobody = home
        .run(&["telemetry", "explain", "--source", "nobody"])
        .exits(2);
    assert!(
        nobody.stderr.contains("it has api, cli"),
        "{}",
        nobody.stderr
    );
}

#[test]
fn what_is_new_is_shown_in_every_form_and_writes_nothing() {
    let home = Home::new().with_project();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let before = home.snapshot();
    for (format, said) in [
        ("table", "nothing is new since you agreed"),
        ("markdown", "# What is new in the telemetry of decantr"),
        ("json", "\"kind\": \"telemetry.explain.diff\""),
    ] {
        let shown = home
            .run(&["telemetry", "explain", "--diff", "--format", format])
            .ok();
        assert!(shown.contains(said), "{shown}");
    }
    assert_eq!(home.snapshot(), before);
    assert!(!home.work().join(".decantr").exists());
    drop(
        home.run(&["telemetry", "explain", "--diff", "cli.command.completed"])
            .exits(2),
    );
}
