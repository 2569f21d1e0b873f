//! Why a folder could not be analyzed: one variant for each thing its owner can do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::fsx::FsError;

/// An analysis that did not happen, or a report that was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnalyzeError {
    /// The folder holds no web project.
    #[error("{} is not a web project ({reason})", path.display())]
    NotWebProject {
        /// The folder that was looked at.
        path: PathBuf,
        /// What was looked for and not found.
        reason: &'static str,
    },
    /// There is nothing at this path.
    #[error("cannot analyze {}: there is no such folder", path.display())]
    PathNotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is a file.
    #[error("cannot analyze {}: it is not a folder (give the project's folder)", path.display())]
    NotADirectory {
        /// The path as given.
        path: PathBuf,
    },
    /// There is no workspace whose applications could be named.
    #[error("{} is in no workspace", path.display())]
    NoWorkspace {
        /// The folder around which it was looked for.
        path: PathBuf,
    },
    /// No package of the workspace lies at this path.
    #[error("no package of the workspace lies at {} (its applications: {})", app.display(), list(apps))]
    NoSuchApp {
        /// The path as given, relative to the workspace root.
        app: PathBuf,
        /// The folders of the workspace's applications.
        apps: Vec<String>,
    },
    /// `package.json` is not a JSON object, or not a file at all.
    #[error("cannot read {}: {problem}", path.display())]
    PackageJsonInvalid {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// `package.json` is larger than any real one.
    #[error("cannot read {}: larger than {limit} bytes", path.display())]
    PackageJsonTooLarge {
        /// The manifest.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The system refused to start even one thread to parse on.
    #[error("cannot start threads")]
    Threads {
        /// The system's answer.
        source: io::Error,
    },
    /// The system refused to read or write something that is needed.
    #[error(transparent)]
    Unreadable(#[from] FsError),
}

impl AnalyzeError {
    /// Whether the folder was read well and simply is no web project.
    pub fn is_not_web_project(&self) -> bool {
        matches!(self, Self::NotWebProject { .. })
    }

    /// A stable name of the kind of error, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotWebProject { .. } => "not_a_web_project",
            Self::PathNotFound { .. } | Self::NoSuchApp { .. } => "path_not_found",
            Self::NoWorkspace { .. } => "not_found",
            Self::NotADirectory { .. } => "not_a_directory",
            Self::PackageJsonInvalid { .. } => "package_json_invalid",
            Self::PackageJsonTooLarge { .. } => "package_json_too_large",
            Self::Threads { .. } => "analyze_failed",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// The system's answer about the analyzed path itself.
    pub(super) fn of_path(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::PathNotFound { path },
            io::ErrorKind::NotADirectory => Self::NotADirectory { path },
            _ => FsError::new("read", &path, source).into(),
        }
    }
}

fn list(apps: &[String]) -> String {
    if apps.is_empty() {
        "none".to_owned()
    } else {
        apps.join(", ")
    }
}
