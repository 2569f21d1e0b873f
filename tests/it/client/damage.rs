//! Every file that decantr keeps, cut off at every byte: no command panics, off never becomes on, what cannot be read is named by
//! its path and left as it is, and `disable` still removes everything else.
//!
//! Where each fault of a developer's machine is tried:
//!
//! | fault | where |
//! |---|---|
//! | each file cut off at each byte, flipped in each byte | here |
//! | a queue that a crash tore, a freeze that died, in random orders | `client::crashes`, `client::spool` |
//! | a batch, pins, ids or a secret of others' making | `client::aftermath`, `client::hazards`, `client::identity` |
//! | a folder, a pipe, a device, a link, a link to nothing in place of a file or folder | `client::obstacles`, `client::hazards` |
//! | files and folders that are closed or read-only | `cli::places`, `cli::consent` |
//! | `HOME` unset, empty, relative, a file, not there yet, not to be written | `cli::places`, `cli::consent` |
//! | a disk without room for bytes or for files, at each point of each command | `cli::full_disk`, `cli::faults` |
//! | clocks that jump: the ends of time, ahead and back, over the end of a grant | `client::clocks`, `client::identity_rotation` |
//! | a hundred commands at once | `cli::crowd`, `client::withdrawal` |
//! | a no while a sender waits and fifty commands record | `cli::crowd`, `client::withdrawal` |
//! | a server that is slow, silent, hostile or gone; a sender that is killed | `client::delivery`, `client::attempts`, `cli::faults` |
//! | no answer, a wrong one, Ctrl-C, a closed window at the question | `cli::confirm` |
//! | a prompt where none may be | `cli::prompts` |

use std::path::Path;

use decantr::base::error::chain;
use decantr::client::consent::Actor;
use decantr::client::control::{self, Status};
use decantr::client::recorder::Recorded;
use decantr::client::{ClientError, ExitClass};
use decantr::config::Asked;

use super::lived::{Kept, Lived, NamedBy};
use super::support::validator;

type Change = fn(&Lived) -> Result<(), ClientError>;

/// What leaves a machine other than it was, without a network.
const CHANGES: [Change; 5] = [
    |lived| control::disable(&lived.machine.host(), &Asked::default(), false).map(drop),
    |lived| control::reset(&lived.machine.host(), &Asked::default()).map(drop),
    |lived| control::disable(&lived.machine.host(), &Asked::default(), true).map(drop),
    |lived| control::unlink(&lived.machine.host(), &Asked::default(), true).map(drop),
    |lived| {
        let (host, asked) = (lived.machine.host(), Asked::default());
        let plan = control::plan_enable(&host, &asked, control::Terms::default())?;
        plan.commit(&host, &asked, Actor::YesFlag).map(drop)
    },
];

/// What asks a server as well, which takes longer.
const ASKING: [Change; 2] = [
    |lived| control::forget(&lived.machine.host(), &Asked::default()).map(drop),
    |lived| control::disable_and_forget(&lived.machine.host(), &Asked::default(), false).map(drop),
];

fn status(lived: &Lived) -> Status {
    control::status(&lived.machine.host(), &Asked::default()).unwrap()
}

/// Runs `check` with each file cut off at each length, in two threads.
fn with_every_cut(machine: fn() -> Lived, check: impl Fn(&Lived, &Kept, usize) + Sync) {
    std::thread::scope(|scope| {
        for half in 0..2 {
            let check = &check;
            scope.spawn(move || {
                let lived = machine();
                for kept in lived.kept() {
                    let whole = lived.bytes(&kept.path).to_vec();
                    for length in (half..whole.len()).step_by(2) {
                        std::fs::write(&kept.path, &whole[..length]).unwrap();
                        check(&lived, &kept, length);
                    }
                    lived.put_back();
                }
            });
        }
    });
}

fn names(text: &str, path: &Path) -> bool {
    text.contains(path.to_str().unwrap())
}

#[test]
fn a_file_that_is_cut_off_turns_nothing_on_and_nothing_touches_it() {
    with_every_cut(Lived::refused, |lived, kept, length| {
        let what = format!("{} of {length} bytes", kept.name);
        let (host, asked) = (lived.machine.host(), Asked::default());
        let before = (length % 64 < 2).then(|| lived.machine.snapshot());
        assert!(!status(lived).effective.is_on(), "{what}");
        assert_eq!(lived.record(), Recorded::Nothing, "{what}");
        match control::flush(&host, &asked) {
            Ok(flushed) => assert!(!flushed.permitted, "{what}"),
            Err(error) => assert_eq!(error.exit_class(), ExitClass::Config, "{what}"),
        }
        if let Some(before) = before {
            drop(control::log(&host, &asked, true));
            let terms = control::Terms::default();
            drop(control::plan_enable(&host, &asked, terms));
            assert_eq!(lived.machine.snapshot(), before, "{what}");
        }
    });
}

