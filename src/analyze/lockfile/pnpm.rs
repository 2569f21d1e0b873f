//! `pnpm-lock.yaml`, versions 5 to 9: what each package of the project resolves its direct dependencies to.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use crate::analyze::range;

/// The most keys, values and their starts and ends that are read: one for four bytes of the largest file.
const MAX_ENTRIES: usize = 8 * 1024 * 1024;

/// The most documents that are read; pnpm writes two.
const MAX_DOCUMENTS: usize = 8;

/// <https://github.com/pnpm/spec/tree/master/lockfile>
#[derive(Debug, Default, Deserialize)]
struct Document {
    /// By folder, relative to the lockfile.
    #[serde(default)]
    importers: HashMap<String, Importer>,
    /// Up to version 6, a project that is no workspace has its one importer at the top.
    #[serde(flatten)]
    root: Importer,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Importer {
    #[serde(default)]
    dependencies: Option<HashMap<String, Resolved>>,
    #[serde(default)]
    dev_dependencies: Option<HashMap<String, Resolved>>,
    #[serde(default)]
    optional_dependencies: Option<HashMap<String, Resolved>>,
}

/// Version 5 has the version alone, later ones with the range beside it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Resolved {
    Version(String),
    Pinned { version: String },
}

/// What a lockfile pins for one package of the project.
#[derive(Debug)]
pub(super) struct Lock {
    /// The package's own dependencies.
    own: Importer,
    /// Those of the package beside the lockfile, which a package below it can use as well.
    root: Importer,
    /// The file, for the lists of packages that are seldom looked at.
    text: String,
}

impl Lock {
    /// Reads a lockfile for the package at `importer`, relative to the lockfile (`.` beside it); else says why not.
    ///
    /// pnpm writes the importers before the far longer lists of packages, which are not parsed. pnpm 11 may put its own
    /// dependencies into a document of their own before the project's.
    pub(super) fn parse(text: String, importer: &str) -> Result<Self, &'static str> {
        let mut lock = None;
        let mut reason = "is empty";
        let documents = text.split("\n---").take(MAX_DOCUMENTS);
        for head in documents.map(|document| head(document, importer)) {
            let mut document =
                match serde_saphyr::from_str_with_options::<Document>(&head, limits()) {
                    Ok(document) => document,
                    Err(error) => {
                        reason = match error.without_snippet() {
                            serde_saphyr::Error::Budget { .. } => "has more entries than are read",
                            _ => "is not a lockfile of pnpm",
                        };
                        continue;
                    }
                };
            let own = document.importers.remove(importer);
            let root = document.importers.remove(".").unwrap_or(document.root);
            lock = match (own, importer) {
                (Some(own), _) => Some((own, root)),
                (None, ".") => Some((root, Importer::default())),
                (None, _) => lock.or_else(|| Some((Importer::default(), root))),
            };
        }
        let (own, root) = lock.ok_or(reason)?;
        Ok(Self { own, root, text })
    }

    /// The version that the package resolves `name` to; none when it is a link into the workspace.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        plain_version(self.resolved(name)?)
    }

    /// The version of `name` that `parent` depends on.
    pub(super) fn below(&self, parent: &str, name: &str) -> Option<String> {
        let version = plain_version(self.resolved(parent)?)?;
        let mut is_inside = false;
        for line in self.text.lines() {
            if let Some(key) = package_key(line) {
                is_inside = version_in_key(key, parent).as_ref() == Some(&version);
            } else if let Some(entry) = line.strip_prefix("      ").filter(|_| is_inside) {
                let found = entry.split_once(": ");
                let found = found.filter(|(key, _)| key.trim_matches('\'') == name);
                // Below `resolution` and the like nothing has the name of a package with a version.
                let found = found.and_then(|(_, reference)| plain_version(unquoted(reference)));
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// The version of `name`, when there is one alone.
    pub(super) fn only(&self, name: &str) -> Option<String> {
        let keys = self.text.lines().filter_map(package_key);
        let versions: BTreeSet<_> = keys.filter_map(|key| version_in_key(key, name)).collect();
        super::one(versions)
    }

    fn resolved(&self, name: &str) -> Option<&str> {
        let groups = [&self.own, &self.root].into_iter().flat_map(|importer| {
            [
                &importer.dependencies,
                &importer.dev_dependencies,
                &importer.optional_dependencies,
            ]
        });
        match groups.flatten().find_map(|all| all.get(name))? {
            Resolved::Version(version) | Resolved::Pinned { version } => Some(version),
        }
    }
}

/// The key of a package in the lists of packages, which are indented by two spaces.
fn package_key(line: &str) -> Option<&str> {
    let key = line
        .strip_prefix("  ")
        .filter(|rest| !rest.starts_with(' '))?;
    let key = key.trim_end_matches(" {}").strip_suffix(':')?;
    Some(unquoted(key))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}

/// The version in `/next/12.1.0_react@17.0.2` (5), `/next@13.4.0(react@18.2.0)` (6) and `next@13.4.0` (9).
fn version_in_key(key: &str, name: &str) -> Option<String> {
    let rest = key.strip_prefix('/').unwrap_or(key).strip_prefix(name)?;
    plain_version(rest.strip_prefix(['@', '/'])?)
}

/// The parser's limits, in line with that of the file's size: large monorepos have hundreds of thousands of entries.
fn limits() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: MAX_ENTRIES,
            max_nodes: MAX_ENTRIES,
        },
    }
}

