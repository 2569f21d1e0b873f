//! All applications of a workspace, or one of them named by its folder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use super::deadline::Deadline;
use super::error::AnalyzeError;
use super::findings::{Finding, Findings};
use super::frameworks::detected;
use super::manifest::Manifest;
use super::report::{Analysis, SCHEMA_VERSION, Workspace};
use super::workspace::WorkspaceRoot;
use super::{Options, Progress, analyze_until, resolve, threads, walk};
use crate::base::clock::Clock;

/// How many applications are analyzed at once; each already reads its files on all threads.
const MAX_AT_ONCE: usize = 8;

/// How deep workspaces inside workspaces are looked into.
const MAX_NESTED: usize = 4;

/// Every application of a workspace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceAnalysis {
    /// The version of this JSON: 1.
    pub schema_version: u32,
    /// When the analysis began.
    pub analyzed_at: Timestamp,
    /// The workspace; none where there is no workspace but one application alone.
    pub workspace: Option<Workspace>,
    /// Its applications, sorted by folder; those of workspaces inside it included.
    pub apps: Vec<AppAnalysis>,
    /// What could not be read or known of the workspace itself.
    pub findings: Vec<Finding>,
}

/// One application: its `analysis`, or the `error` for which there is none.
#[derive(Debug, Serialize)]
pub struct AppAnalysis {
    /// Its folder, relative to the workspace root (`.` for the root itself).
    pub root: String,
    /// Its folder.
    #[serde(skip)]
    pub folder: PathBuf,
    /// What it is.
    #[serde(flatten)]
    pub outcome: AppOutcome,
}

/// How the analysis of one application ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AppOutcome {
    /// It was read. Its JSON is that of `decantr analyze` in its folder.
    Analysis(Box<Analysis>),
    /// It was not.
    Error(AppError),
}

/// Why one application could not be analyzed.
#[derive(Debug, Serialize)]
pub struct AppError {
    /// The stable name of the kind of error.
    pub code: &'static str,
    /// What is wrong, with paths relative to the workspace root.
    pub message: String,
    /// Whether the folder was read well and simply is no web project.
    #[serde(skip)]
    pub is_not_web_project: bool,
}

impl WorkspaceAnalysis {
    /// The analyses there are.
    pub fn analyses(&self) -> impl Iterator<Item = &Analysis> {
        self.apps.iter().filter_map(|app| match &app.outcome {
            AppOutcome::Analysis(analysis) => Some(&**analysis),
            AppOutcome::Error(_) => None,
        })
    }

    /// Why the others could not be analyzed.
    pub fn errors(&self) -> impl Iterator<Item = &AppError> {
        self.apps.iter().filter_map(|app| match &app.outcome {
            AppOutcome::Analysis(_) => None,
            AppOutcome::Error(error) => Some(error),
        })
    }
}

/// Analyzes every application of the workspace that `path` is the root or a member of, several at once. Where there is no
/// workspace, `path` itself is the one application. Writes nothing. The time limit is that of all of them together.
///
/// # Errors
/// [`AnalyzeError::NotWebProject`] when there is no application. What is wrong with one application is in its own entry.
pub fn analyze_all(
    path: &Path,
    options: &Options,
    clock: &Clock,
    progress: &dyn Progress,
) -> Result<WorkspaceAnalysis, AnalyzeError> {
    let started = clock.now();
    let folder = resolve(path)?;
    let mut findings = Findings::default();
    let whole = Deadline::after(options.time_limit, clock);
    let Some(workspace) = WorkspaceRoot::around(&folder, &whole, &mut findings) else {
        let analysis = super::analyze(path, options, clock, progress)?;
        return Ok(WorkspaceAnalysis {
            schema_version: SCHEMA_VERSION,
            analyzed_at: started,
            workspace: None,
            apps: vec![AppAnalysis {
                root: ".".to_owned(),
                folder,
                outcome: AppOutcome::Analysis(Box::new(analysis)),
            }],
            findings: Vec::new(),
        });
    };
    let top = &workspace.folder;
    let folders = apps(&workspace, &whole);
    whole.report(&mut findings);
    if folders.is_empty() {
        return Err(AnalyzeError::NotWebProject {
            path: top.clone(),
            reason: if whole.has_cut() {
                "no web application was found before the time was over"
            } else {
                "a workspace without any web application"
            },
        });
    }
    let pool = threads::pool()?;
    let work: Vec<_> = folders
        .into_iter()
        .map(|folder| (folder, Deadline::after(options.time_limit, clock)))
        .collect();
    let mut apps = in_parallel(&work, |(folder, deadline)| {
        let analysis = analyze_until(folder, deadline, clock, Some(&pool), progress);
        AppAnalysis {
            root: walk::relative(top, folder),
            folder: folder.clone(),
            outcome: match analysis {
                Ok(analysis) => AppOutcome::Analysis(Box::new(analysis)),
                Err(error) => AppOutcome::Error(AppError::below(top, &error)),
            },
        }
    });
    apps.sort_by(|a, b| a.root.cmp(&b.root));
    Ok(WorkspaceAnalysis {
        schema_version: SCHEMA_VERSION,
        analyzed_at: started,
        workspace: workspace.report(own_framework(&workspace)),
        apps,
        findings: findings.into_sorted(),
    })
}

