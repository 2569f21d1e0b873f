//! What every wing stands on: time, typed ids, secrets, files and locks, hashes and signatures, the one HTTP client.

pub mod clock;
pub mod crypto;
pub mod fsx;
pub mod http;
pub mod ids;
pub mod secret;
