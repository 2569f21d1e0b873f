//! The administrator's policy file: it can forbid telemetry on this machine, and nothing else.

use std::io;
use std::path::Path;

use serde::Deserialize;

use super::ConfigError;
use crate::base::fsx::{self, FsError};

/// Where the policy is. No variable moves it: who could set one could undo it.
pub const POLICY_FILE: &str = "/etc/decantr/policy.toml";

/// The largest policy that is read, in bytes.
const LIMIT: u64 = 64 * 1024;

/// What the policy says about telemetry.
#[derive(Debug)]
pub enum Policy {
    /// There is none, or it allows telemetry, which is the same.
    Silent,
    /// `telemetry = "deny"`.
    Deny,
    /// It is there but cannot be understood, which counts as a denial.
    Unreadable(ConfigError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    telemetry: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Allow,
    Deny,
}

impl Policy {
    /// Reads the policy at `path`. Its one key is `telemetry`: `"deny"`, or `"allow"`, which is the same as no policy. A file
    /// without it cannot be told from one whose end got lost, so it denies.
    pub fn read(path: &Path) -> Self {
        let text = match read_layer(path, LIMIT) {
            Ok(None) => return Self::Silent,
            Ok(Some(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => return Self::Unreadable(error.into()),
        };
        match toml::from_str::<PolicyFile>(&text) {
            Ok(file) => match file.telemetry {
                Word::Deny => Self::Deny,
                Word::Allow => Self::Silent,
            },
            Err(source) => Self::Unreadable(ConfigError::NotToml {
                path: path.to_owned(),
                source: Box::new(source),
            }),
        }
    }

    /// Whether it forbids telemetry.
    pub fn denies(&self) -> bool {
        !matches!(self, Self::Silent)
    }
}

/// Reads a file that can say no; none where there is none. A link to nothing is there: what it was to say cannot be read.
pub(super) fn read_layer(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    let bytes = fsx::read_bounded(path, limit)?;
    if bytes.is_none() && path.is_symlink() {
        let error = io::Error::other("it is a link to nothing");
        return Err(FsError::new("read", path, error));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_understood_denies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        assert!(!Policy::read(&path).denies(), "no file");
        for (text, denies) in [
            ("telemetry = \"allow\"", false),
            // What is left of one that was cut off.
            ("", true),
            ("# telemetry = \"deny\"", true),
            // A key with a typing error was meant to say something.
            ("telemtry = \"deny\"", true),
            ("telemetry = \"deny\"", true),
            ("telemetry = \"denied\"", true),
            ("telemetry = false", true),
            ("telemetry", true),
            ("\u{0}", true),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(Policy::read(&path).denies(), denies, "{text:?}");
        }
        assert!(Policy::read(folder.path()).denies(), "a folder");
    }
}
