//! Named queries: one table each, from the daily tables alone.
//!
//! Days are whole UTC days that end with today. Unless said otherwise a number counts events of every source, actor and
//! environment, each as many times as its sample rate says (once when it was not sampled), rounded to a whole number. A rate is a
//! share from 0 to 1, absent when its whole is nothing. When days or weeks are told apart, the newest comes first, and a query
//! whose table always has one row has one for each of them, however little happened; the first and the last week hold only those
//! of their days that are asked for.

mod answer;
mod conversations;
mod features;
mod names;
mod rows;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Column, Field};
pub use names::{Ask, MOST_DAYS, Named, Period};

use jiff::Timestamp;

use crate::model::catalog::Catalog;
use crate::server::rollup::Day;
use crate::server::store::{Days, Rollups, StoreError};
use rows::{Rows, Slice};

/// Reads what `ask` asks about `catalog`, as of `now`. Days beyond the most that a query is about are left out.
pub async fn read(
    rollups: &dyn Rollups,
    catalog: &Catalog,
    ask: Ask,
    now: Timestamp,
) -> Result<Answer, StoreError> {
    let ask = Ask {
        days: ask.days.clamp(1, MOST_DAYS),
        ..ask
    };
    let days = Days::ending(Day::of(now), ask.days);
    let rows = Rows::read(rollups, catalog, ask, days).await?;
    Ok(answer(catalog, ask, days, rows))
}

/// The answer that these rows give.
fn answer(catalog: &Catalog, ask: Ask, days: Days, rows: Rows) -> Answer {
    let made = rows
        .slices(ask.period, days)
        .into_iter()
        .flat_map(|(first, slice)| {
            let fields = table(ask.query, catalog, &slice).into_iter();
            fields.map(move |row| {
                let label = first.map(|day| Field::Text(day.date().to_string()));
                label.into_iter().chain(row).collect()
            })
        });
    Answer {
        rows: made.collect(),
        ..Answer::empty(catalog, ask, days)
    }
}

/// The table of one slice of days.
fn table(query: Named, catalog: &Catalog, slice: &Slice) -> Vec<Vec<Field>> {
    match query {
        Named::EventsPerDay => features::events(slice),
        Named::CompletionRate => conversations::completion_rate(slice),
        Named::SessionDuration => conversations::session_duration(slice),
        Named::TokensByScenario => conversations::tokens_by_scenario(slice),
        Named::InvitationFunnel => conversations::invitation_funnel(slice),
        Named::FeatureUsage => features::usage(slice),
        Named::SuccessRate => features::success_rate(slice),
        Named::P95 => features::p95(slice),
        Named::ActiveGroups => features::active_groups(slice),
        Named::TopFeatures => features::top(catalog, slice),
        Named::UsageSummary => features::summary(slice),
    }
}
