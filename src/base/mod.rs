//! What every wing stands on: time, typed ids, secrets, files and locks, hashes and signatures, errors as text, the one HTTP
//! client.

pub mod clock;
pub mod crypto;
pub mod error;
pub mod fsx;
pub mod http;
pub mod ids;
pub mod secret;
pub mod staged;
