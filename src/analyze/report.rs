//! The report: the exact JSON of an analysis, its counts, and writing it into the project.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::error::AnalyzeError;
use super::findings::Finding;
use crate::base::fsx::{self, FsError};

/// The version of the JSON below; it changes when a reader of the old one would misread the new one.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// What a web project is made of. Paths are relative to the analyzed folder (those of `workspace` to the workspace
/// root), with `/`; every list is sorted; no absolute path and no content of any file is in it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Analysis {
    /// The version of this JSON: 1.
    pub schema_version: u32,
    /// When the analysis began.
    pub analyzed_at: Timestamp,
    /// The workspace that the folder is the root or a member of.
    pub workspace: Option<Workspace>,
    /// The framework; none at a workspace root that is no app itself.
    pub framework: Option<Framework>,
    /// The package manager, as far as a lockfile or `packageManager` tells it.
    pub package_manager: Option<PackageManager>,
    /// The language of the sources.
    pub language: Language,
    /// Routes and endpoints.
    pub routing: Routing,
    /// Files that render a route, parallel and intercepting ones included.
    pub pages: u64,
    /// Components that are declared at the top level of a module.
    pub components: u64,
    /// How the project is styled.
    pub styling: Styling,
    /// Direct dependencies of note, by category.
    pub dependencies: Dependencies,
    /// What the application can do, each with the reason for saying so.
    pub features: Vec<Feature>,
    /// What could not be read or known.
    pub findings: Vec<Finding>,
    /// How much was read.
    pub scanned: Scanned,
}

/// A workspace (monorepo).
#[derive(Debug, Clone, Serialize)]
pub struct Workspace {
    /// `pnpm npm yarn bun nx turbo lerna rush deno`.
    pub kind: &'static str,
    /// Its web applications.
    pub apps: Vec<WorkspaceApp>,
    /// How many packages it has, applications included.
    pub packages: u64,
}

/// A web application of a workspace.
#[derive(Debug, Clone, Serialize)]
pub struct WorkspaceApp {
    /// Its folder, relative to the workspace root.
    pub root: String,
    /// Its framework's id.
    pub framework: &'static str,
}

/// The framework.
#[derive(Debug, Clone, Serialize)]
pub struct Framework {
    /// Its id in the vocabulary.
    pub id: &'static str,
    /// The installed version, by the lockfile.
    pub version: Option<String>,
    /// The range the manifest (or the workspace's catalog) asks for.
    pub declared: Option<String>,
    /// The library that renders.
    pub ui: Option<&'static str>,
    /// The bundler of a production build, where it is certain.
    pub bundler: Option<&'static str>,
}

/// The package manager.
#[derive(Debug, Clone, Serialize)]
pub struct PackageManager {
    /// `npm pnpm yarn bun deno`.
    pub id: &'static str,
    /// The version that `packageManager` pins.
    pub version: Option<String>,
    /// The lockfile's name.
    pub lockfile: Option<&'static str>,
}

/// The language of the sources.
#[derive(Debug, Clone, Serialize)]
pub struct Language {
    /// Whether the project is written in TypeScript.
    pub typescript: bool,
    /// The compiler's `strict`, by its configuration or default; none when it is not TypeScript or not known.
    pub strict: Option<bool>,
}

/// Routes and endpoints.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Routing {
    /// The routing strategy's id in the vocabulary.
    pub strategy: Option<&'static str>,
    /// What a browser can visit: leaf page patterns, sorted by path.
    pub routes: Vec<Route>,
    /// What answers requests without being a page, sorted by path.
    pub endpoints: Vec<Endpoint>,
}

/// A leaf page pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Route {
    /// In path-to-regexp notation: `:id`, `:id?`, `:slug+`, `:slug*`.
    pub path: String,
    /// The file that renders it.
    pub file: String,
    /// What visiting it does.
    pub kind: RouteKind,
}

/// What visiting a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RouteKind {
    /// It shows a page.
    Page,
    /// It shows a layout without a page in it.
    LayoutOnly,
    /// It always leads elsewhere.
    Redirect,
}

/// An API route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Endpoint {
    /// As in [`Route::path`].
    pub path: String,
    /// The file that answers.
    pub file: String,
    /// The HTTP methods it declares; empty when one handler takes them all.
    pub methods: Vec<&'static str>,
}

