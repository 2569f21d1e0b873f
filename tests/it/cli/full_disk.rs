//! A disk that fills at each point of each command: what was decided is the old or the new, never torn, and said; a command that
//! records is not hindered; and with room again everything works.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::link::signed_in;
use crate::support::process::{BINARY, Home, finish};

/// How many pages of 4 KiB are free, from none to enough for everything.
const ROOM: std::ops::Range<usize> = 0..14;

/// Runs `command` in copies of `home` on disks with no room but a few pages, or, with `inodes`, a few files, and gives for each
/// how it ended, and what `status` said before and after room was made again.
fn on_full_disks(home: &Home, command: &str, inodes: bool) -> Vec<Ended> {
    let out = tempfile::tempdir().unwrap();
    // A page or an inode at a time is taken away again after everything was filled.
    let (fill, free) = if inodes {
        (
            "(i=0; while : > $HOME/.fill/$i; do i=$((i + 1)); done) 2> /dev/null || true",
            "for i in $(seq 0 $((ROOM - 1))); do rm $HOME/.fill/$i; done",
        )
    } else {
        (
            "dd if=/dev/zero of=$HOME/.fill/0 bs=4k 2> /dev/null || true",
            "truncate --size=-$((ROOM * 4096)) $HOME/.fill/0",
        )
    };
    let script = format!(
        "set -e
         for ROOM in $(seq {first} {last}); do
           mount -t tmpfs -o size=1m,nr_inodes=200 tmpfs $HOME
           cp -a $BASE/. $HOME
           mkdir $HOME/.fill
           {fill}
           {free}
           code=0; {command} > $OUT/$ROOM.stdout 2> $OUT/$ROOM.stderr || code=$?
           echo $code > $OUT/$ROOM.code
           {BINARY} telemetry status --json > $OUT/$ROOM.full || true
           rm -r $HOME/.fill
           {BINARY} telemetry status --json > $OUT/$ROOM.after || true
           {BINARY} telemetry log --json > $OUT/$ROOM.log || true
           find $HOME -name '.tmp-*' > $OUT/$ROOM.temporary
           code=0; {BINARY} telemetry disable > /dev/null 2> $OUT/$ROOM.stderr2 || code=$?
           echo $code > $OUT/$ROOM.disabled
           find $HOME -type f > $OUT/$ROOM.left
           umount $HOME
         done",
        first = ROOM.start,
        last = ROOM.end - 1,
    );
    let base = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-a")
        .arg(home.path().join("."))
        .arg(base.path())
        .status();
    assert!(copied.unwrap().success());
    let plain = home.command(&[]);
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--map-root-user", "sh", "-c", &script])
        .env_clear()
        .envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("BASE", base.path())
        .env("OUT", out.path())
        .current_dir(home.work());
    finish(command).ok();
    ROOM.map(|room| Ended::read(out.path(), room)).collect()
}

/// How a command ended on a disk with so much room.
#[derive(Debug)]
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
    /// What `status` says on the full disk.
    full: Value,
    /// And when there is room again.
    after: Value,
    /// How many events a server has answered, by the log.
    answered: u64,
    /// How many it calls dropped.
    dropped: u64,
    /// Files of interrupted writes.
    temporary: String,
    /// How `disable` ends then, and what is left.
    disabled: i32,
    left: Vec<String>,
}

impl Ended {
    fn read(folder: &Path, room: usize) -> Self {
        let text = |what: &str| fs::read_to_string(folder.join(format!("{room}.{what}"))).unwrap();
        let number = |what: &str| text(what).trim().parse().unwrap();
        let json = |what: &str| serde_json::from_str(&text(what)).unwrap();
        let names = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        Self {
            code: number("code"),
            stdout: text("stdout"),
            stderr: text("stderr"),
            full: json("full"),
            after: json("after"),
            answered: outcomes(&json("log"), &["accepted", "duplicate"]),
            dropped: outcomes(&json("log"), &["dropped"]),
            temporary: text("temporary"),
            disabled: number("disabled"),
            left: text("left").lines().map(names).collect(),
        }
    }

    fn effective(&self) -> &str {
        assert_eq!(self.full["effective"], self.after["effective"], "{self:?}");
        self.after["effective"].as_str().unwrap()
    }
}

/// How many events of a log ended in one of these. What goes to the same server from every disk is a duplicate there.
fn outcomes(log: &Value, words: &[&str]) -> u64 {
    let entries = log["entries"].as_array().unwrap().iter();
    let is_one = |entry: &&Value| {
        entry["outcome"]
            .as_str()
            .is_some_and(|word| words.contains(&word))
    };
    entries.filter(is_one).map(|_| 1).sum()
}

/// What is true of every command: it ends as documented, says what is full, tears no file, and leaves a machine that works.
fn check(home: &Home, command: &str, codes: &[i32], more: impl Fn(&Ended)) {
    for inodes in [false, true] {
        let all = on_full_disks(home, command, inodes);
        for ended in &all {
            assert!(codes.contains(&ended.code), "{ended:?}");
            assert!(
                ended.code != 3 || ended.stderr.contains("No space left"),
                "{ended:?}"
            );
            assert_eq!(ended.after["problems"], serde_json::json!([]), "{ended:?}");
            assert_eq!(ended.temporary, "", "{ended:?}");
            assert_eq!(ended.disabled, 0, "{ended:?}");
            let mut left = ended.left.clone();
            left.retain(|name| !matches!(name.as_str(), "config.json" | "credentials.json"));
            assert_eq!(left, ["consent.json"], "{ended:?}");
            more(ended);
        }
        let last = all.last().unwrap();
        assert_eq!(last.code, 0, "there was room enough: {last:?}");
    }
}

