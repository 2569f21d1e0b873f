//! Fixed codes in reports that come from elsewhere, as the same kind of text as our own.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};

/// A fixed code. It has a name of its own since serde would borrow what is plainly a reference.
pub type Code = &'static str;

/// The longest code, in bytes, and how many different ones are kept.
const MAX: (usize, usize) = (64, 512);

/// The codes that were read. Each is kept once, for ever; there are only so many.
static READ: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Reads a code: lower-case words with underscores between.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_code = (1..=MAX.0).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !is_code {
        return Err(D::Error::custom(
            "a code is lower-case words with underscores",
        ));
    }
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.get(text.as_str()) {
        return Ok(known);
    }
    if read.len() >= MAX.1 {
        return Err(D::Error::custom("there are more codes than any report has"));
    }
    let kept: &'static str = Box::leak(text.into_boxed_str());
    read.insert(kept);
    Ok(kept)
}
