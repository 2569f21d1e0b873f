//! The secret that an id is made from: kept in private files, shown to nobody but the server that is asked to link or forget.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::IdentityError;
use crate::base::crypto;
use crate::base::ids::{NotAnId, OpaqueId};
use crate::model::protocol::Claim;

/// 32 random bytes; in files their hex digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdSecret([u8; 32]);

/// A text that is no such secret.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("not 64 hexadecimal digits")]
pub struct NotASecret;

impl IdSecret {
    /// A new one.
    pub(super) fn generate() -> Result<Self, IdentityError> {
        Ok(Self(crypto::random_32()?))
    }

    /// Reads its hex digits.
    pub(super) fn parse(text: &str) -> Result<Self, NotASecret> {
        let bytes = crypto::unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(NotASecret)
    }

    /// Its hex digits, for a private file.
    pub(super) fn to_hex(&self) -> String {
        crypto::hex(&self.0)
    }

    /// The id that it makes.
    pub(super) fn id(&self, prefix: &str) -> Result<OpaqueId, NotAnId> {
        OpaqueId::certified(prefix, &self.0)
    }

    /// Whether `id` was made from it.
    pub fn proves(&self, id: &OpaqueId) -> bool {
        id.is_proven_by(&self.0)
    }

    /// The claim to `id`, for the server that is asked.
    pub(super) fn claim(&self, id: OpaqueId) -> Claim {
        Claim::proven(id, &self.0)
    }
}

/// It does not show itself.
impl fmt::Debug for IdSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdSecret(..)")
    }
}

impl TryFrom<String> for IdSecret {
    type Error = NotASecret;

    fn try_from(text: String) -> Result<Self, NotASecret> {
        Self::parse(&text)
    }
}

impl From<IdSecret> for String {
    fn from(secret: IdSecret) -> Self {
        secret.to_hex()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_proves_its_id_and_does_not_show_itself() {
        let secret = IdSecret::generate().unwrap();
        let id = secret.id("project").unwrap();
        assert!(secret.proves(&id) && id.is_certified());
        assert!(!IdSecret::generate().unwrap().proves(&id));
        assert_eq!(format!("{secret:?}"), "IdSecret(..)");
        let json = serde_json::to_string(&secret).unwrap();
        assert_eq!(serde_json::from_str::<IdSecret>(&json).unwrap(), secret);
        assert!(serde_json::from_str::<IdSecret>("\"00\"").is_err());
    }
}
