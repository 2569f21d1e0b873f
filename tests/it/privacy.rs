//! The promise, seen from the kernel's side: without consent no file, no id, no socket, no process.

use crate::support::process::Home;
use crate::support::trace::Trace;

const QUIET_COMMANDS: [&[&str]; 14] = [
    &["telemetry"],
    &["telemetry", "status", "--json"],
    &["telemetry", "explain"],
    &["telemetry", "explain", "--json"],
    &["telemetry", "log"],
    &["telemetry", "flush"],
    &["telemetry", "link", "--org", "acme", "--yes"],
    &["telemetry", "link", "--org", "acme", "--enable", "--yes"],
    &["telemetry", "unlink"],
    &["telemetry", "unlink", "--local"],
    &["telemetry", "reset"],
    &["telemetry", "forget"],
    &["analyze"],
    &["analyze", "--json", "--no-write"],
];

fn assert_quiet(home: &Home, args: &[&str]) {
    let before = home.snapshot();
    let trace = Trace::of(home, args);
    assert!(
        trace.run.stdout.len() + trace.run.stderr.len() > 0,
        "{args:?} did nothing at all"
    );
    let folder = home.path();
    assert_eq!(
        trace.writes_below(&folder.to_string_lossy()),
        Vec::<&str>::new(),
        "{args:?}"
    );
    assert_eq!(trace.sockets(), Vec::<&str>::new(), "{args:?}");
    assert_eq!(trace.programs(), Vec::<&str>::new(), "{args:?}");
    assert_eq!(home.snapshot(), before, "{args:?}");
    let said = format!("{}{}", trace.run.stdout, trace.run.stderr);
    assert!(!names_an_id(&said), "{args:?} names an id: {said}");
}

/// Whether there is an install or project id in `text`: the prefix with a hexadecimal digit behind it.
fn names_an_id(text: &str) -> bool {
    ["install_", "project_"].iter().any(|prefix| {
        text.split(prefix)
            .skip(1)
            .any(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()))
    })
}

#[test]
fn undecided_leaves_no_trace() {
    let home = Home::new().with_project();
    for args in QUIET_COMMANDS {
        assert_quiet(&home, args);
    }
    assert!(home.snapshot().is_empty());
}

#[test]
fn refused_leaves_its_refusal_and_nothing_else() {
    let home = Home::new().with_project();
    home.run(&["telemetry", "disable"]).ok();
    let files: Vec<_> = home
        .snapshot()
        .into_keys()
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(files, [home.path().join(".config/decantr/consent.json")]);
    for args in QUIET_COMMANDS {
        assert_quiet(&home, args);
    }
}

#[test]
fn every_layer_that_says_no_leaves_no_trace() {
    for (name, value) in [
        ("DO_NOT_TRACK", "1"),
        ("DECANTR_TELEMETRY", "off"),
        ("CI", "true"),
    ] {
        let mut home = Home::new().with_project();
        home.run(&["telemetry", "enable", "--yes"]).ok();
        home.set(name, value);
        assert_quiet(&home, &["analyze"]);
    }
    let home = Home::new().with_project();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    assert_quiet(&home, &["analyze", "--no-telemetry"]);
    home.write(".decantr/project.json", r#"{"telemetry": false}"#);
    assert_quiet(&home, &["analyze"]);
}

/// The positive control: the same eyes see files, a process and sockets when telemetry is on.
#[test]
fn the_same_test_sees_them_when_it_is_on() {
    let mut home = Home::new().with_project();
    let server = home.serve();
    home.set("DECANTR_TELEMETRY_ENDPOINT", server.url.clone());
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let trace = Trace::of(&home, &["analyze"]);
    let Trace { run, .. } = &trace;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let folder = home.path();
    assert!(!trace.writes_below(&folder.to_string_lossy()).is_empty());
    assert!(!trace.programs().is_empty(), "no detached sender was seen");
    assert!(!trace.sockets().is_empty(), "no socket was seen");
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert!(names_an_id(status["ids"]["installId"].as_str().unwrap()));
}

#[test]
fn a_dry_run_reads_the_store_and_neither_writes_nor_connects() {
    let home = Home::new();
    let server = home.serve();
    let store = home.store();
    let mut server = Some(server);
    for running in [true, false] {
        let folder = home.path().parent().unwrap().to_owned();
        let names = || {
            let entries = std::fs::read_dir(&folder).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let before = names();
        let trace = Trace::of(&home, &["ops", "digest", "--dry-run", "--store", &store]);
        assert_eq!(trace.run.code, Some(0), "{}", trace.run.stderr);
        assert_eq!(trace.sockets(), Vec::<&str>::new());
        assert_eq!(trace.programs(), Vec::<&str>::new());
        assert_eq!(names(), before, "with the server running: {running}");
        if !running {
            assert_eq!(
                trace.writes_below(&folder.to_string_lossy()),
                Vec::<&str>::new()
            );
            break;
        }
        let (code, _) = server.take().unwrap().stop();
        assert_eq!(code, Some(0));
    }
}
