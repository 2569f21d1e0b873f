//! Identifiers of a service's groups and users: salted hashes that stay the same across processes and versions, or nothing.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::base::crypto;
use crate::base::ids::OpaqueId;
use crate::base::secret::Secret;
use crate::model::catalog::{PropertySpec, PropertyType, Reduce};
use crate::model::event::{HASHED_BY_SENDER, RawValue, Value, opaque_id};

/// The shortest salt that nobody guesses, in bytes, if it is random.
const SHORTEST: usize = 16;

/// Hashes identifiers: HMAC-SHA-256 under the salt, in lower hex, cut to the length that the property has. Without a salt there is no
/// hash, never one under a constant.
#[derive(Debug)]
pub(super) struct Salt {
    salt: Option<Secret>,
    has_warned: AtomicBool,
}

impl Salt {
    pub(super) fn new(salt: Option<Secret>) -> Self {
        let is_short = |salt: &Secret| salt.expose().len() < SHORTEST;
        if salt.as_ref().is_some_and(is_short) {
            tracing::warn!(
                "TELEMETRY_HASH_SALT has fewer than {SHORTEST} characters: hashed identifiers can be found out by trying"
            );
        }
        Self {
            salt,
            has_warned: AtomicBool::new(false),
        }
    }

    /// The key by which a validator would hash what this did not: never a constant.
    pub(super) fn key(&self) -> Option<[u8; 32]> {
        match &self.salt {
            Some(salt) => Some(crypto::sha256(salt.expose().as_bytes())),
            None => crypto::random_32().ok(),
        }
    }

    /// The value of `property` as it may be judged: an identifier as its hash. Nothing where there is no salt. Other types are as
    /// they are.
    pub(super) fn value<'a>(
        &self,
        property: &PropertySpec,
        value: RawValue<'a>,
    ) -> Option<RawValue<'a>> {
        let hashed = self.hashed(&property.kind, value)?;
        Some(match hashed {
            RawValue::Text(hash) if is_rehashed(property) => marked(&hash),
            other => other,
        })
    }

    /// What a judged event says of `property` when it leaves: a server would hash it again unless it says that this was done.
    pub(super) fn outgoing(property: &PropertySpec, value: &mut Value) {
        if is_rehashed(property)
            && let Value::Text(hash) = value
        {
            *hash = format!("{HASHED_BY_SENDER}{hash}").into();
        }
    }

    /// An id of a context: an opaque one of this kind as it is, any other text as its hash.
    pub(super) fn id(&self, prefix: &str, text: &str) -> Option<OpaqueId> {
        let is_opaque = |key: &[u8]| {
            let id = opaque_id(prefix, text, key)?;
            (id.as_str() == text).then_some(id)
        };
        if text.trim().is_empty() {
            return None;
        }
        is_opaque(&[]).or_else(|| opaque_id(prefix, text, self.salt()?))
    }

    fn hashed<'a>(&self, kind: &PropertyType, value: RawValue<'a>) -> Option<RawValue<'a>> {
        match (kind, value) {
            (PropertyType::Hash { length }, RawValue::Text(id)) => self.hash(&id, *length),
            (PropertyType::Hash { length }, RawValue::Int(id)) => {
                self.hash(&id.to_string(), *length)
            }
            (PropertyType::List { of, .. }, RawValue::List(values)) => {
                let values = values.into_iter().map(|value| self.hashed(of, value));
                values.collect::<Option<_>>().map(RawValue::List)
            }
            (PropertyType::Map { of, .. }, RawValue::Map(entries)) => {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| Some((key, self.hashed(of, value)?)));
                entries.collect::<Option<_>>().map(RawValue::Map)
            }
            (_, value) => Some(value),
        }
    }

    fn hash<'a>(&self, id: &str, length: usize) -> Option<RawValue<'a>> {
        let hash = crypto::hex(&crypto::hmac_sha256(self.salt()?, id.as_bytes()));
        let cut = hash.get(..length)?;
        Some(RawValue::Text(Cow::Owned(cut.to_owned())))
    }

    /// The salt. That there is none is said once.
    fn salt(&self) -> Option<&[u8]> {
        if self.salt.is_none() && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "TELEMETRY_HASH_SALT is not set: identifiers of groups and users are left out of telemetry"
            );
        }
        self.salt.as_ref().map(|salt| salt.expose().as_bytes())
    }
}

