//! The package manager of a project and the versions its lockfile pins.

mod bun;
mod deno;
mod npm;
mod pnpm;
mod rush;
mod yarn;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::findings::Findings;
use super::manifest::Manifest;
use super::range;
use super::report::PackageManager;
use super::text;
use super::walk;
use super::yarnrc;

/// The largest lockfile that is read, in bytes; those of the largest monorepos are a few MiB.
const MAX_LOCKFILE: u64 = 32 * 1024 * 1024;

/// Lockfile names and their managers. Where several lie side by side and `packageManager` does not choose, the first
/// counts: nobody writes the later ones' lockfiles by accident with the earlier ones'.
const LOCKFILES: [(&str, &str); 7] = [
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("yarn.lock", "yarn"),
    ("npm-shrinkwrap.json", "npm"),
    ("package-lock.json", "npm"),
    ("deno.lock", "deno"),
];

const MANAGERS: [&str; 5] = ["npm", "pnpm", "yarn", "bun", "deno"];

/// The versions that a project's lockfile pins.
#[derive(Debug, Default)]
pub(super) struct Versions {
    lock: Option<Lock>,
    /// Whether there is no lockfile of any manager.
    is_missing: bool,
}

#[derive(Debug)]
enum Lock {
    Npm(npm::Lock),
    Pnpm(pnpm::Lock),
    Yarn(yarn::Lock),
    Bun(bun::Lock),
    Deno(deno::Lock),
}

/// What the manifests around a project say about its package manager.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// `packageManager`, the nearest first, and what else names the one manager there is.
    pub(super) pins: Vec<String>,
    /// Managers that are installed for the project, the nearest first.
    pub(super) tools: Vec<String>,
    /// `resolutions` of the workspace root.
    pub(super) resolutions: BTreeMap<String, String>,
}

impl Said {
    /// What the project's manifest, the one `above` at the workspace root, and the files of managers in `top` say.
    pub(super) fn by(own: &Manifest, above: &Manifest, top: &Path, is_top: bool) -> Self {
        let both = [own, above];
        let root = if is_top { own } else { above };
        let named = both.iter().filter_map(|one| one.package_manager.clone());
        let enforced = both.iter().filter_map(|one| one.enforced.clone());
        let tools = both.iter().flat_map(|one| one.tools.clone());
        let yarn = yarnrc::Settings::read(top).unwrap_or_default();
        // What lies in the project is run instead of any other Yarn, whatever names that.
        let release = yarn.release();
        let mut pins: Vec<String> = named.chain(rush::pin(top)).chain(enforced).collect();
        let first = pins.iter().find_map(|pin| parse_pin(pin));
        if first.is_some_and(|(id, _)| id == "yarn") {
            pins.splice(0..0, release.clone());
        }
        Self {
            pins,
            tools: release.into_iter().chain(tools).collect(),
            resolutions: root.resolutions.clone(),
        }
    }
}

impl Versions {
    /// Whether there is a lockfile that could be read.
    pub(super) fn are_read(&self) -> bool {
        self.lock.is_some()
    }

    /// Whether there is no lockfile at all.
    pub(super) fn are_missing(&self) -> bool {
        self.is_missing
    }

    /// The installed version of the direct dependency `name`.
    ///
    /// Without a lockfile that can be read, a range that is one exact version pins it as well.
    pub(super) fn of(&self, name: &str, declared: Option<&str>) -> Option<String> {
        match &self.lock {
            Some(Lock::Npm(lock)) => lock.version(name),
            Some(Lock::Pnpm(lock)) => lock.version(name),
            Some(Lock::Yarn(lock)) => lock.version(name, declared),
            Some(Lock::Bun(lock)) => lock.version(name),
            Some(Lock::Deno(lock)) => lock.version(name, declared),
            None => declared.and_then(range::exact).map(str::to_owned),
        }
    }

    /// The installed version of `name` that the direct dependency `parent` brings along.
    pub(super) fn below(&self, parent: &str, declared: Option<&str>, name: &str) -> Option<String> {
        match self.lock.as_ref()? {
            Lock::Npm(lock) => lock.below(parent, name),
            Lock::Pnpm(lock) => lock.below(parent, name),
            Lock::Yarn(lock) => lock.below(parent, declared, name),
            Lock::Bun(lock) => lock.below(parent, name),
            Lock::Deno(_) => None,
        }
    }

