//! Each query by hand: few rows, and the numbers that they must give.

use std::collections::BTreeSet;

use super::*;
use crate::server::rollup::{Bucket, Counts, Sketch};
use crate::server::store::{DayRow, DurationRow, MeasureRow, SumRow};

/// Friday, 2026-11-20.
fn today() -> Day {
    Day::of("2026-11-20T05:00:00Z".parse().unwrap())
}

fn counts(weight: f64) -> Counts {
    Counts {
        events: 1,
        weight,
        failures: 0,
    }
}

/// What happened, day by day; each method adds to it.
#[derive(Default)]
struct Story(Rows);

impl Story {
    fn daily(mut self, days_ago: i32, event: &str, weight: f64) -> Self {
        self.0.daily.push(DayRow {
            day: today().plus(-days_ago),
            event: event.to_owned(),
            counts: counts(weight),
            customers: 0.0,
        });
        self
    }

    fn value(mut self, day: Option<i32>, event: &str, value: &str, weight: f64) -> Self {
        self.0.values.push(MeasureRow {
            day: day.map(|days_ago| today().plus(-days_ago)),
            event: event.to_owned(),
            value: value.to_owned(),
            counts: counts(weight),
            last_day: today(),
        });
        self
    }

    fn sum(
        mut self,
        event: &str,
        value: Option<&str>,
        measure: &str,
        weight: f64,
        sum: f64,
    ) -> Self {
        let rows = if value.is_some() {
            &mut self.0.sums
        } else {
            &mut self.0.totals
        };
        rows.push(SumRow {
            day: None,
            event: event.to_owned(),
            value: value.map(str::to_owned),
            measure: measure.to_owned(),
            counts: counts(weight),
            sum,
        });
        self
    }

    fn durations(mut self, event: &str, durations: impl IntoIterator<Item = u32>) -> Self {
        let mut sketch = Sketch::default();
        for duration in durations {
            sketch.add(Bucket::of(f64::from(duration)), 1.0);
        }
        self.0.durations.push(DurationRow {
            day: None,
            event: event.to_owned(),
            measure: "duration_ms".to_owned(),
            sketch,
        });
        self
    }

    fn answer(self, query: Named, days: u32, period: Option<Period>) -> Answer {
        let catalog = Catalog::embedded(query.default_catalog()).unwrap();
        assert_eq!(query.missing_in(&catalog), None, "{query:?}");
        let ask = Ask {
            query,
            days,
            period,
        };
        let answer = answer(&catalog, ask, Days::ending(today(), days), self.0);
        for row in &answer.rows {
            assert_eq!(row.len(), answer.columns.len(), "{query:?}");
        }
        answer
    }

    /// The rows as programs read them, one line each.
    fn asked(self, query: Named, days: u32, period: Option<Period>) -> Vec<String> {
        let rows = self.answer(query, days, period).rows;
        let line = |row: &Vec<Field>| row.iter().map(Field::plain).collect::<Vec<_>>().join(" ");
        rows.iter().map(line).collect()
    }

    fn whole(self, query: Named) -> Vec<String> {
        self.asked(query, 7, None)
    }
}

