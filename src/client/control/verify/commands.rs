//! The commands that are watched: everything that records, everything that looks, and the sender itself. A command that comes to
//! record belongs on this list.

use std::ffi::OsString;

use super::cage::Kind;
use super::trial::Trial;
use crate::client::delivery::DELIVER_ARGUMENT;

/// An argument that stands for the throwaway project.
const PROJECT: &str = "PROJECT";

/// An argument that stands for a folder that is not there.
const MISSING: &str = "MISSING";

/// An argument that stands for a file with an event of the product.
const SAMPLE: &str = "SAMPLE";

/// A command.
#[derive(Debug)]
pub(super) struct Tried {
    args: &'static [&'static str],
    /// The exit codes of a run that has done its work while telemetry is off.
    pub(super) ends: &'static [i32],
    /// Whether it has the option `--no-telemetry`.
    pub(super) takes_flag: bool,
}

const fn command(args: &'static [&'static str], ends: &'static [i32]) -> Tried {
    Tried {
        args,
        ends,
        takes_flag: true,
    }
}

/// All of them. Exit code 3 is that of a local file that cannot be used, under which telemetry is off too; 4 that of a flush that
/// may not send.
pub(super) const COMMANDS: [Tried; 11] = [
    command(&["analyze", PROJECT, "--no-write"], &[0]),
    command(&["analyze", PROJECT, "--no-write", "--json"], &[0]),
    command(&["analyze", MISSING, "--no-write"], &[3]),
    command(&["telemetry", "status"], &[0, 3]),
    command(&["telemetry", "explain"], &[0, 3]),
    command(&["telemetry", "explain", "--diff"], &[0, 3]),
    command(&["telemetry", "preview", "--", "analyze", PROJECT], &[0, 3]),
    command(
        &[
            "telemetry",
            "record",
            "cli.command.completed",
            "-p",
            "command=analyze",
            "-p",
            "success=true",
            "--duration-ms",
            "1",
        ],
        &[0],
    ),
    command(&["telemetry", "log", "--bytes"], &[0, 3]),
    command(&["telemetry", "flush"], &[3, 4]),
    Tried {
        args: &[DELIVER_ARGUMENT],
        ends: &[0],
        takes_flag: false,
    },
];

/// All that are about another product: whatever names it.
pub(super) const OF_ANOTHER: [Tried; 7] = [
    command(&["telemetry", "status"], &[0, 3]),
    command(&["telemetry", "explain"], &[0, 3]),
    command(&["telemetry", "explain", "--diff"], &[0, 3]),
    command(&["telemetry", "record", "--from-json", SAMPLE], &[0]),
    command(&["telemetry", "log", "--bytes"], &[0, 3]),
    command(&["telemetry", "flush"], &[3, 4]),
    Tried {
        args: &[DELIVER_ARGUMENT],
        ends: &[0],
        takes_flag: false,
    },
];

/// What records an event, and so writes and starts the sender where telemetry is on.
const RECORDS: Tried = command(&["analyze", PROJECT, "--no-write"], &[0]);

/// What sends, and so opens a socket where telemetry is on.
const SENDS: Tried = command(&["telemetry", "flush"], &[6]);

/// The command that does what `kind` is about where telemetry is on.
pub(super) fn doing(kind: Kind) -> Tried {
    match kind {
        Kind::Files | Kind::Processes => RECORDS,
        Kind::Sockets => SENDS,
    }
}

impl Tried {
    /// Its arguments, in `trial`; `more` come last.
    pub(super) fn args(&self, trial: &Trial, more: Option<&str>) -> Vec<OsString> {
        let arg = |arg: &&str| match *arg {
            PROJECT => trial.project().into(),
            MISSING => trial.missing().into(),
            SAMPLE => trial.sample().into(),
            other => other.into(),
        };
        let more = more.map(OsString::from);
        self.args.iter().map(arg).chain(more).collect()
    }

    /// What a person would type; the sender is started by decantr only.
    pub(super) fn shown(&self) -> String {
        format!("decantr {}", self.args.join(" "))
    }
}
