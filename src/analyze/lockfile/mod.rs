//! The package manager of a project and the versions its lockfile pins.

mod npm;
mod pnpm;

use std::path::{Path, PathBuf};

use super::findings::Findings;
use super::range;
use super::report::PackageManager;
use super::text;
use super::walk;

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
            None => declared.and_then(range::exact).map(str::to_owned),
        }
    }
}

/// Finds the manager and the lockfile of `root`, looking in it and in every folder up to `top` (the workspace root);
/// `pins` are the `packageManager` fields on that way, the nearest first.
pub(super) fn find(
    root: &Path,
    top: &Path,
    pins: &[String],
    findings: &mut Findings,
) -> (Option<PackageManager>, Versions) {
    let pinned = pins.iter().find_map(|pin| parse_pin(pin));
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
            version: version.clone(),
            lockfile: found.as_ref().map(|lock| lock.name),
        },
        (None, Some(lock)) => PackageManager {
            id: lock.manager,
            version: None,
            lockfile: Some(lock.name),
        },
        (None, None) => {
            let versions = Versions {
                lock: None,
                is_missing: true,
            };
            return (None, versions);
        }
    };
    let is_missing = found.is_none() && !has_other;
    let lock = found.and_then(|lock| lock.read(root, findings));
    (Some(manager), Versions { lock, is_missing })
}

struct Found {
    folder: PathBuf,
    name: &'static str,
    manager: &'static str,
}

impl Found {
    fn read(&self, root: &Path, findings: &mut Findings) -> Option<Lock> {
        if !matches!(self.manager, "npm" | "pnpm") {
            let detail = format!("versions in {} are not read", self.name);
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
        let importer = walk::relative(&self.folder, root);
        let lock = match self.manager {
            "npm" => npm::Lock::parse(&text, &importer).map(Lock::Npm),
            _ => pnpm::Lock::parse(&text, &importer).map(Lock::Pnpm),
        };
        lock.map_err(|reason| {
            findings.warn("lockfile_unreadable", format!("{} {reason}", self.name));
        })
        .ok()
    }
}

/// The nearest lockfile of the `wanted` manager, or of any when none is wanted.
fn lockfile(
    root: &Path,
    top: &Path,
    wanted: Option<&str>,
    findings: &mut Findings,
) -> Option<Found> {
    for folder in root.ancestors() {
        let mut here = LOCKFILES
            .iter()
            .filter(|(name, _)| folder.join(name).is_file());
        let found = here.clone().find(|(_, id)| wanted.is_none_or(|w| w == *id));
        if let Some(&(name, manager)) = found {
            if wanted.is_none() && here.any(|(_, other)| *other != manager) {
                let detail = format!("lockfiles of several package managers; {name} was read");
                findings.warn("several_lockfiles", detail);
            }
            return Some(Found {
                folder: folder.to_owned(),
                name,
                manager,
            });
        }
        if folder == top {
            break;
        }
    }
    None
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
