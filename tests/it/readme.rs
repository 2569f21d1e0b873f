//! What the README shows is what the program does: transcripts of the operator's jobs, and the runbook.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use crate::support::process::Home;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The words of a line but those with digits or folders, so that ports, ids, times, sizes and places do not matter.
pub(crate) fn words(line: &str) -> Vec<&str> {
    let varies =
        |word: &str| word.contains(|c: char| c.is_ascii_digit()) || word.contains("/decantr-demo-");
    line.split_whitespace()
        .filter(|word| !varies(word))
        .collect()
}

/// A demo that stays up, with its open stdout; ended in its own way when dropped, so that it leaves nothing behind.
struct Kept(Child, Option<Lines<BufReader<ChildStdout>>>);

impl Kept {
    /// Starts it, and gives the store that it says it has.
    fn start(home: &Home) -> (Self, String) {
        let mut command = home.command(&["ops", "demo", "--keep"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut kept = Self(child.unwrap(), None);
        let lines = BufReader::new(kept.0.stdout.take().unwrap()).lines();
        let mut store = None;
        let lines = kept.1.insert(lines);
        for line in lines.map(Result::unwrap) {
            if let Some((_, said)) = line.split_once("export DECANTR_STORE=") {
                store = Some(said.to_owned());
                break;
            }
        }
        (kept, store.unwrap())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let pid = self.0.id().to_string();
        drop(
            std::process::Command::new("kill")
                .args(["-TERM", &pid])
                .status(),
        );
        drop(self.0.wait());
    }
}

/// The command lines of the transcripts, each with the lines that it is shown to print.
fn transcripts(readme: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut found: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for block in readme.split("<!-- job -->\n```text\n").skip(1) {
        let (block, _) = block.split_once("```\n<!-- /job -->").unwrap();
        for line in block.lines() {
            match (line.strip_prefix("$ decantr "), found.last_mut()) {
                (Some(command), _) => {
                    found.push((command.split_whitespace().collect(), Vec::new()));
                }
                (None, Some((_, shown))) if line.trim() != "…" => shown.push(line),
                (None, _) => {}
            }
        }
    }
    found
}

/// Each line of a transcript is printed by its command on the demo's data, in this order; `…` stands for lines that are left out.
#[test]
fn every_job_prints_what_the_readme_shows_on_the_demos_data() {
    let readme = readme();
    let transcripts = transcripts(&readme);
    assert!(transcripts.len() >= 8, "{} transcripts", transcripts.len());
    let mut home = Home::new();
    let (_kept, store) = Kept::start(&home);
    home.set("DECANTR_STORE", store);
    for (command, shown) in transcripts {
        let run = home.run(&command);
        let printed = format!("{}{}", run.stdout, run.stderr);
        let mut lines = printed.lines().map(words);
        for line in shown {
            let wanted = words(line);
            assert!(
                lines.any(|line| line == wanted),
                "{command:?} does not print (here): {line}\n{printed}"
            );
        }
        assert_eq!(run.code, Some(0), "{command:?}\n{printed}");
    }
}

#[test]
fn the_runbook_in_the_readme_is_the_one_in_the_manual() {
    let readme = readme();
    let (_, shown) = readme.split_once("<!-- runbook -->\n").unwrap();
    let (shown, _) = shown.split_once("<!-- /runbook -->").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runbook = fs::read_to_string(root.join("src/cli/runbook.md")).unwrap();
    assert_eq!(shown.trim(), runbook.trim());
}
