//! Something else where a file or folder of decantr's should be: a folder, a pipe, a link. Nothing hangs, off never becomes on, it
//! is named by its path, and `disable` says what it could not remove.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use decantr::base::error::chain;
use decantr::client::ExitClass;
use decantr::client::consent::Actor;
use decantr::client::control::{self, Disabled};
use decantr::client::recorder::Recorded;
use decantr::config::{Asked, Host};
use decantr::model::outcome::Outcome;

use super::lived::{Kept, Lived, NamedBy};
use super::support::Machine;

fn folder(path: &Path) {
    fs::create_dir_all(path.join("x")).unwrap();
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn dangling(path: &Path) {
    symlink("/nowhere/at/all", path).unwrap();
}

fn disable(lived: &Lived) -> Result<Disabled, decantr::client::ClientError> {
    control::disable(&lived.machine.host(), &Asked::default(), false)
}

/// Runs `check` with each file replaced by each kind of thing.
fn with_every_obstacle(lived: &Lived, kinds: &[fn(&Path)], check: impl Fn(&Kept)) {
    for kept in lived.kept() {
        for kind in kinds {
            fs::remove_file(&kept.path).unwrap();
            kind(&kept.path);
            check(&kept);
            lived.put_back();
        }
    }
}

fn is_named(host: &Host, kept: &Kept) -> bool {
    let asked = Asked::default();
    let names = |text: &str| text.contains(kept.path.to_str().unwrap());
    let problems = || control::status(host, &asked).unwrap().problems;
    match kept.named_by {
        NamedBy::Status => problems().iter().any(|text| names(text)),
        NamedBy::User(user) => user(host).is_some_and(|text| names(&text)),
        NamedBy::Log => {
            let error = control::log(host, &asked, true).err();
            error.is_some_and(|error| names(&chain(&error)))
        }
        NamedBy::Freeze => {
            let error = control::flush(host, &asked).err();
            let error = error.is_some_and(|error| names(&chain(&error)));
            error || problems().iter().any(|text| names(text))
        }
    }
}

#[test]
fn what_is_no_file_turns_nothing_on() {
    let lived = Lived::refused();
    with_every_obstacle(&lived, &[folder, pipe, dangling], |kept| {
        let (host, asked) = (lived.machine.host(), Asked::default());
        let status = control::status(&host, &asked).unwrap();
        assert!(!status.effective.is_on(), "{}", kept.name);
        assert_eq!(lived.record(), Recorded::Nothing, "{}", kept.name);
        assert!(control::flush(&host, &asked).is_ok_and(|flushed| !flushed.permitted));
    });
}

/// Without its bytes, a request that was sent is only missing from the log; the count of losses is a last resort.
const SILENT: [&str; 2] = ["kept bytes", "the count of losses"];

#[test]
fn what_is_no_file_is_named_and_does_not_survive_a_disable_unnoticed() {
    let lived = Lived::new();
    with_every_obstacle(&lived, &[folder, pipe], |kept| {
        let host = lived.machine.host();
        let named = is_named(&host, kept);
        assert!(named || SILENT.contains(&kept.name), "{}", kept.name);
        lived.record();
        match disable(&lived) {
            Ok(disabled) => {
                let is_told = || {
                    disabled
                        .residue
                        .iter()
                        .any(|text| text.contains(kept.path.to_str().unwrap()))
                };
                let is_telemetry = !matches!(
                    kept.name,
                    "keys" | "what is to be forgotten" | "the project's file" | "the policy"
                );
                assert!(
                    !is_telemetry || !kept.path.exists() || is_told(),
                    "{}",
                    kept.name
                );
                assert!(!lived.machine.gate().decision().effective().is_on());
            }
            Err(error) => {
                assert_eq!(kept.name, "the record", "{}", chain(&error));
                assert_eq!(error.exit_class(), ExitClass::Config);
            }
        }
    });
}

/// A link to nothing is there and cannot be read; who put it there wanted to say something.
#[test]
fn a_policy_or_a_project_that_is_a_link_to_nothing_says_no() {
    let lived = Lived::new();
    with_every_obstacle(&lived, &[dangling], |kept| {
        if matches!(kept.name, "the policy" | "the project's file") {
            assert!(is_named(&lived.machine.host(), kept), "{}", kept.name);
            assert_eq!(lived.record(), Recorded::Nothing, "{}", kept.name);
        }
    });
}

/// People keep settings elsewhere and link to them. `disable` follows no link, and says what it leaves there.
#[test]
fn what_a_link_leads_to_is_used_and_named_when_only_the_link_can_be_removed() {
    let lived = Lived::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let machine = &lived.machine;
    for kept in lived.kept() {
        let target = elsewhere.path().join("target");
        fs::copy(&kept.path, &target).unwrap();
        fs::remove_file(&kept.path).unwrap();
        symlink(&target, &kept.path).unwrap();
        let status = control::status(&machine.host(), &Asked::default()).unwrap();
        assert!(status.effective.is_on(), "{}: {}", kept.name, status.why);
        let residue = disable(&lived).unwrap().residue;
        let is_named = residue
            .iter()
            .any(|text| text.contains(target.to_str().unwrap()));
        let (spool, ledger) = (machine.state("spool"), machine.state("ledger"));
        let is_inside = kept.path.starts_with(spool) || kept.path.starts_with(ledger);
        let is_ours = kept.path.starts_with(machine.state("")) || kept.name == "settings";
        let stays = is_inside || !is_ours || kept.name == "what is to be forgotten";
        assert!(is_named || stays, "{}: {residue:?}", kept.name);
        lived.put_back();
    }
    for name in ["spool", "ledger"] {
        let (path, target) = (machine.state(name), elsewhere.path().join(name));
        let moved = Command::new("mv").args([&path, &target]).status();
        assert!(moved.unwrap().success());
        symlink(&target, &path).unwrap();
        assert!(matches!(lived.record(), Recorded::Done(_)), "{name}");
        let residue = disable(&lived).unwrap().residue;
        assert!(residue[0].contains(target.to_str().unwrap()), "{residue:?}");
        assert!(target.exists() && !path.exists() && !path.is_symlink());
        lived.put_back();
    }
}

/// A whole folder replaced, before anything was decided and after.
#[test]
fn a_folder_that_is_something_else_is_named_and_nothing_is_on() {
    let kinds: [fn(&Path); 3] = [|path| fs::write(path, "x").unwrap(), pipe, dangling];
    for kind in kinds {
        for which in ["config", "state"] {
            let lived = Lived::new();
            for machine in [&lived.machine, &Machine::new()] {
                let path = if which == "config" {
                    machine.config("")
                } else {
                    machine.state("")
                };
                drop(fs::remove_dir_all(&path));
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                kind(Path::new(path.to_str().unwrap().trim_end_matches('/')));
                use_without_its_folder(machine, &path);
            }
        }
    }
}

fn use_without_its_folder(machine: &Machine, path: &Path) {
    let (host, asked) = (machine.host(), Asked::default());
    let names = |text: &str| text.contains(path.to_str().unwrap().trim_end_matches('/'));
    control::status(&host, &asked).unwrap();
    let is_on = machine.gate().decision().effective().is_on();
    match machine.record() {
        Recorded::Nothing => assert!(!is_on),
        Recorded::Done(outcome) => {
            assert!(is_on && outcome != Outcome::Accepted);
        }
        Recorded::Shown(line) => panic!("{line}"),
    }
    drop(control::flush(&host, &asked));
    let terms = control::Terms::default();
    let enabled = control::plan_enable(&host, &asked, terms)
        .and_then(|plan| plan.commit(&host, &asked, Actor::YesFlag));
    let error = enabled.unwrap_err();
    assert!(names(&chain(&error)), "{}", chain(&error));
    assert_eq!(error.exit_class(), ExitClass::Config);
    assert_eq!(machine.gate().decision().effective().is_on(), is_on);
    match control::disable(&host, &asked, false) {
        Ok(_) => assert!(!machine.gate().decision().effective().is_on()),
        Err(error) => assert!(names(&chain(&error)), "{}", chain(&error)),
    }
}
