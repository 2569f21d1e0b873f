//! The queries about conversations, invitations and the tokens that models use.

use std::collections::BTreeMap;

use super::answer::Field;
use super::rows::Slice;
use crate::server::report::compute::whole;

/// The event at the end of a conversation.
pub(super) const ENDED: &str = "conversation_ended";

/// The dimension that says how a conversation ended.
pub(super) const REASON: &str = "reason";

/// The event about an answer of a model.
pub(super) const STREAM: &str = "stream_completed";

/// The dimension that names a scenario.
pub(super) const SCENARIO: &str = "scenarioSlug";

/// [`Named::CompletionRate`](super::Named::CompletionRate).
pub(super) fn completion_rate(slice: &Slice) -> Vec<Vec<Field>> {
    let (started, completed) = (slice.count("conversation_started"), completed(slice));
    vec![vec![
        Field::Count(started),
        Field::Count(completed),
        Field::rate(completed, started),
    ]]
}

/// [`Named::SessionDuration`](super::Named::SessionDuration).
pub(super) fn session_duration(slice: &Slice) -> Vec<Vec<Field>> {
    let ended = slice.count(ENDED);
    let totals = slice.totals.iter();
    let (measured, milliseconds) = totals
        .filter(|row| row.event == ENDED && row.measure == "durationMs")
        .fold((0.0, 0.0), |(weight, sum), row| {
            (weight + row.counts.weight, sum + row.sum)
        });
    let average = if measured > 0.0 {
        Field::Amount(milliseconds / measured / 1000.0)
    } else {
        Field::Absent
    };
    vec![vec![Field::Count(ended), average]]
}

/// What answers of models took.
#[derive(Debug, Clone, Copy, Default)]
struct Tokens {
    answers: f64,
    input: f64,
    output: f64,
}

impl Tokens {
    fn add(&mut self, measure: &str, sum: f64) {
        match measure {
            "inputTokens" => self.input += sum,
            "outputTokens" => self.output += sum,
            _ => {}
        }
    }
}

/// [`Named::TokensByScenario`](super::Named::TokensByScenario).
pub(super) fn tokens_by_scenario(slice: &Slice) -> Vec<Vec<Field>> {
    let mut scenarios: BTreeMap<&str, Tokens> = BTreeMap::new();
    for row in slice.values.iter().filter(|row| row.event == STREAM) {
        scenarios.entry(&row.value).or_default().answers += row.counts.weight;
    }
    for row in slice.sums.iter().filter(|row| row.event == STREAM) {
        if let Some(value) = &row.value {
            scenarios
                .entry(value)
                .or_default()
                .add(&row.measure, row.sum);
        }
    }
    let mut unnamed = Tokens {
        answers: slice.weight(STREAM),
        ..Tokens::default()
    };
    for row in slice.totals.iter().filter(|row| row.event == STREAM) {
        unnamed.add(&row.measure, row.sum);
    }
    for named in scenarios.values() {
        unnamed.answers -= named.answers;
        unnamed.input -= named.input;
        unnamed.output -= named.output;
    }
    let mut rows: Vec<(Option<&str>, Tokens)> = scenarios
        .into_iter()
        .map(|(scenario, tokens)| (Some(scenario), tokens))
        .collect();
    if whole(unnamed.answers) > 0 {
        rows.push((None, unnamed));
    }
    rows.sort_by(|(_, one), (_, other)| {
        (other.input + other.output).total_cmp(&(one.input + one.output))
    });
    let row = |(scenario, tokens): (Option<&str>, Tokens)| {
        let (input, output) = (whole(tokens.input), whole(tokens.output));
        vec![
            scenario.map_or(Field::Absent, |name| Field::Text(name.to_owned())),
            Field::Count(whole(tokens.answers)),
            Field::Count(input),
            Field::Count(output),
            Field::Count(input.saturating_add(output)),
        ]
    };
    rows.into_iter().map(row).collect()
}

/// [`Named::InvitationFunnel`](super::Named::InvitationFunnel).
pub(super) fn invitation_funnel(slice: &Slice) -> Vec<Vec<Field>> {
    let created = slice.count("invitation_created");
    let claimed = slice.count("invitation_claimed");
    let started = slice.count("conversation_started");
    let completed = completed(slice);
    let counts = [created, claimed, started, completed].map(Field::Count);
    let rates = [
        Field::rate(claimed, created),
        Field::rate(completed, started),
    ];
    vec![counts.into_iter().chain(rates).collect()]
}

/// Conversations that were completed.
fn completed(slice: &Slice) -> u64 {
    let rows = slice.values.iter();
    let completed = rows.filter(|row| row.event == ENDED && row.value == "completed");
    whole(completed.map(|row| row.counts.weight).sum())
}