    /// The installed version of `name`, whoever depends on it, when the lockfile has one alone.
    pub(super) fn only(&self, name: &str) -> Option<String> {
        match self.lock.as_ref()? {
            Lock::Npm(lock) => lock.only(name),
            Lock::Pnpm(lock) => lock.only(name),
            Lock::Yarn(lock) => lock.only(name),
            Lock::Bun(lock) => lock.only(name),
            Lock::Deno(lock) => lock.only(name),
        }
    }
}

/// The one item of `all`.
fn one(all: BTreeSet<String>) -> Option<String> {
    let mut all = all.into_iter();
    all.next().filter(|_| all.next().is_none())
}

/// Finds the manager and the lockfile of `root`, looking in it and in every folder up to `top` (the workspace root).
pub(super) fn find(
    root: &Path,
    top: &Path,
    said: &Said,
    findings: &mut Findings,
) -> (Option<PackageManager>, Versions) {
    let pinned = said.pins.iter().find_map(|pin| parse_pin(pin));
    let tools: Vec<_> = said
        .tools
        .iter()
        .filter_map(|tool| parse_pin(tool))
        .collect();
    let tool = |id: &str| tools.iter().find(|(tool, _)| *tool == id)?.1.clone();
    let found = lockfile(root, top, pinned.as_ref().map(|pin| pin.0), findings);
    let mut has_other = false;
    if let (Some((id, _)), None) = (&pinned, &found)
        && let Some(other) = lockfile(root, top, None, &mut Findings::default())
    {
        has_other = true;
        let detail = format!(
            "`packageManager` names {id}, so {} of {} was not read",
            other.name, other.manager
        );
        findings.warn("lockfile_of_other_manager", detail);
    }
    let manager = match (&pinned, &found) {
        (Some((id, version)), _) => PackageManager {
            id,
            version: version.clone().or_else(|| tool(id)),
            lockfile: found.as_ref().map(|lock| lock.name),
        },
        (None, Some(lock)) => PackageManager {
            id: lock.manager,
            version: tool(lock.manager),
            lockfile: Some(lock.name),
        },
        (None, None) => {
            let versions = Versions {
                lock: None,
                is_missing: true,
            };
            // Without a lockfile what is installed beside npm is there to be used; npm comes with Node.js.
            let other = tools
                .iter()
                .find(|(id, _)| *id != "npm")
                .or_else(|| tools.first());
            let manager = other.map(|(id, version)| PackageManager {
                id,
                version: version.clone(),
                lockfile: None,
            });
            return (manager, versions);
        }
    };
    let is_missing = found.is_none() && !has_other;
    let lock = found.and_then(|lock| lock.read(said, findings));
    (Some(manager), Versions { lock, is_missing })
}

struct Found {
    folder: PathBuf,
    name: &'static str,
    manager: &'static str,
    /// The package that asks, as the lockfile names it: mostly its folder from there.
    importer: String,
}

impl Found {
    fn read(&self, said: &Said, findings: &mut Findings) -> Option<Lock> {
        if self.name == "bun.lockb" {
            let detail = "versions in bun.lockb, which is binary, are not read";
            findings.warn("lockfile_not_read", detail);
            return None;
        }
        let text = match text::read(&self.folder.join(self.name), MAX_LOCKFILE) {
            Ok(text) => text?,
            Err(error) => {
                let detail = format!("cannot read {}: {}", self.name, error.source);
                findings.warn("lockfile_unreadable", detail);
                return None;
            }
        };
        let importer = self.importer.as_str();
        let lock = match self.manager {
            "npm" => npm::Lock::parse(&text, importer).map(Lock::Npm),
            "yarn" => yarn::Lock::parse(&text, &said.resolutions).map(Lock::Yarn),
            "bun" => bun::Lock::parse(&text, importer).map(Lock::Bun),
            "deno" => deno::Lock::parse(&text).map(Lock::Deno),
            _ => pnpm::Lock::parse(text, importer).map(Lock::Pnpm),
        };
        lock.map_err(|reason| {
            findings.warn("lockfile_unreadable", format!("{} {reason}", self.name));
        })
        .ok()
    }
}