#[test]
fn events_per_day_are_newest_first_then_most_frequent_first() {
    let rows = Story::default()
        .daily(1, "b", 2.0)
        .daily(0, "a", 1.0)
        .daily(0, "b", 4.0)
        .daily(0, "c", 4.0)
        .asked(Named::EventsPerDay, 2, Some(Period::Daily));
    let expected = [
        "2026-11-20 b 4",
        "2026-11-20 c 4",
        "2026-11-20 a 1",
        "2026-11-19 b 2",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn weeks_go_by_their_monday_and_add_up_their_days() {
    let rows = Story::default()
        .daily(0, "a", 1.0)
        .daily(4, "a", 2.0)
        .daily(5, "a", 8.0)
        .asked(Named::EventsPerDay, 7, Some(Period::Weekly));
    assert_eq!(rows, ["2026-11-16 a 3", "2026-11-09 a 8"]);
}

#[test]
fn completed_conversations_are_those_that_ended_so() {
    let story = || {
        Story::default()
            .daily(0, "conversation_started", 5.0)
            .daily(1, "conversation_started", 3.0)
            .daily(0, "conversation_ended", 6.0)
            .value(None, "conversation_ended", "completed", 2.0)
            .value(None, "conversation_ended", "abandoned", 4.0)
    };
    assert_eq!(story().whole(Named::CompletionRate), ["8 2 0.25"]);
    let funnel = story()
        .daily(0, "invitation_created", 10.0)
        .daily(0, "invitation_claimed", 9.0)
        .whole(Named::InvitationFunnel);
    assert_eq!(funnel, ["10 9 8 2 0.9 0.25"]);
    assert_eq!(Story::default().whole(Named::CompletionRate), ["0 0 "]);
}

#[test]
fn durations_of_conversations_are_averaged_in_seconds() {
    let rows = Story::default()
        .daily(0, "conversation_ended", 4.0)
        .sum("conversation_ended", None, "durationMs", 4.0, 10_000.0)
        .sum("conversation_ended", None, "messageCount", 4.0, 44.0)
        .whole(Named::SessionDuration);
    assert_eq!(rows, ["4 2.5"]);
    assert_eq!(Story::default().whole(Named::SessionDuration), ["0 "]);
}

#[test]
fn tokens_without_a_scenario_have_a_row_of_their_own() {
    let rows = Story::default()
        .daily(0, "stream_completed", 6.0)
        .value(None, "stream_completed", "hard-talk", 2.0)
        .value(None, "stream_completed", "first-day", 3.0)
        .sum(
            "stream_completed",
            Some("hard-talk"),
            "inputTokens",
            2.0,
            100.0,
        )
        .sum(
            "stream_completed",
            Some("hard-talk"),
            "outputTokens",
            2.0,
            50.0,
        )
        .sum("stream_completed", Some("hard-talk"), "latencyMs", 2.0, 9.0)
        .sum(
            "stream_completed",
            Some("first-day"),
            "inputTokens",
            3.0,
            400.0,
        )
        .sum(
            "stream_completed",
            Some("first-day"),
            "outputTokens",
            3.0,
            1.0,
        )
        .sum("stream_completed", None, "inputTokens", 6.0, 507.0)
        .sum("stream_completed", None, "outputTokens", 6.0, 54.0)
        .whole(Named::TokensByScenario);
    let expected = [
        "first-day 3 400 1 401",
        "hard-talk 2 100 50 150",
        " 1 7 3 10",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn features_are_counted_by_the_parts_of_their_names() {
    let rows = Story::default()
        .daily(0, "racetime.seed.generate.success", 2.0)
        .daily(0, "discord.generator.invoke", 3.0)
        .daily(0, "page_viewed", 9.0)
        .asked(Named::FeatureUsage, 1, Some(Period::Daily));
    let expected = [
        "2026-11-20 discord generator invoke 3",
        "2026-11-20 racetime seed success 2",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_success_rate_is_of_successes_and_failures_by_provider_and_without() {
    let rows = Story::default()
        .daily(0, "discord.generator.invoke", 100.0)
        .daily(0, "discord.generator.success", 8.0)
        .daily(0, "discord.generator.failure", 4.0)
        .daily(0, "api.auth.login.failure", 1.0)
        .value(None, "discord.generator.invoke", "smz3", 50.0)
        .value(None, "discord.generator.success", "smz3", 6.0)
        .value(None, "discord.generator.failure", "smz3", 2.0)
        .value(None, "discord.generator.failure", "alttpr", 1.0)
        .whole(Named::SuccessRate);
    let expected = [
        "api auth  0 1 0",
        "discord generator alttpr 0 1 0",
        "discord generator smz3 6 2 0.75",
        "discord generator  2 1 0.6666666666666666",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_95th_percentile_is_over_all_endings_of_a_feature_and_right_to_one_percent() {
    let answer = Story::default()
        .durations("discord.generator.success", 1..=50)
        .durations("discord.generator.failure", 51..=100)
        .durations("api.auth.login.success", [2000])
        .answer(Named::P95, 7, None);
    let found: Vec<(String, String, f64)> = answer
        .rows
        .iter()
        .map(|row| {
            let Field::Amount(p95) = row[3] else {
                panic!("{row:?}")
            };
            (row[1].plain(), row[2].plain(), p95)
        })
        .collect();
    let [(login, one, slow), (generator, hundred, fast)] = &*found else {
        panic!("{found:?}")
    };
    assert_eq!((login.as_str(), one.as_str()), ("auth", "1"));
    assert_eq!((generator.as_str(), hundred.as_str()), ("generator", "100"));
    assert!((slow - 2000.0).abs() <= 20.0, "{slow}");
    assert!((fast - 95.0).abs() <= 1.0, "{fast}");
}

#[test]
fn groups_are_counted_once_a_day_and_quiet_days_are_shown() {
    let rows = Story::default()
        .value(Some(0), "discord.generator.invoke", "aa", 7.0)
        .value(Some(0), "discord.generator.success", "aa", 7.0)
        .value(Some(0), "discord.generator.success", "bb", 1.0)
        .value(Some(2), "discord.generator.success", "cc", 1.0)
        .asked(Named::ActiveGroups, 3, Some(Period::Daily));
    assert_eq!(rows, ["2026-11-20 2", "2026-11-19 0", "2026-11-18 1"]);
}

#[test]
fn no_use_counts_at_its_beginning_and_its_end() {
    let rows = Story::default()
        .daily(0, "discord.generator.invoke", 3.0)
        .daily(0, "discord.generator.success", 2.0)
        .daily(0, "discord.generator.failure", 1.0)
        .daily(0, "racetime.seed.generate.success", 4.0)
        .daily(0, "racetime.seed.generate.failure", 2.0)
        .daily(0, "api.auth.login.success", 5.0)
        .daily(0, "discord.asynctournament.run_start", 1.0)
        .whole(Named::TopFeatures);
    let expected = [
        "racetime seed 6 0.6",
        "discord generator 3 0.3",
        "discord asynctournament 1 0.1",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_summary_has_one_row_for_each_day_or_week() {
    let story = || {
        Story::default()
            .daily(0, "discord.generator.invoke", 4.0)
            .daily(0, "discord.generator.success", 3.0)
            .daily(0, "discord.generator.failure", 1.0)
            .daily(1, "api.auth.login.success", 2.0)
            .value(Some(0), "discord.generator.invoke", "aa", 4.0)
            .value(Some(1), "api.auth.login.success", "aa", 2.0)
    };
    let daily = story().asked(Named::UsageSummary, 2, Some(Period::Daily));
    assert_eq!(
        daily,
        ["2026-11-20 8 1 3 1 0.75 1", "2026-11-19 2 1 2 0 1 1"]
    );
    let weekly = story().asked(Named::UsageSummary, 2, Some(Period::Weekly));
    assert_eq!(weekly, ["2026-11-16 10 2 5 1 0.8333333333333334 1"]);
}

#[test]
fn a_catalog_without_the_events_of_a_query_is_told_what_it_needs() {
    let missing = |query: Named, id: &str| query.missing_in(&Catalog::embedded(id).unwrap());
    for query in Named::ALL {
        for id in Catalog::IDS {
            let expected = query == Named::EventsPerDay || id == query.default_catalog();
            assert_eq!(missing(query, id).is_none(), expected, "{query:?} of {id}");
        }
    }
    let needed = missing(Named::SessionDuration, "race-bot").unwrap();
    assert!(needed.contains("conversation_ended"), "{needed}");
}

#[test]
fn names_are_unique_and_columns_tell_days_from_weeks() {
    let names: BTreeSet<&str> = Named::ALL.map(Named::as_str).into();
    assert_eq!(names.len(), Named::ALL.len());
    for (period, expected) in [(Period::Daily, "day"), (Period::Weekly, "week")] {
        let answer = Story::default().answer(Named::UsageSummary, 1, Some(period));
        assert_eq!(answer.columns[0].name, expected);
    }
}
