//! A web project, read as its framework reads it: walk, parse, framework rules, report. Uses `base` only.
//!
//! Nothing is guessed: what cannot be known without running code, and what could not be read, is a [`Finding`].

mod all;
mod css;
mod deadline;
mod dependencies;
mod error;
mod facts;
mod findings;
mod frameworks;
mod ignores;
mod jsonc;
mod language;
mod links;
mod lockfile;
mod manifest;
mod packages;
mod parse;
mod project;
mod range;
mod reading;
mod report;
mod secondary;
mod shared_styles;
mod styling;
mod text;
mod threads;
mod walk;
mod workspace;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::ThreadPool;

use crate::base::clock::Clock;

pub use all::{AppAnalysis, AppError, AppOutcome, WorkspaceAnalysis, analyze_all, app_folder};
pub use error::AnalyzeError;
pub use findings::{Finding, Level};
pub use report::{
    Analysis, Dependencies, Endpoint, Feature, Framework, Language, PackageManager, Route,
    RouteKind, Routing, Scanned, Styling, Tailwind, Workspace, WorkspaceApp, write_report,
};

use deadline::Deadline;
use findings::Findings;
use project::Project;

/// What an analysis may be told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How long it may take, by its clock: then it stops reading and reports what it has, with the finding `time_limit`.
    pub time_limit: Duration,
}

impl Default for Options {
    /// One minute.
    fn default() -> Self {
        Self {
            time_limit: Duration::from_mins(1),
        }
    }
}

/// Hears how far an analysis is. Called from several threads.
pub trait Progress: Sync {
    /// `files` more source files are done. How many there are is known only at the end, for they are read as they are found.
    fn advanced(&self, files: u64);
}

/// A [`Progress`] that hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn advanced(&self, _files: u64) {}
}

/// Reads the web project in the folder `path` and says what it is. Writes nothing.
///
/// A workspace root that is no app itself is reported as its list of apps, with no framework.
///
/// # Errors
/// [`AnalyzeError::NotWebProject`] when there is no web framework, no `index.html` and no app in a workspace here;
/// the others when `path` or its `package.json` cannot be read. Smaller troubles are findings.
pub fn analyze(
    path: &Path,
    options: &Options,
    clock: &Clock,
    progress: &dyn Progress,
) -> Result<Analysis, AnalyzeError> {
    let deadline = Deadline::after(options.time_limit, clock);
    analyze_until(path, &deadline, clock, None, progress)
}

/// [`analyze`] until `deadline`, on the threads of `pool` (its own where none is given).
fn analyze_until(
    path: &Path,
    deadline: &Deadline,
    clock: &Clock,
    pool: Option<&ThreadPool>,
    progress: &dyn Progress,
) -> Result<Analysis, AnalyzeError> {
    let started = clock.now();
    let root = resolve(path)?;
    let mut findings = Findings::default();
    let project = Project::open(&root, &mut findings)?;
    let mut analysis = project.read(deadline, pool, progress, &mut findings)?;
    deadline.report(&mut findings);
    analysis.findings = findings.into_sorted();
    analysis.analyzed_at = started;
    analysis.scanned.duration_ms =
        u64::try_from(clock.now().duration_since(started).as_millis()).unwrap_or(0);
    Ok(analysis)
}

/// The canonical folder of `path`, known to be listable.
fn resolve(path: &Path) -> Result<PathBuf, AnalyzeError> {
    let root = path
        .canonicalize()
        .map_err(|source| AnalyzeError::of_path(path, source))?;
    if !root.is_dir() {
        return Err(AnalyzeError::NotADirectory {
            path: path.to_owned(),
        });
    }
    drop(std::fs::read_dir(&root).map_err(|source| AnalyzeError::of_path(path, source))?);
    Ok(root)
}
