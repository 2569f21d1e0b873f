//! Who is who, in SQLite: every change is one transaction of the writer, with its audit entry and what it re-keys.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use uuid::Uuid;

use super::tombstones::is_forgotten;
use super::{Sqlite, accounts, activity, aliases, connect, forget, rekey, users};
use crate::base::ids::OpaqueId;
use crate::model::protocol::{Forgotten, OrgName};
use crate::server::rollup::IdentityKind;
use crate::server::store::{
    ActivityQuery, Added, AliasRow, Attributed, AuditEntry, By, Candidate, Claimed, Classification,
    Deleted, Flags, Identities, Key, LinkRow, Linked, NewLink, Org, Rekeyed, StoreError, User,
};

impl Sqlite {
    /// Runs a change in a transaction of its own; what the writer remembers of who is who is read again afterwards.
    async fn change<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let working = move |db: &mut Connection| {
            let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&change)?;
            change.commit()?;
            Ok(done)
        };
        self.writer()?.run_on_dictionary(action, working).await
    }

    /// Folds the log of changes into the file, so that what was erased is gone from it, too; unless somebody keeps reading what was
    /// there before. The writer does not wait for readers, and so nobody waits for the writer.
    async fn fold(&self) -> Result<(), StoreError> {
        const ATTEMPTS: u32 = 20;
        const PAUSE: Duration = Duration::from_millis(250);
        let writer = self.writer()?;
        for _ in 0..ATTEMPTS {
            if writer.run("tidy up", connect::fold).await? {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// As [`Sqlite::change`], unless the owner of one of the ids asked to be forgotten. That is looked up in the transaction: they
    /// may be asking just now.
    async fn change_about<T: Send + 'static>(
        &self,
        ids: Vec<OpaqueId>,
        action: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let hmac_key = self.secrets.hmac_key;
        let done = self.change(action, move |db| {
            for id in ids {
                if is_forgotten(db, &hmac_key, &id)? {
                    return Ok(Err(StoreError::Forgotten { id }));
                }
            }
            work(db).map(Ok)
        });
        done.await?
    }
}

#[async_trait]
impl Identities for Sqlite {
    async fn add_org(&self, name: &OrgName, by: &By) -> Result<Added<Org>, StoreError> {
        let (name, by) = (name.clone(), by.clone());
        self.change("add an organisation to", move |db| {
            let added = accounts::add_org(db, &name, &by)?;
            if let Added::New(_) = added {
                rekey::rekey(db, &[accounts::number(db, &name.id)?])?;
            }
            Ok(added)
        })
        .await
    }

    async fn orgs(&self) -> Result<Vec<Org>, StoreError> {
        self.read(accounts::orgs).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(accounts::users).await
    }

    async fn flag(
        &self,
        id: &OpaqueId,
        flags: Flags,
        by: &By,
    ) -> Result<Option<Rekeyed>, StoreError> {
        let (id, by) = (id.clone(), by.clone());
        self.change("flag an id in", move |db| {
            if IdentityKind::of_prefix(id.prefix()) == Some(IdentityKind::User) {
                accounts::know_user(db, accounts::number(db, &id)?, by.at)?;
            }
            let flagged = accounts::set_flags(db, &id, flags, &by)?;
            flagged
                .map(|number| rekey::rekey(db, &[number]))
                .transpose()
        })
        .await
    }

    async fn add_key(&self, key: &Key, by: &By) -> Result<(), StoreError> {
        let (key, by) = (key.clone(), by.clone());
        self.change("add a key to", move |db| {
            let new = accounts::add_key(db, &key, &by)?;
            new.map_or(Ok(()), |user| rekey::rekey(db, &[user]).map(drop))
        })
        .await
    }

    async fn revoke_key(&self, id: &str, by: &By) -> Result<Option<Key>, StoreError> {
        let (id, by) = (id.to_owned(), by.clone());
        self.change("revoke a key in", move |db| {
            accounts::revoke_key(db, &id, &by)
        })
        .await
    }

    async fn keys(&self) -> Result<Vec<Key>, StoreError> {
        self.read(accounts::keys).await
    }

    async fn key(&self, id: &str) -> Result<Option<Key>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| accounts::key_of(db, &id)).await
    }

    async fn aliases(&self) -> Result<Vec<AliasRow>, StoreError> {
        self.read(aliases::aliases).await
    }

    async fn set_alias(
        &self,
        id: &OpaqueId,
        says: Option<&Classification>,
        by: &By,
    ) -> Result<(Option<AliasRow>, Rekeyed), StoreError> {
        let (id, says, by) = (id.clone(), says.cloned(), by.clone());
        let owner = says.iter().flat_map(|says| [&says.org, &says.user]);
        let ids = owner.flatten().chain([&id]).cloned().collect();
        self.change_about(ids, "set an alias in", move |db| {
            aliases::set_alias(db, &id, says.as_ref(), &by)
        })
        .await
    }

    async fn set_configured(&self, ids: &BTreeSet<OpaqueId>) -> Result<Rekeyed, StoreError> {
        let (ids, hmac_key) = (ids.clone(), self.secrets.hmac_key);
        self.change("configure", move |db| {
            let mut kept = BTreeSet::new();
            for id in ids {
                if !is_forgotten(db, &hmac_key, &id)? {
                    kept.insert(id);
                }
            }
            aliases::set_configured(db, &kept)
        })
        .await
    }

    async fn links(&self) -> Result<Vec<LinkRow>, StoreError> {
        self.read(aliases::links).await
    }

    async fn link(&self, link: &NewLink, by: &By) -> Result<Linked, StoreError> {
        let ids = link.ids.iter().map(|claimed| claimed.id.clone()).collect();
        let (link, by) = (link.clone(), by.clone());
        self.change_about(ids, "link ids in", move |db| aliases::link(db, &link, &by))
            .await
    }

    async fn unlink(
        &self,
        ids: &[Claimed],
        user: &OpaqueId,
        until: Timestamp,
        by: &By,
    ) -> Result<Vec<OpaqueId>, StoreError> {
        let (ids, user, by) = (ids.to_vec(), user.clone(), by.clone());
        self.change("unlink ids in", move |db| {
            aliases::unlink(db, &ids, &user, until, &by)
        })
        .await
    }

    async fn candidates(&self, query: &ActivityQuery) -> Result<Vec<Candidate>, StoreError> {
        let query = query.clone();
        self.read(move |db| activity::candidates(db, &query)).await
    }

    async fn attribution(&self, query: &ActivityQuery) -> Result<Vec<Attributed>, StoreError> {
        let query = query.clone();
        self.read(move |db| activity::attribution(db, &query)).await
    }

    async fn audit(&self, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |db| accounts::audit(db, limit)).await
    }

    async fn forget(
        &self,
        ids: &BTreeSet<OpaqueId>,
        beyond: &[String],
        by: &By,
    ) -> Result<Forgotten, StoreError> {
        let ids: BTreeSet<OpaqueId> = ids
            .iter()
            .filter(|id| forget::is_erasable(id))
            .cloned()
            .collect();
        let searched = ids.clone();
        let found = self.read(move |db| forget::search(db, &searched)).await?;
        let (beyond, by, hmac_key) = (beyond.to_vec(), by.clone(), self.secrets.hmac_key);
        let forgotten = self
            .change("erase ids from", move |db| {
                forget::forget(db, &hmac_key, &ids, &beyond, &found, &by)
            })
            .await?;
        self.fold().await?;
        Ok(forgotten)
    }

    async fn delete_user(&self, user: &OpaqueId, by: &By) -> Result<Deleted, StoreError> {
        let (searched, hmac_key) = (user.clone(), self.secrets.hmac_key);
        let found = self.read(move |db| users::search(db, &searched)).await?;
        let (user, by) = (user.clone(), by.clone());
        let deleted = self
            .change("delete a user from", move |db| {
                users::delete(db, &hmac_key, &user, &found, &by)
            })
            .await?;
        self.fold().await?;
        Ok(deleted)
    }

    async fn forgotten(&self, ticket: Uuid) -> Result<Option<Forgotten>, StoreError> {
        self.read(move |db| forget::forgotten(db, ticket)).await
    }
}
