//! Opaque ids, minted by permit only.
