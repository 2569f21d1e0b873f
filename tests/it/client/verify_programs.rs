//! `telemetry verify` and programs that break the promise: each is caught by the check that is about it, and does no harm.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::client::control::{self, LIMIT, Level, Verified, Watch};
use decantr::config::{Asked, Env, Host};

use super::verify::{check, failed};
use crate::support::process::{BINARY, Home};

/// A person's machine, with the real program and another one in its place.
struct Stand {
    home: Home,
}

impl Stand {
    fn new() -> Self {
        let stand = Self { home: Home::new() };
        fs::create_dir(stand.temporary()).unwrap();
        stand
    }

    fn temporary(&self) -> PathBuf {
        self.home.work().join("tmp")
    }

    /// A script that is run in place of decantr's commands.
    fn program(&self, text: &str) -> PathBuf {
        let path = self.home.work().join("program");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Verifies `program`, with cages by `launcher`.
    fn verify_with(&self, launcher: &Path, program: &Path, limit: Duration) -> Verified {
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        let env = [
            ("HOME", path(self.home.path())),
            ("TMPDIR", path(self.temporary())),
            ("PATH", "/usr/bin:/bin".to_owned()),
        ];
        let host = Host {
            env: Env::from_pairs(env),
            cwd: self.home.work(),
            clock: Clock::system(),
            policy_file: PathBuf::from("/nowhere/policy.toml"),
            executable: launcher.to_owned(),
        };
        let interrupted = AtomicBool::new(false);
        let watch = Watch {
            program,
            limit,
            interrupted: &interrupted,
        };
        let verified = control::verify(&host, &Asked::default(), watch).unwrap();
        let left = fs::read_dir(self.temporary()).unwrap().count();
        assert_eq!(left, 0, "something was left in the temporary folder");
        verified
    }

    fn verify(&self, program: &str) -> Verified {
        self.verify_with(Path::new(BINARY), &self.program(program), LIMIT)
    }
}

const NAMES: [&str; 3] = ["files", "processes", "sockets"];

#[test]
fn a_program_that_writes_a_file_is_caught_before_it_does() {
    let stand = Stand::new();
    let verified = stand.verify("#!/bin/sh\necho id > \"$HOME/id\"\nexit 0\n");
    assert_eq!(failed(&verified), ["files"]);
    let check = check(&verified, "files");
    assert_eq!(check.level, Level::Proved);
    assert!(check.residue[0].contains("decantr analyze"), "{check:?}");
    assert!(check.residue[0].contains("about to write"), "{check:?}");
    assert!(stand.home.snapshot().is_empty(), "the kernel was faster");
}

#[test]
fn every_way_to_change_a_file_is_one() {
    for statement in [
        "open(F, '>>', \"$ENV{HOME}/x\")",
        "mkdir \"$ENV{HOME}/x\"",
        "unlink $0",
        "rename $0, \"$ENV{HOME}/y\"",
        "symlink '/', \"$ENV{HOME}/x\"",
        "link $0, \"$ENV{HOME}/x\"",
        "rmdir \"$ENV{HOME}/x\"",
        "chmod 0600, $ENV{HOME}",
        "utime 1, 1, $ENV{HOME}",
        "truncate $0, 0",
        // fchmodat2, by its number.
        "syscall(452, -100, $ENV{HOME}, 0600, 0)",
    ] {
        let stand = Stand::new();
        let verified = stand.verify(&format!("#!/usr/bin/perl\n{statement};\nexit 0;\n"));
        assert_eq!(failed(&verified), ["files"], "{statement}");
        assert!(stand.home.snapshot().is_empty(), "{statement}");
    }
}

#[test]
fn a_program_that_starts_another_is_caught() {
    for program in [
        "#!/bin/sh\n/bin/true &\nexit 0\n",
        "#!/usr/bin/perl\nfork();\nexit 0;\n",
        "#!/usr/bin/perl\nsystem('/bin/true');\nexit 0;\n",
    ] {
        let verified = Stand::new().verify(program);
        assert_eq!(failed(&verified), ["processes"], "{program}");
        let residue = &check(&verified, "processes").residue;
        assert!(residue[0].contains("start a process"), "{residue:?}");
    }
}

#[test]
fn a_program_that_opens_a_socket_is_caught() {
    for (family, kind) in [(2, 1), (2, 2), (10, 1), (1, 1)] {
        let program = format!("#!/usr/bin/perl\nsocket(S, {family}, {kind}, 0);\nexit 0;\n");
        let verified = Stand::new().verify(&program);
        assert_eq!(failed(&verified), ["sockets"], "{family} {kind}");
        let residue = &check(&verified, "sockets").residue;
        assert!(residue[0].contains("open a socket"), "{residue:?}");
    }
}

/// A program of which a cage sees nothing, even where telemetry is on: that nothing was seen proves nothing.
#[test]
fn what_did_not_stop_the_control_proves_nothing() {
    let verified = Stand::new().verify("#!/bin/sh\nexit 0\n");
    assert_eq!(failed(&verified), Vec::<&str>::new());
    for name in NAMES {
        let check = check(&verified, name);
        assert_eq!((check.level, check.passed), (Level::NotChecked, None));
        assert!(check.details.contains("did not stop"), "{check:?}");
    }
}

/// A program that does the right thing where telemetry is on, but does not end as it should where it is off.
#[test]
fn a_command_that_does_not_do_its_work_is_not_taken_for_one_that_keeps_quiet() {
    let stand = Stand::new();
    let quits = format!(
        "#!/bin/sh\n[ -e \"$HOME/.config/decantr/consent.json\" ] && exec {BINARY} \"$@\"\nexit 9\n"
    );
    let verified = stand.verify(&quits);
    assert_eq!(failed(&verified), Vec::<&str>::new());
    for name in NAMES {
        let check = check(&verified, name);
        assert_eq!(check.level, Level::NotChecked);
        assert!(check.details.contains("exit code 9"), "{check:?}");
    }
}

/// The real program, told to look at another home than the one it says it looks at: it records there.
#[test]
fn the_real_program_that_records_behind_the_back_is_caught() {
    let stand = Stand::new();
    let other = Home::new();
    other.run(&["telemetry", "enable", "--yes"]).ok();
    let before = other.snapshot();
    let home = other.path();
    let program = format!(
        "#!/bin/sh\nHOME='{}' exec {BINARY} \"$@\"\n",
        home.display()
    );
    let verified = stand.verify(&program);
    assert!(
        failed(&verified).contains(&"files"),
        "{:?}",
        verified.checks
    );
    let residue = &check(&verified, "files").residue;
    assert!(residue.iter().any(|text| text.contains("decantr analyze")));
    assert_eq!(other.snapshot(), before);
}

#[test]
fn a_program_that_hangs_is_ended_and_waited_for_once() {
    let stand = Stand::new();
    let program = stand.program("#!/bin/sh\nwhile :; do :; done\n");
    let limit = Duration::from_millis(300);
    let verified = stand.verify_with(Path::new(BINARY), &program, limit);
    assert_eq!(failed(&verified), Vec::<&str>::new());
    for name in NAMES {
        let check = check(&verified, name);
        assert_eq!(check.level, Level::NotChecked);
        assert!(check.details.contains("in time"), "{check:?}");
    }
}

#[test]
fn without_a_cage_files_are_observed_and_the_rest_is_not_checked() {
    let stand = Stand::new();
    let launcher = stand.home.work().join("no-cage");
    fs::copy("/bin/true", &launcher).unwrap();
    let verified = stand.verify_with(&launcher, Path::new(BINARY), LIMIT);
    let files = check(&verified, "files");
    assert_eq!(
        (files.level, files.passed),
        (Level::Observed, Some(true)),
        "{files:?}"
    );
    for name in ["processes", "sockets"] {
        let check = check(&verified, name);
        assert_eq!(check.level, Level::NotChecked);
        assert!(check.details.contains("no cage"), "{check:?}");
    }
    assert!(stand.home.snapshot().is_empty());
    // It is the same eyes that see one that writes.
    let bad = format!(
        "#!/bin/sh\nmkdir -p \"$HOME/.local/state/decantr\"\necho 1 >> \"$HOME/.local/state/decantr/x\"\nexec {BINARY} \"$@\"\n"
    );
    let verified = stand.verify_with(&launcher, &stand.program(&bad), LIMIT);
    let files = check(&verified, "files");
    assert_eq!((files.level, files.passed), (Level::Observed, Some(false)));
    assert!(
        files.residue[0].ends_with(".local/state/decantr"),
        "{files:?}"
    );
    assert!(
        files
            .residue
            .iter()
            .any(|text| text.contains("changed") && text.contains("/x"))
    );
    // And one that leaves nothing even where telemetry is on shows that nobody would have seen it.
    let verified = stand.verify_with(&launcher, Path::new("/bin/true"), LIMIT);
    let files = check(&verified, "files");
    assert_eq!(files.level, Level::NotChecked);
    assert!(files.details.contains("left nothing"), "{files:?}");
}

#[test]
fn a_person_who_does_not_want_to_wait_is_obeyed() {
    let stand = Stand::new();
    let interrupted = AtomicBool::new(true);
    let host = Host {
        env: Env::from_pairs([("HOME", stand.home.path()), ("TMPDIR", stand.temporary())]),
        cwd: stand.home.work(),
        clock: Clock::system(),
        policy_file: PathBuf::from("/nowhere/policy.toml"),
        executable: PathBuf::from(BINARY),
    };
    let program = stand.program("#!/bin/sh\nwhile :; do :; done\n");
    let watch = Watch {
        program: &program,
        limit: Duration::from_mins(5),
        interrupted: &interrupted,
    };
    control::verify(&host, &Asked::default(), watch).unwrap();
    assert_eq!(fs::read_dir(stand.temporary()).unwrap().count(), 0);
}
