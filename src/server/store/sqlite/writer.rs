//! The one writer: a thread fed by a bounded queue, which commits whatever has gathered and answers after the commit.

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, oneshot};

use super::append::{self, Memories};
use super::connect::failed;
use super::files::Opened;
use crate::base::fsx;
use crate::model::outcome::Outcome;
use crate::server::store::{Append, Load, StoreError};

/// The most events that may wait: two full groups.
const MAX_ROWS: u32 = 40_000;

/// The most memory that waiting events may hold, in KiB.
const MAX_KIB: u32 = 64 * 1024;

/// The most events in one commit; more makes the first of them wait for little gain.
const GROUP_ROWS: usize = 20_000;

/// The queue's end that requests use.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: UnboundedSender<Job>,
    rows: Arc<Semaphore>,
    kib: Arc<Semaphore>,
    /// Events that were told to come again, and are not counted yet.
    deferred: Arc<AtomicU64>,
    path: PathBuf,
    /// Whether it was closed well. Held while closing, so that a second call waits for the first.
    closed: Mutex<bool>,
}

/// What runs between two commits.
type Work = dyn FnOnce(&mut Connection, &mut Memories) + Send;

enum Job {
    Append(Waiting),
    Run(Box<Work>),
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// A request in the queue. Its room in the queue is free again when this is dropped.
struct Waiting {
    append: Append,
    answer: oneshot::Sender<Answer>,
    room: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

/// What became of a request, and the request itself: taking it apart is work that the writer has no time for.
struct Answer {
    result: Result<Vec<Outcome>, StoreError>,
    _append: Append,
}

impl Writer {
    /// Starts the thread on `db`, which has the files `opened`.
    pub(super) fn start(
        db: Connection,
        path: &Path,
        opened: Opened,
        memories: Memories,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::unbounded_channel();
        let deferred = Arc::<AtomicU64>::default();
        let mut thread = Thread {
            deferred: Arc::clone(&deferred),
            db,
            memories,
            path: path.to_owned(),
            opened,
        };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                if let Some(answer) = thread.work(queue) {
                    answer.send(thread.close()).ok();
                }
            })
            .map_err(fsx::context("start the writer of", path))?;
        Ok(Self {
            jobs,
            rows: Arc::new(Semaphore::new(MAX_ROWS as usize)),
            kib: Arc::new(Semaphore::new(MAX_KIB as usize)),
            deferred,
            path: path.to_owned(),
            closed: Mutex::new(false),
        })
    }

    /// Queues `append` and waits for its commit.
    pub(super) async fn append(&self, append: Append) -> Result<Vec<Outcome>, StoreError> {
        let room = self.room(&append).inspect_err(|_overloaded| {
            let events = u64::try_from(append.entries.len()).unwrap_or(u64::MAX);
            self.deferred.fetch_add(events, Ordering::Relaxed);
        })?;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            append,
            answer,
            room,
        };
        self.send(Job::Append(waiting))?;
        let answer = answered.await.map_err(|_gone| StoreError::Closed)?;
        answer.result
    }

    fn room(
        &self,
        append: &Append,
    ) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), StoreError> {
        Ok((
            room(&self.rows, append.entries.len(), MAX_ROWS)?,
            room(&self.kib, append.weight() / 1024, MAX_KIB)?,
        ))
    }

    /// Runs `work`, which adds nothing to the dictionary and removes nothing from it, on the writer's connection between two
    /// commits.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.job(action, |db, _memories| work(db)).await
    }

    /// As [`Writer::run`], for work that changes the dictionary.
    pub(super) async fn run_on_dictionary<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let forgetting = |db: &mut Connection, memories: &mut Memories| {
            memories.forget();
            work(db)
        };
        self.job(action, forgetting).await
    }

    async fn job<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&mut Connection, &mut Memories) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Run(Box::new(move |db, memories| {
            answer.send(work(db, memories)).ok();
        })))?;
        answered
            .await
            .map_err(|_gone| StoreError::Closed)?
            .map_err(failed(action, &self.path))
    }

    /// Lets the writer finish what is queued and end.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let mut closed = self.closed.lock().await;
        if *closed {
            return Ok(());
        }
        let ended = || StoreError::Ended {
            path: self.path.clone(),
        };
        let (answer, answered) = oneshot::channel();
        self.send(Job::Close(answer)).map_err(|_ended| ended())?;
        answered.await.map_err(|_ended| ended())??;
        *closed = true;
        Ok(())
    }

    pub(super) fn load(&self) -> Load {
        let max_rows = MAX_ROWS as usize;
        Load {
            rows: max_rows.saturating_sub(self.rows.available_permits()),
            max_rows,
            is_writable: !self.jobs.is_closed(),
        }
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).map_err(|_closed| StoreError::Closed)
    }
}

