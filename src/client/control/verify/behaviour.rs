//! What the program's own commands do while telemetry is off: run one by one, each in a cage for each kind of promise, with the
//! person's real environment and files; and once with telemetry on in a throwaway home, to see that the cage does stop it.
//!
//! A run that ends by itself in its cage is a proof by the kernel, since every forbidden call would have ended it. A cage that did not
//! stop the control proves nothing, and the check says so.

use std::ffi::OsStr;
use std::path::Path;

use super::Watch;
use super::cage::{Kind, Network, TRY};
use super::child::{Cage, End, Place, Ran, run_caged};
use super::commands::{COMMANDS, OF_ANOTHER, Tried, doing};
use super::free;
use super::trial::Trial;
use super::view::{Check, Level};
use crate::client::consent::Gate;
use crate::config::{Asked, Host};

/// The option that turns telemetry off for one command.
const OFF: &str = "--no-telemetry";

/// What is watched, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched<'a> {
    /// The machine; its executable has the cage's hidden entry.
    pub(super) host: &'a Host,
    /// Where the person's files are.
    pub(super) gate: &'a Gate,
    /// The option that turns telemetry off, where nothing else does, or the person gave it.
    pub(super) flag: Option<&'static str>,
    /// The program, and when it is stopped.
    pub(super) watch: Watch<'a>,
}

impl<'a> Watched<'a> {
    /// With the option that is needed for telemetry to be off.
    pub(super) fn new(host: &'a Host, asked: &Asked<'_>, watch: Watch<'a>, gate: &'a Gate) -> Self {
        let is_needed = asked.no_telemetry || gate.decision().effective().is_on();
        Self {
            host,
            gate,
            flag: is_needed.then_some(OFF),
            watch,
        }
    }

    /// The commands that are off as they are run.
    pub(super) fn commands(&self) -> impl Iterator<Item = &'static Tried> {
        let has_flag = self.flag.is_some();
        let all: &[Tried] = if self.gate.product.is_own() {
            &COMMANDS
        } else {
            &OF_ANOTHER
        };
        all.iter()
            .filter(move |tried| tried.takes_flag || !has_flag)
    }

    /// Where commands run: as the person would run them here.
    pub(super) fn place(&self, project: &'a Path) -> Place<'a> {
        let cwd = &self.host.cwd;
        Place {
            env: &self.host.env,
            cwd: if cwd.is_dir() { cwd } else { project },
            watch: self.watch,
        }
    }

    /// The claim of the check of `kind`.
    fn claim(&self, kind: Kind) -> String {
        let product = &self.gate.product;
        let whose = if product.is_own() {
            "decantr's own commands".to_owned()
        } else {
            format!("decantr's commands about {}", product.id())
        };
        let when = match self.flag {
            Some(flag) => format!("with {flag}, {whose}"),
            None => whose,
        };
        let what = match kind {
            Kind::Files => "write, make, change and remove no file",
            Kind::Processes => "start no process",
            Kind::Sockets => "open no socket",
        };
        format!("{when} {what}")
    }
}

/// The checks of all kinds. A throwaway folder that cannot be removed is a problem.
pub(super) fn checks(watched: &Watched<'_>, problems: &mut Vec<String>) -> Vec<Check> {
    if watched.watch.program.as_os_str().is_empty() {
        return none(watched, "the system does not say where this program is");
    }
    let trial = match Trial::set_up(watched.host, &watched.gate.product) {
        Ok(trial) => trial,
        Err(why) => return none(watched, &why),
    };
    let checks = match Caged::open(watched, &trial) {
        Ok(caged) => {
            let mut before = Before::default();
            Kind::ALL
                .into_iter()
                .map(|kind| caged.check(kind, &mut before))
                .collect()
        }
        Err(why) => Kind::ALL
            .into_iter()
            .map(|kind| match kind {
                Kind::Files => free::check(watched, &trial, &watched.claim(kind), &why),
                _ => Check::not_checked(kind.as_str(), watched.claim(kind), no_cage(&why)),
            })
            .collect(),
    };
    problems.extend(trial.remove().err());
    checks
}

