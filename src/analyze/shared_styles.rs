//! Style sheets that the project imports from other packages of its workspace.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::css::{self, Dialect, Style};
use super::findings::Findings;
use super::packages::Packages;
use super::project::Sources;
use super::text::{self, MAX_SOURCE};
use super::walk;

/// How many style sheets are followed.
const MAX_STYLES: usize = 256;

/// Endings tried after an import's path.
const ENDINGS: [&str; 5] = ["", ".css", ".scss", ".less", ".pcss"];

/// Reads the style sheets that the project's scripts and style sheets import from packages of the workspace, and what
/// those import in turn; each with the ending of its name.
pub(super) fn follow(sources: &Sources<'_>, findings: &mut Findings) -> Vec<(String, Style)> {
    let mut shared = Shared {
        sources,
        packages: Packages::of(sources.workspace),
        seen: HashSet::new(),
        read: Vec::new(),
        unread: Vec::new(),
    };
    for (path, facts) in sources.facts {
        let from = sources.root.join(path);
        let of_script = facts.script().map(|script| &script.styles);
        let of_styles = facts.styles().iter().map(|style| &style.imports);
        for imports in of_script.into_iter().chain(of_styles) {
            shared.add(&from, imports);
        }
    }
    let what = "style sheets from the workspace that cannot be read";
    findings.warn_of("styles_not_followed", what, &shared.unread);
    shared.read
}

struct Shared<'s> {
    sources: &'s Sources<'s>,
    packages: Packages,
    seen: HashSet<PathBuf>,
    read: Vec<(String, Style)>,
    unread: Vec<String>,
}

impl Shared<'_> {
    /// Reads what `imports` of the file `from` mean.
    fn add(&mut self, from: &Path, imports: &[String]) {
        let mut waiting: Vec<(PathBuf, String)> = imports
            .iter()
            .map(|source| (from.to_owned(), source.clone()))
            .collect();
        while let Some((from, source)) = waiting.pop() {
            let is_shared = self.packages.has(&source);
            let place = if is_shared {
                self.packages.locate(&source)
            } else {
                from.parent().map(|folder| folder.join(&source))
            };
            let file = place.as_deref().and_then(existing);
            let Some(file) = file.filter(|file| file.starts_with(self.sources.top)) else {
                if is_shared && is_style(&source) {
                    self.unread.push(source);
                }
                continue;
            };
            let name = file.to_string_lossy().into_owned();
            if !self.is_elsewhere(&file) || !is_style(&name) || !self.seen.insert(file.clone()) {
                continue;
            }
            let text = text::read_quietly(&file, MAX_SOURCE);
            let Some(text) = text.filter(|_| self.read.len() < MAX_STYLES) else {
                self.unread.push(source);
                continue;
            };
            let style = css::read(&text, Dialect::of(&name));
            waiting.extend(
                style
                    .imports
                    .iter()
                    .map(|next| (file.clone(), next.clone())),
            );
            self.read.push((walk::extension(&name).to_owned(), style));
        }
    }

    /// Whether `file` is in another package than the project, so that its walk did not meet it.
    fn is_elsewhere(&self, file: &Path) -> bool {
        let members = self.sources.workspace.iter().flat_map(|all| &all.members);
        let nearest = members
            .map(|member| member.folder.as_path())
            .chain([self.sources.root])
            .filter(|folder| file.starts_with(folder))
            .max_by_key(|folder| folder.components().count());
        nearest != Some(self.sources.root)
    }
}

fn existing(place: &Path) -> Option<PathBuf> {
    ENDINGS.iter().find_map(|ending| {
        let mut file = place.as_os_str().to_owned();
        file.push(ending);
        let file = PathBuf::from(file).canonicalize().ok()?;
        file.is_file().then_some(file)
    })
}

fn is_style(name: &str) -> bool {
    matches!(walk::extension(name), "css" | "scss" | "less" | "pcss")
}