/// A home without a sender that would meddle, whose `telemetry` goes where nobody is.
fn decided(args: &[&str]) -> Home {
    let mut home = Home::new().with_project();
    home.set("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:9");
    if !args.is_empty() {
        home.run(args).ok();
    }
    home
}

/// Somebody who has agreed, with events that wait.
fn reporting() -> Home {
    let home = decided(&["telemetry", "enable", "--yes"]);
    just_tried(&home, 1);
    home.run(&["analyze", "--no-write"]).ok();
    home
}

/// As if a sender had tried a moment ago, so that none is started.
fn just_tried(home: &Home, epoch: u32) {
    let state = serde_json::json!({ "lastAttempt": decantr::base::clock::Clock::system().now() });
    let spool = home
        .path()
        .join(format!(".local/state/decantr/spool/{epoch}"));
    fs::write(spool.join("delivery.json"), state.to_string()).unwrap();
}

#[test]
fn a_yes_on_a_full_disk_is_whole_or_none() {
    let command = format!("{BINARY} telemetry enable --yes");
    for (home, before) in [
        (decided(&[]), "undecided"),
        (decided(&["telemetry", "disable"]), "off"),
        (reporting(), "on"),
    ] {
        check(&home, &command, &[0, 3], |ended| {
            let expected = if ended.code == 0 { "on" } else { before };
            assert_eq!(ended.effective(), expected, "{ended:?}");
            let waits = if before == "on" { 2 } else { 0 };
            assert_eq!(ended.after["spool"]["events"], waits, "{ended:?}");
        });
    }
}

#[test]
fn a_no_on_a_full_disk_is_whole_or_said_not_to_be() {
    let command = format!("{BINARY} telemetry disable");
    for home in [
        decided(&[]),
        decided(&["telemetry", "disable"]),
        reporting(),
    ] {
        let before = home.run(&["telemetry", "status", "--json"]).json();
        check(&home, &command, &[0, 3, 4], |ended| {
            if ended.code == 3 {
                assert_eq!(ended.effective(), before["effective"], "{ended:?}");
            } else {
                assert_eq!(ended.effective(), "off", "{ended:?}");
            }
        });
    }
    // What was not sent makes room for the refusal.
    let ended = &on_full_disks(&reporting(), &command, false)[0];
    assert_eq!(ended.effective(), "off", "{ended:?}");
}

#[test]
fn recording_on_a_full_disk_hinders_nothing_and_every_event_is_accounted_for() {
    let command = format!("{BINARY} analyze --no-write --json");
    for home in [decided(&["telemetry", "enable", "--yes"]), reporting()] {
        just_tried(&home, 1);
        let before = home.run(&["telemetry", "status", "--json"]).json();
        let before = before["spool"]["events"].as_u64().unwrap();
        check(&home, &command, &[0], |ended| {
            assert!(ended.stdout.contains("\"framework\""), "{ended:?}");
            assert_eq!(ended.stderr, "", "{ended:?}");
            assert_eq!(ended.effective(), "on", "{ended:?}");
            let spool = &ended.after["spool"];
            let count = |key: &str| spool[key].as_u64().unwrap();
            let all = count("events") + count("lost") + ended.dropped;
            assert_eq!(all, before + 2, "{ended:?}");
        });
    }
}

#[test]
fn sending_on_a_full_disk_loses_nothing_and_settles_later() {
    let mut home = Home::new().with_project();
    let server = home.serve();
    home.set("DECANTR_TELEMETRY_ENDPOINT", server.url.clone());
    home.run(&["telemetry", "enable", "--yes"]).ok();
    just_tried(&home, 1);
    home.run(&["analyze", "--no-write"]).ok();
    let command = format!("{BINARY} telemetry flush");
    check(&home, &command, &[0, 3, 6], |ended| {
        assert_eq!(ended.effective(), "on", "{ended:?}");
        // What was answered is in the log, what was not still waits.
        let waits = ended.after["spool"]["events"].as_u64().unwrap();
        assert_eq!(waits + ended.answered, 2, "{ended:?}");
        assert!(ended.code != 0 || waits == 0, "{ended:?}");
    });
}

#[test]
fn a_link_on_a_full_disk_is_made_or_said_not_to_be() {
    let (home, server) = signed_in();
    let command = format!("{BINARY} telemetry link --enable --org acme --yes");
    check(&home, &command, &[0, 3, 6], |ended| {
        let is_on = ended.effective() == "on";
        let link = &ended.after["link"];
        assert!(
            ended.code != 0 || is_on && link["unconfirmed"] == false,
            "{ended:?}"
        );
        assert!(is_on || link.is_null(), "{ended:?}");
        assert!(
            !is_on || ended.code == 0 || ended.stderr.contains("telemetry is on"),
            "{ended:?}"
        );
    });
    drop(server);
}
