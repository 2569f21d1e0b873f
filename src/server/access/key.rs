//! API keys: their form, how one is made, and how what is presented is compared with what is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base::crypto::{self, CryptoError};
use crate::base::secret::Secret;
use crate::server::store::Key;

/// What every key begins with, so that scanners for leaked secrets can find one.
const PREFIX: &str = "dcr_";

/// The length of the public part: 12 hexadecimal digits, so that 16 million keys are about as many as there can be without two
/// that are alike.
const ID_LENGTH: usize = 12;

/// The length of the secret part: 32 random bytes in base64url without padding.
const SECRET_LENGTH: usize = 43;

/// A new key. It can be shown once; only the hash is kept.
///
/// The hash is a plain SHA-256 without salt or stretching: those slow down the guessing of words that people choose, and 256
/// random bits cannot be guessed at any speed.
#[derive(Debug)]
pub struct Minted {
    /// The key itself.
    pub key: Secret,
    /// Its public part.
    pub id: String,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
}

/// Makes a key.
///
/// # Errors
/// When the system gives no random bytes.
pub fn mint() -> Result<Minted, CryptoError> {
    let mut id = crypto::hex(&crypto::random_32()?);
    id.truncate(ID_LENGTH);
    let secret = URL_SAFE_NO_PAD.encode(crypto::random_32()?);
    let key = format!("{PREFIX}{id}_{secret}");
    Ok(Minted {
        hash: crypto::sha256(key.as_bytes()),
        key: Secret::new(&key),
        id,
    })
}

/// A key as somebody presents it: its public part and its hash, never the key.
#[derive(Debug)]
pub(super) struct Presented {
    pub(super) id: String,
    hash: [u8; 32],
}

impl Presented {
    /// Reads a text that has the form of a key.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let has_form = id.len() == ID_LENGTH
            && id.bytes().all(is_hex)
            && secret.len() == SECRET_LENGTH
            && secret.bytes().all(is_base64);
        has_form.then(|| Self {
            id: id.to_owned(),
            hash: crypto::sha256(text.as_bytes()),
        })
    }

    /// Whether it is this key, and this key still holds. Takes as long wherever the two differ.
    pub(super) fn is(&self, key: &Key) -> bool {
        crypto::is_same(&self.hash, &key.hash) && key.revoked_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_has_the_documented_form_and_reads_back() {
        let minted = mint().unwrap();
        let text = minted.key.expose();
        assert_eq!(text.len(), 4 + ID_LENGTH + 1 + SECRET_LENGTH);
        let presented = Presented::read(text).unwrap();
        assert_eq!(presented.id, minted.id);
        assert_eq!(presented.hash, minted.hash);
        assert!(!format!("{minted:?} {presented:?}").contains(text));
        assert_ne!(mint().unwrap().key, minted.key);
    }

    #[test]
    fn nothing_else_has_the_form() {
        let good = mint().unwrap();
        let good = good.key.expose();
        let bad = [
            String::new(),
            good.to_uppercase(),
            good.replace("dcr_", "dcr-"),
            format!("{good}A"),
            good.split_at(good.len() - 1).0.to_owned(),
            format!(" {good}"),
            format!("dcr_{}_{}", "g".repeat(12), "A".repeat(43)),
            format!("dcr_{}_{}", "0".repeat(12), "=".repeat(43)),
            format!("dcr_{}_{}", "0".repeat(11), "A".repeat(44)),
        ];
        for text in bad {
            assert!(Presented::read(&text).is_none(), "{text}");
        }
    }
}
