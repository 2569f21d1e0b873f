//! What runs on a developer's machine: consent, identity, spool, delivery, the recorder, and the controls over them.
//!
//! Arrows inside: a room uses only rooms named before it in that list.
