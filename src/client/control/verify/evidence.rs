//! What the log and the spool hold, put together by batch: the answer that was noted, what was noted of each event, and the bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::state::entries;
use crate::base::error::chain;
use crate::base::fsx;
use crate::client::ClientError;
use crate::client::spool::{Ledger, LedgerEntry, Spool, inflate};
use crate::config::Paths;
use crate::model::protocol::{MAX_BODY_BYTES, Receipt};

/// How the name of a batch's file ends, after its id.
const ENDING: &str = ".json.gz";

/// The bytes that every body begins with: gzip, without a name, a time or any other addition (RFC 1952, section 2.3).
const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A batch that was answered, as the log tells it.
#[derive(Debug)]
pub(super) struct Answer {
    /// The batch.
    pub(super) batch: Uuid,
    /// The server.
    pub(super) origin: String,
    /// How many events it had.
    pub(super) events: usize,
    /// How many bytes were sent.
    pub(super) bytes: usize,
    /// The digest that was noted.
    pub(super) digest: String,
    /// The HTTP status.
    pub(super) status: u16,
    /// The receipt.
    pub(super) receipt: Option<Receipt>,
    /// What was noted of its events, in order: id and outcome.
    pub(super) fates: Vec<Fate>,
}

/// What was noted of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    /// The event.
    pub(super) id: Option<Uuid>,
    /// The outcome.
    pub(super) outcome: String,
    /// The batch it was in.
    pub(super) batch: Option<Uuid>,
}

/// The file with a batch's bytes.
#[derive(Debug)]
pub(super) struct Body {
    /// Where it is.
    pub(super) path: PathBuf,
    /// How many bytes it has, compressed.
    pub(super) length: usize,
    /// Inflated; else why that cannot be, as a phrase.
    pub(super) text: Result<Vec<u8>, String>,
    /// Whether it lies in the log: then it left, or may have. Else it waits.
    pub(super) is_kept: bool,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// The answers, oldest first. A batch that a crash made be sent again has two.
    pub(super) answers: Vec<Answer>,
    /// What was noted of events, in order.
    pub(super) fates: Vec<Fate>,
    /// The bytes, by batch.
    pub(super) bodies: BTreeMap<Uuid, Body>,
    /// The days that were removed to keep the log small.
    pub(super) pruned: Vec<String>,
    /// Lines that cannot be read.
    pub(super) unreadable: usize,
    /// How many of the outcomes come before the last answer.
    settled: usize,
}

impl Evidence {
    /// Reads log and spool.
    ///
    /// # Errors
    /// When they cannot be listed or read.
    pub(super) fn gather(paths: &Paths) -> Result<Self, Trouble> {
        let mut evidence = Self::default();
        for epoch in Spool::epochs(paths).map_err(ClientError::from)? {
            evidence.add_bodies(&Spool::folder_of(paths, epoch), false)?;
        }
        for day in entries(&Ledger::root(paths)).map_err(Trouble)? {
            if day.is_dir() {
                evidence.add_bodies(&day, true)?;
            }
        }
        // In the order in which a batch goes its way; what is noted of it is noted before it moves.
        let ledger = Ledger::new(paths).read().map_err(ClientError::from)?;
        evidence.unreadable = ledger.unreadable;
        for entry in ledger.entries {
            evidence.add(entry);
        }
        Ok(evidence)
    }

    fn add(&mut self, entry: LedgerEntry) {
        match entry {
            LedgerEntry::Event {
                id, outcome, batch, ..
            } => self.fates.push(Fate { id, outcome, batch }),
            LedgerEntry::Batch {
                at: _,
                batch,
                origin,
                events,
                bytes,
                digest,
                status,
                receipt,
                verification: _,
            } => {
                // Events and answer are noted in one write, the answer last.
                let since = self.fates.get(self.settled..).unwrap_or_default();
                let of_it = |fate: &&Fate| fate.batch == Some(batch);
                let fates = since.iter().filter(of_it).cloned().collect();
                self.settled = self.fates.len();
                self.answers.push(Answer {
                    batch,
                    origin,
                    events,
                    bytes,
                    digest,
                    status,
                    receipt,
                    fates,
                });
            }
            LedgerEntry::Pruned { day, .. } => self.pruned.push(day),
            LedgerEntry::Attempt { .. } | LedgerEntry::Lost { .. } => {}
        }
    }

    fn add_bodies(&mut self, folder: &Path, is_kept: bool) -> Result<(), Trouble> {
        for path in entries(folder).map_err(Trouble)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let id = name.strip_suffix(ENDING);
            let Some(id) = id.and_then(|id| Uuid::parse_str(id).ok()) else {
                continue;
            };
            let limit = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX);
            let (length, text) = match fsx::read_bounded(&path, limit) {
                Ok(bytes) => {
                    let bytes = bytes.unwrap_or_default();
                    (bytes.len(), inflated(&bytes))
                }
                Err(error) => (0, Err(chain(&error))),
            };
            let body = Body {
                path,
                length,
                text,
                is_kept,
            };
            self.bodies.insert(id, body);
        }
        Ok(())
    }

    /// Whether there is nothing to check.
    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.fates.is_empty() && self.bodies.is_empty()
    }

    /// What is missing by design, for the end of a sentence.
    pub(super) fn gaps(&self) -> String {
        let pruned = (!self.pruned.is_empty()).then(|| {
            format!(
                "; the log of {} was removed to keep it small, so nothing can be said about it",
                self.pruned.join(", ")
            )
        });
        let unreadable = (self.unreadable > 0)
            .then(|| format!("; {} lines of the log cannot be read", self.unreadable));
        pruned.into_iter().chain(unreadable).collect()
    }
}

/// Why log or spool cannot be read, as a sentence.
#[derive(Debug)]
pub(super) struct Trouble(pub(super) String);

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        Self(chain(&error))
    }
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&GZIP) {
        return Err("they are not what decantr writes".to_owned());
    }
    inflate(bytes).map_err(|error| error.to_string())
}
