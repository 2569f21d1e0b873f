//! What can go wrong with a store; every text names the path and the action.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::crypto::CryptoError;
use crate::base::fsx::FsError;
use crate::base::ids::OpaqueId;

/// A store that cannot be opened, or does not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no store, and it was to be read.
    #[error("there is no store at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a decantr store", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A folder, a pipe, a device.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// What is there.
        path: PathBuf,
    },
    /// The store's files are no longer those that were opened; what is written to them is lost.
    #[error("the files of the store {} were removed or replaced while it was open; start the server again", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of the program has changed the store.
    #[error("the store {} was made by a newer version (it has change {found}, this version knows {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The number of the last change it has.
        found: usize,
        /// The number of changes known here.
        known: usize,
    },
    /// The store is older than this version can read; opening it for writing brings it up to date.
    #[error("the store {} is from an older version; start the server on it once to bring it up to date", path.display())]
    Older {
        /// The file.
        path: PathBuf,
    },
    /// A change that was made to the store differs from the one of the same name in this version.
    #[error("the store {} has another form of change {name} than this version; it was made by another build", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// The change.
        name: String,
    },
    /// The store holds something that it cannot hold.
    #[error("the store {} is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: &'static str,
    },
    /// The file system said no.
    #[error(transparent)]
    File(#[from] FsError),
    /// SQLite said no.
    #[error("cannot {action} the store {}", path.display())]
    Sqlite {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// SQLite's answer.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// New secrets could not be made.
    #[error("cannot make the store's secrets")]
    Secrets(#[source] CryptoError),
    /// It was opened for reading only.
    #[error("the store {} is open for reading only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The owner of an id asked to be forgotten.
    #[error("the owner of {id} asked to be forgotten; nothing is kept about it any more")]
    Forgotten {
        /// The id.
        id: OpaqueId,
    },
    /// Too much is waiting for the writer; nothing of this was taken.
    #[error("the store takes no more at the moment")]
    Overloaded,
    /// A store gave fewer answers than it was asked questions.
    #[error("the store left a question unanswered")]
    Unanswered,
    /// The store was closed, or its writer has ended.
    #[error("the store is closed")]
    Closed,
    /// The writer ended before it was told to; what it had acknowledged is stored.
    #[error("the writer of the store {} ended too early; start the server again", path.display())]
    Ended {
        /// The file.
        path: PathBuf,
    },
}
