//! What is kept on this machine, held against the record of consent: what belongs to a grant may stay with it, what was asked to
//! stay may stay, and everything else is residue. Looked at by name; nothing is opened for more than reading.

use std::path::{Path, PathBuf};

use super::super::forget::ForgetView;
use super::view::{Check, Level};
use crate::base::error::chain;
use crate::client::consent::{ConsentFile, Gate, Grant};
use crate::client::delivery::PINS_FILE;
use crate::client::identity::{LINK_FILE, PAST_FILE, PROJECTS_FILE, SECRET_FILE};
use crate::client::spool::{Ledger, Spool, SpoolState};
use crate::client::withdrawal::Kept;
use crate::config::file::{INSTALL_ID, INSTALL_ID_AT};
use crate::config::{ConfigFile, Paths};

/// The names and claims of the checks, in order.
const IDS: (&str, &str) = (
    "ids",
    "no id of this machine and no secret of one is kept without your consent",
);
const WAITING: (&str, &str) = ("waiting", "no event waits to be sent without your consent");
const LOG: (&str, &str) = (
    "log",
    "no log of telemetry is kept without your consent, unless you asked to keep it",
);
const SERVERS: (&str, &str) = (
    "servers",
    "no server's key and no link to an account is kept without your consent",
);

/// The files about servers, and what they are.
const ABOUT_SERVERS: [(&str, &str); 2] = [
    (PINS_FILE, "the pinned keys of servers"),
    (LINK_FILE, "the note about a link"),
];

/// The files with ids, and what they are.
const WITH_IDS: [(&str, &str); 3] = [
    (SECRET_FILE, "the secret of the install id"),
    (PROJECTS_FILE, "the projects' ids"),
    (PAST_FILE, "the ids that were used before"),
];

/// The checks of what is kept. What cannot be read is added to `problems`.
pub(super) fn checks(gate: &Gate, problems: &mut Vec<String>) -> Vec<Check> {
    let Ok(record) = ConsentFile::load(&gate.paths) else {
        // Why is among the gate's problems.
        let why = "the record of consent cannot be read, so nobody knows whose it would be";
        let check = |(name, what)| Check::not_checked(name, what, why);
        return [IDS, WAITING, LOG, SERVERS].map(check).into();
    };
    let look = Look {
        paths: &gate.paths,
        settings: gate.settings.as_ref(),
        record: &record,
        problems,
    };
    look.all()
}

/// The same about a product of which nothing is known but its folders.
///
/// # Errors
/// Why the record of consent or the settings cannot be read, as a sentence.
pub(super) fn checks_in(paths: &Paths, problems: &mut Vec<String>) -> Result<Vec<Check>, String> {
    let record = ConsentFile::load(paths).map_err(|error| chain(&error))?;
    let settings = ConfigFile::load(&paths.config_file()).map_err(|error| chain(&error))?;
    let look = Look {
        paths,
        settings: Some(&settings),
        record: &record,
        problems,
    };
    Ok(look.all())
}

struct Look<'a> {
    paths: &'a Paths,
    settings: Option<&'a ConfigFile>,
    record: &'a ConsentFile,
    problems: &'a mut Vec<String>,
}

