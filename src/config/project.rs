//! A repository's `.decantr/project.json`: it can turn telemetry off or invite, never on.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::ConfigError;
use super::policy::read_layer;
use crate::base::fsx::{self, FsError};
use crate::base::ids::OpaqueId;

/// Where the file is, below a project's folder.
pub const PROJECT_FILE: &str = ".decantr/project.json";

/// The key of the id that a team committed.
const PROJECT_ID: &str = "telemetryProjectId";

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

    /// Writes `id` into the file of the project at `folder`, which is made if need be; everything else in it stays as it is, to
    /// the byte. Nothing else in decantr writes this file.
    ///
    /// # Errors
    /// When there is an id already, the file is no JSON object, `.decantr` is no folder of the project's own, or it cannot be
    /// written.
    pub fn write_id(folder: &Path, id: &OpaqueId) -> Result<(), ConfigError> {
        let path = folder.join(PROJECT_FILE);
        let below = path.parent().unwrap_or(folder);
        match below.symlink_metadata() {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => {
                // A link might lead out of the project.
                let problem = io::Error::other("it is no folder of the project's own");
                return Err(FsError::new("write into", below, problem).into());
            }
            Err(_) => std::fs::create_dir(below).map_err(fsx::context("create", below))?,
        }
        let old = fsx::read_bounded(&path, LIMIT)?.unwrap_or_else(|| b"{}\n".to_vec());
        let not_json = |source| ConfigError::NotJson {
            path: path.clone(),
            source,
        };
        let members: Map<String, Value> = serde_json::from_slice(&old).map_err(not_json)?;
        if members.contains_key(PROJECT_ID) {
            return Err(ConfigError::WrongValue {
                path: path.clone(),
                key: PROJECT_ID,
                expected: "absent, so nothing was written",
            });
        }
        fsx::write_atomic(&path, &with_member(&old, members.is_empty(), id))?;
        open_to_readers(&path)?;
        Ok(())
    }

    /// Whether telemetry is off here.
    pub fn denies(&self) -> bool {
        matches!(self.telemetry, Say::Off | Say::Unreadable(_))
    }
}

/// `object` with the id as its last member. The last brace is the object's own.
fn with_member(object: &[u8], is_empty: bool, id: &OpaqueId) -> Vec<u8> {
    let end = object.iter().rposition(|byte| *byte == b'}').unwrap_or(0);
    let (inside, rest) = object.split_at(end);
    let comma = if is_empty { "" } else { "," };
    let mut written = inside.trim_ascii_end().to_vec();
    written.extend_from_slice(format!("{comma}\n  \"{PROJECT_ID}\": \"{id}\"\n").as_bytes());
    written.extend_from_slice(rest);
    written
}

/// It belongs to the repository, not to this person alone.
fn open_to_readers(path: &Path) -> Result<(), FsError> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(path, mode).map_err(fsx::context("open up", path))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<ProjectFile>, ConfigError> {
    let bytes = match read_layer(path, LIMIT) {
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
            key: PROJECT_ID,
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
    fn an_id_is_added_and_everything_else_stays() {
        let id = OpaqueId::certified("project", &[7; 32]).unwrap();
        let member = format!("\n  \"telemetryProjectId\": \"{id}\"\n}}");
        for (old, new) in [
            (None, format!("{{{member}\n")),
            (Some("{}"), format!("{{{member}")),
            (Some("{ }\n"), format!("{{{member}\n")),
            (
                Some("{\n\t\"telemetry\" : true, \"b\":[1.0,{\"x\":\"}\"}]\n}\n\n"),
                format!("{{\n\t\"telemetry\" : true, \"b\":[1.0,{{\"x\":\"}}\"}}],{member}\n\n"),
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(PROJECT_FILE);
            if let Some(old) = old {
                std::fs::create_dir(folder.path().join(".decantr")).unwrap();
                std::fs::write(&path, old).unwrap();
            }
            Project::write_id(folder.path(), &id).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), new);
            assert_eq!(Project::read(folder.path()).project_id.as_ref(), Some(&id));
            let again = Project::write_id(folder.path(), &id);
            assert!(matches!(again, Err(ConfigError::WrongValue { .. })));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_out_of_the_project_or_over_what_is_no_object() {
        let id = OpaqueId::certified("project", &[7; 32]).unwrap();
        let [project, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), project.path().join(".decantr")).unwrap();
        assert!(Project::write_id(project.path(), &id).is_err());
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        for text in ["", "[]", "{", "{\"telemetryProjectId\":null}"] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join(".decantr")).unwrap();
            let path = folder.path().join(PROJECT_FILE);
            std::fs::write(&path, text).unwrap();
            assert!(Project::write_id(folder.path(), &id).is_err(), "{text}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
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
