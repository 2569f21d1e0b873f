//! `ops demo`: one command, the whole loop, and nothing left behind.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::process::{Home, finish};

/// Names in the temporary folder that the demo could have left.
fn leftovers(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// A demo whose temporary folder is known to the test.
fn demo(home: &Home, args: &[&str]) -> (Command, tempfile::TempDir) {
    let tmp = tempfile::tempdir().unwrap();
    let mut command = home.command(&["ops", "demo"]);
    command.args(args).env("TMPDIR", tmp.path());
    (command, tmp)
}

#[test]
fn the_loop_ends_with_a_digest_that_counts_the_event() {
    for caller in [
        &[][..],
        &[
            ("CI", "true"),
            ("DO_NOT_TRACK", "1"),
            ("DECANTR_TELEMETRY", "off"),
        ],
    ] {
        let home = Home::new();
        let (mut command, tmp) = demo(&home, &[]);
        command.envs(caller.iter().copied());
        let printed = finish(command).ok();
        assert!(printed.contains("decantr.analyze.completed"), "{printed}");
        assert!(printed.contains("verified"), "{printed}");
        let (_, organisations) = printed.split_once("\nTop customers\n").unwrap();
        let acme = organisations
            .lines()
            .find(|line| line.starts_with(" acme "));
        let acme: Vec<&str> = acme.unwrap().split_whitespace().collect();
        assert_eq!(
            acme[..4],
            ["acme", "3", "1", "1"],
            "events, installs, projects"
        );
        assert!(home.snapshot().is_empty(), "the home was touched");
        assert_eq!(leftovers(tmp.path()), Vec::<String>::new());
    }
}

#[test]
fn a_project_of_ones_own_is_read_and_not_written() {
    let home = Home::new().with_project();
    let (command, tmp) = demo(&home, &["."]);
    finish(command).ok();
    assert!(!home.work().join(".decantr").exists());
    assert_eq!(leftovers(tmp.path()), Vec::<String>::new());
}

#[test]
fn a_failing_step_ends_the_demo_with_its_exit_code_and_cleans_up() {
    let home = Home::new();
    let (command, tmp) = demo(&home, &["."]);
    let run = finish(command).exits(1);
    assert!(run.stderr.contains("not a web project"), "{}", run.stderr);
    assert_eq!(leftovers(tmp.path()), Vec::<String>::new());
    let (command, _tmp) = demo(&home, &["missing"]);
    assert!(finish(command).exits(3).stderr.contains("missing"));
}

#[test]
fn a_signal_ends_a_kept_demo_and_cleans_up() {
    for signal in ["-INT", "-TERM"] {
        let home = Home::new();
        let (mut command, tmp) = demo(&home, &["--keep"]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned))
            .unwrap();
        lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("stays up"))
            .unwrap();
        std::net::TcpStream::connect(&url).expect("the server is up");
        let status = Command::new("kill")
            .arg(signal)
            .arg(child.id().to_string())
            .status();
        assert!(status.unwrap().success());
        assert_eq!(
            child.wait().unwrap().code(),
            Some(0),
            "a signal is how a kept demo ends"
        );
        assert!(
            std::net::TcpStream::connect(&url).is_err(),
            "the server is still up"
        );
        assert_eq!(leftovers(tmp.path()), Vec::<String>::new());
    }
}

#[test]
fn a_signal_at_any_moment_ends_it_and_cleans_up() {
    for after_lines in [0, 1, 4, 30, 70, 90] {
        for signal in ["-INT", "-TERM", "-HUP"] {
            let home = Home::new();
            let (mut command, tmp) = demo(&home, &[]);
            let mut child = command
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // The first word on stderr or stdout comes after the signals are registered.
            for _ in 0..=after_lines {
                lines.next().unwrap().unwrap();
            }
            let status = Command::new("kill")
                .arg(signal)
                .arg(child.id().to_string())
                .status();
            assert!(status.unwrap().success());
            lines.for_each(|line| drop(line.unwrap()));
            let code = child.wait().unwrap().code();
            assert!(
                matches!(code, Some(130 | 0)),
                "{signal} after {after_lines} lines: {code:?}"
            );
            assert_eq!(
                leftovers(tmp.path()),
                Vec::<String>::new(),
                "{signal} after {after_lines} lines"
            );
        }
    }
}

#[test]
fn a_path_that_is_no_folder_is_named() {
    let home = Home::new();
    home.write("file.txt", "x");
    let (command, tmp) = demo(&home, &["file.txt"]);
    let run = finish(command).exits(3);
    assert!(run.stderr.contains("file.txt"), "{}", run.stderr);
    assert_eq!(leftovers(tmp.path()), Vec::<String>::new());
}
