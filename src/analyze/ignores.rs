//! The `.gitignore` files of a project: those of its git work tree down to it, and those met on the walk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::links::repository;
use super::text::{self, MAX_SOURCE};

/// The most patterns that are obeyed in a project; each takes some KiB.
const MAX_PATTERNS: usize = 20_000;

/// The ignore rules that count for a walk over one folder. <https://git-scm.com/docs/gitignore>
///
/// They are read here and not by the walk itself, which would wait for a pipe, pass over what it cannot read, and obey
/// files above the work tree, which git does not.
#[derive(Debug)]
pub(super) struct Ignores {
    /// The topmost folder whose rules count: the git root, or the walked folder outside a work tree.
    top: PathBuf,
    /// Rules by folder, of folders that have any.
    rules: Mutex<HashMap<PathBuf, Gitignore>>,
    /// How many patterns were read.
    patterns: AtomicUsize,
    /// Files from `top` to the walked folder that could not be read.
    unread: Vec<PathBuf>,
    /// Folders met on the walk whose file could not be read.
    refused: Mutex<Vec<PathBuf>>,
}

impl Ignores {
    /// The rules that count in `root`, from the root of the git work tree around it down to itself.
    pub(super) fn around(root: &Path) -> Self {
        let top = repository(root).unwrap_or(root);
        let mut ignores = Self {
            top: top.to_owned(),
            rules: Mutex::default(),
            patterns: AtomicUsize::new(0),
            unread: Vec::new(),
            refused: Mutex::default(),
        };
        for folder in root.ancestors() {
            if !ignores.load(folder) {
                ignores.unread.push(folder.join(".gitignore"));
            }
            if folder == top {
                break;
            }
        }
        ignores
    }

    /// Whether the walk may go into `folder`: it is not ignored, and its own rules could be read.
    pub(super) fn admits_folder(&self, folder: &Path) -> bool {
        if self.ignores(folder, true) {
            return false;
        }
        let is_read = self.load(folder);
        if !is_read {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            refused.push(folder.to_owned());
        }
        is_read
    }

    /// Whether the rules take out `path`, which a link leads to, or a folder that it is in.
    pub(super) fn hides(&self, path: &Path) -> bool {
        let inside = path.ancestors().take_while(|folder| *folder != self.top);
        let folders: Vec<&Path> = inside.collect();
        let mut downwards = folders.into_iter().rev();
        downwards.any(|path| {
            let is_folder = path.is_dir();
            self.ignores(path, is_folder) || (is_folder && !self.load(path))
        })
    }

    /// Whether the rules take `path` out; those of the nearest folder that say anything of it count.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if rules.is_empty() {
            return false;
        }
        for folder in path.ancestors().skip(1) {
            let verdict = rules
                .get(folder)
                .map_or(Match::None, |rules| rules.matched(path, is_folder));
            match verdict {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
            if folder == self.top {
                break;
            }
        }
        false
    }

    /// Files from the git root to the walked folder whose rules could not be read.
    pub(super) fn unread(&self) -> &[PathBuf] {
        &self.unread
    }

    /// Folders that were not gone into because their rules could not be read; sorted.
    pub(super) fn refused(&self) -> Vec<PathBuf> {
        let mut refused = self
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        refused.sort();
        refused
    }

    /// Reads the rules of `folder`, if it has any; whether they could be read.
    fn load(&self, folder: &Path) -> bool {
        let bytes = match text::read_bytes(&folder.join(".gitignore"), MAX_SOURCE) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return true,
            Err(_) => return false,
        };
        let text = String::from_utf8_lossy(&bytes);
        let count = text.lines().count();
        let before = self.patterns.fetch_add(count, Ordering::Relaxed);
        if before.saturating_add(count) > MAX_PATTERNS {
            return false;
        }
        let mut builder = GitignoreBuilder::new(folder);
        // A line that is no pattern takes nothing out, as for git.
        for line in text.lines() {
            drop(builder.add_line(None, line));
        }
        if let Ok(rules) = builder.build() {
            let mut all = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(folder.to_owned(), rules);
        }
        true
    }
}