/// The lines before the lists of packages, and of the importers only `importer` and the one beside the lockfile: a large
/// monorepo has thousands.
fn head(document: &str, importer: &str) -> String {
    let is_body = |line: &str| {
        ["packages:", "snapshots:"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    let mut head = String::new();
    let (mut in_importers, mut is_wanted) = (false, true);
    for line in document.lines().take_while(|line| !is_body(line)) {
        let is_key = |indent: &str| {
            let rest = line.strip_prefix(indent);
            rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with([' ', '#', '\t']))
        };
        if is_key("") {
            in_importers = line.trim_end() == "importers:";
            is_wanted = true;
        } else if in_importers && is_key("  ") {
            let key = package_key(line);
            is_wanted = key.is_none_or(|key| key == importer || key == ".");
        }
        if is_wanted {
            head.push_str(line);
            head.push('\n');
        }
    }
    head
}

/// The version in a reference: `12.1.0_react@17.0.2` (5), `13.4.0(react@18.2.0)` (6, 9), `/next/12.1.0` and
/// `/next@13.4.0` and `next@13.4.0` (aliases).
fn plain_version(reference: &str) -> Option<String> {
    if reference.contains(':') {
        return None;
    }
    let is_version = |text: &&str| text.starts_with(|first: char| first.is_ascii_digit());
    let reference = reference.split('(').next().unwrap_or_default();
    let version = Some(reference)
        .filter(is_version)
        .or_else(|| reference.rsplit('/').next().filter(is_version))
        .or_else(|| reference.rsplit('@').next().filter(is_version))?;
    range::version(version.split('_').next()?).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_every_form_of_reference() {
        for (reference, version) in [
            ("12.1.0", Some("12.1.0")),
            ("12.1.0_react-dom@17.0.2+react@17.0.2", Some("12.1.0")),
            ("13.4.0(react-dom@18.2.0)(react@18.2.0)", Some("13.4.0")),
            ("/next/12.1.0_react@17.0.2", Some("12.1.0")),
            ("/@scope/next/12.1.0", Some("12.1.0")),
            ("/next@13.4.0(react@18.2.0)", Some("13.4.0")),
            ("next@13.4.0(react@18.2.0)", Some("13.4.0")),
            ("@scope/next@13.4.0", Some("13.4.0")),
            ("13.3.2-canary.13", Some("13.3.2-canary.13")),
            ("github.com/owner/next/1a2b3c", None),
            ("link:../ui", None),
            ("file:../ui", None),
            ("", None),
        ] {
            assert_eq!(plain_version(reference).as_deref(), version, "{reference}");
        }
    }

    #[test]
    fn a_dependency_of_a_dependency_is_looked_up_in_the_lists_of_packages() {
        for text in [
            "lockfileVersion: 5.4\ndependencies:\n  kit: 2.0.0\npackages:\n\n  /kit/2.0.0:\n    resolution: {integrity: \
             sha512-a}\n    dependencies:\n      tint: 3.4.1_edge@1.0.0\n    dev: false\n\n  /tint/3.4.1_edge@1.0.0:\n    \
             dev: false\n\n  /tint/4.0.0:\n    dev: false\n",
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      kit:\n        specifier: ^2.0.0\n        \
             version: 2.0.0(edge@1.0.0)\npackages:\n  kit@2.0.0:\n    resolution: {integrity: sha512-a}\n    \
             peerDependencies:\n      tint: '>=3'\nsnapshots:\n  kit@2.0.0(edge@1.0.0):\n    dependencies:\n      tint: \
             3.4.1(edge@1.0.0)\n  tint@3.4.1(edge@1.0.0): {}\n  tint@4.0.0: {}\n",
        ] {
            let lock = Lock::parse(text.to_owned(), ".").unwrap();
            assert_eq!(
                lock.below("kit", "tint").as_deref(),
                Some("3.4.1"),
                "{text}"
            );
            assert_eq!(lock.only("tint"), None);
            assert_eq!(lock.only("kit").as_deref(), Some("2.0.0"));
        }
    }

    #[test]
    fn a_package_can_use_what_the_one_beside_the_lockfile_has() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    devDependencies:\n      tint:\n        specifier: ^3.0.0\n        \
                    version: 3.4.1\n  apps/web: {}\n";
        let lock = Lock::parse(text.to_owned(), "apps/web").unwrap();
        assert_eq!(lock.version("tint").as_deref(), Some("3.4.1"));
    }
}
