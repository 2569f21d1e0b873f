//! Consent, spool and delivery on a private home, against a real server or a misbehaving one.
