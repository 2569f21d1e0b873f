//! What is committed but made by the program: man pages, completions, and what the README claims about commands.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::readme::words;
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
            // What follows `--` is a command of its own.
            let command = command.split(" #").next().unwrap();
            let command = command.split(" -- ").next().unwrap();
            commands.push(command.trim().to_owned());
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

/// Each line of the README's demonstration is printed by the demo, in this order; `…` stands for lines that are left out.
#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- demo -->\n```text\n").unwrap();
    let (shown, _) = rest.split_once("```\n<!-- /demo -->").unwrap();
    let printed = Home::new().run(&["ops", "demo"]).ok();
    let mut lines = printed.lines().map(words);
    let shown: Vec<&str> = shown.lines().filter(|line| line.trim() != "…").collect();
    assert!(shown.len() > 20);
    for line in shown {
        let wanted = words(line);
        assert!(
            lines.any(|line| line == wanted),
            "the demo does not print (here): {line}\n{printed}"
        );
    }
}
