//! SQLite: one file, one writer thread, readers that open it for the length of a question.

mod accounts;
mod activity;
mod aliases;
mod append;
mod arrivals;
mod backfill;
mod backup;
mod connect;
mod crowd;
mod cursors;
mod customers;
mod directory;
mod drift;
mod files;
mod forget;
mod identities;
mod inserts;
mod marks;
mod measures;
mod migrate;
mod news;
mod purge;
mod read;
mod rekey;
mod rows;
mod senders;
mod snapshots;
mod tallies;
#[cfg(test)]
mod tests;
mod tombstones;
mod users;
mod words;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _};

use super::{
    Active, ActiveQuery, Append, CrowdQuery, CrowdRow, Cursors, DayRow, Days, DriftTables,
    DurationRow, EventLog, Figures, FiguresQuery, Identities, Load, MeasureQuery, MeasureRow,
    OutcomeRow, Purged, Retention, Rollups, Secrets, Snapshots, Store, StoreError, StoredEvent,
    SumRow, UsageQuery, UsageRow,
};
use crate::base::clock::Clock;
use crate::base::crypto::{self, SigningKey};
use crate::model::outcome::Outcome;
use crate::server::rollup::Day;
use append::Memories;
use files::Opened;
use writer::Writer;

/// A store in one SQLite file.
#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    secrets: Secrets,
    /// Absent when it was opened for reading only.
    writing: Option<Writing>,
}

#[derive(Debug)]
struct Writing {
    writer: Writer,
    opened: Opened,
}

/// Opens the file for writing; makes it when it is missing.
pub(super) async fn create(path: &Path, clock: &Clock) -> Result<Sqlite, StoreError> {
    let now = clock.now();
    blocking(path, move |path| {
        let found = files::resolve_or_make(path)?;
        if found.metadata().is_ok_and(|meta| meta.len() > 0) {
            // Looked at before it is opened for writing, which would change a database that is not ours.
            connect::read(&found, |db| migrate::require_ours(db, &found))?;
        }
        let mut db = connect::writer(&found)?;
        migrate::bring_up_to_date(&mut db, &found, now)?;
        make_secrets(&mut db, &found)?;
        let opened = Opened::of(path, &found)?;
        let secrets = secrets(&db, &found)?;
        let memories = Memories::new(secrets.hmac_key);
        Ok(Sqlite {
            secrets,
            writing: Some(Writing {
                writer: Writer::start(db, &found, opened.clone(), memories)?,
                opened,
            }),
            path: found,
        })
    })
    .await
}

/// Opens the file for reading.
pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
    blocking(path, |path| {
        let secrets = connect::read(path, |db| {
            migrate::require_current(db, path)?;
            secrets(db, path)
        })?;
        Ok(Sqlite {
            path: path.to_owned(),
            secrets,
            writing: None,
        })
    })
    .await
}

/// Runs `work` where waiting for a disk holds nobody up.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || work(&path))
        .await
        .map_err(|_ended_early| StoreError::Closed)?
}

const HMAC_KEY: &str = "hmac_key";
const SIGNING_KEY: &str = "signing_key";

/// Gives a new store its secrets; a store that has them keeps them.
fn make_secrets(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sql = connect::failed("write the secrets of", path);
    let hmac_key = crypto::random_32().map_err(StoreError::Secrets)?;
    let (_, signing_key) = SigningKey::generate().map_err(StoreError::Secrets)?;
    let change = db.transaction().map_err(&sql)?;
    for (name, value) in [
        (HMAC_KEY, hmac_key.as_slice()),
        (SIGNING_KEY, signing_key.as_slice()),
    ] {
        change
            .execute(
                "INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                (name, value),
            )
            .map_err(&sql)?;
    }
    change.commit().map_err(&sql)
}

fn secrets(db: &Connection, path: &Path) -> Result<Secrets, StoreError> {
    let damaged = |what| StoreError::Damaged {
        path: path.to_owned(),
        what,
    };
    let secret = |name: &str| -> Result<Vec<u8>, StoreError> {
        db.query_row("SELECT value FROM secrets WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()
        .map_err(connect::failed("read the secrets of", path))?
        .ok_or_else(|| damaged("a secret is missing"))
    };
    let hmac_key = secret(HMAC_KEY)?
        .try_into()
        .map_err(|_length| damaged("the key for identifiers is not 32 bytes long"))?;
    let signing_key = SigningKey::from_pkcs8(&secret(SIGNING_KEY)?)
        .map_err(|_bad_key| damaged("the signing key is not a key"))?;
    Ok(Secrets {
        hmac_key,
        signing_key: Arc::new(signing_key),
    })
}

impl Sqlite {
    fn writer(&self) -> Result<&Writer, StoreError> {
        let writing = self.writing.as_ref();
        writing
            .map(|writing| &writing.writer)
            .ok_or_else(|| StoreError::ReadOnly {
                path: self.path.clone(),
            })
    }

    async fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        blocking(&self.path, move |path| {
            connect::read(path, |db| {
                question(db).map_err(connect::failed("read", path))
            })
        })
        .await
    }
}