/// How the project is styled.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Styling {
    /// The main approach's id in the vocabulary.
    pub approach: Option<&'static str>,
    /// Tailwind CSS, when it is used.
    pub tailwind: Option<Tailwind>,
    /// Distinct CSS custom properties that the project's style sheets declare.
    pub css_variables: u64,
    /// Whether there is a dark mode.
    pub dark_mode: bool,
    /// The other approaches that are in use.
    pub also: Vec<&'static str>,
}

/// Tailwind CSS.
#[derive(Debug, Clone, Serialize)]
pub struct Tailwind {
    /// The installed version, by the lockfile.
    pub version: Option<String>,
}

/// Direct dependencies of note. One package may be in several categories.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Dependencies {
    /// Components, icons, motion.
    pub ui: Vec<String>,
    /// Client and server state.
    pub state: Vec<String>,
    /// Sign-in, sessions, credentials.
    pub auth: Vec<String>,
    /// Databases and their clients.
    pub db: Vec<String>,
    /// CSS tools.
    pub styling: Vec<String>,
    /// Fetching and API layers.
    pub data: Vec<String>,
    /// Forms and validation.
    pub forms: Vec<String>,
    /// Test tools.
    pub testing: Vec<String>,
}

/// Something the application can do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Feature {
    /// Its id.
    pub id: String,
    /// Why: `dependency <name>` or `file <path>`.
    pub evidence: String,
}

/// How much was read.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scanned {
    /// Source and style files that were read.
    pub files: u64,
    /// Their size, in bytes.
    pub bytes: u64,
    /// Source files and folders that were met but not read (too large, unreadable, symbolic links).
    pub skipped: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

impl Dependencies {
    /// The packages of every category, by its name in the JSON.
    pub fn by_category(&self) -> [(&'static str, &[String]); 8] {
        [
            ("ui", &self.ui),
            ("state", &self.state),
            ("auth", &self.auth),
            ("db", &self.db),
            ("styling", &self.styling),
            ("data", &self.data),
            ("forms", &self.forms),
            ("testing", &self.testing),
        ]
    }
}

impl RouteKind {
    /// Its name in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::LayoutOnly => "layout-only",
            Self::Redirect => "redirect",
        }
    }
}

impl Analysis {
    /// How many routes there are.
    pub fn route_count(&self) -> usize {
        self.routing.routes.len()
    }

    /// How many files render a route.
    pub fn page_count(&self) -> u64 {
        self.pages
    }

    /// How many components there are.
    pub fn component_count(&self) -> u64 {
        self.components
    }

    /// How many dependency categories have at least one package.
    pub fn dependency_category_count(&self) -> usize {
        let all = self.dependencies.by_category();
        all.iter().filter(|(_, all)| !all.is_empty()).count()
    }

    /// The framework's id in the vocabulary.
    pub fn framework_id(&self) -> Option<&str> {
        self.framework.as_ref().map(|framework| framework.id)
    }

    /// Whether this is an application inside a workspace.
    pub fn is_workspace_app(&self) -> bool {
        self.workspace.is_some() && self.framework.is_some()
    }
}

/// Writes `analysis` as `.decantr/analysis.json` under `root`, replacing an earlier one in one step; returns its path.
///
/// # Errors
/// When `.decantr` is a symbolic link (which might lead out of the project) or no folder, or cannot be written.
pub fn write_report(root: &Path, analysis: &Analysis) -> Result<PathBuf, AnalyzeError> {
    let folder = root.join(".decantr");
    match folder.symlink_metadata() {
        Ok(meta) if meta.is_dir() => {}
        Ok(meta) => {
            let problem = if meta.is_symlink() {
                "it is a symbolic link"
            } else {
                "it is not a folder"
            };
            return Err(FsError::new("write into", &folder, io::Error::other(problem)).into());
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir(&folder).map_err(fsx::context("create", &folder))?;
        }
        Err(error) => return Err(FsError::new("write into", &folder, error).into()),
    }
    let path = folder.join("analysis.json");
    let mut bytes = serde_json::to_vec_pretty(analysis)
        .map_err(|error| FsError::new("write", &path, error.into()))?;
    bytes.push(b'\n');
    fsx::write_atomic(&path, &bytes)?;
    Ok(path)
}
