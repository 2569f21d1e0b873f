//! Commands about another program's telemetry stay about it, and a look tells the truth whichever product is named.

use crate::support::process::Home;

/// A catalog of somebody else's.
const NOTES: &str = include_str!("../support/notes.toml");

fn home() -> Home {
    let home = Home::new();
    home.write("notes.toml", NOTES);
    home
}

#[test]
fn the_command_that_is_proposed_is_about_the_same_product() {
    let mut home = home();
    let enable = ["telemetry", "enable", "--catalog", "./notes.toml"];
    let said = home.run(&enable).exits(4).stderr;
    let proposed = "decantr telemetry --catalog ";
    assert!(said.contains(proposed), "{said}");
    home.set("DECANTR_CATALOG", "./notes.toml");
    let said = home.run(&enable[..2]).exits(4).stderr;
    assert!(said.contains(proposed), "{said}");
    home.set("DECANTR_CATALOG", "");
    let said = home.run(&enable[..2]).exits(4).stderr;
    assert!(said.contains("`decantr telemetry enable --yes`"), "{said}");
}

#[test]
fn an_analysis_reports_for_decantr_whatever_catalog_is_named() {
    let mut home = home();
    let look = ["telemetry", "preview", "--json", "--", "analyze", "."];
    let own = home.run(&look).exits(0).json();
    assert_eq!(own["ifEnabled"]["requests"].as_array().unwrap().len(), 1);
    home.set("DECANTR_CATALOG", "./notes.toml");
    let named = home.run(&look).exits(0).json();
    let requests = named["ifEnabled"]["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 1, "{named}");
}

#[test]
fn a_look_at_a_flush_shows_what_waits() {
    let mut home = home();
    home.set("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:9");
    home.set("DECANTR_CATALOG", "./notes.toml");
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let event = ["telemetry", "record", "notes.sync.completed"];
    home.run(&event).ok();
    let look = ["telemetry", "preview", "--json", "--", "telemetry", "flush"];
    let seen = home.run(&look).exits(0).json();
    let requests = seen["now"]["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 1, "{seen}");
}

#[test]
fn while_telemetry_is_off_nobody_looks_for_a_place_for_a_duration() {
    let mut home = home();
    home.write("timeless.toml", &NOTES.replace("\"ms\"", "\"points\""));
    home.set("DECANTR_CATALOG", "./timeless.toml");
    let words = ["telemetry", "record", "notes.sync.completed"];
    let words = [&words[..], &["--duration-ms", "1"]].concat();
    let run = home.run(&words).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let said = home.run(&words).exits(2).stderr;
    assert!(said.contains("duration"), "{said}");
}

#[test]
fn what_is_proposed_can_be_run_as_it_stands() {
    let home = Home::new();
    home.write("notes.toml", include_str!("../support/notes.toml"));
    let enabled = home
        .run(&["telemetry", "enable", "--catalog", "./notes.toml", "--yes"])
        .ok();
    let (_, proposed) = enabled
        .rsplit_once("for http://127.0.0.1:7317. `decantr ")
        .unwrap();
    let (proposed, _) = proposed.split_once('`').unwrap();
    assert!(proposed.ends_with("notes.toml disable"), "{proposed}");
    let words: Vec<&str> = proposed.split(' ').collect();
    assert!(home.run(&words).ok().contains("Telemetry of notes is off"));
    drop(home.run(&["telemetry", "--json", "status"]).exits(2));
}