/// The lockfile of the `wanted` manager, or of any when none is wanted: the workspace root's before one that lies about in
/// a package, unless that counts; else the nearest.
fn lockfile(
    root: &Path,
    top: &Path,
    wanted: Option<&str>,
    findings: &mut Findings,
) -> Option<Found> {
    let between = root.ancestors().take_while(|folder| *folder != top);
    let first = Some(top).filter(|top| *top != root && !has_own(root, top));
    let mut folders = first.into_iter().chain(between).chain([top]);
    let found = folders.find_map(|folder| lockfile_in(folder, root, wanted, findings));
    found.or_else(|| {
        let (folder, importer) = rush::place(top, root)?;
        let (name, manager) = LOCKFILES.into_iter().find(|(name, id)| {
            wanted.is_none_or(|wanted| wanted == *id) && folder.join(name).is_file()
        })?;
        Some(Found {
            folder,
            name,
            manager,
            importer,
        })
    })
}

fn lockfile_in(
    folder: &Path,
    root: &Path,
    wanted: Option<&str>,
    findings: &mut Findings,
) -> Option<Found> {
    let is_file = |name: &str| folder.join(name).metadata().map(|meta| meta.is_file());
    for (name, _) in LOCKFILES {
        if matches!(is_file(name), Ok(false)) {
            findings.warn("lockfile_unreadable", format!("{name} is no regular file"));
        }
    }
    let mut here = LOCKFILES
        .iter()
        .filter(|(name, _)| matches!(is_file(name), Ok(true)));
    let found = here.clone().find(|(_, id)| wanted.is_none_or(|w| w == *id));
    let &(name, manager) = found?;
    if wanted.is_none() && here.any(|(_, other)| *other != manager) {
        let detail = format!("lockfiles of several package managers; {name} was read");
        findings.warn("several_lockfiles", detail);
    }
    Some(Found {
        folder: folder.to_owned(),
        name,
        manager,
        importer: walk::relative(folder, root),
    })
}

/// Whether the package `root` of a workspace has a lockfile that its manager reads in place of the one at `top`: Yarn 2 and
/// later begin a project wherever there is one, and pnpm writes one for each package if it is told to.
/// <https://yarnpkg.com/configuration/yarnrc>, <https://pnpm.io/settings#sharedworkspacelockfile>
fn has_own(root: &Path, top: &Path) -> bool {
    let start = |folder: &Path, name: &str| text::read_quietly(&folder.join(name), MAX_LOCKFILE);
    let says = |name: &str, key: &str| {
        let text = start(top, name).unwrap_or_default();
        let mut lines = text.lines().filter_map(|line| line.split_once(['=', ':']));
        lines.any(|(name, value)| {
            let value = value
                .split([' ', '\t', '#', ';'])
                .find(|word| !word.is_empty());
            name.trim() == key && value == Some("false")
        })
    };
    start(root, "yarn.lock").is_some_and(|text| text.contains("\n__metadata:"))
        || (root.join("pnpm-lock.yaml").is_file()
            && (says(".npmrc", "shared-workspace-lockfile")
                || says("pnpm-workspace.yaml", "sharedWorkspaceLockfile")))
}

/// Reads `pnpm@9.15.9+sha512.…`: the manager and, when it is one exact version, the version.
/// <https://nodejs.org/api/packages.html#packagemanager>
fn parse_pin(pin: &str) -> Option<(&'static str, Option<String>)> {
    let (name, version) = pin.split_once('@').unwrap_or((pin, ""));
    let id = MANAGERS.into_iter().find(|id| *id == name)?;
    let version = version.split('+').next().unwrap_or_default();
    Some((id, range::exact(version).map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_with_and_without_hash() {
        let pnpm = |version: Option<&str>| Some(("pnpm", version.map(str::to_owned)));
        assert_eq!(parse_pin("pnpm@9.15.9+sha512.ab"), pnpm(Some("9.15.9")));
        assert_eq!(parse_pin("pnpm@^9"), pnpm(None));
        assert_eq!(parse_pin("pnpm"), pnpm(None));
        assert_eq!(parse_pin("cargo@1.0.0"), None);
    }
}
