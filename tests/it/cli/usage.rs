//! Wrong command lines, closed pipes, colours, and the other manners of a command.

use std::process::Stdio;

use crate::support::process::Home;

#[test]
fn a_wrong_command_line_is_a_usage_error_with_advice() {
    let home = Home::new();
    for args in [
        &["nonsense"][..],
        &["telemetry", "nonsense"],
        &["analyze", "--format", "yaml"],
        &["analyze", "--json", "--format", "table"],
        &["ops", "serve", "--listen", "nowhere"],
        &["ops", "digest", "--store", "mysql://localhost/x"],
        &["telemetry", "explain", "no.such.event"],
        &["-q", "-v", "telemetry"],
    ] {
        let run = home.run(args);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(run.stderr.starts_with("error:"), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
    assert!(home.snapshot().is_empty());
}

#[test]
fn help_and_version_go_to_stdout() {
    let home = Home::new();
    assert!(home.run(&["--version"]).ok().starts_with("decantr "));
    let help = home.run(&["--help"]).ok();
    assert!(help.contains("telemetry") && help.contains("analyze") && help.contains("ops"));
    assert!(
        !help.contains("generate") && !help.contains("__deliver"),
        "{help}"
    );
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let home = Home::new();
    let mut child = home
        .command(&["telemetry", "explain"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let home = Home::new();
    assert!(!home.run(&["telemetry"]).ok().contains('\u{1b}'));
    assert!(
        home.run(&["telemetry", "--color", "always"])
            .ok()
            .contains('\u{1b}')
    );
    assert!(
        !home
            .run(&["telemetry", "--color", "never"])
            .ok()
            .contains('\u{1b}')
    );
}

#[test]
fn without_a_home_there_is_a_clear_error() {
    let home = Home::new();
    let mut command = home.command(&["telemetry", "status"]);
    command.env_remove("HOME");
    let run = crate::support::process::finish(command).exits(3);
    assert!(run.stderr.contains("HOME"), "{}", run.stderr);
}
