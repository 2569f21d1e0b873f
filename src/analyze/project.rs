//! A project: its manifest, workspace and framework, and the one pass that reads its sources.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use oxc_allocator::Allocator;
use rayon::prelude::*;

use super::css::{self, Dialect, Style};
use super::error::AnalyzeError;
use super::findings::Findings;
use super::frameworks::{self, Known, Reader, Routes};
use super::lockfile::{self, Versions};
use super::manifest::Manifest;
use super::packages::Packages;
use super::parse::{self, Modules, Resolver, Script};
use super::report::{
    Analysis, Framework, Language, PackageManager, Routing, SCHEMA_VERSION, Scanned, Styling,
};
use super::text::{self, MAX_SOURCE};
use super::walk::{self, SourceFile, Walked};
use super::workspace::WorkspaceRoot;
use super::{Progress, dependencies, language, range, styling};

/// The most threads that parse; more gain little and reserve much.
const MAX_THREADS: usize = 8;

/// The parts of [`parse::STACK`] that a thread makes do with where memory is limited, one after the other.
const SMALL_SHARES: [usize; 2] = [4, 16];

/// A project before its sources are read.
#[derive(Debug)]
pub(super) struct Project {
    root: PathBuf,
    manifest: Manifest,
    workspace: Option<WorkspaceRoot>,
    framework: Option<&'static Known>,
    manager: Option<PackageManager>,
    versions: Versions,
}

/// The sources of a project, as the rules of its framework see them.
pub(super) struct Sources<'p> {
    /// The project's folder.
    pub(super) root: &'p Path,
    /// The folder above which nothing belongs to the project: its workspace's root, or its own.
    pub(super) top: &'p Path,
    /// Its manifest.
    pub(super) manifest: &'p Manifest,
    /// All source files, sorted by path.
    pub(super) files: &'p [SourceFile],
    /// What the parsed ones say, by path.
    pub(super) facts: &'p BTreeMap<String, Facts>,
    /// The workspace around it.
    pub(super) workspace: Option<&'p WorkspaceRoot>,
    versions: &'p Versions,
}

/// What a parsed file says.
#[derive(Debug)]
pub(super) enum Facts {
    /// A script.
    Script(Script),
    /// A style sheet.
    Style(Style),
}

impl Sources<'_> {
    /// What the script at `path` says; none when it was not parsed.
    pub(super) fn script(&self, path: &str) -> Option<&Script> {
        match self.facts.get(path)? {
            Facts::Script(script) => Some(script),
            Facts::Style(_) => None,
        }
    }

    /// All style sheets.
    pub(super) fn styles(&self) -> impl Iterator<Item = &Style> {
        self.facts.values().filter_map(|facts| match facts {
            Facts::Style(style) => Some(style),
            Facts::Script(_) => None,
        })
    }

    /// For looking into the project's modules and those of its workspace's packages.
    pub(super) fn modules<'a>(&self, allocator: &'a Allocator) -> Modules<'a> {
        let resolver = Resolver::new(self.root, self.top, Packages::of(self.workspace));
        Modules::new(allocator, resolver).with_aliases(self.manifest)
    }

    /// The installed version of the direct dependency `name`.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        self.versions.of(name, self.declared(name).as_deref())
    }

    /// The range asked for of `name`; for `catalog:`, the one in the workspace's catalog.
    pub(super) fn declared(&self, name: &str) -> Option<String> {
        let range = self.manifest.range(name)?;
        let catalog = self
            .workspace
            .and_then(|all| all.catalog_range(name, range));
        Some(catalog.unwrap_or(range).to_owned())
    }
}

impl Project {
    /// Reads the manifest and what lies around it.
    pub(super) fn open(root: &Path, findings: &mut Findings) -> Result<Self, AnalyzeError> {
        let own = Manifest::read(root)?;
        let workspace = WorkspaceRoot::around(root, findings);
        let is_root = workspace.as_ref().is_some_and(|all| all.folder == root);
        let has_apps = is_root && workspace.as_ref().is_some_and(WorkspaceRoot::has_apps);
        let top = workspace.as_ref().map_or(root, |all| all.folder.as_path());
        let above = (top != root).then(|| Manifest::read(top).ok().flatten());
        let above = above.flatten().unwrap_or_default();
        let mut manifest = own.clone().unwrap_or_default();
        let detected = if has_apps {
            frameworks::detect_app(&manifest, root)
        } else {
            frameworks::detect(&manifest)
        };
        let framework = detected
            .or_else(|| {
                let known = frameworks::by_project_file(root)?;
                manifest.dependencies.clone_from(&above.dependencies);
                Some(known)
            })
            .or_else(|| frameworks::html(root));
        if framework.is_none() && !has_apps {
            return Err(AnalyzeError::NotWebProject {
                path: root.to_owned(),
                reason: if own.is_some() {
                    "no web framework in package.json and no index.html"
                } else {
                    "no package.json and no index.html"
                },
            });
        }
        let pins: Vec<String> = [&manifest, &above]
            .into_iter()
            .filter_map(|manifest| manifest.package_manager.clone())
            .collect();
        let (manager, versions) = lockfile::find(root, top, &pins, findings);
        Ok(Self {
            root: root.to_owned(),
            manifest,
            framework,
            manager,
            versions,
            workspace,
        })
    }

