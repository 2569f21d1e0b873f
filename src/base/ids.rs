//! Typed opaque ids: `install_…`, `project_…` and their kin; what does not have the shape cannot be one.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::crypto;

/// The longest part after the prefix, in characters.
pub const MAX_ID_TAIL: usize = 64;

/// The prefixes an opaque id may have. The field's clients use both the short and the long forms.
pub const ID_PREFIXES: [&str; 8] = [
    "inst", "install", "proj", "project", "anon", "sess", "user", "org",
];

/// An opaque id: `(inst|install|proj|project|anon|sess|user|org)_[A-Za-z0-9-]{1,64}`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^(inst|install|proj|project|anon|sess|user|org)_[A-Za-z0-9-]{1,64}$"))]
pub struct OpaqueId(Box<str>);

/// A text that does not have the shape of an [`OpaqueId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an opaque id (expected for example install_<uuid> or project_<uuid>)")]
pub struct NotAnId;

impl OpaqueId {
    /// Reads an id; the text must have the exact shape.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        let (prefix, tail) = text.split_once('_').ok_or(NotAnId)?;
        let tail_ok = (1..=MAX_ID_TAIL).contains(&tail.len())
            && tail.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if ID_PREFIXES.contains(&prefix) && tail_ok {
            Ok(Self(text.into()))
        } else {
            Err(NotAnId)
        }
    }

    /// The id that only the owner of `secret` can prove: its UUID (version 8) is the start of the secret's SHA-256.
    ///
    /// # Errors
    /// When `prefix` is none of [`ID_PREFIXES`].
    pub fn certified(prefix: &str, secret: &[u8; 32]) -> Result<Self, NotAnId> {
        let mut start = [0; 16];
        let hash = crypto::sha256(secret);
        start.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self::parse(&format!("{prefix}_{}", Uuid::new_v8(start)))
    }

    /// Whether it claims to be made from a secret: it is a UUID of version 8. Only its owner may speak for it then.
    pub fn is_certified(&self) -> bool {
        let uuid = Uuid::parse_str(self.tail());
        uuid.is_ok_and(|uuid| uuid.get_version_num() == 8)
    }

    /// Whether it was made from `secret`.
    pub fn is_proven_by(&self, secret: &[u8; 32]) -> bool {
        let made = Self::certified(self.prefix(), secret);
        made.is_ok_and(|made| crypto::is_same(made.0.as_bytes(), self.0.as_bytes()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the underscore.
    pub fn prefix(&self) -> &str {
        self.0.split_once('_').map_or("", |(prefix, _)| prefix)
    }

    fn tail(&self) -> &str {
        self.0.split_once('_').map_or("", |(_, tail)| tail)
    }
}

impl fmt::Display for OpaqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for OpaqueId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        Self::parse(&text)
    }
}

impl From<OpaqueId> for String {
    fn from(id: OpaqueId) -> Self {
        id.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_proves_its_id() {
        let id = OpaqueId::certified("install", &[7; 32]).unwrap();
        assert!(id.is_certified());
        assert!(id.is_proven_by(&[7; 32]));
        assert!(!id.is_proven_by(&[8; 32]));
        let uuid = Uuid::parse_str(id.tail()).unwrap();
        assert_eq!(uuid.as_bytes()[..6], crypto::sha256(&[7; 32])[..6]);
        for foreign in ["inst_0123456789abcdef", "project_5f0c"] {
            assert!(!OpaqueId::parse(foreign).unwrap().is_certified());
        }
        assert_eq!(OpaqueId::certified("mail", &[7; 32]), Err(NotAnId));
    }

    #[test]
    fn only_the_shape_is_an_id() {
        for good in ["inst_0123456789abcdef", "proj_abc", "sess_1", "install_A-9"] {
            assert_eq!(OpaqueId::parse(good).unwrap().as_str(), good);
        }
        let long = format!("org_{}", "a".repeat(65));
        for bad in [
            "",
            "inst",
            "inst_",
            "mail_a",
            "user_a@b.c",
            "org_a b",
            "inst_é",
            &long,
        ] {
            assert_eq!(OpaqueId::parse(bad), Err(NotAnId), "{bad}");
        }
    }
}
