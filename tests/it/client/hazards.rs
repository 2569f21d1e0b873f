//! What may lie about where state files should be: pipes, folders, devices, damaged, huge or vanishing files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use decantr::client::ExitClass;
use decantr::client::consent::Effective;
use decantr::client::control;
use decantr::client::recorder::Recorded;
use decantr::client::spool::{Ledger, SPOOL_LIMIT};
use decantr::config::Asked;
use decantr::model::outcome::{Outcome, Reason};

use super::delivery::machine;
use super::server::Server;
use super::spool::waiting;
use super::support::{Machine, flush, outcomes, record, write};

const BATCH: &str = "01890000-0000-7000-8000-000000000000.json.gz";

/// Every file that a command opens, with all of them there but locks.
fn state_files(machine: &Machine) -> Vec<PathBuf> {
    let spool = machine.spool().folder().to_owned();
    let names = [
        "queue.ndjson",
        "taken.ndjson",
        "delivery.json",
        "sender.lock",
        "losses",
        BATCH,
    ];
    let today = "ledger/2026-03-01/events.ndjson";
    names
        .into_iter()
        .map(|name| spool.join(name))
        .chain(["pins.json", "projects.json", "install-secret", today].map(|n| machine.state(n)))
        .chain(["consent.json", "consent.lock", "config.json"].map(|n| machine.config(n)))
        .collect()
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn folder(path: &Path) {
    std::fs::create_dir_all(path.join("x")).unwrap();
}

fn device(path: &Path) {
    std::os::unix::fs::symlink("/dev/zero", path).unwrap();
}

/// Everything that reads or writes state; what it answers does not matter here, only that it answers.
fn use_everything(machine: &Machine) {
    let (host, asked) = (machine.host(), Asked::default());
    let project = machine.project();
    let about = Asked {
        project: Some(&project),
        ..asked
    };
    let recorder = machine.recorder_for(&about);
    recorder.notice();
    record(&recorder);
    recorder.hand_off();
    drop(control::status(&host, &asked));
    drop(control::log(&host, &asked, true));
    drop(control::flush(&host, &asked));
    drop(control::plan_enable(
        &host,
        &asked,
        control::Terms::default(),
    ));
    drop(control::disable(&host, &asked, true));
}

#[test]
fn nothing_in_place_of_a_state_file_hangs_a_command() {
    let count = state_files(&recorded()).len();
    let kinds: [fn(&Path); 3] = [pipe, folder, device];
    let mut threads = Vec::new();
    let (done, finished) = std::sync::mpsc::channel();
    for kind in kinds {
        for at in 0..count {
            let done = done.clone();
            threads.push(std::thread::spawn(move || {
                let machine = recorded();
                let path = state_files(&machine).swap_remove(at);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                drop(std::fs::remove_file(&path));
                kind(&path);
                use_everything(&machine);
                done.send(()).unwrap();
            }));
        }
    }
    for _ in 0..threads.len() {
        finished.recv_timeout(Duration::from_mins(1)).unwrap();
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

/// A machine that has recorded, for an endpoint where nobody is.
fn recorded() -> Machine {
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:9");
    machine.enable();
    machine.record();
    machine
}

#[test]
fn a_damaged_secret_is_reported_and_costs_no_event_unnoticed() {
    let machine = Machine::new();
    machine.enable();
    write(&machine.state("install-secret"), "damaged");
    let problems = || {
        control::status(&machine.host(), &Asked::default())
            .unwrap()
            .problems
    };
    assert!(problems()[0].contains("install-secret"), "{:?}", problems());
    let unwritable = Outcome::Dropped(Reason::SpoolUnwritable);
    assert_eq!(machine.record(), Recorded::Done(unwritable));
    assert_eq!(outcomes(&machine), ["dropped spool_unwritable"]);
    let text = std::fs::read_to_string(machine.state("install-secret")).unwrap();
    assert_eq!(text, "damaged");
    std::fs::remove_file(machine.state("install-secret")).unwrap();
    machine.record();
    write(&machine.state("install-secret"), "damaged");
    assert_eq!(problems(), Vec::<String>::new(), "the id is known already");
}

#[test]
fn a_freeze_that_cannot_end_does_not_make_room_for_more() {
    let machine = recorded();
    let folder = machine.spool().folder().to_owned();
    let sized = |name: &str| folder.join(name).metadata().map_or(0, |meta| meta.len());
    let taken = "x".repeat(200 * 1024);
    write(&folder.join("taken.ndjson"), &taken);
    let recorder = machine.recorder();
    for _ in 0..600 {
        assert_eq!(record(&recorder), Recorded::Done(Outcome::Accepted));
        assert!(sized("taken.ndjson") + sized("queue.ndjson") <= SPOOL_LIMIT);
    }
    write(&folder.join("taken.ndjson"), &"x".repeat(300 * 1024));
    let before = sized("queue.ndjson");
    let full = Outcome::Dropped(Reason::SpoolFull);
    assert_eq!(record(&recorder), Recorded::Done(full));
    assert_eq!(sized("queue.ndjson"), before);
    assert_eq!(outcomes(&machine).last().unwrap(), "dropped spool_full");
}

#[test]
fn a_batch_that_a_sender_takes_away_meanwhile_is_no_error() {
    let machine = recorded();
    // A name without a file, as between listing and reading.
    let path = machine.spool().folder().join(BATCH);
    std::os::unix::fs::symlink("/nowhere", path).unwrap();
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(status.problems, Vec::<String>::new());
    assert_eq!((status.spool.events, status.spool.batches), (1, 0));
    assert_eq!(waiting(&machine).len(), 1);
}

#[test]
fn a_day_of_the_log_that_is_too_large_does_not_hide_the_rest() {
    let server = Server::start();
    let machine = machine(&server);
    flush(&machine);
    let today = machine.state("ledger/2026-03-01/events.ndjson");
    let mut text = std::fs::read_to_string(&today).unwrap();
    text.push_str(&"{}\n".repeat(6 * 1024 * 1024));
    write(&today, &text);
    write(&machine.state("ledger/notes.txt"), "not ours");
    let ledger = Ledger::new(&machine.paths());
    ledger.prune(machine.now()).unwrap();
    assert!(today.exists(), "today's log is never removed");
    assert!(machine.state("ledger/notes.txt").exists());
    let log = control::log(&machine.host(), &Asked::default(), false).unwrap();
    assert_eq!(log.entries.len(), 2);
    assert!(log.unreadable > 1_000_000, "{}", log.unreadable);
}

#[test]
fn a_record_that_does_not_parse_is_off_and_untouched() {
    for text in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"schemaVersion":2}"#,
        r#"{"schemaVersion":0,"epoch":0,"records":[]}"#,
        r#"{"schemaVersion":1,"epoch":0,"records":[],"extra":1}"#,
        r#"{"schemaVersion":1,"epoch":1,"records":[{"catalog":"decantr","origin":"http://127.0.0.1:7317","consent":{"state":"granted","revision":1,"sha256":"","scopes":["local"],"at":"2026-03-01T12:00:00Z","actor":"terminal","epoch":1,"limit":["x"]}}]}"#,
        r#"{"schemaVersion":1,"epoch":1,"records":[{"catalog":"decantr","origin":"http://127.0.0.1:7317","consent":{"state":"granted","revision":1,"sha256":"","scopes":["local"],"at":"2026-03-01T12:00:00Z","actor":"terminal","epoch":2}}]}"#,
        r#"{"schemaVersion":1,"epoch":1,"records":[{"catalog":"a","origin":"b","consent":{"state":"refused","at":"2026-03-01T12:00:00Z"}},{"catalog":"a","origin":"b","consent":{"state":"refused","at":"2026-03-01T12:00:00Z"}}]}"#,
    ] {
        let machine = Machine::new();
        write(&machine.config("consent.json"), text);
        let before = machine.snapshot();
        let (host, asked) = (machine.host(), Asked::default());
        assert_eq!(machine.record(), Recorded::Nothing, "{text}");
        let status = control::status(&host, &asked).unwrap();
        assert_eq!(status.effective, Effective::Broken, "{text}");
        assert!(
            status.problems[0].contains("consent.json"),
            "{:?}",
            status.problems
        );
        let enabled = control::plan_enable(&host, &asked, control::Terms::default());
        assert_eq!(enabled.unwrap_err().exit_class(), ExitClass::Config);
        let disabled = control::disable(&host, &asked, false);
        assert_eq!(disabled.unwrap_err().exit_class(), ExitClass::Config);
        assert_eq!(machine.snapshot(), before, "{text}");
    }
}
