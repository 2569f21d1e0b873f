//! The user's `config.json`: reading never writes, writing keeps what it does not know, and what does not parse stays as it is.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use super::ConfigError;
use crate::base::fsx;
use crate::base::staged::Staged;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The key of this installation's opaque id.
pub const INSTALL_ID: &str = "telemetryInstallId";
/// The key of the time at which that id was made. Without it the id is never renewed by itself.
pub const INSTALL_ID_AT: &str = "telemetryInstallIdAt";
/// The key of the server that takes telemetry.
pub const TELEMETRY_ENDPOINT: &str = "telemetryEndpoint";
/// The key of the server that answers everything else, and takes telemetry where nothing else says so.
pub const API_URL: &str = "apiUrl";

/// `config.json` in memory. Members that decantr does not know keep their text and their order.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    members: Members,
}

impl ConfigFile {
    /// Reads `path`; a missing file is an empty one.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is not a JSON object.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let members = match fsx::read_bounded(path, LIMIT)? {
            None => Members::default(),
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|source| ConfigError::NotJson {
                    path: path.to_owned(),
                    source,
                })?
            }
        };
        Ok(Self {
            path: path.to_owned(),
            members,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text under `key`; `null` counts as absent.
    ///
    /// # Errors
    /// When the value is not a string.
    pub fn text(&self, key: &'static str) -> Result<Option<String>, ConfigError> {
        let Some((_, value)) = self.members.0.iter().rev().find(|(name, _)| name == key) else {
            return Ok(None);
        };
        serde_json::from_str(value.get()).map_err(|_not_text| ConfigError::WrongValue {
            path: self.path.clone(),
            key,
            expected: "a string",
        })
    }

    /// Puts `value` under `key`, in its old place if it has one.
    pub fn set(&mut self, key: &str, value: &str) {
        let Ok(value) = serde_json::value::to_raw_value(value) else {
            return;
        };
        match self
            .members
            .0
            .iter_mut()
            .rev()
            .find(|(name, _)| name == key)
        {
            Some((_, old)) => *old = value,
            None => self.members.0.push((key.to_owned(), value)),
        }
    }

    /// Takes `key` out; tells whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        let before = self.members.0.len();
        self.members.0.retain(|(name, _)| name != key);
        self.members.0.len() < before
    }

    /// Whether it has no members at all.
    pub fn is_empty(&self) -> bool {
        self.members.0.is_empty()
    }

    /// Writes the file, atomically and privately. The caller holds the lock under which it was loaded.
    pub fn save(&self) -> Result<(), ConfigError> {
        Ok(self.stage()?.put()?)
    }

    /// Makes the file ready to be put in place by a step that needs no room on the disk.
    pub fn stage(&self) -> Result<Staged, ConfigError> {
        let mut json =
            serde_json::to_vec_pretty(&self.members).map_err(|source| ConfigError::NotJson {
                path: self.path.clone(),
                source,
            })?;
        json.push(b'\n');
        Ok(Staged::write(&self.path, &json)?)
    }
}

/// The members of an object with the exact text of their values.
#[derive(Debug, Default)]
struct Members(Vec<(String, Box<RawValue>)>);

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_members_keep_their_text_and_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        let text = r#"{"z": 12345678901234567890123, "apiUrl":"https://a.example", "a": {"y":1.0,"b":[ 1 ]}}"#;
        std::fs::write(&path, text).unwrap();
        let mut file = ConfigFile::load(&path).unwrap();
        file.set(INSTALL_ID, "install_1");
        file.set(API_URL, "https://b.example");
        file.save().unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        let expected = "{\n  \"z\": 12345678901234567890123,\n  \"apiUrl\": \"https://b.example\",\n  \
             \"a\": {\"y\":1.0,\"b\":[ 1 ]},\n  \"telemetryInstallId\": \"install_1\"\n}\n";
        assert_eq!(written, expected);
        let mut again = ConfigFile::load(&path).unwrap();
        assert!(again.remove(INSTALL_ID) && !again.remove(INSTALL_ID));
    }

    #[test]
    fn loading_never_writes_and_what_does_not_parse_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        assert_eq!(
            ConfigFile::load(&path).unwrap().text(API_URL).unwrap(),
            None
        );
        assert!(!path.exists());
        for text in ["", "[]", "{", "{\"apiUrl\":}", "\u{feff}{}"] {
            std::fs::write(&path, text).unwrap();
            let error = ConfigFile::load(&path).unwrap_err();
            assert!(error.to_string().contains("config.json"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        std::fs::write(&path, r#"{"apiUrl":7,"telemetryEndpoint":null}"#).unwrap();
        let file = ConfigFile::load(&path).unwrap();
        assert!(matches!(
            file.text(API_URL),
            Err(ConfigError::WrongValue { .. })
        ));
        assert_eq!(file.text(TELEMETRY_ENDPOINT).unwrap(), None);
        assert!(ConfigFile::load(folder.path()).is_err(), "a folder");
        std::fs::write(&path, vec![b' '; 1024 * 1024 + 1]).unwrap();
        assert!(ConfigFile::load(&path).is_err(), "too large");
    }
}