impl Look<'_> {
    fn all(mut self) -> Vec<Check> {
        vec![self.ids(), self.waiting(), self.log(), self.servers()]
    }

    fn state(&self, name: &str) -> PathBuf {
        self.paths.state_dir.join(name)
    }

    /// Whether the record has a grant, for whichever endpoint, whether it still holds or has ended. What it made is kept for it:
    /// the ids so that they can be forgotten, the log so that it can be checked.
    fn is_owned(&self) -> bool {
        self.record.grants().next().is_some()
    }

    /// A check that found `found`, which is residue unless a grant owns it.
    fn owned_or_residue(
        &self,
        (name, what): (&'static str, &'static str),
        found: Vec<String>,
    ) -> Check {
        if found.is_empty() {
            return Check::found(name, what, Level::Observed, "there is none", found);
        }
        if self.is_owned() {
            let details = format!("{}: {}", found.join(", "), self.owners());
            return Check::found(name, what, Level::Observed, details, Vec::new());
        }
        let details = "the record has no grant, so nothing may be kept; `decantr telemetry disable` removes it";
        Check::found(name, what, Level::Observed, details, found)
    }

    /// For whom things are kept.
    fn owners(&self) -> String {
        let mut owners = Vec::new();
        for (grant, origin) in self.record.grants().zip(self.record.origins()) {
            owners.push(owner(grant, origin));
        }
        format!("kept for {}", owners.join(" and "))
    }

    fn ids(&mut self) -> Check {
        let mut found = self.present(&WITH_IDS);
        if let Some(settings) = self.settings {
            let path = settings.path().display();
            for key in [INSTALL_ID, INSTALL_ID_AT] {
                // A value of another type is one, too.
                if !matches!(settings.text(key), Ok(None)) {
                    found.push(format!("{key} in {path}"));
                }
            }
        } else if found.is_empty() {
            let (name, what) = IDS;
            return Check::not_checked(name, what, "config.json cannot be read");
        }
        let mut check = self.owned_or_residue(IDS, found);
        match ForgetView::read(self.paths) {
            Ok(asked) => {
                let pending = asked.map(|asked| asked.pending).unwrap_or_default();
                let ids: usize = pending.iter().map(|ask| ask.ids).sum();
                if ids > 0 {
                    let asked = format!("{ids} ids that servers are still to forget, as you asked");
                    check.details = format!("{}; besides, {asked}", check.details);
                }
            }
            Err(error) => self.problems.push(chain(&error)),
        }
        check
    }

    fn present(&self, files: &[(&str, &str)]) -> Vec<String> {
        let mut found = Vec::new();
        for (file, what) in files {
            let path = self.state(file);
            if is_there(&path) {
                found.push(format!("{what} in {}", path.display()));
            }
        }
        found
    }

    fn waiting(&mut self) -> Check {
        let (name, what) = WAITING;
        let root = Spool::root(self.paths);
        let entries = match entries(&root) {
            Ok(entries) => entries,
            Err(why) => return Check::not_checked(name, what, why),
        };
        if entries.is_empty() && is_there(&root) && !self.is_owned() {
            let found = vec![format!("the empty spool {}", root.display())];
            return self.owned_or_residue(WAITING, found);
        }
        let epochs: Vec<String> = self.record.grants().map(|g| g.epoch.to_string()).collect();
        let is_owned = |path: &PathBuf| epochs.iter().any(|epoch| path.ends_with(epoch));
        let (owned, stray): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_owned);
        let residue = stray
            .iter()
            .map(|path| format!("the spool {}, which no grant owns", path.display()));
        let residue: Vec<String> = residue.collect();
        let details = if owned.is_empty() {
            "there is none".to_owned()
        } else {
            let events = self.events();
            format!("{events} events wait, {}", self.owners())
        };
        Check::found(name, what, Level::Observed, details, residue)
    }

    fn events(&mut self) -> usize {
        match SpoolState::read(self.paths, None) {
            Ok(state) => state.elsewhere,
            Err(error) => {
                self.problems.push(chain(&error));
                0
            }
        }
    }

    fn log(&mut self) -> Check {
        let (name, what) = LOG;
        let root = Ledger::root(self.paths);
        if !is_there(&root) || self.is_owned() {
            let found = is_there(&root).then(|| format!("the log in {}", root.display()));
            return self.owned_or_residue(LOG, found.into_iter().collect());
        }
        let kept = match Kept::load(self.paths) {
            Ok(kept) => kept,
            Err(error) => {
                self.problems.push(chain(&error));
                None
            }
        };
        match kept.filter(|kept| kept.ended || self.record.is_refused_at(kept.at)) {
            Some(kept) => {
                let why = if kept.ended {
                    "when the grant was found to have ended; `decantr telemetry disable` removes it"
                } else {
                    "as you asked when you refused"
                };
                let details = format!("kept since {:.0}, {why}", kept.at);
                Check::found(name, what, Level::Observed, details, Vec::new())
            }
            None => self.owned_or_residue(LOG, vec![format!("the log in {}", root.display())]),
        }
    }

    fn servers(&mut self) -> Check {
        let found = self.present(&ABOUT_SERVERS);
        self.owned_or_residue(SERVERS, found)
    }
}

fn owner(grant: &Grant, origin: &str) -> String {
    let given = grant.at.strftime("%Y-%m-%d");
    match grant.until {
        Some(until) => format!(
            "your consent of {given} for {origin}, which ends or ended on {}",
            until.strftime("%Y-%m-%d")
        ),
        None => format!("your consent of {given} for {origin}"),
    }
}

/// Whether something has that name, whatever it is.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// What is in a folder; one that is not there is empty.
///
/// # Errors
/// Why it cannot be listed, as a sentence.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = std::fs::read_dir(folder).and_then(|entries| {
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect::<std::io::Result<Vec<_>>>()
    });
    match listed {
        Ok(mut paths) => {
            paths.sort();
            Ok(paths)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(format!("cannot list {}: {error}", folder.display())),
    }
}
