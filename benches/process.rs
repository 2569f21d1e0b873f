//! Whole processes: how long commands take beside an empty program, and with telemetry on beside off.
//!
//! `cargo bench --bench process` prints one row a comparison. Both sides take turns in the same run, so that a busy machine
//! slows both.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

const BINARY: &str = env!("CARGO_BIN_EXE_decantr");

/// How often each side runs.
const ROUNDS: usize = 400;

/// One side of a comparison.
struct Side<'a> {
    program: &'a Path,
    args: &'a [&'a str],
    home: &'a Path,
    work: &'a Path,
    endpoint: Option<&'a str>,
    before: fn(&Path),
}

impl Side<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command
            .args(self.args)
            .env_clear()
            .env("HOME", self.home)
            .current_dir(self.work)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(endpoint) = self.endpoint {
            command.env("DECANTR_TELEMETRY_ENDPOINT", endpoint);
        }
        command
    }

    fn time(&self) -> Duration {
        (self.before)(self.home);
        let mut command = self.command();
        let start = Instant::now();
        let status = command.status().expect("the program runs");
        let took = start.elapsed();
        assert!(status.success(), "{:?} failed", self.args);
        took
    }
}

/// The times of both sides, sorted, taken in turns.
fn compare(baseline: &Side<'_>, side: &Side<'_>) -> (Vec<Duration>, Vec<Duration>) {
    let (mut base, mut other) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS + 20 {
        let (b, s) = (baseline.time(), side.time());
        if round >= 20 {
            base.push(b);
            other.push(s);
        }
    }
    base.sort();
    other.sort();
    (base, other)
}

fn at(times: &[Duration], percent: usize) -> f64 {
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3
}

fn row(what: &str, budget: &str, (base, side): &(Vec<Duration>, Vec<Duration>)) {
    let columns = [50, 99].map(|p| (at(base, p), at(side, p)));
    let [(base_50, side_50), (base_99, side_99)] = columns;
    println!(
        "| {what} | {base_50:.2} | {side_50:.2} | {:+.2} | {base_99:.2} | {side_99:.2} | {:+.2} | {budget} |",
        side_50 - base_50,
        side_99 - base_99,
    );
}

/// Compiles `fn main() {}` with the compiler that built this.
fn empty_program(folder: &Path) -> PathBuf {
    let source = folder.join("empty.rs");
    fs::write(&source, "fn main() {}").expect("a temporary file");
    let program = folder.join("empty");
    let status = Command::new("rustc")
        .args(["-O", "-o"])
        .arg(&program)
        .arg(&source)
        .status()
        .expect("rustc runs");
    assert!(status.success(), "the empty program does not compile");
    program
}

/// A server that takes everything, so that a delivery has been made and none is due.
fn decantr(home: &Path, work: &Path, endpoint: &str, args: &[&str]) {
    let side = Side {
        program: Path::new(BINARY),
        args,
        home,
        work,
        endpoint: Some(endpoint),
        before: |_| {},
    };
    assert!(
        side.command().status().expect("decantr runs").success(),
        "{args:?} failed"
    );
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        path
    };
    let (off, on, due, work) = (path("off"), path("on"), path("due"), path("work"));
    fs::write(
        work.join("package.json"),
        r#"{"dependencies":{"next":"15.5.8"}}"#,
    )
    .expect("a project");
    fs::create_dir_all(work.join("app")).expect("a project");
    fs::write(
        work.join("app/page.tsx"),
        "export default function P() { return <p/>; }",
    )
    .expect("a project");

    let mut server = Command::new(BINARY)
        .args(["ops", "serve", "--listen", "127.0.0.1:0", "--store"])
        .arg(format!(
            "sqlite:{}",
            folder.path().join("bench.db").display()
        ))
        .env_clear()
        .env("HOME", &off)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut line = String::new();
    let stdout = server.stdout.take().expect("a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)
        .expect("an address");
    let endpoint = line
        .split_whitespace()
        .find(|w| w.starts_with("http://"))
        .expect("an address");
    for home in [&on, &due] {
        decantr(home, &work, endpoint, &["telemetry", "enable", "--yes"]);
        decantr(home, &work, endpoint, &["analyze", "--no-write"]);
        decantr(home, &work, endpoint, &["telemetry", "flush"]);
    }
    decantr(&off, &work, endpoint, &["telemetry", "disable"]);

    let empty = empty_program(folder.path());
    let side = |program, args, home, before| Side {
        program,
        args,
        home,
        work: &work,
        endpoint: Some(endpoint),
        before,
    };
    let nothing: fn(&Path) = |_| {};
    let forget_attempt: fn(&Path) = |home| {
        // Removing the note of the last attempt makes the next delivery due.
        drop(fs::remove_file(
            home.join(".local/state/decantr/delivery.json"),
        ));
    };
    let emptied: fn(&Path) = |home| {
        // A full spool would measure the making of room instead.
        for epoch in fs::read_dir(home.join(".local/state/decantr/spool"))
            .into_iter()
            .flatten()
            .flatten()
        {
            drop(fs::write(epoch.path().join("queue.ndjson"), ""));
        }
    };
    let binary = Path::new(BINARY);
    let analyze: &[&str] = &["analyze", "--no-write"];
    println!(
        "| milliseconds, {ROUNDS} runs a side in turns | baseline p50 | p50 | difference | baseline p99 | p99 | difference | budget |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---|");
    let base = side(&empty, &[], &off, nothing);
    row(
        "`--version` / empty `main`",
        "≤ +1.0 at p50",
        &compare(&base, &side(binary, &["--version"], &off, nothing)),
    );
    row(
        "`telemetry status` / empty `main`",
        "≤ +1.0 at p50",
        &compare(&base, &side(binary, &["telemetry", "status"], &on, nothing)),
    );
    let base = side(binary, analyze, &off, nothing);
    row(
        "`analyze` with telemetry on, no send due / off",
        "≤ +1.0 at p99",
        &compare(&base, &side(binary, analyze, &on, emptied)),
    );
    row(
        "`analyze` with telemetry on, send due / off",
        "≤ +1.0 at p50",
        &compare(&base, &side(binary, analyze, &due, forget_attempt)),
    );
    server.kill().expect("the server stops");
    server.wait().expect("the server stops");
}
