//! The one question of `telemetry enable` and `telemetry link`, on a real terminal: what is a yes, that all else is a no, who can
//! be asked, and that a no leaves the home as it was, to the byte.

use std::fs;
use std::time::{Duration, Instant};

use axum::http::Method;
use decantr::config::layers::CI_VARIABLES;
use decantr::model::protocol::LINK_PATH;
use serde_json::Value;

use super::link::signed_in;
use super::login_support::{Terminal, line, running};
use crate::client::link_server::LinkServer;
use crate::support::process::Home;

const ENABLE: &[&str] = &["telemetry", "enable"];
const LINK: &[&str] = &["telemetry", "link", "--enable", "--org", "acme"];
const QUESTION: &str = "[y/N] ";

/// A home where `args` asks, and the server that it is signed in at where that is needed.
fn asking(args: &[&str]) -> (Home, Option<LinkServer>) {
    if args == ENABLE {
        return (Home::new(), None);
    }
    let (home, server) = signed_in();
    (home, Some(server))
}

/// How often the server was asked for a link.
fn links(server: Option<&LinkServer>) -> usize {
    server.map_or(0, |server| server.bodies(&Method::POST, LINK_PATH).len())
}

fn record(home: &Home) -> Value {
    let file = fs::read(home.path().join(".config/decantr/consent.json")).unwrap();
    serde_json::from_slice::<Value>(&file).unwrap()["records"][0]["consent"].clone()
}

/// What the terminal shows of `args` in `home`, and the exit code, when this is typed at the question.
fn answered(home: &Home, args: &[&str], typed: &str) -> (String, Option<i32>) {
    let mut terminal = Terminal::start(home, args);
    let (shown, code) = terminal.expect(QUESTION).write(typed).end();
    assert_eq!(shown.matches(QUESTION).count(), 1, "{shown}");
    (shown, code)
}

#[test]
fn only_a_whole_line_that_says_yes_is_a_yes() {
    for args in [ENABLE, LINK] {
        for typed in ["y\r", "Y\r", "yes\r", " YES \r", "n\u{15}y\r"] {
            let (home, server) = asking(args);
            let (shown, code) = answered(&home, args, typed);
            assert_eq!(code, Some(0), "{args:?} {typed:?}: {shown}");
            let record = record(&home);
            assert_eq!(record["state"], "granted", "{args:?} {typed:?}");
            assert_eq!(record["actor"], "terminal", "{args:?} {typed:?}");
            assert_eq!(links(server.as_ref()), usize::from(args == LINK));
            let status = home.run(&["telemetry", "status", "--json"]).json();
            assert_eq!(status["effective"], "on");
        }
    }
}

#[test]
fn everything_else_is_a_no_and_leaves_nothing() {
    // The first 64 bytes of this end inside a letter.
    let long = format!("y{}\r", "é".repeat(60));
    for args in [ENABLE, LINK] {
        let (home, server) = asking(args);
        let before = home.snapshot();
        for (typed, expected) in [
            ("n\r", 4),
            ("no\r", 4),
            ("\r", 4),
            ("x\r", 4),
            ("ye\r", 4),
            ("y y\r", 4),
            ("yes please\r", 4),
            ("да\r", 4),
            (&long, 4),
            // Ctrl-U takes it back.
            ("y\u{15}\r", 4),
            // Ctrl-D: the input ends, also behind a yes that was not sent off.
            ("\u{4}", 4),
            ("y\u{4}\u{4}", 4),
            // Ctrl-C.
            ("\u{3}", 130),
            ("y\u{3}", 130),
        ] {
            let (shown, code) = answered(&home, args, typed);
            assert_eq!(code, Some(expected), "{args:?} {typed:?}: {shown}");
            assert_eq!(home.snapshot(), before, "{args:?} {typed:?}");
            let is_said = shown.contains("nothing was written");
            assert_eq!(is_said, expected == 4, "{args:?} {typed:?}: {shown}");
        }
        assert_eq!(links(server.as_ref()), 0);
    }
}

