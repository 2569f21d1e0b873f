//! Many processes at once, and a no in the middle of everything: no deadlock, no lost decision, no file torn or left, and nothing
//! that was under way brings anything back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::login_support::running;
use crate::client::server::{Behaviour, Server};
use crate::support::process::{Home, finish};

/// The longest that any of it may take.
const PATIENCE: Duration = Duration::from_mins(2);

const ENABLE: &[&str] = &["telemetry", "enable", "--yes"];
const DISABLE: &[&str] = &["telemetry", "disable"];
const ANALYZE: &[&str] = &["analyze", "--no-write"];
const STATUS: &[&str] = &["telemetry", "status"];
const FLUSH: &[&str] = &["telemetry", "flush"];

/// The exit codes that each may end with when others change everything meanwhile.
fn documented(args: &[&str]) -> &'static [i32] {
    match args {
        ["analyze", ..] | [_, "status"] => &[0],
        [_, "flush"] => &[0, 4, 6],
        // 4: somebody said no right after.
        [_, "enable", ..] => &[0, 4],
        _ => &[0],
    }
}

fn home(server: &Server) -> Home {
    let mut home = Home::in_memory().with_project();
    home.set("DECANTR_TELEMETRY_ENDPOINT", &*server.url);
    home
}

fn consent(home: &Home) -> PathBuf {
    home.path().join(".config/decantr/consent.json")
}

fn state(home: &Home) -> PathBuf {
    home.path().join(".local/state/decantr")
}

fn epoch(path: &Path) -> Option<u64> {
    let bytes = fs::read(path).ok()?;
    // A file that is there is whole, at every moment.
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    file["epoch"].as_u64()
}

/// Waits for the senders that were started in `home`, which outlive their commands.
fn wait_for_senders(home: &Home) {
    let start = Instant::now();
    let variable = format!("HOME={}", home.path().display());
    let is_ours = |process: &std::ffi::OsString| {
        let variables = fs::read(Path::new("/proc").join(process).join("environ"));
        let variables = variables.unwrap_or_default();
        let mut variables = variables.split(|byte| *byte == 0);
        variables.any(|other| other == variable.as_bytes())
    };
    while running("__deliver").iter().any(is_ours) {
        assert!(start.elapsed() < PATIENCE, "a sender does not end");
        std::thread::yield_now();
    }
}

/// Only the refusal is left of telemetry; no lock, no temporary file, no id.
fn assert_only_the_refusal(home: &Home) {
    let files: BTreeSet<PathBuf> = home
        .snapshot()
        .into_keys()
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(files, BTreeSet::from([consent(home)]));
    assert!(!state(home).exists());
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["stored"]["state"], "refused");
}

/// Starts a hundred commands at once, and gives each with its exit code and what it said.
fn crowd(home: &Home) -> Vec<(&'static [&'static str], i32, String)> {
    let commands = [ENABLE, ANALYZE, STATUS, DISABLE, FLUSH];
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for at in 0..100 {
            let sender = sender.clone();
            scope.spawn(move || {
                let args = commands[at % 5];
                let run = finish(home.command(args));
                sender.send((args, run.code.unwrap_or(-1), run.stderr))
            });
        }
        let deadline = Instant::now() + PATIENCE;
        let next = || receiver.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        (0..100)
            .map(|at| next().unwrap_or_else(|_| panic!("only {at} commands have ended")))
            .collect()
    })
}

#[test]
fn a_hundred_commands_at_once_lose_no_decision_and_end_as_documented() {
    let server = Server::start();
    let home = home(&server);
    let (path, done) = (consent(&home), AtomicBool::new(false));
    let ended = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let (mut last, mut seen) = (0, 0_u32);
            while !done.load(Ordering::Relaxed) {
                let now = epoch(&path).unwrap_or(last);
                assert!(now >= last, "the epoch went from {last} to {now}");
                seen += u32::from(now > last);
                last = now;
                std::thread::yield_now();
            }
            seen
        });
        let ended = crowd(&home);
        done.store(true, Ordering::Relaxed);
        assert!(watcher.join().unwrap() > 3, "the watcher saw little");
        ended
    });
    let is_busy = |stderr: &str| stderr.contains("in use by another process");
    for (args, code, stderr) in &ended {
        // Who is not let in for seconds says so, and has decided nothing.
        if matches!(*args, ENABLE | DISABLE) && *code == 3 && is_busy(stderr) {
            continue;
        }
        assert!(
            documented(args).contains(code),
            "{args:?}: {code}: {stderr}"
        );
    }
    let decisions = ended
        .iter()
        .filter(|(args, code, _)| matches!(*args, ENABLE | DISABLE) && *code != 3);
    assert_eq!(
        epoch(&path),
        Some(decisions.count() as u64),
        "each decision is an epoch"
    );
    wait_for_senders(&home);
    // The last decision counts, whichever it is, and what it says is so.
    home.run(ENABLE).ok();
    home.run(ANALYZE).ok();
    let status = home.run(&["telemetry", "status", "--json"]).exits(0).json();
    assert_eq!(status["effective"], "on");
    assert!(status["ids"]["installId"].is_string());
    wait_for_senders(&home);
    home.run(DISABLE).ok();
    assert_only_the_refusal(&home);
}

/// A no while a sender waits for a server's answer, fifty commands record, and others look and send.
#[test]
fn a_no_in_the_middle_of_everything_is_final() {
    for keep_log in [false, true] {
        let server = Server::start();
        let home = home(&server);
        home.run(ENABLE).ok();
        home.run(ANALYZE).ok();
        wait_for_senders(&home);
        home.run(ANALYZE).ok();
        // The server has the sender's request, and answers when telemetry is off.
        let (arrived, has_arrived) = mpsc::channel();
        let (answer, may_answer) = mpsc::channel::<()>();
        server.behave(Behaviour::After(Box::new(move || {
            arrived.send(()).ok();
            may_answer.recv_timeout(PATIENCE).ok();
        })));
        let requests = std::thread::scope(|scope| {
            let sender = scope.spawn(|| home.run(FLUSH));
            has_arrived.recv_timeout(PATIENCE).unwrap();
            let recording: Vec<_> = (0..50)
                .map(|at| {
                    let home = &home;
                    scope.spawn(move || home.run(if at % 10 == 9 { STATUS } else { ANALYZE }).ok())
                })
                .collect();
            // Some of them have begun, some have not.
            wait_until(|| !running("analyze").is_empty());
            let args = if keep_log {
                &["telemetry", "disable", "--keep-log"]
            } else {
                DISABLE
            };
            home.run(args).ok();
            let requests = server.requests().len();
            drop(answer);
            let code = sender.join().unwrap().code;
            assert!(matches!(code, Some(0 | 4)), "{code:?}");
            for command in recording {
                command.join().unwrap();
            }
            requests
        });
        wait_for_senders(&home);
        assert_eq!(
            server.requests().len(),
            requests,
            "a request began after the no"
        );
        if keep_log {
            let ledger = state(&home).join("ledger");
            fs::remove_dir_all(ledger).unwrap();
            // Nothing else was in its folder.
            fs::remove_dir(state(&home)).unwrap();
        }
        assert_only_the_refusal(&home);
    }
}

fn wait_until(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
}
