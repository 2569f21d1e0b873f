//! The ids that are gone for good: recognised by their keyed hash, since nothing else of them is kept.

use rusqlite::Connection;

use crate::base::crypto;
use crate::base::ids::OpaqueId;

/// What tells the tombstones' hashes from those of foreign ids, which have the same key.
const DOMAIN: &str = "forgotten:";

/// Looks ids up among the forgotten.
pub(super) struct Tombstones {
    hmac_key: [u8; 32],
    /// Whether there are any.
    has_any: Option<bool>,
}

/// The key is not shown.
impl std::fmt::Debug for Tombstones {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tombstones(..)")
    }
}

impl Tombstones {
    pub(super) fn new(hmac_key: [u8; 32]) -> Self {
        Self {
            hmac_key,
            has_any: None,
        }
    }

    /// Others may have been added.
    pub(super) fn forget(&mut self) {
        self.has_any = None;
    }

    /// Whether the owner of an id asked to be forgotten.
    pub(super) fn has(&mut self, db: &Connection, id: &OpaqueId) -> rusqlite::Result<bool> {
        let has_any = match self.has_any {
            Some(has_any) => has_any,
            None => db.query_row("SELECT EXISTS (SELECT 1 FROM tombstones)", [], |row| {
                row.get(0)
            })?,
        };
        self.has_any = Some(has_any);
        if !has_any {
            return Ok(false);
        }
        is_forgotten(db, &self.hmac_key, id)
    }
}

/// What is kept of a forgotten id.
pub(super) fn hash(hmac_key: &[u8; 32], id: &OpaqueId) -> [u8; 32] {
    crypto::hmac_sha256(hmac_key, format!("{DOMAIN}{id}").as_bytes())
}

/// Whether the owner of an id asked to be forgotten.
pub(super) fn is_forgotten(
    db: &Connection,
    hmac_key: &[u8; 32],
    id: &OpaqueId,
) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM tombstones WHERE hash = ?1")?
        .exists([hash(hmac_key, id)])
}
