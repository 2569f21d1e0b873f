//! The walk: which files of the project count as its sources, within bounds.

use std::collections::HashSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

use ignore::{DirEntry, WalkBuilder};

use super::deadline::Deadline;
use super::findings::Findings;
use super::ignores::Ignores;
use super::links::{Links, Target};

/// The most source files that are looked at; a project with more is not one project.
const MAX_FILES: usize = 200_000;

/// The deepest folder that is entered; deeper ones are generated.
const MAX_DEPTH: usize = 64;

/// Folders that hold other people's or machines' work wherever they are.
const NEVER: [&str; 20] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "bower_components",
    "jspm_packages",
    ".next",
    ".nuxt",
    ".output",
    ".svelte-kit",
    ".astro",
    ".angular",
    ".turbo",
    ".nx",
    ".vercel",
    ".netlify",
    ".yarn",
    ".pnpm-store",
    ".cache",
    ".decantr",
];

/// Folders that hold build output when they lie beside a `package.json`; deeper, `app/build/page.tsx` is a route.
const OUTPUT: [&str; 5] = ["dist", "build", "out", "coverage", "storybook-static"];

/// Extensions of files that tell something about a web project.
const SOURCES: [&str; 27] = [
    "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "css", "scss", "sass", "less", "vue",
    "svelte", "astro", "md", "mdx", "html", "pcss", "htm", "svx", "mdoc", "markdown", "mdown",
    "mkdn", "mkd", "mdwn",
];

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SourceFile {
    /// Relative to the walked folder, with `/`.
    pub(super) path: String,
    /// Whether it is also another file of the project, to which a link leads here.
    pub(super) is_repeated: bool,
}

impl SourceFile {
    /// The part of the name after the last dot.
    pub(super) fn extension(&self) -> &str {
        extension(&self.path)
    }
}

/// What a walk left out.
#[derive(Debug, Default)]
struct Skipped {
    unreadable: Vec<String>,
    links: Vec<String>,
    deep: Vec<String>,
    special: Vec<String>,
    unnamed: Vec<String>,
}

/// A walk over `root`, which goes on as far as it is asked for source files; they come in no order.
///
/// Of symbolic links those are followed that [`Links`] lets through, after everything else. Ignore rules of the machine and
/// of one clone do not count, so that every clone gets the same report.
pub(super) struct Walk<'w> {
    root: &'w Path,
    entries: ignore::Walk,
    ignores: Arc<Ignores>,
    others: Arc<HashSet<PathBuf>>,
    links: Links,
    /// Whether the walk is in a folder of the project again, behind a link.
    repeats: bool,
    deadline: &'w Deadline,
    skipped: Skipped,
    found: usize,
}

impl<'w> Walk<'w> {
    /// A walk except the folders in `others` (packages of their own), by the project's `.gitignore` files. No link leads out
    /// of `top`; both paths are canonical.
    pub(super) fn over(
        root: &'w Path,
        top: &Path,
        others: HashSet<PathBuf>,
        deadline: &'w Deadline,
    ) -> Self {
        let (ignores, others) = (Arc::new(Ignores::around(root)), Arc::new(others));
        Self {
            root,
            entries: walker(root, None, &others, &ignores).build(),
            ignores,
            others,
            links: Links::within(top),
            repeats: false,
            deadline,
            skipped: Skipped::default(),
            found: 0,
        }
    }

    /// Goes on behind the next link to a folder, if there is one.
    fn go_on(&mut self) -> bool {
        let (root, skipped) = (self.root, &mut self.skipped.links);
        let refuse = |link: &Path| skipped.push(relative(root, link));
        let (ignores, others) = (&self.ignores, &self.others);
        let wants = |target: &Path| !others.contains(target) && !ignores.hides(target);
        let Some((link, target)) = self.links.follow(wants, refuse) else {
            return false;
        };
        self.repeats = target.starts_with(root);
        let depth = inside(root, &link).components().count();
        self.entries = walker(&link, Some(target), &self.others, &self.ignores)
            .max_depth(Some(MAX_DEPTH.saturating_sub(depth)))
            .build();
        true
    }

