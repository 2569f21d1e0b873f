//! Who is who, in SQLite.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::Sqlite;
use crate::base::ids::OpaqueId;
use crate::model::protocol::{Forgotten, OrgName};
use crate::server::store::{
    ActivityQuery, Added, AliasRow, Attributed, AuditEntry, By, Candidate, Claimed, Classification,
    Flags, Identities, Key, LinkRow, Linked, NewLink, Org, Rekeyed, StoreError, User,
};

#[async_trait]
impl Identities for Sqlite {
    async fn add_org(&self, _name: &OrgName, _by: &By) -> Result<Added<Org>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn orgs(&self) -> Result<Vec<Org>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn flag(
        &self,
        _id: &OpaqueId,
        _flags: Flags,
        _by: &By,
    ) -> Result<Option<Rekeyed>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn add_key(&self, _key: &Key, _by: &By) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    async fn revoke_key(&self, _id: &str, _by: &By) -> Result<Option<Key>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn keys(&self) -> Result<Vec<Key>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn key(&self, _id: &str) -> Result<Option<Key>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn aliases(&self) -> Result<Vec<AliasRow>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn set_alias(
        &self,
        _id: &OpaqueId,
        _says: Option<&Classification>,
        _by: &By,
    ) -> Result<(Option<AliasRow>, Rekeyed), StoreError> {
        Err(StoreError::Closed)
    }

    async fn set_configured(
        &self,
        _ids: &BTreeSet<OpaqueId>,
        _by: &By,
    ) -> Result<Rekeyed, StoreError> {
        Err(StoreError::Closed)
    }

    async fn links(&self) -> Result<Vec<LinkRow>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn link(&self, _link: &NewLink, _by: &By) -> Result<Linked, StoreError> {
        Err(StoreError::Closed)
    }

    async fn unlink(
        &self,
        _ids: &[Claimed],
        _user: &OpaqueId,
        _until: Timestamp,
        _by: &By,
    ) -> Result<Vec<OpaqueId>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn candidates(&self, _query: &ActivityQuery) -> Result<Vec<Candidate>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn attribution(&self, _query: &ActivityQuery) -> Result<Vec<Attributed>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn audit(&self, _limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn forget(
        &self,
        _ids: &BTreeSet<OpaqueId>,
        _beyond: &[String],
        _by: &By,
    ) -> Result<Forgotten, StoreError> {
        Err(StoreError::Closed)
    }

    async fn forgotten(&self, _ticket: Uuid) -> Result<Option<Forgotten>, StoreError> {
        Err(StoreError::Closed)
    }
}
