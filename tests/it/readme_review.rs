//! The README's "For your security review": every claim is a command, and prints what it is shown to print.

use std::fs;
use std::path::Path;

use crate::readme::words;
use crate::support::process::{Home, finish};

/// A command as the README shows it.
struct Claim<'a> {
    variables: Vec<(&'a str, &'a str)>,
    words: Vec<&'a str>,
    code: i32,
    shown: Vec<&'a str>,
}

/// `VARIABLE=value decantr words    # exit code 4`.
fn claim(line: &str) -> Claim<'_> {
    let (command, comment) = line.split_once('#').unwrap_or((line, ""));
    let code = comment.trim().strip_prefix("exit code ");
    let mut words = command.split_whitespace();
    let mut variables = Vec::new();
    for word in words.by_ref() {
        match word.split_once('=') {
            Some(variable) => variables.push(variable),
            None => break,
        }
    }
    Claim {
        variables,
        words: words.collect(),
        code: code.map_or(0, |code| code.parse().unwrap()),
        shown: Vec::new(),
    }
}

fn claims(readme: &str) -> Vec<Claim<'_>> {
    let mut found: Vec<Claim<'_>> = Vec::new();
    for block in readme.split("<!-- review -->\n```text\n").skip(1) {
        let (block, _) = block.split_once("```\n<!-- /review -->").unwrap();
        for line in block.lines() {
            match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push(claim(command)),
                (None, Some(claim)) if line.trim() != "…" => claim.shown.push(line),
                (None, _) => {}
            }
        }
    }
    found
}

#[test]
fn every_claim_of_the_security_review_holds_as_it_stands() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.unwrap();
    let claims = claims(&readme);
    assert!(claims.len() >= 12, "{} claims", claims.len());
    let mut home = Home::new().with_project();
    let served = home.serve();
    home.set("DECANTR_TELEMETRY_ENDPOINT", served.url.clone());
    for Claim {
        variables,
        words: command,
        code,
        shown,
    } in claims
    {
        let mut run = home.command(&command);
        run.envs(variables);
        let run = finish(run);
        let printed = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, Some(code), "{command:?}\n{printed}");
        let mut lines = printed.lines().map(words);
        for line in shown {
            let wanted = words(line);
            assert!(
                lines.any(|line| line == wanted),
                "{command:?} does not print (here): {line}\n{printed}"
            );
        }
    }
}
