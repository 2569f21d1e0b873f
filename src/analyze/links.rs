//! Symbolic links that a walk meets, and which of them lead on.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::path::{Component, Path, PathBuf};

/// The links of one walk.
///
/// Frameworks find sources through links, so links are followed; but each folder is entered through one link at most, never
/// through one inside itself, and none leads out of `top`. Folders are told apart by their canonical paths: two
/// paths to one device and inode have the same.
#[derive(Debug)]
pub(super) struct Links {
    /// What all targets must lie in; canonical.
    top: PathBuf,
    /// Links to folders that were met, in the walk that goes on now.
    met: BTreeSet<PathBuf>,
    /// Those of the walks before it, which come next.
    due: VecDeque<PathBuf>,
    /// The targets that were followed.
    followed: HashSet<PathBuf>,
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To this regular file inside.
    File(PathBuf),
    /// To a folder, which is known to [`Links`] now.
    Folder,
    /// Out, to something that is neither, or nowhere.
    Elsewhere,
}

impl Links {
    /// No links yet.
    pub(super) fn within(top: &Path) -> Self {
        Self {
            top: top.to_owned(),
            met: BTreeSet::new(),
            due: VecDeque::new(),
            followed: HashSet::new(),
        }
    }

    /// Takes note of `link`, and tells where it leads.
    pub(super) fn meet(&mut self, link: &Path) -> Target {
        let Some(target) = self.inside(link) else {
            return Target::Elsewhere;
        };
        if target.is_file() {
            return Target::File(target);
        }
        if target.is_dir() {
            self.met.insert(link.to_owned());
            return Target::Folder;
        }
        Target::Elsewhere
    }

    /// The next link to a folder that is to be followed, with its target; `refuse` hears of those before it that are not,
    /// those whose target nobody `wants` among them.
    ///
    /// Links come by the number of links on the way to them, then by path.
    pub(super) fn follow(
        &mut self,
        wants: impl Fn(&Path) -> bool,
        mut refuse: impl FnMut(&Path),
    ) -> Option<(PathBuf, PathBuf)> {
        loop {
            if self.due.is_empty() {
                self.due.extend(std::mem::take(&mut self.met));
            }
            let link = self.due.pop_front()?;
            match self.inside(&link) {
                Some(target)
                    if !is_around(&target, &link)
                        && wants(&target)
                        && self.followed.insert(target.clone()) =>
                {
                    return Some((link, target));
                }
                _ => refuse(&link),
            }
        }
    }

    /// The canonical target of `link`, if it is inside and not in a folder of other people's or machines' work.
    fn inside(&self, link: &Path) -> Option<PathBuf> {
        let target = canonical_inside(link, &self.top)?;
        let is_own = |part: Component<'_>| {
            let name = part.as_os_str().to_str();
            !name.is_some_and(super::walk::is_never_entered)
        };
        let inside = target.strip_prefix(&self.top).ok()?;
        inside.components().all(is_own).then_some(target)
    }
}

/// The canonical path of `path`, if that lies inside `top`, which is canonical.
pub(super) fn canonical_inside(path: &Path, top: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    real.starts_with(top).then_some(real)
}

/// The top of the git work tree around `folder`, if there is one.
pub(super) fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// Whether the folder `target` holds `link`.
fn is_around(target: &Path, link: &Path) -> bool {
    let holder = link.parent().and_then(|folder| folder.canonicalize().ok());
    holder.is_none_or(|holder| holder.starts_with(target))
}