/// The folder of the package `app` (relative to the root) of the workspace that `path` is the root or a member of.
///
/// # Errors
/// [`AnalyzeError::NoWorkspace`] when there is no workspace, [`AnalyzeError::NoSuchApp`] when no package lies there,
/// [`AnalyzeError::NotWebProject`] when the time was over before one was found.
pub fn app_folder(
    path: &Path,
    app: &Path,
    options: &Options,
    clock: &Clock,
) -> Result<PathBuf, AnalyzeError> {
    let folder = resolve(path)?;
    let mut findings = Findings::default();
    let deadline = Deadline::after(options.time_limit, clock);
    let Some(workspace) = WorkspaceRoot::around(&folder, &deadline, &mut findings) else {
        return Err(AnalyzeError::NoWorkspace { path: folder });
    };
    let top = &workspace.folder;
    let wanted = walk::relative(top, &top.join(app));
    let apps = apps(&workspace, &deadline);
    let members = workspace.members.iter().map(|member| &member.folder);
    let mut folders = members.chain(&apps);
    let found = folders.find(|folder| walk::relative(top, folder) == wanted);
    if found.is_none() && deadline.has_cut() {
        return Err(AnalyzeError::NotWebProject {
            path: top.join(app),
            reason: "it was not found in the workspace before the time was over",
        });
    }
    found.cloned().ok_or_else(|| AnalyzeError::NoSuchApp {
        app: app.to_owned(),
        apps: apps
            .iter()
            .map(|folder| walk::relative(top, folder))
            .collect(),
    })
}

impl AppError {
    fn below(top: &Path, error: &AnalyzeError) -> Self {
        let inside = format!("{}{}", top.display(), std::path::MAIN_SEPARATOR);
        let message = error.to_string().replace(&inside, "");
        Self {
            code: error.code(),
            is_not_web_project: error.is_not_web_project(),
            message: message.replace(&*top.display().to_string(), "."),
        }
    }
}

/// The folders of all applications: the root, the members, and those of members that are workspaces; also of the packages
/// of which nobody can tell, because their manifest is broken. Sorted.
fn apps(workspace: &WorkspaceRoot, deadline: &Deadline) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(workspace, 0, deadline, &mut found);
    found.sort();
    found.dedup();
    found
}

fn collect(workspace: &WorkspaceRoot, depth: usize, deadline: &Deadline, found: &mut Vec<PathBuf>) {
    if own_framework(workspace).is_some() {
        found.push(workspace.folder.clone());
    }
    for member in &workspace.members {
        // What is wrong inside is found again by the analysis of each application there.
        let inner = (depth < MAX_NESTED)
            .then(|| WorkspaceRoot::at(&member.folder, deadline, &mut Findings::default()))
            .flatten();
        match inner {
            Some(inner) => collect(&inner, depth.saturating_add(1), deadline, found),
            None if member.is_app() || member.is_broken => found.push(member.folder.clone()),
            None => {}
        }
    }
}

/// The framework of the workspace root itself, as an analysis of it would tell.
fn own_framework(workspace: &WorkspaceRoot) -> Option<&'static str> {
    let manifest = Manifest::read(&workspace.folder).ok().flatten();
    let mut manifest = manifest.unwrap_or_default();
    let above = manifest.clone();
    let found = detected(&workspace.folder, &mut manifest, &above, Some(workspace));
    found.map(|found| found.known.id)
}

/// What `each` makes of every item of `work`, in any order.
fn in_parallel<T: Sync, R: Send>(work: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(work.len()));
    let run = || {
        while let Some(item) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = each(item);
            done.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(result);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 1..work.len().min(cores).min(MAX_AT_ONCE) {
            // Where the system has no thread to give, this one does the work of all.
            drop(std::thread::Builder::new().spawn_scoped(scope, run));
        }
        run();
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}