fn none(watched: &Watched<'_>, why: &str) -> Vec<Check> {
    let check = |kind: Kind| Check::not_checked(kind.as_str(), watched.claim(kind), why);
    Kind::ALL.into_iter().map(check).collect()
}

fn no_cage(why: &str) -> String {
    format!("no cage can be had here: {why}")
}

/// A machine on which there are cages.
struct Caged<'a> {
    watched: &'a Watched<'a>,
    trial: &'a Trial,
    network: Network,
    /// Whether telemetry is on in the throwaway home; else why it cannot be.
    on: Result<(), String>,
}

impl<'a> Caged<'a> {
    /// Finds out which network cages can have, and turns telemetry on in the throwaway home.
    ///
    /// # Errors
    /// Why there are no cages.
    fn open(watched: &'a Watched<'a>, trial: &'a Trial) -> Result<Self, String> {
        let mut caged = Self {
            watched,
            trial,
            network: Network::Shared,
            on: trial.turn_on(watched.host),
        };
        let mut why = String::new();
        for network in Network::ALL {
            caged.network = network;
            match caged.try_cage(Kind::Sockets).end {
                End::NotRun(reason) => why = reason,
                _ => return Ok(caged),
            }
        }
        Err(why)
    }

    fn cage(&self, kind: Kind) -> Cage {
        Cage {
            launcher: self.watched.host.executable.clone(),
            kind,
            network: self.network,
        }
    }

