//! Whole processes: how long commands take beside an empty program, and with telemetry on beside off.
//!
//! `cargo bench --bench process` prints one row a comparison. Both sides take turns in the same run, so that a busy machine
//! slows both.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_decantr");

/// How often each side runs.
const ROUNDS: usize = 400;

/// One side of a comparison.
struct Side<'a> {
    program: &'a Path,
    args: &'a [&'a str],
    home: &'a Path,
    work: &'a Path,
    endpoint: &'a str,
    before: fn(&Path),
}

impl Side<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command
            .args(self.args)
            .env_clear()
            .env("HOME", self.home)
            .env("DECANTR_TELEMETRY_ENDPOINT", self.endpoint)
            .current_dir(self.work)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
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

/// Runs one command of decantr that must succeed.
fn decantr(home: &Path, work: &Path, endpoint: &str, args: &[&str]) {
    let side = Side {
        program: Path::new(BINARY),
        args,
        home,
        work,
        endpoint,
        before: nothing,
    };
    assert!(
        side.command().status().expect("decantr runs").success(),
        "{args:?} failed"
    );
}

/// A server, so that a delivery can be made and then none is due.
struct Served {
    child: Child,
    endpoint: String,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(BINARY)
            .args(["ops", "serve", "--listen", "127.0.0.1:0", "--store"])
            .arg(format!("sqlite:{}", folder.join("bench.db").display()))
            .env_clear()
            .env("HOME", folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("an address");
        let endpoint = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let endpoint = endpoint.expect("an address").to_owned();
        Self { child, endpoint }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A home where telemetry is on and everything has been delivered.
fn home_with_telemetry(home: &Path, work: &Path, endpoint: &str) {
    decantr(home, work, endpoint, &["telemetry", "enable", "--yes"]);
    decantr(home, work, endpoint, &["analyze", "--no-write"]);
    decantr(home, work, endpoint, &["telemetry", "flush"]);
}

fn nothing(_home: &Path) {}

/// Removes the note of the last attempt, so that the next delivery is due.
fn make_delivery_due(home: &Path) {
    for folder in spools(home) {
        fs::remove_file(folder.join("delivery.json")).ok();
    }
}

/// Empties the queue: a full spool would measure the making of room instead.
fn empty_spool(home: &Path) {
    for folder in spools(home) {
        fs::write(folder.join("queue.ndjson"), "").ok();
    }
}

/// The folders of all grants' spools.
fn spools(home: &Path) -> impl Iterator<Item = PathBuf> {
    let epochs = fs::read_dir(home.join(".local/state/decantr/spool"));
    epochs
        .into_iter()
        .flatten()
        .flatten()
        .map(|epoch| epoch.path())
}

fn project(work: &Path) {
    fs::create_dir_all(work.join("app")).expect("a project");
    fs::write(
        work.join("package.json"),
        r#"{"dependencies":{"next":"15.5.8"}}"#,
    )
    .expect("a project");
    let page = "export default function P() { return <p/>; }";
    fs::write(work.join("app/page.tsx"), page).expect("a project");
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [off, on, due, work] = ["off", "on", "due", "work"].map(|name| folder.path().join(name));
    for folder in [&off, &on, &due, &work] {
        fs::create_dir(folder).expect("a temporary folder");
    }
    project(&work);
    let server = Served::start(folder.path());
    let endpoint = server.endpoint.as_str();
    home_with_telemetry(&on, &work, endpoint);
    home_with_telemetry(&due, &work, endpoint);
    decantr(&off, &work, endpoint, &["telemetry", "disable"]);

    let empty = empty_program(folder.path());
    let binary = Path::new(BINARY);
    let side = |program, args, home, before| Side {
        program,
        args,
        home,
        work: &work,
        endpoint,
        before,
    };
    println!(
        "| milliseconds, {ROUNDS} runs a side in turns | baseline p50 | p50 | difference | baseline p99 | p99 | difference | budget |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---|");
    let base = side(&empty, &[], &off, nothing);
    let version = side(binary, &["--version"], &off, nothing);
    row(
        "`--version` / empty `main`",
        "≤ +1.0 at p50",
        &compare(&base, &version),
    );
    let status = side(binary, &["telemetry", "status"], &on, nothing);
    row(
        "`telemetry status` / empty `main`",
        "≤ +1.0 at p50",
        &compare(&base, &status),
    );
    let analyze: &[&str] = &["analyze", "--no-write"];
    let base = side(binary, analyze, &off, nothing);
    let spooling = side(binary, analyze, &on, empty_spool);
    row(
        "`analyze`, telemetry on, no send due / off",
        "≤ +1.0 at p99",
        &compare(&base, &spooling),
    );
    let sending = side(binary, analyze, &due, make_delivery_due);
    row(
        "`analyze`, telemetry on, send due / off",
        "≤ +1.0 at p50",
        &compare(&base, &sending),
    );
}