    /// Reads the sources and puts the report together, without its time and findings.
    pub(super) fn read(
        &self,
        progress: &dyn Progress,
        findings: &mut Findings,
    ) -> Result<Analysis, AnalyzeError> {
        let Some(known) = self.framework else {
            return Ok(self.workspace_only(findings));
        };
        let others = self.workspace.as_ref();
        let others = others.map_or_else(HashSet::new, WorkspaceRoot::member_folders);
        let walked = walk::walk(&self.root, &others, findings);
        let pool = pool()?;
        Ok(pool.install(|| self.read_walked(known, &walked, progress, findings)))
    }

    fn read_walked(
        &self,
        known: &Known,
        walked: &Walked,
        progress: &dyn Progress,
        findings: &mut Findings,
    ) -> Analysis {
        let reader = known.reader.as_ref();
        let (facts, mut scanned) =
            read_files(&self.root, &walked.files, reader, progress, findings);
        scanned.skipped = scanned.skipped.saturating_add(walked.skipped);
        let sources = Sources {
            root: &self.root,
            top: self.top(),
            manifest: &self.manifest,
            files: &walked.files,
            facts: &facts,
            versions: &self.versions,
            workspace: self.workspace.as_ref(),
        };
        let routes = known
            .reader
            .as_ref()
            .map(|reader| (reader.read)(&sources, findings));
        let routes = routes.unwrap_or_else(|| unread(known, findings));
        let components = facts.values().map(|facts| match facts {
            Facts::Script(script) => script.components,
            Facts::Style(_) => 0,
        });
        Analysis {
            framework: Some(self.report_framework(known, &sources, findings)),
            language: language::read(&sources, findings),
            pages: routes.pages,
            components: components.sum(),
            styling: styling::read(&sources, findings),
            features: dependencies::features(&self.manifest, routes.features),
            routing: routes.routing,
            scanned,
            ..self.blank()
        }
    }

    /// The report on a workspace root: what is in it, and nothing about sources.
    fn workspace_only(&self, findings: &mut Findings) -> Analysis {
        let detail = "this is a workspace root: analyze one of its apps for routes and styling";
        findings.note("workspace_root", detail);
        self.blank()
    }

    fn report_framework(
        &self,
        known: &Known,
        sources: &Sources<'_>,
        findings: &mut Findings,
    ) -> Framework {
        let package = known.package(&self.manifest);
        let version = package.and_then(|name| sources.version(name));
        if let Some(name) = package.filter(|_| version.is_none() && self.versions.are_read()) {
            findings.warn(
                "version_not_locked",
                format!("the lockfile has no version of {name}"),
            );
        }
        if let Some(name) = package.filter(|_| version.is_none() && self.versions.are_missing()) {
            let detail = format!("no lockfile, so the installed version of {name} is not known");
            findings.warn("no_lockfile", detail);
        }
        let declared = package.and_then(|name| sources.declared(name));
        let major = version
            .as_deref()
            .or(declared.as_deref())
            .and_then(range::major);
        Framework {
            id: known.id,
            ui: known.ui,
            bundler: frameworks::bundler(known, &self.manifest, major),
            version,
            declared: declared.as_deref().and_then(range::shown),
        }
    }

    /// The project's folder and those of the workspace's packages.
    fn folders(&self) -> impl Iterator<Item = &Path> {
        let members = self.workspace.iter().flat_map(|all| &all.members);
        std::iter::once(&*self.root).chain(members.map(|member| member.folder.as_path()))
    }

    fn top(&self) -> &Path {
        self.workspace
            .as_ref()
            .map_or(&self.root, |all| &all.folder)
    }

