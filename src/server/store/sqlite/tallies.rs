//! What became of a request, counted by outcome.

use super::words::Number;
use crate::model::outcome::{Outcome, Reason};
use crate::server::rollup::{Day, Deltas, Tally};
use crate::server::store::Append;

/// Counts the outcomes of a request's entries, and what was dropped before.
pub(super) fn add(
    deltas: &mut Deltas<Number>,
    append: &Append,
    catalog: Number,
    outcomes: &[Outcome],
) {
    let day = Day::of(append.received_at);
    let (mut accepted, mut forgotten) = (0, 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Accepted => accepted += 1,
            Outcome::Dropped(_) => forgotten += 1,
            Outcome::Duplicate => {}
        }
    }
    let all = u64::try_from(outcomes.len()).unwrap_or_default();
    let drops = append
        .drops
        .iter()
        .chain(append.losses.iter().filter(|_| accepted > 0))
        .map(|(reason, count)| (Tally::Dropped(*reason), *count));
    let fates = [
        (Tally::Accepted, accepted),
        (Tally::Duplicate, all - accepted - forgotten),
        (Tally::Dropped(Reason::Forgotten), forgotten),
    ];
    for (tally, count) in fates.into_iter().chain(drops) {
        if count > 0 {
            deltas.tally(day, catalog, tally, count);
        }
    }
}
