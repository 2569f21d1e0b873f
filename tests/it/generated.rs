//! What is committed but made by the program: man pages, completions, and what the README claims about commands.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::process::Home;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn assert_same(what: &str) {
    let home = Home::new();
    home.run(&["generate", what, "out"]).ok();
    let made = files(&home.work().join("out"));
    let committed = files(&root().join(what));
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    let advice = format!("run `cargo run -- generate {what} {what}` and commit the result");
    assert_eq!(names(&made), names(&committed), "{advice}");
    for (name, text) in made {
        assert!(
            committed[&name] == text,
            "{what}/{name} is out of date: {advice}"
        );
    }
}

#[test]
fn man_pages_are_up_to_date() {
    assert_same("man");
}

#[test]
fn completions_are_up_to_date() {
    assert_same("completions");
}

/// The `decantr …` lines of the README's console blocks.
fn readme_commands() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (mut inside, mut commands) = (false, Vec::new());
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ decantr ").filter(|_| inside) {
            commands.push(command.split(" #").next().unwrap().trim().to_owned());
        }
    }
    commands
}

#[test]
fn every_command_of_the_readme_exists_with_its_options() {
    let commands = readme_commands();
    assert!(commands.len() > 12, "{commands:?}");
    let home = Home::new();
    for command in commands {
        let args: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = home.run(&args).ok();
        assert!(help.contains("Usage: decantr"), "{command}: {help}");
    }
}

/// The README's demonstration is what the demo prints, but for what differs from run to run.
#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- demo -->\n```text\n").unwrap();
    let (shown, _) = rest.split_once("```\n<!-- /demo -->").unwrap();
    let printed = Home::new().run(&["ops", "demo"]).ok();
    assert_eq!(normalised(shown), normalised(&printed));
}

/// Words without digits, so that ports, ids, times, sizes and the widths that follow from them do not matter.
fn normalised(text: &str) -> String {
    text.lines()
        .map(|line| {
            line.split_whitespace()
                .filter(|word| !word.contains(|c: char| c.is_ascii_digit() || c == '─' || c == '═'))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
