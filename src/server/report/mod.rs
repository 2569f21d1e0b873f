//! Reports from the daily tables: how much is used, by whom, what fails, what moves, what needs attention.

mod activation;
mod alerts;
mod code;
mod compute;
mod customers;
mod forwarding;
mod identity;
mod marketing;
mod public;
pub mod query;
mod trend;
mod usage;

pub use activation::Activation;
pub use alerts::{Alert, Level, Thresholds, Warning};
pub use code::Code;
pub use compute::Period;
pub use customers::{CustomerIdentity, TOP_CUSTOMERS};
pub use forwarding::Forwarding;
pub use identity::{Identity, Organisation};
pub use marketing::{Marketing, Origin, OriginCount, question as values_question};
pub use public::{PUBLIC_DAYS, Public, PublicDay};
pub use trend::Trend;
pub use usage::{
    Bucket, EventCount, FailureCount, Intake, Query, ReasonCount, Share, Span, Summary, Usage,
};

/// A part of a whole; absent when the whole is nothing.
#[expect(
    clippy::cast_precision_loss,
    reason = "a ratio of counts, shown with a few digits"
)]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
