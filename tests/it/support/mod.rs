//! The harness: a private home, a cleared environment, the real binary, a real server on port 0.

pub(crate) mod process;
pub(crate) mod serving;
pub(crate) mod trace;
pub(crate) mod unprivileged;
