//! Hashes, keyed hashes, random bytes and Ed25519 signatures, all from one provider (the one that TLS uses).

use aws_lc_rs::constant_time;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac, rand};

/// What can go wrong here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The operating system gave no random bytes.
    #[error("the system's random number generator failed")]
    Random,
    /// A stored key is not a PKCS#8 Ed25519 key.
    #[error("not an Ed25519 signing key in PKCS#8 form")]
    BadKey,
    /// The signature does not belong to this message and key.
    #[error("the signature does not match")]
    BadSignature,
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    to_32(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// HMAC-SHA-256 of `bytes` under `key`.
pub fn hmac_sha256(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    to_32(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref())
}

/// 32 random bytes from the operating system.
pub fn random_32() -> Result<[u8; 32], CryptoError> {
    let mut out = [0_u8; 32];
    rand::fill(&mut out).map_err(|_opaque| CryptoError::Random)?;
    Ok(out)
}

/// Whether two byte strings are the same, in a time that tells nothing about where they differ.
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// `bytes` as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The bytes of a hexadecimal text of either case; `None` when it is not one.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|v| u8::try_from(v).ok())
    };
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some((value(*high)? << 4) | value(*low)?),
            _ => None,
        })
        .collect()
}

fn to_32(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0_u8; 32];
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    out
}

/// An Ed25519 key pair that signs receipts (RFC 8032).
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new key and its PKCS#8 bytes, to be stored by the caller.
    pub fn generate() -> Result<(Self, Vec<u8>), CryptoError> {
        let key = Ed25519KeyPair::generate().map_err(|_opaque| CryptoError::Random)?;
        let bytes = key.to_pkcs8v1().map_err(|_opaque| CryptoError::BadKey)?;
        Ok((Self(key), bytes.as_ref().to_vec()))
    }

    /// Reads a key that [`SigningKey::generate`] made.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, CryptoError> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes)
            .map(Self)
            .map_err(|_opaque| CryptoError::BadKey)
    }

    /// The 32-byte public key.
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// The 64-byte signature of `message`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Checks an Ed25519 `signature` of `message` under a 32-byte `public` key.
pub fn verify(public: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    UnparsedPublicKey::new(&ED25519, public)
        .verify(message, signature)
        .map_err(|_opaque| CryptoError::BadSignature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_what_is_not_hex() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
        assert_eq!(unhex("000fFF"), Some(vec![0, 15, 255]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
    }

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_matches_its_specification() {
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_signature_holds_for_its_message_only() {
        let (key, stored) = SigningKey::generate().unwrap();
        let again = SigningKey::from_pkcs8(&stored).unwrap();
        assert_eq!(key.public(), again.public());
        let signature = again.sign(b"receipt");
        verify(&key.public(), b"receipt", &signature).unwrap();
        assert!(verify(&key.public(), b"receipT", &signature).is_err());
    }
}
