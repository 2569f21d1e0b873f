//! What can be wrong with settings; each text names the source, the key or path, and what to do.

use std::path::PathBuf;

use crate::base::fsx::FsError;
use crate::base::http::HttpError;
use crate::config::Source;

/// A setting that cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FsError),
    /// A file is not JSON of the documented shape.
    #[error("cannot parse {}; correct or remove it", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// A file is not TOML of the documented shape.
    #[error("cannot parse {}; correct or remove it", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key of a file has a value of another kind than documented.
    #[error("{key} in {} is not {expected}", path.display())]
    WrongValue {
        /// The file.
        path: PathBuf,
        /// The key.
        key: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A line of a file of variables cannot be understood.
    #[error("line {line} of {} cannot be understood: {reason}", path.display())]
    BadLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why, without anything of the line.
        reason: &'static str,
    },
    /// There is no home directory to keep anything in.
    #[error(
        "HOME is not an absolute path of a home directory; set HOME, or DECANTR_CONFIG_DIR and DECANTR_STATE_DIR"
    )]
    NoHome,
    /// A folder was given by a relative path, which would move with the working directory.
    #[error("{key} is not an absolute path: {}", path.display())]
    NotAbsolute {
        /// The variable.
        key: &'static str,
        /// Its value.
        path: PathBuf,
    },
    /// A variable puts decantr's files into the project at hand, where a repository could have brought its own.
    #[error("{key} points into the project {}; a person's consent is not kept with a project", project.display())]
    InsideProject {
        /// The variable.
        key: &'static str,
        /// The project's folder.
        project: PathBuf,
    },
    /// A setting of a service has a value that cannot be meant.
    #[error("{key} is not {expected}")]
    BadSetting {
        /// The variable, or what the setting is called in the program.
        key: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// An endpoint is not a usable address.
    #[error("{origin} is not a usable endpoint")]
    BadEndpoint {
        /// The kind of setting that names it.
        from: Source,
        /// Which flag, variable or key of which file.
        origin: String,
        /// Why.
        #[source]
        source: HttpError,
    },
}
