//! Building a small project in a temporary folder and analyzing it.

use std::fs;
use std::path::{Path, PathBuf};

use decantr::analyze::{Analysis, AnalyzeError, NoProgress, Options, analyze};
use decantr::base::clock::Clock;

/// A page that shows something.
pub(crate) const PAGE: &str = "export default function Page() { return <main>hello</main> }";

/// A manifest of a Next.js 15 application.
pub(crate) const NEXT: &str = r#"{ "dependencies": { "next": "15.1.0", "react": "19.0.0" } }"#;

/// A project on disk, removed when dropped.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

/// Writes `files` (path relative to the project, text) into a new folder.
pub(crate) fn project(files: &[(&str, &str)]) -> Project {
    let project = Project {
        folder: tempfile::tempdir().unwrap(),
    };
    for (path, text) in files {
        project.write(path, text.as_bytes());
    }
    project
}

/// A Next.js 15 application with `files`.
pub(crate) fn next(files: &[(&str, &str)]) -> Project {
    let project = project(&[("package.json", NEXT)]);
    for (path, text) in files {
        project.write(path, text.as_bytes());
    }
    project
}

impl Project {
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The analysis of the folder `inside` (`.` for the project).
    pub(crate) fn try_analyze(&self, inside: &str) -> Result<Analysis, AnalyzeError> {
        analyze_path(&self.path().join(inside))
    }

    pub(crate) fn analyze(&self) -> Analysis {
        self.try_analyze(".").unwrap()
    }
}

/// The analysis of `path` at a fixed time.
pub(crate) fn analyze_path(path: &Path) -> Result<Analysis, AnalyzeError> {
    let clock = Clock::fixed("2026-01-02T03:04:05Z".parse().unwrap());
    analyze(path, &Options::default(), &clock, &NoProgress)
}

/// `path` of every route.
pub(crate) fn routes(analysis: &Analysis) -> Vec<&str> {
    let routes = analysis.routing.routes.iter();
    routes.map(|route| route.path.as_str()).collect()
}

/// `path METHODS` of every endpoint.
pub(crate) fn endpoints(analysis: &Analysis) -> Vec<String> {
    let endpoints = analysis.routing.endpoints.iter();
    endpoints
        .map(|endpoint| format!("{} {}", endpoint.path, endpoint.methods.join(",")))
        .collect()
}

/// The code of every finding.
pub(crate) fn codes(analysis: &Analysis) -> Vec<&str> {
    analysis
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}