/// Room for `wanted` (at least one, at most all there is) in a part of the queue.
fn room(of: &Arc<Semaphore>, wanted: usize, all: u32) -> Result<OwnedSemaphorePermit, StoreError> {
    let wanted = u32::try_from(wanted).unwrap_or(all).clamp(1, all);
    Arc::clone(of)
        .try_acquire_many_owned(wanted)
        .map_err(|_full| StoreError::Overloaded)
}

struct Thread {
    deferred: Arc<AtomicU64>,
    db: Connection,
    memories: Memories,
    path: PathBuf,
    opened: Opened,
}

impl Thread {
    /// Works until it is told to close (then returns whom to tell) or nobody is left to ask.
    fn work(
        &mut self,
        mut queue: UnboundedReceiver<Job>,
    ) -> Option<oneshot::Sender<Result<(), StoreError>>> {
        let mut next = queue.blocking_recv();
        while let Some(job) = next.take() {
            match job {
                Job::Append(first) => {
                    let (group, after) = gather(first, &mut queue);
                    self.survive(|thread| thread.commit(group))?;
                    next = after;
                }
                Job::Run(work) => {
                    self.survive(|thread| work(&mut thread.db, &mut thread.memories))?;
                }
                Job::Close(answer) => return Some(answer),
            }
            next = next.or_else(|| queue.blocking_recv());
        }
        None
    }

    /// Does something, and goes on when that panics: who waits for it is told that the store did not answer, nothing of it is kept,
    /// and what was remembered is read again. One bad request must not end the store for everybody. `None` when there is no going
    /// on; the store says then that it is closed.
    fn survive(&mut self, work: impl FnOnce(&mut Self)) -> Option<()> {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return Some(());
        }
        self.memories.forget();
        let is_clean = self.db.is_autocommit() || self.db.execute_batch("ROLLBACK").is_ok();
        tracing::error!(store = %self.path.display(), goes_on = is_clean, "the writer panicked; nothing was acknowledged");
        is_clean.then_some(())
    }

    fn commit(&mut self, group: Vec<Waiting>) {
        let answers = match self.write(&group) {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error) => self.refusals(&error, group.len()),
        };
        for (waiting, result) in group.into_iter().zip(answers) {
            let Waiting {
                append,
                answer,
                room,
            } = waiting;
            drop(room);
            let reply = Answer {
                result,
                _append: append,
            };
            answer.send(reply).ok();
        }
    }

    /// Writes a group into the files that were opened. Acknowledged is only what is in them while they bear their names: a file
    /// that was removed is gone with everything in it.
    fn write(&mut self, group: &[Waiting]) -> Result<Vec<Vec<Outcome>>, StoreError> {
        self.opened.check()?;
        let appends = group.iter().map(|waiting| &waiting.append);
        let deferred = self.deferred.swap(0, Ordering::Relaxed);
        let written = append::commit(&mut self.db, &mut self.memories, appends, deferred);
        let outcomes = written.map_err(|error| {
            self.deferred.fetch_add(deferred, Ordering::Relaxed);
            StoreError::Sqlite {
                action: "write to",
                path: self.path.clone(),
                source: Arc::new(error),
            }
        })?;
        self.opened.check()?;
        Ok(outcomes)
    }

    fn refusals(&self, error: &StoreError, count: usize) -> Vec<Result<Vec<Outcome>, StoreError>> {
        let source = error.source().map(tracing::field::display);
        tracing::error!(store = %self.path.display(), %error, source, requests = count, "nothing was acknowledged");
        let refusal = || match error {
            StoreError::Sqlite { source, .. } => StoreError::Sqlite {
                action: "write to",
                path: self.path.clone(),
                source: Arc::clone(source),
            },
            _ => StoreError::Replaced {
                path: self.path.clone(),
            },
        };
        std::iter::repeat_with(|| Err(refusal()))
            .take(count)
            .collect()
    }

    /// Folds the write-ahead log into the file; the last connection to close removes it.
    fn close(self) -> Result<(), StoreError> {
        let sql = failed("close", &self.path);
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(&sql)?;
        self.db.close().map_err(|(_, error)| sql(error))
    }
}

/// Everything that is queued behind `first`, up to a full group, and the job that ended it early.
fn gather(first: Waiting, queue: &mut UnboundedReceiver<Job>) -> (Vec<Waiting>, Option<Job>) {
    let mut rows = first.append.entries.len();
    let mut group = vec![first];
    while rows < GROUP_ROWS {
        match queue.try_recv() {
            Ok(Job::Append(waiting)) => {
                rows += waiting.append.entries.len();
                group.push(waiting);
            }
            Ok(other) => return (group, Some(other)),
            Err(_empty_or_closed) => break,
        }
    }
    (group, None)
}