    fn home(&self, cwd: &'a Path) -> Place<'a> {
        Place {
            env: self.trial.env(),
            cwd,
            watch: self.watched.watch,
        }
    }

    /// The cage, trying itself what it forbids.
    fn try_cage(&self, kind: Kind) -> Ran {
        let root = self.trial.root();
        let folder = [root.as_os_str().to_owned()];
        run_caged(&self.cage(kind), OsStr::new(TRY), &folder, self.home(root))
    }

    /// Whether the cage of `kind` stops what it must; how that was seen.
    ///
    /// # Errors
    /// Why it proves nothing.
    fn control(&self, kind: Kind, before: &mut Before) -> Result<String, String> {
        let stopped = |ran: &Ran| ran.end == End::Stopped;
        let tried = self.try_cage(kind);
        if !stopped(&tried) {
            let end = how(&tried);
            return Err(format!("the cage did not stop what it forbids: it {end}"));
        }
        let command = doing(kind);
        let shown = command.shown();
        if before.broken.contains(&shown) {
            return Err(not_again(&shown));
        }
        if let Err(why) = &self.on {
            return Ok(format!(
                "the cage did stop what it forbids (telemetry cannot be on here even in a throwaway home, so `{shown}` was not tried there: {why})"
            ));
        }
        let project = self.trial.project();
        let args = command.args(self.trial, None);
        let program = self.watched.watch.program.as_os_str();
        let place = Place {
            env: self.trial.env(),
            cwd: &project,
            watch: self.watched.watch,
        };
        let ran = run_caged(&self.cage(kind), program, &args, place);
        if ran.end == End::TimedOut {
            before.hung = Some(shown.clone());
        }
        if stopped(&ran) {
            Ok(format!(
                "it did stop `{shown}` with telemetry on in a throwaway home"
            ))
        } else {
            let end = how(&ran);
            Err(format!(
                "the cage did not stop `{shown}` with telemetry on in a throwaway home: it {end}"
            ))
        }
    }

    /// Runs all commands in cages of `kind`.
    fn check(&self, kind: Kind, before: &mut Before) -> Check {
        let name = kind.as_str();
        let claim = self.watched.claim(kind);
        if let Some(shown) = &before.hung {
            let why = format!("nothing was run any more, since `{shown}` did not end in time");
            return Check::not_checked(name, claim, why);
        }
        let control = self.control(kind, before);
        if let (Err(why), Some(_)) = (&control, &before.hung) {
            return Check::not_checked(name, claim, why);
        }
        let seen = self.run_all(kind, before);
        match (control, seen.unknown.is_empty()) {
            _ if !seen.residue.is_empty() => {
                let details = "the kernel ended a command for it";
                Check::found(name, claim, Level::Proved, details, seen.residue)
            }
            (Ok(control), true) => {
                let details = format!("{}; {control}", seen.details(kind));
                Check::found(name, claim, Level::Proved, details, Vec::new())
            }
            (Ok(_), false) => Check::not_checked(name, claim, seen.unknown.join("; ")),
            (Err(why), _) => Check::not_checked(name, claim, why),
        }
    }

    fn run_all(&self, kind: Kind, before: &mut Before) -> Seen {
        let mut seen = Seen::default();
        let project = self.trial.project();
        let place = self.watched.place(&project);
        for tried in self.watched.commands() {
            let shown = tried.shown();
            if before.broken.contains(&shown) {
                seen.unknown.push(not_again(&shown));
                continue;
            }
            let flag = self.watched.flag.filter(|_| tried.takes_flag);
            let args = tried.args(self.trial, flag);
            let program = self.watched.watch.program.as_os_str();
            let ran = run_caged(&self.cage(kind), program, &args, place);
            seen.take(kind, tried, &ran);
            match ran.end {
                End::Stopped => before.broken.push(shown),
                End::TimedOut => {
                    before.hung = Some(shown);
                    break;
                }
                End::Interrupted => break,
                _ => {}
            }
        }
        seen
    }
}

/// What came of the kinds before.
#[derive(Debug, Default)]
struct Before {
    /// The commands that broke a promise. A cage of another kind would let them do that, so they are not run again.
    broken: Vec<String>,
    /// The command that did not end. The next one would not either, and nobody waits for all of them.
    hung: Option<String>,
}

fn not_again(shown: &str) -> String {
    format!("`{shown}` was not run, since it broke the promise before")
}

/// What all runs of one kind came to.
#[derive(Debug, Default)]
struct Seen {
    /// How many ended by themselves.
    ran: usize,
    /// How many of them had no network.
    apart: usize,
    residue: Vec<String>,
    unknown: Vec<String>,
}

impl Seen {
    fn take(&mut self, kind: Kind, tried: &Tried, ran: &Ran) {
        let shown = tried.shown();
        let is_open = ran.seal.is_some_and(|seal| seal.is_filtered == Some(false));
        match &ran.end {
            End::Stopped => self.residue.push(format!(
                "`{shown}` was ended by the kernel when it was about to {}",
                about_to(kind)
            )),
            End::Exited(_) if is_open => self
                .unknown
                .push(format!("the kernel says that `{shown}` was in no cage")),
            End::Exited(code) if tried.ends.contains(code) => {
                self.ran += 1;
                self.apart += usize::from(ran.seal.is_some_and(|seal| seal.is_apart));
            }
            _ => self.unknown.push(format!("`{shown}` {}", how(ran))),
        }
    }

    fn details(&self, kind: Kind) -> String {
        let ran = self.ran;
        let network = if kind == Kind::Sockets && ran > 0 && self.apart == ran {
            ", and had no network"
        } else {
            ""
        };
        format!("{ran} commands ended by themselves where the kernel ends whoever does{network}")
    }
}

/// What the kernel ends a command for.
fn about_to(kind: Kind) -> &'static str {
    match kind {
        Kind::Files => "write, make, change or remove a file",
        Kind::Processes => "start a process",
        Kind::Sockets => "open a socket",
    }
}

/// How a run ended, for the end of a sentence about it.
pub(super) fn how(ran: &Ran) -> String {
    let said = if ran.said.is_empty() {
        String::new()
    } else {
        format!(" ({})", ran.said)
    };
    match &ran.end {
        End::Exited(code) => format!("ended with exit code {code}{said}"),
        End::Stopped => "was ended by the kernel".to_owned(),
        End::Signalled(signal) => format!("was ended by signal {signal}{said}"),
        End::TimedOut => "did not end in time".to_owned(),
        End::Interrupted => "was stopped".to_owned(),
        End::NotRun(why) => format!("could not be run: {why}"),
    }
}
