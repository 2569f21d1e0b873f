//! `decantr telemetry preview` of every command: it makes nothing, starts nothing and talks to nobody, whatever the command would do.

use super::prompts::listed;
use crate::support::process::Home;
use crate::support::trace::Trace;

/// Homes in which nobody has decided, and in which telemetry is on.
fn homes() -> [Home; 2] {
    let undecided = Home::new().with_project();
    let mut on = Home::new().with_project();
    on.set("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:9");
    on.run(&["telemetry", "enable", "--yes"]).ok();
    [undecided, on]
}

#[test]
fn of_every_command_it_makes_nothing() {
    for home in homes() {
        let before = (
            home.snapshot(),
            std::fs::read_dir(home.work()).unwrap().count(),
        );
        for (words, args, _) in listed() {
            let command: Vec<&str> = words.split(' ').chain(args.split_whitespace()).collect();
            if words == "__deliver" {
                continue;
            }
            // A second `--` would end the words of the preview's own command.
            let run = home.run(&[&["telemetry", "preview", "--"], &command[..]].concat());
            assert_eq!(run.code, Some(0), "{command:?}: {}", run.stderr);
            let reports = ["analyze", "telemetry record"].contains(&words);
            assert_eq!(
                run.stdout.contains("POST "),
                reports,
                "{command:?}: {}",
                run.stdout
            );
        }
        let after = (
            home.snapshot(),
            std::fs::read_dir(home.work()).unwrap().count(),
        );
        assert_eq!(after, before);
    }
}

#[test]
fn the_kernel_sees_no_file_no_socket_and_no_program() {
    for home in homes() {
        for command in [
            &["analyze", "."][..],
            &["ops", "demo"],
            &["telemetry", "flush"],
            &[
                "telemetry",
                "record",
                "cli.command.completed",
                "-p",
                "command=scan",
                "-p",
                "success=true",
                "--duration-ms",
                "1",
            ],
        ] {
            let trace = Trace::of(&home, &[&["telemetry", "preview", "--"], command].concat());
            assert_eq!(trace.run.code, Some(0), "{}", trace.run.stderr);
            let folder = home.path().parent().unwrap().to_str().unwrap().to_owned();
            assert_eq!(trace.writes_below(&folder), Vec::<&str>::new());
            assert_eq!(trace.sockets(), Vec::<&str>::new());
            assert_eq!(trace.programs(), Vec::<&str>::new());
        }
    }
}