/// Whether a server makes a hash of whatever comes as this property.
fn is_rehashed(property: &PropertySpec) -> bool {
    matches!(property.reduce, Some(Reduce::IdToHmac))
        && matches!(property.kind, PropertyType::Hash { .. })
}

fn marked<'a>(hash: &str) -> RawValue<'a> {
    RawValue::Text(Cow::Owned(format!("{HASHED_BY_SENDER}{hash}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salt(text: &str) -> Salt {
        Salt::new(Some(Secret::new(text)))
    }

    fn hash(salt: &Salt, id: RawValue<'_>, length: usize) -> Option<String> {
        match salt.hashed(&PropertyType::Hash { length }, id) {
            Some(RawValue::Text(hash)) => Some(hash.into_owned()),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    /// Computed with `printf 317465478312886273 | openssl dgst -sha256 -hmac 'correct horse battery staple'`.
    #[test]
    fn a_group_has_the_same_hash_in_every_process_and_version() {
        let salt = salt("correct horse battery staple");
        let expected = VECTOR;
        let id = || RawValue::Int(317_465_478_312_886_273);
        assert_eq!(hash(&salt, id(), 64).unwrap(), expected);
        assert_eq!(hash(&salt, id(), 32).as_deref(), expected.get(..32));
        let text = RawValue::from("317465478312886273");
        assert_eq!(hash(&salt, text, 32), hash(&salt, id(), 32));
        assert_ne!(
            hash(&Salt::new(Some(Secret::new("pepper"))), id(), 32),
            hash(&salt, id(), 32)
        );
        assert_eq!(hash(&salt, id(), 65), None, "no hash is as long");
    }

    const VECTOR: &str = "535fef3efc2ff34cf9dc90963e1241ebe615ecb380e27b34f94506b7569d3e85";

    #[test]
    fn what_looks_like_a_hash_is_hashed_all_the_same() {
        let salt = salt("correct horse battery staple");
        let uuid = "0123456789abcdef0123456789abcdef";
        assert_ne!(hash(&salt, uuid.into(), 32).unwrap(), uuid);
        let list = PropertyType::List {
            of: Box::new(PropertyType::Hash { length: 32 }),
            max: 9,
        };
        let hashed = salt.hashed(&list, RawValue::List(vec![uuid.into()]));
        assert_eq!(
            hashed,
            Some(RawValue::List(vec![
                hash(&salt, uuid.into(), 32).unwrap().into()
            ]))
        );
    }

    #[test]
    fn without_a_salt_there_is_nothing() {
        let salt = Salt::new(None);
        assert_eq!(hash(&salt, RawValue::Int(1), 32), None);
        assert_eq!(salt.id("user", "me@example.com"), None);
        assert_ne!(salt.key(), Salt::new(None).key());
    }

    #[test]
    fn an_id_in_the_clear_is_an_opaque_one_of_its_kind() {
        let salted = salt("correct horse battery staple");
        let unsalted = Salt::new(None);
        for salt in [&salted, &unsalted] {
            let id = salt.id("user", "user_5f0c").unwrap();
            assert_eq!(id.as_str(), "user_5f0c");
            assert_eq!(salt.id("user", " "), None);
        }
        for raw in ["me@example.com", "42", "org_5f0c", "user_me@example.com"] {
            let id = salted.id("user", raw).unwrap();
            assert!(id.as_str().starts_with("user_hmac-"), "{id}");
            assert_eq!(unsalted.id("user", raw), None, "{raw}");
        }
    }
}