#[test]
fn a_file_that_is_cut_off_is_named_and_no_command_repairs_it() {
    with_every_cut(Lived::new, |lived, kept, length| {
        let what = format!("{} of {length} bytes", kept.name);
        let cut = std::fs::read(&kept.path).unwrap();
        let is_cut = length < lived.bytes(&kept.path).trim_ascii_end().len();
        let (host, asked) = (lived.machine.host(), Asked::default());
        let status = status(lived);
        let named = match kept.named_by {
            NamedBy::Status => {
                let mut problems = status.problems.iter();
                problems.any(|text| names(text, &kept.path))
            }
            NamedBy::User(user) => user(&host).is_some_and(|text| names(&text, &kept.path)),
            NamedBy::Log => {
                let log = control::log(&host, &asked, true).unwrap();
                return assert!(log.unreadable <= 1, "{what}");
            }
            NamedBy::Freeze => {
                lived.machine.spool().freeze(&validator()).unwrap();
                return lived.put_back();
            }
        };
        // What is whole but for its last line break is not damaged.
        assert_eq!(named, is_cut, "{what}");
        if let Err(error) = control::flush(&host, &asked) {
            assert_eq!(error.exit_class(), ExitClass::Config, "{what}: {error}");
        }
        if length % 8 < 2 {
            // While it is on, every event has an outcome.
            let is_silent = lived.record() == Recorded::Nothing;
            assert_eq!(is_silent, !status.effective.is_on(), "{what}");
        }
        let after = std::fs::read(&kept.path).unwrap();
        assert!(!is_cut || after == cut, "{what} was changed");
    });
}

#[test]
fn no_change_of_mind_repairs_what_is_cut_off_and_disable_removes_the_rest() {
    with_every_cut(Lived::new, |lived, kept, length| {
        if length % 8 > 1 && length > 100 {
            return;
        }
        let at = length / 2 % CHANGES.len();
        let is_disable = matches!(at, 0 | 2);
        changed(lived, kept, length, (at, CHANGES[at], is_disable));
        if length % 97 < 2 {
            let asking = length / 97 % 2;
            changed(lived, kept, length, (asking, ASKING[asking], asking == 1));
        }
    });
}

fn changed(lived: &Lived, kept: &Kept, length: usize, change: (usize, Change, bool)) {
    let (at, change, is_disable) = change;
    let what = format!("{} of {length} bytes, change {at}", kept.name);
    let cut = lived.bytes(&kept.path)[..length].to_vec();
    std::fs::write(&kept.path, &cut).unwrap();
    let changed = change(lived);
    if let Err(error) = &changed {
        let text = chain(error);
        let is_linked = text.contains("telemetry unlink");
        assert!(is_linked || names(&text, &kept.path), "{what}: {text}");
        assert_eq!(std::fs::read(&kept.path).unwrap(), cut, "{what}");
    }
    if is_disable && changed.is_ok() {
        assert!(!status(lived).effective.is_on(), "{what}");
        assert_eq!(lived.record(), Recorded::Nothing, "{what}");
        let left = std::fs::read_dir(lived.machine.state(""))
            .into_iter()
            .flatten();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.retain(|name| name != "ledger" && name != "forget.json");
        assert!(left.is_empty(), "{what}: {left:?}");
        // The id is gone too, unless it could not be read where it is.
        let settings = std::fs::read(lived.machine.config("config.json")).unwrap();
        let is_there = String::from_utf8_lossy(&settings).contains("install_");
        assert!(!is_there || kept.name == "settings", "{what}");
    }
    lived.put_back();
}

#[test]
fn no_flipped_bit_turns_a_refusal_into_a_yes() {
    let lived = Lived::refused();
    let path = lived.machine.config("consent.json");
    let refusal = lived.bytes(&path).to_vec();
    for at in 0..refusal.len() * 8 {
        let mut flipped = refusal.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        std::fs::write(&path, &flipped).unwrap();
        assert!(!status(&lived).effective.is_on(), "bit {at}");
        assert_eq!(lived.record(), Recorded::Nothing, "bit {at}");
    }
}

#[test]
fn no_flipped_bit_makes_a_command_panic() {
    let lived = Lived::new();
    for kept in lived.kept() {
        let whole = lived.bytes(&kept.path).to_vec();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            std::fs::write(&kept.path, &flipped).unwrap();
            drop(status(&lived));
        }
        lived.put_back();
    }
}