#[async_trait]
impl EventLog for Sqlite {
    async fn append(&self, append: Append) -> Result<Vec<Outcome>, StoreError> {
        self.writer()?.append(append).await
    }

    async fn events(&self, after: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(move |db| read::events(db, after, limit)).await
    }

    async fn before_last(&self, events: usize) -> Result<i64, StoreError> {
        self.read(move |db| read::before_last(db, events)).await
    }
}

#[async_trait]
impl Rollups for Sqlite {
    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageRow>, StoreError> {
        let query = query.clone();
        self.read(move |db| read::usage(db, &query)).await
    }

    async fn active(&self, query: &ActiveQuery) -> Result<Active, StoreError> {
        let query = query.clone();
        self.read(move |db| activity::active(db, &query)).await
    }

    async fn figures(&self, queries: Vec<FiguresQuery>) -> Result<Vec<Figures>, StoreError> {
        self.read(move |db| {
            // A read transaction: every question sees the same commits.
            let moment = db.unchecked_transaction()?;
            queries
                .iter()
                .map(|query| read::figures(&moment, query))
                .collect()
        })
        .await
    }

    async fn outcomes(&self, catalog: &str, days: Days) -> Result<Vec<OutcomeRow>, StoreError> {
        let catalog = catalog.to_owned();
        self.read(move |db| read::outcomes(db, &catalog, days))
            .await
    }

    async fn daily(&self, query: &UsageQuery) -> Result<Vec<DayRow>, StoreError> {
        let query = query.clone();
        self.read(move |db| read::daily(db, &query)).await
    }

    async fn measures(
        &self,
        query: &MeasureQuery,
        dimension: &str,
    ) -> Result<Vec<MeasureRow>, StoreError> {
        let (query, dimension) = (query.clone(), dimension.to_owned());
        self.read(move |db| measures::values(db, &query, Some(&dimension)))
            .await
    }

    async fn sums(
        &self,
        query: &MeasureQuery,
        dimension: Option<&str>,
    ) -> Result<Vec<SumRow>, StoreError> {
        let (query, dimension) = (query.clone(), dimension.map(str::to_owned));
        self.read(move |db| measures::sums(db, &query, dimension.as_deref()))
            .await
    }

    async fn durations(&self, query: &MeasureQuery) -> Result<Vec<DurationRow>, StoreError> {
        let query = query.clone();
        self.read(move |db| measures::durations(db, &query)).await
    }

    async fn crowds(&self, query: &CrowdQuery) -> Result<Vec<CrowdRow>, StoreError> {
        let query = query.clone();
        self.read(move |db| crowd::crowds(db, &query)).await
    }
}

#[async_trait]
impl Retention for Sqlite {
    async fn purge(&self, catalog: &str, before: Day) -> Result<Purged, StoreError> {
        purge::purge(self.writer()?, catalog, before).await
    }
}

#[async_trait]
impl Store for Sqlite {
    fn identities(&self) -> &dyn Identities {
        self
    }

    fn snapshots(&self) -> &dyn Snapshots {
        self
    }

    fn cursors(&self) -> &dyn Cursors {
        self
    }

    fn drift(&self) -> &dyn DriftTables {
        self
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn load(&self) -> Load {
        let nothing = Load {
            rows: 0,
            max_rows: 0,
            is_writable: false,
        };
        self.writer().map_or(nothing, Writer::load)
    }

    async fn check(&self) -> Result<(), StoreError> {
        if let Some(writing) = &self.writing {
            writing.opened.check()?;
        }
        self.read(|db| db.query_row("SELECT count(*) FROM secrets", [], |_| Ok(())))
            .await
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        blocking(&self.path, move |path| backup::backup(path, &to)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        match &self.writing {
            Some(writing) => writing.writer.close().await,
            None => Ok(()),
        }
    }
}