/// All three streams have to be a terminal, and JSON was not asked for.
#[test]
fn who_cannot_be_asked_is_not_asked_and_needs_yes() {
    for args in [ENABLE, LINK] {
        let (home, server) = asking(args);
        let before = home.snapshot();
        let command = line(args);
        for how in [
            "<&-",
            "</dev/null",
            ">&-",
            ">/dev/null",
            "2>&-",
            "2>/dev/null",
            "--json",
        ] {
            not_asked(&home, &format!("{command} {how}"));
        }
        not_asked(&home, &format!("echo y | {command}"));
        not_asked(
            &home,
            &format!("{command} | cat >/dev/null; test $? = 0 && exit 4"),
        );
        assert_eq!(home.snapshot(), before, "{args:?}");
        assert_eq!(links(server.as_ref()), 0);
    }
}

fn not_asked(home: &Home, line: &str) {
    let (shown, code) = Terminal::start_line(home, &format!("( {line} )")).end();
    assert_eq!(code, Some(4), "{line}: {shown}");
    assert!(!shown.contains(QUESTION), "{line}: {shown}");
    let hears = !line.contains("2>");
    assert_eq!(shown.contains("--yes` if you"), hears, "{line}: {shown}");
}

#[test]
fn under_a_layer_that_says_no_a_yes_is_kept_and_a_no_is_a_no() {
    for args in [ENABLE, LINK] {
        let variables = CI_VARIABLES
            .into_iter()
            .take(if args == LINK { 1 } else { 14 });
        for variable in variables.chain(["DO_NOT_TRACK"]) {
            let (mut home, server) = asking(args);
            home.set(variable, "true");
            let before = home.snapshot();
            let (shown, code) = answered(&home, args, "\r");
            assert_eq!(code, Some(4), "{variable}: {shown}");
            assert!(shown.contains("even then nothing is sent"), "{shown}");
            assert_eq!(home.snapshot(), before, "{variable}");
            let (shown, code) = answered(&home, args, "y\r");
            assert_eq!(code, Some(4), "{variable}: {shown}");
            let (_, end) = shown.split_once(QUESTION).unwrap();
            assert!(end.contains("saved") && end.contains(variable), "{shown}");
            let record = record(&home);
            assert_eq!(record["state"], "granted", "{variable}");
            assert_eq!(record["actor"], "terminal", "{variable}");
            let status = home.run(&["telemetry", "status", "--json"]).json();
            assert_eq!(status["effective"], "forced-off");
            assert_eq!(status["ids"]["installId"], Value::Null, "{variable}");
            assert_eq!(links(server.as_ref()), 0);
        }
    }
}

#[test]
fn a_window_that_is_closed_or_a_signal_at_the_question_is_a_no() {
    // By a word of its own each process can be found among those of other tests.
    for (args, word) in [
        (ENABLE, ["--endpoint", "https://closed.example"]),
        (LINK, ["--label", "closed"]),
    ] {
        let (home, server) = asking(args);
        let before = home.snapshot();
        let (args, word) = ([args, &word].concat(), word[1]);
        for signal in ["-TERM", "-INT", "-HUP"] {
            let mut terminal = Terminal::start(&home, &args);
            terminal.expect(QUESTION).signal(signal, word);
            let (shown, code) = terminal.end();
            assert!(code > Some(128), "{signal}: {code:?}: {shown}");
            assert_eq!(home.snapshot(), before, "{signal}");
        }
        // With and without `nohup`, which lets a command outlive its window.
        for hang_up in ["-", "''"] {
            let code = home.work().join("code");
            let line = format!("trap {hang_up} HUP; {}; echo $? >code", line(&args));
            let mut terminal = Terminal::start_line(&home, &line);
            terminal.expect(QUESTION);
            terminal.close();
            wait_until("it ends", || running(word).is_empty());
            if hang_up == "''" {
                wait_until("its code", || {
                    fs::read(&code).is_ok_and(|code| code == b"4\n")
                });
            }
            assert_eq!(home.snapshot(), before, "{hang_up}");
        }
        assert_eq!(links(server.as_ref()), 0);
    }
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "waiting for {what}"
        );
        std::thread::yield_now();
    }
}
