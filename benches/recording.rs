//! Recording one event, consent decided, beside opening, appending and closing a file with the same bytes.
//!
//! `cargo bench --bench recording` prints one row. Both sides take turns in the same run.

use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use decantr::base::clock::Clock;
use decantr::client::consent::Actor;
use decantr::client::consent::Scope;
use decantr::client::control::{self, Terms};
use decantr::client::recorder::Recorder;
use decantr::config::{Asked, Env, Host};
use decantr::model::event::RawValue;

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

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let host = Host {
        env: Env::from_pairs([("HOME", folder.path())]),
        cwd: folder.path().to_owned(),
        clock: Clock::system(),
        policy_file: PathBuf::from("/nonexistent/policy.toml"),
        executable: PathBuf::new(),
    };
    let asked = Asked::default();
    let terms = Terms {
        scopes: vec![Scope::Local],
        until: None,
    };
    let plan = control::plan_enable(&host, &asked, terms).expect("a plan");
    plan.commit(&host, &asked, Actor::YesFlag).expect("consent");
    let recorder = Recorder::open(&host, &asked);
    recorder.record("cli.command.completed", properties());
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
        black_box(recorder.record("cli.command.completed", properties()));
        record.push(start.elapsed());
        let start = Instant::now();
        black_box(Recorder::open(&host, &asked).record("cli.command.completed", properties()));
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
