//! Signing in: which server has the account, where its key is kept, and requests that carry it.
//!
//! A key belongs to one origin (scheme, host, port): the one it was checked against. It is sent nowhere else.

mod answer;
mod call;
mod credentials;
mod error;
mod keyring;
mod place;
mod session;

pub use call::{get, post};
pub use credentials::{Credentials, StoreKind};
pub use error::{AccountError, AuthError, KeyFrom, Said, SignedOutBecause, shown_name};
pub use keyring::RingError;
pub use place::{Kept, Place};
pub use session::Session;
