//! `pnpm-lock.yaml`, versions 5 to 9: what each package of the project resolves its direct dependencies to.

use std::collections::HashMap;

use serde::Deserialize;

use crate::analyze::range;

/// The most keys, values and their starts and ends that are read: one for four bytes of the largest file.
const MAX_ENTRIES: usize = 8 * 1024 * 1024;

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
pub(super) struct Lock(Importer);

impl Lock {
    /// Reads a lockfile for the package at `importer`, relative to the lockfile (`.` beside it); else says why not.
    ///
    /// pnpm writes the importers before the far longer lists of packages, which are not parsed. pnpm 11 may put its own
    /// dependencies into a document of their own before the project's.
    pub(super) fn parse(text: &str, importer: &str) -> Result<Self, &'static str> {
        let mut lock = None;
        let mut reason = "is empty";
        for head in text.split("\n---").map(head) {
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
            let found = document.importers.remove(importer);
            lock = found
                .or_else(|| (importer == ".").then_some(document.root))
                .or(lock)
                .or_else(|| Some(Importer::default()));
        }
        lock.map(Self).ok_or(reason)
    }

    /// The version that the package resolves `name` to; none when it is a link into the workspace.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        let groups = [
            &self.0.dependencies,
            &self.0.dev_dependencies,
            &self.0.optional_dependencies,
        ];
        let resolved = groups.into_iter().flatten().find_map(|all| all.get(name))?;
        match resolved {
            Resolved::Version(version) | Resolved::Pinned { version } => plain_version(version),
        }
    }
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

/// The lines before the lists of packages.
fn head(document: &str) -> String {
    let is_body = |line: &str| {
        ["packages:", "snapshots:"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    let mut head = String::new();
    for line in document.lines().take_while(|line| !is_body(line)) {
        head.push_str(line);
        head.push('\n');
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
}
