//! Recording one event, consent decided, beside opening, appending and closing a file with the same bytes.
//!
//! `cargo bench --bench recording` prints one row. Both sides take turns in the same run.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use decantr::base::clock::Clock;
use decantr::client::consent::Actor;
use decantr::client::control::{self, Terms};
use decantr::client::recorder::Recorder;
use decantr::config::{Asked, Env, Host};
use decantr::model::event::RawValue;

/// The event that is recorded.
const EVENT: &str = "cli.command.completed";

/// How many events each side writes; the spool is emptied every hundred, so that it is never full.
const ROUNDS: usize = 20_000;

fn properties() -> [(&'static str, RawValue<'static>); 3] {
    [
        ("command", RawValue::from("analyze")),
        ("success", RawValue::from(true)),
        ("durationMs", RawValue::Int(1234)),
    ]
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// A recorder's machine: a home of its own, telemetry on.
fn host(home: &Path) -> Host {
    let host = Host {
        env: Env::from_pairs([("HOME", home)]),
        cwd: home.to_owned(),
        clock: Clock::system(),
        policy_file: home.join("no-policy.toml"),
        executable: PathBuf::new(),
    };
    let asked = Asked::default();
    let plan = control::plan_enable(&host, &asked, Terms::default()).expect("a plan");
    plan.commit(&host, &asked, Actor::YesFlag).expect("consent");
    host
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let host = host(folder.path());
    let asked = Asked::default();
    let recorder = Recorder::open(&host, &asked, &[EVENT]);
    recorder.record(EVENT, properties());
    let spool = folder.path().join(".local/state/decantr/spool");
    let epoch = fs::read_dir(&spool)
        .expect("a spool")
        .flatten()
        .next()
        .expect("an epoch");
    let queue = epoch.path().join("queue.ndjson");
    let line = fs::read(&queue).expect("a spooled event");
    let plain = folder.path().join("plain");

    let (mut base, mut record, mut both) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        if round % 100 == 0 {
            fs::write(&queue, "").expect("an empty queue");
            fs::write(&plain, "").expect("an empty file");
        }
        let start = Instant::now();
        let mut file = OpenOptions::new()
            .append(true)
            .open(&plain)
            .expect("the file");
        file.write_all(&line).expect("a line");
        drop(file);
        base.push(start.elapsed());
        let start = Instant::now();
        black_box(recorder.record(EVENT, properties()));
        record.push(start.elapsed());
        let start = Instant::now();
        black_box(Recorder::open(&host, &asked, &[EVENT]).record(EVENT, properties()));
        both.push(start.elapsed());
    }
    let (base, record, both) = (median(&mut base), median(&mut record), median(&mut both));
    println!(
        "| microseconds, median of {ROUNDS} in turns | baseline | measured | ratio | budget |"
    );
    println!("|---|---:|---:|---:|---|");
    println!(
        "| recording one event / open, append, close of the same bytes | {base:.1} | {record:.1} | {:.1} | ≤ 5 ×, ≤ 50 µs |",
        record / base
    );
    println!(
        "| the same with opening the recorder (consent, ids, layers read from disk) | {base:.1} | {both:.1} | {:.1} | |",
        both / base
    );
}
