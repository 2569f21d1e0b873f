//! A file of lines that many processes append to: whole lines or torn ones, never mixed ones.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::LedgerEntry;
use crate::base::fsx::{self, FsError, LockError, context};
use crate::model::outcome::Outcome;

/// The file, open for appending and locked until this is dropped.
#[derive(Debug)]
pub(super) struct LineFile {
    path: PathBuf,
    file: File,
    len: u64,
}

impl LineFile {
    /// Opens and locks `path`, making the file but never its folder.
    pub(super) fn open(path: &Path, wait: Duration) -> Result<Self, LockError> {
        let mut options = fsx::private_options();
        options.read(true).append(true).create(true);
        let file = fsx::open_locked(&options, path, wait)?;
        let meta = file.metadata().map_err(context("read", path))?;
        Ok(Self {
            len: meta.len(),
            file,
            path: path.to_owned(),
        })
    }

    /// Its length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Appends `line` (without its line break) in one write. A tail that a crash tore is closed off first, and what a full disk
    /// cuts short is taken back.
    pub(super) fn append(mut self, line: &[u8]) -> Result<(), FsError> {
        let len = self.len;
        let mut bytes = Vec::with_capacity(line.len() + 2);
        if len > 0 && self.last_byte()? != b'\n' {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        self.file.write_all(&bytes).map_err(|error| {
            drop(self.file.set_len(len));
            FsError::new("append to", &self.path, error)
        })
    }

    fn last_byte(&mut self) -> Result<u8, FsError> {
        let mut last = [0];
        self.file
            .seek(SeekFrom::End(-1))
            .and_then(|_| self.file.read_exact(&mut last))
            .map_err(context("read", &self.path))?;
        let [last] = last;
        Ok(last)
    }

    /// All its bytes.
    pub(super) fn read(&self) -> Result<Vec<u8>, FsError> {
        let mut bytes = Vec::new();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.read_to_end(&mut bytes))
            .map_err(context("read", &self.path))?;
        Ok(bytes)
    }

    /// Replaces its bytes in one step. Who waits for the lock finds the new file.
    pub(super) fn replace(self, bytes: &[u8]) -> Result<(), FsError> {
        fsx::write_atomic(&self.path, bytes)
    }

    /// Gives it another name. Who waits for the lock makes a new file under the old one.
    pub(super) fn rename(self, to: &Path) -> Result<(), FsError> {
        std::fs::rename(&self.path, to).map_err(context("move", &self.path))
    }
}

/// The lines of `bytes` that are not empty, without their line breaks.
pub(super) fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// What the ledger needs to know of a spooled event; nothing, where its line cannot be read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Line {
    pub(super) id: Option<Uuid>,
    pub(super) name: Option<String>,
    pub(super) timestamp: Option<Timestamp>,
}

impl Line {
    pub(super) fn read(line: &[u8]) -> Self {
        serde_json::from_slice(line).unwrap_or_default()
    }

    pub(super) fn entry(&self, at: Timestamp, outcome: Outcome) -> LedgerEntry {
        LedgerEntry::event(at, self.id, self.name.as_deref(), outcome, None)
    }
}
