//! A repository's `.decantr/project.json`: it can turn telemetry off or invite, never on.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;
use crate::base::fsx::{self, FsError};
use crate::base::ids::OpaqueId;

/// Where the file is, below a project's folder.
pub const PROJECT_FILE: &str = ".decantr/project.json";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// One project's file and what it says.
#[derive(Debug)]
pub struct Project {
    /// The file.
    pub path: PathBuf,
    /// What it says about telemetry.
    pub telemetry: Say,
    /// The id that a team committed.
    pub project_id: Option<OpaqueId>,
}

/// What a project says about telemetry.
#[derive(Debug)]
pub enum Say {
    /// Nothing, or there is no such file.
    Nothing,
    /// `"telemetry": true`: it invites. `status` shows one line; nothing else changes.
    Invites,
    /// `"telemetry": false`: off here.
    Off,
    /// It is there but cannot be understood, which counts as off.
    Unreadable(ConfigError),
}

#[derive(Deserialize)]
struct ProjectFile {
    telemetry: Option<bool>,
    #[serde(rename = "telemetryProjectId")]
    project_id: Option<OpaqueId>,
}

impl Project {
    /// Reads the file of the project at `folder`.
    pub fn read(folder: &Path) -> Self {
        let path = folder.join(PROJECT_FILE);
        match read(&path) {
            Ok(None) => Self {
                path,
                telemetry: Say::Nothing,
                project_id: None,
            },
            Ok(Some(file)) => Self {
                path,
                telemetry: match file.telemetry {
                    None => Say::Nothing,
                    Some(true) => Say::Invites,
                    Some(false) => Say::Off,
                },
                project_id: file.project_id,
            },
            Err(error) => Self {
                path,
                telemetry: Say::Unreadable(error),
                project_id: None,
            },
        }
    }

    /// Whether telemetry is off here.
    pub fn denies(&self) -> bool {
        matches!(self.telemetry, Say::Off | Say::Unreadable(_))
    }
}

fn read(path: &Path) -> Result<Option<ProjectFile>, ConfigError> {
    let bytes = match fsx::read_bounded(path, LIMIT) {
        Ok(bytes) => bytes,
        // The PATH argument, or `.decantr`, is a file: there is no project file below it.
        Err(FsError { source, .. }) if source.kind() == io::ErrorKind::NotADirectory => None,
        Err(error) => return Err(error.into()),
    };
    let Some(bytes) = bytes else { return Ok(None) };
    let file: ProjectFile =
        serde_json::from_slice(&bytes).map_err(|source| ConfigError::NotJson {
            path: path.to_owned(),
            source,
        })?;
    // Only a UUID: anything longer could spell the repository's name.
    let is_project = |id: &OpaqueId| {
        let tail = id.as_str().strip_prefix("project_");
        tail.is_some_and(|tail| uuid::Uuid::parse_str(tail).is_ok())
    };
    if file.project_id.as_ref().is_some_and(|id| !is_project(id)) {
        return Err(ConfigError::WrongValue {
            path: path.to_owned(),
            key: "telemetryProjectId",
            expected: "project_ and a UUID",
        });
    }
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Project {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".decantr")).unwrap();
        std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        Project::read(folder.path())
    }

    #[test]
    fn it_can_invite_or_turn_off() {
        assert!(matches!(of("{}").telemetry, Say::Nothing));
        assert!(matches!(
            of(r#"{"telemetry":true,"x":[1]}"#).telemetry,
            Say::Invites
        ));
        assert!(matches!(of(r#"{"telemetry":false}"#).telemetry, Say::Off));
        let id = "project_01234567-89ab-cdef-0123-456789abcdef";
        let team = of(&format!(r#"{{"telemetryProjectId":"{id}"}}"#));
        assert_eq!(team.project_id.unwrap().as_str(), id);
        assert!(!Project::read(Path::new("/dev/null")).denies());
    }

    #[test]
    fn what_cannot_be_understood_is_off() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"telemetry":"no"}"#,
            r#"{"telemetryProjectId":"me@example.com"}"#,
            r#"{"telemetryProjectId":"user_1"}"#,
        ] {
            let project = of(text);
            assert!(matches!(project.telemetry, Say::Unreadable(_)), "{text}");
            assert!(project.denies() && project.project_id.is_none());
        }
    }
}
