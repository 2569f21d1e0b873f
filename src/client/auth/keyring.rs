//! The operating system's keyring: one entry for each origin, and never a wait of more than five seconds.

use std::error::Error;
use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use keyring::{Entry, Error as Failure};

use crate::base::secret::Secret;

/// The service that entries are kept under; the user is the origin.
const SERVICE: &str = "decantr";

/// How long the keyring may take: a locked one can wait for a person who is not there.
const LIMIT: Duration = Duration::from_secs(5);

/// A keyring that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// There is none: no session bus, or nobody on it that keeps secrets.
    #[error("there is no keyring here")]
    Missing(#[source] Cause),
    /// It is locked, or has no collection to keep a key in.
    #[error("the keyring is locked, or was never set up; unlock it and try again")]
    Closed(#[source] Cause),
    /// It did not answer in time.
    #[error(
        "the keyring did not answer within {} s; it may wait to be unlocked: unlock it and try again",
        limit.as_secs()
    )]
    Silent {
        /// The time it had.
        limit: Duration,
    },
    /// It failed in another way.
    #[error("the keyring failed")]
    Failed(#[source] Cause),
}

/// What the keyring said. Only its words: what it holds is never part of them.
#[derive(Debug)]
pub struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}

/// The key of `origin`, if the keyring has one.
pub(super) fn get(origin: &str) -> Result<Option<Secret>, RingError> {
    with_entry(origin, |entry| match entry.get_password() {
        Ok(key) => Ok(Some(Secret::new(&key))),
        Err(Failure::NoEntry) => Ok(None),
        Err(error) => Err(failed(&error)),
    })
}

/// Puts the key of `origin` into the keyring, in place of an older one, and reads it back.
pub(super) fn set(origin: &str, key: &Secret) -> Result<(), RingError> {
    let key = key.clone();
    with_entry(origin, move |entry| {
        let stored = entry.set_password(key.expose());
        stored.map_err(|error| failed(&error))?;
        let problem = match entry.get_password() {
            Ok(read) if read == key.expose() => return Ok(()),
            Ok(_) => RingError::Failed(Cause(
                "it gives back another key than it was given".to_owned(),
            )),
            Err(error) => failed(&error),
        };
        // What cannot be read is not to stay there.
        drop(entry.delete_credential());
        Err(problem)
    })
}

/// Takes the key of `origin` out of the keyring; tells whether it was there.
pub(super) fn remove(origin: &str) -> Result<bool, RingError> {
    with_entry(origin, |entry| match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(Failure::NoEntry) => Ok(false),
        Err(error) => Err(failed(&error)),
    })
}

fn with_entry<T: Send + 'static>(
    origin: &str,
    work: impl FnOnce(&Entry) -> Result<T, RingError> + Send + 'static,
) -> Result<T, RingError> {
    let origin = origin.to_owned();
    within(LIMIT, move || {
        // An entry that cannot be made does not say why; the store's status does.
        if let Err(error) = Entry::store_status() {
            return Err(RingError::Missing(Cause(error.to_string())));
        }
        let entry = Entry::new(SERVICE, &origin).map_err(|error| failed(&error))?;
        work(&entry)
    })
}

/// Runs `work` on a thread of its own and waits at most `limit` for it. One that takes longer is left behind; it ends with the
/// process.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, RingError> + Send + 'static,
) -> Result<T, RingError> {
    let (done, answer) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || drop(done.send(work())))
        .map_err(|error| RingError::Failed(Cause(error.to_string())))?;
    match answer.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(RingError::Silent { limit }),
        Err(RecvTimeoutError::Disconnected) => Err(RingError::Failed(Cause(
            "the code that talks to it stopped".to_owned(),
        ))),
    }
}

/// The display of these errors holds no secret; their debug form would.
fn failed(error: &Failure) -> RingError {
    let cause = Cause(error.to_string());
    match error {
        Failure::NoStorageAccess(_) => RingError::Closed(cause),
        Failure::NoDefaultStore => RingError::Missing(cause),
        _ => RingError::Failed(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_keyring_that_hangs_is_left_behind() {
        let start = Instant::now();
        let limit = Duration::from_millis(50);
        let result = within(limit, || {
            std::thread::sleep(Duration::from_mins(1));
            Ok(())
        });
        assert!(
            matches!(result, Err(RingError::Silent { .. })),
            "{result:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_keyring_that_answers_is_not_waited_for() {
        let start = Instant::now();
        assert_eq!(within(Duration::from_mins(1), || Ok(7)).unwrap(), 7);
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn what_the_keyring_holds_is_not_part_of_what_it_says() {
        let bad = Failure::BadEncoding(b"dcr_secret\xff".to_vec());
        let shown = format!("{:?}", failed(&bad));
        let bytes = "100, 99, 114";
        assert!(!shown.contains("dcr") && !shown.contains(bytes), "{shown}");
    }
}
