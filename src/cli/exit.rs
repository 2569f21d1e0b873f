//! The exit codes, which are part of the interface.

/// All is well. Also used when the reader of our output went away.
pub(crate) const OK: u8 = 0;
/// The thing that was checked is not ok.
pub(crate) const CHECK_FAILED: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// A configuration, project or local file is unreadable or invalid.
pub(crate) const CONFIG: u8 = 3;
/// Consent is missing or overridden, or something could not be removed.
pub(crate) const CONSENT: u8 = 4;
/// Not signed in, or not allowed.
pub(crate) const ACCESS: u8 = 5;
/// A remote or the store failed.
pub(crate) const REMOTE: u8 = 6;
/// A bug in this program.
pub const BUG: u8 = 70;
/// Stopped by Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;