    /// The path of `entry` if it is a source file, which its path alone tells; what is left out is noted.
    fn source(&mut self, entry: &DirEntry) -> Option<SourceFile> {
        if entry.depth() == 0 {
            return None;
        }
        let (path, skipped) = (relative(self.root, entry.path()), &mut self.skipped);
        let mut is_repeated = self.repeats;
        let kind = entry.file_type()?;
        let is_source = !kind.is_dir() && SOURCES.contains(&extension(&path));
        if is_source && inside(self.root, entry.path()).to_str().is_none() {
            skipped.unnamed.push(path);
            return None;
        }
        if kind.is_symlink() {
            match self.links.meet(entry.path()) {
                Target::File(target) if is_source && !self.ignores.hides(&target) => {
                    is_repeated |= target.starts_with(self.root);
                    return Some(SourceFile { path, is_repeated });
                }
                Target::Folder => {}
                _ if is_source || entry.path().is_dir() => skipped.links.push(path),
                _ => {}
            }
        } else if kind.is_dir() {
            if entry.depth() >= MAX_DEPTH {
                skipped.deep.push(path);
            }
        } else if is_source && !kind.is_file() {
            skipped.special.push(path);
        } else if is_source {
            return Some(SourceFile { path, is_repeated });
        }
        None
    }

    /// The walked folder.
    pub(super) fn root(&self) -> &'w Path {
        self.root
    }

    /// When it comes to its end in any case.
    pub(super) fn deadline(&self) -> &'w Deadline {
        self.deadline
    }

    /// Tells what was left out, and how many source files and folders those are.
    pub(super) fn finish(self, findings: &mut Findings) -> u64 {
        let (root, skipped) = (self.root, self.skipped);
        if self.found >= MAX_FILES {
            let detail = format!("only the first {MAX_FILES} source files were read");
            findings.warn("too_many_files", detail);
        }
        let ruled = self.ignores.refused();
        let ruled: Vec<String> = ruled.iter().map(|folder| relative(root, folder)).collect();
        let unread = self.ignores.unread().iter();
        let unread: Vec<String> = unread.map(|file| upwards(root, file)).collect();
        let what = "unreadable, no regular file, larger than 1 MiB, or one pattern too many";
        findings.warn_of("gitignore_not_read", what, &unread);
        let lists = [
            &skipped.unreadable,
            &skipped.links,
            &skipped.deep,
            &ruled,
            &skipped.special,
            &skipped.unnamed,
        ];
        let unreadable = "cannot be read, so what is in it is not counted";
        findings.warn_of("unreadable_folder", unreadable, &skipped.unreadable);
        let what =
            "symbolic link out of the project, to nowhere, or to what is read in another way";
        findings.note_of("link_not_followed", what, &skipped.links);
        let what = "not entered, for its .gitignore is unreadable, no regular file, larger than 1 MiB, or one pattern too many";
        findings.warn_of("gitignore_not_read", what, &ruled);
        findings.warn_of("too_deep", "deeper than 64 folders", &skipped.deep);
        findings.warn_of(
            "no_regular_file",
            "pipe, socket or device",
            &skipped.special,
        );
        findings.warn_of("name_not_text", "name that is not UTF-8", &skipped.unnamed);
        lists.iter().map(|list| count(list)).sum()
    }
}

impl Iterator for Walk<'_> {
    type Item = SourceFile;

    fn next(&mut self) -> Option<SourceFile> {
        while self.found < MAX_FILES && !self.deadline.is_over() {
            match self.entries.next() {
                Some(Ok(entry)) => {
                    if let Some(file) = self.source(&entry) {
                        self.found = self.found.saturating_add(1);
                        return Some(file);
                    }
                }
                Some(Err(error)) => self.skipped.unreadable.push(place_of(self.root, &error)),
                None if self.go_on() => {}
                None => return None,
            }
        }
        None
    }
}

