//! A project: its manifest, workspace and framework, and the one pass that reads its sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use oxc_allocator::Allocator;
use rayon::ThreadPool;

use super::css::Style;
use super::deadline::Deadline;
use super::error::AnalyzeError;
use super::facts::Facts;
use super::findings::Findings;
use super::frameworks::{self, Known, detected};
use super::lockfile::{self, Versions};
use super::manifest::Manifest;
use super::packages::Packages;
use super::parse::{Modules, Resolver, Script};
use super::reading::{self, Told};
use super::report::{
    Analysis, Framework, Language, PackageManager, Routing, SCHEMA_VERSION, Scanned, Styling,
};
use super::walk::{SourceFile, Walk};
use super::workspace::WorkspaceRoot;
use super::{Progress, dependencies, language, nested, range, styling, threads};

/// A project before its sources are read.
#[derive(Debug)]
pub(super) struct Project {
    root: PathBuf,
    manifest: Manifest,
    workspace: Option<WorkspaceRoot>,
    framework: Option<&'static Known>,
    manager: Option<PackageManager>,
    versions: Versions,
    /// Whether the framework is a dependency of another package of the workspace.
    is_lent: bool,
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
    /// When to come to an end.
    pub(super) deadline: &'p Deadline,
    versions: &'p Versions,
}

impl Sources<'_> {
    /// What the script at `path` says; none when it was not parsed.
    pub(super) fn script(&self, path: &str) -> Option<&Script> {
        self.facts.get(path)?.script()
    }

    /// All scripts by path, those in components included.
    pub(super) fn scripts(&self) -> impl Iterator<Item = (&str, &Script)> {
        let scripts = self.facts.iter();
        scripts.filter_map(|(path, facts)| Some((path.as_str(), facts.script()?)))
    }

    /// All style sheets, those in components included.
    pub(super) fn styles(&self) -> impl Iterator<Item = &Style> {
        self.facts.values().flat_map(Facts::styles)
    }

    /// For looking into the project's modules and those of its workspace's packages.
    pub(super) fn modules<'a>(&self, allocator: &'a Allocator) -> Modules<'a> {
        let resolver = Resolver::new(self.root, self.top, Packages::of(self.workspace));
        let modules = Modules::new(allocator, resolver).until(self.deadline);
        modules.with_aliases(self.manifest)
    }

    /// The installed version of the direct dependency `name`.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        // A package of the workspace is linked, so that lockfiles have no version of it:
        // https://pnpm.io/workspaces#workspace-protocol-workspace
        let locked = self.versions.of(name, self.declared(name).as_deref());
        locked.or_else(|| self.workspace?.version(name))
    }

    /// The installed version of `name`: of the direct dependency, or the one that one of `parents` brings along, or the only
    /// one there is.
    pub(super) fn version_through(&self, name: &str, parents: &[&str]) -> Option<String> {
        let below = |parent: &&str| {
            let declared = self.declared(parent)?;
            self.versions.below(parent, Some(&declared), name)
        };
        let own = self.declared(name).and_then(|_| self.version(name));
        own.or_else(|| parents.iter().find_map(below))
            .or_else(|| self.versions.only(name))
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
    pub(super) fn open(
        root: &Path,
        deadline: &Deadline,
        findings: &mut Findings,
    ) -> Result<Self, AnalyzeError> {
        let own = Manifest::read(root)?;
        let workspace = WorkspaceRoot::around(root, deadline, findings);
        let is_root = workspace.as_ref().is_some_and(|all| all.folder == root);
        let has_apps = is_root && workspace.as_ref().is_some_and(WorkspaceRoot::has_apps);
        let top = workspace.as_ref().map_or(root, |all| all.folder.as_path());
        let above = (top != root).then(|| Manifest::read(top).ok().flatten());
        let above = above.flatten().unwrap_or_default();
        let mut manifest = own.clone().unwrap_or_default();
        manifest.inherit_imports(&above);
        let detected = detected(root, &mut manifest, &above, workspace.as_ref());
        if detected.is_none() && !has_apps {
            return Err(AnalyzeError::NotWebProject {
                path: root.to_owned(),
                reason: if is_root {
                    "a workspace without any web application"
                } else if own.is_some() {
                    "no web framework in package.json and no index.html"
                } else {
                    "no package.json and no index.html"
                },
            });
        }
        let said = lockfile::Said::by(&manifest, &above, top, top == root);
        let (manager, versions) = lockfile::find(root, top, &said, findings);
        Ok(Self {
            root: root.to_owned(),
            manifest,
            framework: detected.map(|found| found.known),
            is_lent: detected.is_some_and(|found| found.is_lent),
            manager,
            versions,
            workspace,
        })
    }

    /// Reads the sources and puts the report together, without its time and findings.
    pub(super) fn read(
        &self,
        deadline: &Deadline,
        pool: Option<&ThreadPool>,
        progress: &dyn Progress,
        findings: &mut Findings,
    ) -> Result<Analysis, AnalyzeError> {
        let Some(known) = self.framework else {
            return Ok(self.workspace_only(findings));
        };
        let others = nested::packages(&self.root, self.workspace.as_ref(), deadline, findings);
        let read = || {
            let walk = Walk::over(&self.root, self.top(), others, deadline);
            let told = reading::read(walk, &known.reader, progress, findings);
            self.analysis(known, told, deadline, findings)
        };
        Ok(match pool {
            Some(pool) => pool.install(read),
            None => threads::pool()?.install(read),
        })
    }

    /// The report on what the sources told.
    fn analysis(
        &self,
        known: &Known,
        told: Told,
        deadline: &Deadline,
        findings: &mut Findings,
    ) -> Analysis {
        let Told {
            files,
            facts,
            scanned,
        } = told;
        let sources = Sources {
            root: &self.root,
            top: self.top(),
            manifest: &self.manifest,
            files: &files,
            facts: &facts,
            deadline,
            versions: &self.versions,
            workspace: self.workspace.as_ref(),
        };
        let routes = (known.reader.read)(&sources, findings);
        let what = "routes whose paths are too long";
        findings.warn_of("routes_not_read", what, &routes.too_long);
        let scripts = facts.values().filter_map(Facts::script);
        let components = scripts.map(|script| script.components);
        Analysis {
            framework: Some(self.report_framework(known, &sources, findings)),
            language: language::read(&sources, findings),
            pages: routes.pages,
            components: components.sum(),
            styling: styling::read(&sources, findings),
            features: dependencies::features(&self.manifest, routes.features, &self.root),
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
        let version = package.and_then(|name| {
            let lent = || self.is_lent.then(|| self.versions.only(name)).flatten();
            sources.version(name).or_else(lent)
        });
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
            bundler: frameworks::bundler(known, (&self.root, &self.manifest), major),
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
                .and_then(|all| all.report(own.map(|known| known.id))),
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
