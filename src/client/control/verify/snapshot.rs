//! What is in folders: names, sizes and content, before and after a command. For systems without a cage.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::base::crypto;
use crate::base::fsx;

/// Files up to this size, in bytes, are compared by their content; a server's store beside them is not read whole.
const READ_LIMIT: u64 = 1024 * 1024;

/// The most entries that are looked at.
const MOST: usize = 20_000;

/// An entry, as far as a change of it would show.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    length: u64,
    modified: Option<SystemTime>,
    digest: Option<[u8; 32]>,
}

/// Every entry below some folders.
#[derive(Debug, Default)]
pub(super) struct Snapshot(BTreeMap<PathBuf, Entry>);

impl Snapshot {
    /// Looks at everything below `folders`; one that is not there has nothing.
    pub(super) fn of(folders: &[&Path]) -> Self {
        let mut seen = Self::default();
        for folder in folders {
            seen.add(folder);
        }
        seen
    }

    fn add(&mut self, path: &Path) {
        let Ok(meta) = path.symlink_metadata() else {
            return;
        };
        if self.0.len() >= MOST {
            return;
        }
        let is_small = meta.is_file() && meta.len() <= READ_LIMIT;
        let bytes = is_small.then(|| fsx::read_bounded(path, READ_LIMIT));
        let entry = Entry {
            // A folder's own length says nothing that its entries do not.
            length: if meta.is_dir() { 0 } else { meta.len() },
            modified: meta.modified().ok(),
            digest: bytes
                .and_then(Result::ok)
                .flatten()
                .map(|bytes| crypto::sha256(&bytes)),
        };
        self.0.insert(path.to_owned(), entry);
        if meta.is_dir() {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.add(&entry.path());
            }
        }
    }

    /// What is different in `later`, as phrases.
    pub(super) fn changes(&self, later: &Self) -> Vec<String> {
        let made_or_changed = later.0.iter().filter_map(|(path, entry)| {
            let what = match self.0.get(path) {
                None => "made",
                Some(before) if before != entry => "changed",
                Some(_) => return None,
            };
            Some(format!("{what} {}", path.display()))
        });
        let gone = self.0.keys().filter(|path| !later.0.contains_key(*path));
        let removed = gone.map(|path| format!("removed {}", path.display()));
        made_or_changed.chain(removed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_changed_or_removed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("kept"), "1").unwrap();
        fs::write(at("changed"), "1").unwrap();
        fs::write(at("gone"), "1").unwrap();
        let look = || Snapshot::of(&[&at("changed"), &at("gone"), &at("kept"), &at("new")]);
        let before = look();
        assert!(before.changes(&look()).is_empty());
        fs::write(at("changed"), "2").unwrap();
        fs::remove_file(at("gone")).unwrap();
        fs::create_dir(at("new")).unwrap();
        let changes = before.changes(&look());
        let says = |what: &str, name: &str| format!("{what} {}", at(name).display());
        let expected = [
            says("changed", "changed"),
            says("made", "new"),
            says("removed", "gone"),
        ];
        assert_eq!(changes, expected);
    }
}