/// The folders under `root`, at most `depth` deep, that hold a file called one of `names`; sorted, and when the time is over
/// those that were found by then.
pub(super) fn folders_with(
    root: &Path,
    names: &[&str],
    depth: usize,
    deadline: &Deadline,
) -> Vec<PathBuf> {
    let ignores = Arc::new(Ignores::around(root));
    let mut folders: Vec<PathBuf> = walker(root, None, &Arc::default(), &ignores)
        .max_depth(Some(depth.saturating_add(1).min(MAX_DEPTH)))
        .build()
        .enumerate()
        .take_while(|(number, _)| !deadline.is_over_after(*number))
        .filter_map(|(_, entry)| entry.ok())
        .filter(|entry| {
            is_file(entry)
                && entry
                    .file_name()
                    .to_str()
                    .is_some_and(|n| names.contains(&n))
        })
        .filter_map(|entry| Some(entry.path().parent()?.to_owned()))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

/// Whether folders with this `name` hold other people's or machines' work wherever they are.
pub(super) fn is_never_entered(name: &str) -> bool {
    NEVER.contains(&name)
}

/// The part of `path` after its last dot; empty when its last segment has none.
pub(super) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// `path` relative to `root`, with `/`; characters that are not Unicode are replaced.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let inside = inside(root, path);
    if let Some(text) = inside
        .to_str()
        .filter(|text| MAIN_SEPARATOR == '/' && !text.is_empty())
    {
        return text.to_owned();
    }
    let parts: Vec<_> = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

fn inside<'p>(root: &Path, path: &'p Path) -> &'p Path {
    path.strip_prefix(root).unwrap_or(path)
}

/// `path`, which may lie above `root`, relative to `root`.
fn upwards(root: &Path, path: &Path) -> String {
    let mut steps = String::new();
    for folder in root.ancestors() {
        if path.starts_with(folder) {
            return steps + &relative(folder, path);
        }
        steps.push_str("../");
    }
    relative(root, path)
}

/// A walk over `root`, which is a link to `target` if there is one, that leaves out what `ignores` does.
fn walker(
    root: &Path,
    target: Option<PathBuf>,
    others: &Arc<HashSet<PathBuf>>,
    ignores: &Arc<Ignores>,
) -> WalkBuilder {
    let (others, ignores) = (Arc::clone(others), Arc::clone(ignores));
    let mut builder = WalkBuilder::new(root);
    let link = root.to_owned();
    let is_wanted = move |entry: &DirEntry| {
        let real = target
            .as_ref()
            .map(|target| target.join(inside(&link, entry.path())));
        let real = real.as_deref().unwrap_or_else(|| entry.path());
        entry.depth() == 0 || is_wanted(entry, real, &others, &ignores)
    };
    builder
        .standard_filters(false)
        .follow_links(false)
        .max_depth(Some(MAX_DEPTH))
        .filter_entry(is_wanted);
    builder
}

/// Whether `entry`, which is really at `path`, is looked at.
fn is_wanted(entry: &DirEntry, path: &Path, others: &HashSet<PathBuf>, ignores: &Ignores) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return !ignores.ignores(path, false);
    }
    let name = entry.file_name().to_str().unwrap_or_default();
    let beside_manifest = || {
        let parent = path.parent();
        entry.depth() == 1 || parent.is_some_and(|parent| parent.join("package.json").is_file())
    };
    let is_foreign = is_never_entered(name) || others.contains(path);
    let is_output = OUTPUT.contains(&name) && beside_manifest();
    !(is_foreign || is_output) && ignores.admits_folder(path)
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}

/// The place an error of the walk is about, never the absolute path that its text names.
fn place_of(root: &Path, error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { path, .. } => relative(root, path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place_of(root, err)
        }
        _ => ".".to_owned(),
    }
}

fn count(list: &[String]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An unreadable folder cannot be had as root, so the place of such an error is tested by itself.
    #[test]
    fn an_error_of_the_walk_names_its_place_inside_the_project() {
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let error = ignore::Error::WithDepth {
            depth: 2,
            err: Box::new(ignore::Error::WithPath {
                path: PathBuf::from("/p/a/b"),
                err: Box::new(ignore::Error::Io(denied)),
            }),
        };
        assert_eq!(place_of(Path::new("/p"), &error), "a/b");
    }
}
