//! Which forms of the decantr catalog were ever released: a consent to one of them is a consent that was really given.

/// The revision and the wire digest of every released form, oldest first. A release of a new form adds a line here and the file to
/// `tests/it/model/released`; neither is ever taken away.
const RELEASED: [(u32, &str); 1] = [(
    1,
    "61f981ab166253b7a9bee475e55ff2a927d8c7be250364e853448a75c8cde8e6",
)];

/// Whether the decantr catalog was ever released with this revision and this wire digest (lower-case hex).
pub fn is_released(revision: u32, sha256: &str) -> bool {
    RELEASED.contains(&(revision, sha256))
}