    /// What is known without reading sources.
    fn blank(&self) -> Analysis {
        let own = self.framework.filter(|_| self.top() == self.root);
        Analysis {
            schema_version: SCHEMA_VERSION,
            analyzed_at: Timestamp::UNIX_EPOCH,
            workspace: self
                .workspace
                .as_ref()
                .map(|all| all.report(own.map(|known| known.id))),
            framework: None,
            package_manager: self.manager.clone(),
            language: Language {
                typescript: self
                    .folders()
                    .any(|folder| folder.join("tsconfig.json").is_file()),
                strict: None,
            },
            routing: Routing::default(),
            pages: 0,
            components: 0,
            styling: Styling::default(),
            dependencies: dependencies::categorize(&self.manifest),
            features: Vec::new(),
            findings: Vec::new(),
            scanned: Scanned::default(),
        }
    }
}

/// Threads to parse on: as many as there are cores, up to a bound, for each reserves a large stack. Where so much cannot be
/// reserved, one thread, with a smaller stack and narrower bounds on what is parsed if need be.
fn pool() -> Result<rayon::ThreadPool, AnalyzeError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let start = |threads: usize, share: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(parse::STACK / share)
            .start_handler(move |_| parse::narrow_bounds(share))
            .build()
    };
    let [middling, small] = SMALL_SHARES;
    start(cores.min(MAX_THREADS), 1)
        .or_else(|_| start(1, 1))
        .or_else(|_| start(1, middling))
        .or_else(|_| start(1, small))
        .map_err(|error| AnalyzeError::Threads {
            source: std::io::Error::other(error.to_string()),
        })
}

fn unread(known: &Known, findings: &mut Findings) -> Routes {
    let detail = format!("routes of {} are not read yet", known.id);
    findings.warn("framework_not_supported_yet", detail);
    Routes::default()
}

/// What became of one file.
enum Outcome {
    Read(Facts),
    Unreadable,
    NotParsed,
}

/// Reads and parses, in parallel, the files that can say something.
fn read_files(
    root: &Path,
    files: &[SourceFile],
    reader: Option<&Reader>,
    progress: &dyn Progress,
    findings: &mut Findings,
) -> (BTreeMap<String, Facts>, Scanned) {
    let tells = |file: &&SourceFile| {
        let extension = file.extension();
        let is_asset = file.path.starts_with("public/");
        !walk::is_secondary(&file.path)
            && ((!is_asset && (is_style(extension) || parse::may_hold_jsx(extension)))
                || (parse::is_script(extension)
                    && reader.is_some_and(|reader| (reader.wants)(&file.path))))
    };
    let files: Vec<&SourceFile> = files.iter().filter(tells).collect();
    progress.started(u64::try_from(files.len()).unwrap_or(u64::MAX));
    let outcomes: Vec<_> = files
        .par_iter()
        .map(|file| {
            let outcome = read_file(root, file);
            progress.advanced(1);
            outcome
        })
        .collect();
    let mut scanned = Scanned::default();
    let mut facts = BTreeMap::new();
    let (mut unreadable, mut not_parsed) = (Vec::new(), Vec::new());
    for (file, outcome) in files.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Read(read) => {
                scanned.files = scanned.files.saturating_add(1);
                scanned.bytes = scanned.bytes.saturating_add(file.bytes);
                facts.insert(file.path.clone(), read);
                continue;
            }
            Outcome::Unreadable => unreadable.push(file.path.clone()),
            Outcome::NotParsed => not_parsed.push(file.path.clone()),
        }
        scanned.skipped = scanned.skipped.saturating_add(1);
    }
    let is_source = |path: &String| !reader.is_some_and(|reader| (reader.configures)(path));
    unreadable.retain(is_source);
    not_parsed.retain(is_source);
    findings.warn_of("unreadable_file", "cannot be read as text", &unreadable);
    findings.warn_of(
        "not_parsed",
        "no valid syntax, or more brackets or tokens than are parsed",
        &not_parsed,
    );
    (facts, scanned)
}

fn read_file(root: &Path, file: &SourceFile) -> Outcome {
    let Ok(Some(text)) = text::read(&root.join(&file.path), MAX_SOURCE) else {
        return Outcome::Unreadable;
    };
    if is_style(file.extension()) {
        let style = css::read(&text, Dialect::of(&file.path));
        return Outcome::Read(Facts::Style(style));
    }
    match parse::script(&file.path, &text) {
        Ok(script) => Outcome::Read(Facts::Script(script)),
        Err(_) => Outcome::NotParsed,
    }
}

/// Whether files with this extension are style sheets that can be read.
fn is_style(extension: &str) -> bool {
    matches!(extension, "css" | "scss" | "less" | "pcss")
}
