//! The language of the sources, and how strictly the TypeScript compiler is told to read them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::findings::Findings;
use super::jsonc;
use super::links::{canonical_inside, repository};
use super::manifest;
use super::project::Sources;
use super::range::major;
use super::report::Language;
use super::secondary::is_secondary;
use super::text::{self, MAX_SOURCE};
use super::walk::SourceFile;
use super::workspace::WorkspaceRoot;

/// How many configurations may extend one another.
const MAX_EXTENDS: usize = 16;

/// Tells the language of the project: TypeScript when it has a `tsconfig.json` or TypeScript sources.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Language {
    let config = sources.root.join("tsconfig.json");
    let is_typescript = |file: &SourceFile| {
        matches!(file.extension(), "ts" | "tsx" | "mts" | "cts")
            && file.path.contains('/')
            && !is_secondary(&file.path)
    };
    let typescript = config.is_file() || sources.files.iter().any(is_typescript);
    let mut strict = Strict {
        workspace: sources.workspace,
        top: repository(sources.root).unwrap_or(sources.top),
        unread: None,
        broken: None,
        seen: HashSet::new(),
    };
    // Without one of its own, a project is read by the nearest configuration above.
    let folders = sources.root.ancestors();
    let mut configs = folders
        .take_while(|folder| folder.starts_with(sources.top))
        .map(|folder| folder.join("tsconfig.json"));
    let nearest = configs.find(|file| file.is_file()).unwrap_or(config);
    let set = strict.of(&nearest, 0).filter(|_| typescript);
    let unread = strict.unread.take().filter(|_| typescript && set.is_none());
    if let Some(base) = &unread {
        let detail = format!("`strict` may be set in {base}, which is not in this project");
        findings.note("tsconfig_not_read", detail);
    }
    if let Some(file) = &strict.broken {
        let detail = format!("{file} cannot be read as JSON, so `strict` may be set there");
        findings.warn("tsconfig_unreadable", detail);
    }
    let is_default = typescript && set.is_none() && unread.is_none();
    Language {
        typescript,
        strict: set.or_else(|| default_strict(sources).filter(|_| is_default)),
    }
}

/// Strict by default since TypeScript 6; none when the version is not known.
/// <https://github.com/microsoft/TypeScript/issues/62333>
fn default_strict(sources: &Sources<'_>) -> Option<bool> {
    let version = sources.version("typescript");
    let version = version.or_else(|| sources.declared("typescript"))?;
    Some(major(&version)? >= 6)
}

struct Strict<'p> {
    workspace: Option<&'p WorkspaceRoot>,
    /// What nothing is read outside of.
    top: &'p Path,
    /// A configuration that is extended but lies outside the project.
    unread: Option<String>,
    /// The name of a configuration that is there and cannot be read.
    broken: Option<String>,
    /// The configurations that were read: those that refer to one another in many ways are read once.
    seen: HashSet<PathBuf>,
}

impl Strict<'_> {
    /// `compilerOptions.strict` of `config`; else of what it extends, the last first; else of what it refers to.
    /// <https://www.typescriptlang.org/tsconfig/#extends>
    fn of(&mut self, config: &Path, depth: usize) -> Option<bool> {
        if depth > MAX_EXTENDS || !self.seen.insert(config.canonicalize().ok()?) {
            return None;
        }
        let text = text::read_quietly(config, MAX_SOURCE);
        let Some(json) = text.and_then(|text| jsonc::parse(&text)) else {
            let name = config.file_name().unwrap_or_default();
            self.broken = Some(name.to_string_lossy().into_owned());
            return None;
        };
        let own = json.get("compilerOptions").and_then(|o| o.get("strict"));
        if let Some(strict) = own.and_then(Value::as_bool) {
            return Some(strict);
        }
        let extends = json.get("extends");
        let mut bases = manifest::strings(extends);
        bases.extend(manifest::string(extends));
        let inherited = bases.iter().rev().find_map(|base| {
            let file = self.locate(config, base)?;
            self.of(&file, depth.saturating_add(1))
        });
        inherited.or_else(|| {
            let references = json.get("references")?.as_array()?;
            references.iter().find_map(|reference| {
                let place = manifest::string(reference.get("path"))?;
                let file = existing(&config.parent()?.join(place))?;
                self.of(&file, depth.saturating_add(1))
            })
        })
    }

    /// The file that `base` means: beside `config`, or in a package of the workspace.
    fn locate(&mut self, config: &Path, base: &str) -> Option<PathBuf> {
        let place = if base.starts_with('.') || Path::new(base).is_absolute() {
            config.parent()?.join(base)
        } else {
            let members = self.workspace.map_or(&[][..], |all| &all.members[..]);
            let inside = members.iter().find_map(|member| {
                let rest = base.strip_prefix(member.name.as_deref()?)?;
                match rest.strip_prefix('/') {
                    Some(rest) => Some(member.folder.join(rest)),
                    None => rest.is_empty().then(|| member.folder.clone()),
                }
            });
            inside.or_else(|| {
                let is_package = !base.contains([':', '\\', '~']);
                let base = if is_package { base } else { "another place" };
                self.unread = Some(base.to_owned());
                None
            })?
        };
        let file = existing(&place)?;
        let is_inside = canonical_inside(&file, self.top).is_some();
        if !is_inside {
            self.unread = Some("another place".to_owned());
        }
        is_inside.then_some(file)
    }
}

/// `place` as it is, with `.json`, or the `tsconfig.json` in it.
fn existing(place: &Path) -> Option<PathBuf> {
    let mut with_json = place.as_os_str().to_owned();
    with_json.push(".json");
    [
        place.to_owned(),
        PathBuf::from(with_json),
        place.join("tsconfig.json"),
    ]
    .into_iter()
    .find(|file| file.is_file())
}
