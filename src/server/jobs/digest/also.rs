//! Alerts of a digest that are not about its numbers.

use super::{Digest, status};
use crate::server::report::Alert;

impl Digest {
    /// The same digest with further alerts, and the verdict that they give.
    #[must_use]
    pub fn also(mut self, alerts: impl IntoIterator<Item = Alert>) -> Self {
        self.alerts.extend(alerts);
        self.alerts.sort_by_key(|alert| alert.level);
        self.status = status(&self.alerts);
        self
    }
}
