//! Named queries equal a recount of the raw events by another route, whatever came.

use std::collections::{BTreeMap, BTreeSet};

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::event::Validator;
use decantr::server::report::query::{self, Ask, Field, Named, Period};
use decantr::server::rollup::Day;
use decantr::server::store::{self, StoredEvent};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::queries_events::{conversation_event, race_event};
use super::recount::append;
use super::support::{now, url};

/// How many days the queries are asked about; some events are older.
const DAYS: u32 = 3;

/// A raw event as a recount needs it.
struct Raw {
    day: Day,
    name: String,
    /// How many events it stands for.
    copies: u64,
    properties: Value,
}

impl Raw {
    fn of(event: &StoredEvent) -> Self {
        let rate = event.context.sample_rate.unwrap_or(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "few"
        )]
        let copies = (1.0 / rate) as u64;
        Self {
            day: Day::of(event.timestamp),
            name: event.name.clone(),
            copies,
            properties: serde_json::from_str(&event.properties).unwrap(),
        }
    }

    fn number(&self, property: &str) -> u64 {
        self.properties[property].as_u64().unwrap()
    }

    /// The value as a query shows it.
    fn word(&self, property: &str) -> String {
        self.properties[property]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn part(&self, at: usize) -> &str {
        self.name.split('.').nth(at).unwrap()
    }

    fn action(&self) -> &str {
        self.name.rsplit('.').next().unwrap()
    }
}

fn sum(raw: &[Raw], of: impl Fn(&Raw) -> bool) -> u64 {
    raw.iter().filter(|raw| of(raw)).map(|raw| raw.copies).sum()
}

/// Counts by what `key` gives.
fn by<K: Ord>(raw: &[Raw], key: impl Fn(&Raw) -> Option<K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for raw in raw {
        if let Some(key) = key(raw) {
            *counts.entry(key).or_default() += raw.copies;
        }
    }
    counts
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn rate(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    (part as f64 / whole as f64).to_string()
}

/// Each row in words; a set, since the order has tests of its own.
type Table = BTreeSet<String>;

struct Asked {
    raw: Vec<Raw>,
    tables: BTreeMap<&'static str, Vec<Vec<Field>>>,
}

impl Asked {
    /// Stores the events and asks every query of their catalog.
    fn of(catalog: &str, events: &[Value]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let catalog = Catalog::embedded(catalog).unwrap();
        runtime.block_on(async {
            let path = folder.path().join("events.db");
            let store = store::create(&url(&path), &Clock::fixed(now()))
                .await
                .unwrap();
            let validator = Validator::new(catalog.clone(), store.secrets().hmac_key, 30);
            for part in events.chunks(20) {
                store.append(append(&validator, part)).await.unwrap();
            }
            let stored = store.events(0, 1000).await.unwrap();
            assert_eq!(stored.len(), events.len(), "all events are good");
            let from = Day::of(now()).plus(1 - i32::try_from(DAYS).unwrap());
            let raw = stored.iter().map(Raw::of).filter(|raw| raw.day >= from);
            let mut tables = BTreeMap::new();
            for named in Named::ALL
                .into_iter()
                .filter(|q| q.missing_in(&catalog).is_none())
            {
                let ask = Ask::new(named, Some(DAYS), None);
                let answer = query::read(&*store, &catalog, ask, now()).await.unwrap();
                tables.insert(named.as_str(), answer.rows);
            }
            let raw = raw.collect();
            store.close().await.unwrap();
            Self { raw, tables }
        })
    }

    fn table(&self, query: &str) -> Table {
        let rows = self.tables[query].iter();
        rows.map(|row| row.iter().map(Field::plain).collect::<Vec<_>>().join("|"))
            .collect()
    }

    fn each_day(&self, row: impl Fn(&[Raw]) -> String) -> Table {
        let today = Day::of(now());
        (0..i32::try_from(DAYS).unwrap())
            .map(|back| {
                let day = today.plus(-back);
                let raw: Vec<Raw> = self
                    .raw
                    .iter()
                    .filter(|raw| raw.day == day)
                    .map(copy)
                    .collect();
                format!("{}|{}", day.date(), row(&raw))
            })
            .collect()
    }
}

fn copy(raw: &Raw) -> Raw {
    Raw {
        name: raw.name.clone(),
        properties: raw.properties.clone(),
        ..*raw
    }
}

fn groups(raw: &[Raw]) -> usize {
    let groups: BTreeSet<String> = raw.iter().map(|raw| raw.word("guild_hash")).collect();
    groups.iter().filter(|group| !group.is_empty()).count()
}

fn assert_race_bot(asked: &Asked) {
    let raw = &asked.raw;
    let usage = by(raw, |raw| {
        let day = raw.day.date();
        Some(format!(
            "{day}|{}|{}|{}",
            raw.part(0),
            raw.part(1),
            raw.action()
        ))
    });
    let usage: Table = usage
        .iter()
        .map(|(key, count)| format!("{key}|{count}"))
        .collect();
    assert_eq!(asked.table("feature-usage"), usage);

    let ended = |raw: &Raw| ["success", "failure"].contains(&raw.action());
    let key = |raw: &Raw| format!("{}|{}|{}", raw.part(0), raw.part(1), raw.word("provider"));
    let all = by(raw, |raw| ended(raw).then(|| key(raw)));
    let good = by(raw, |raw| (raw.action() == "success").then(|| key(raw)));
    let success: Table = all
        .iter()
        .map(|(key, all)| {
            let good = good.get(key).copied().unwrap_or_default();
            format!("{key}|{good}|{}|{}", all - good, rate(good, *all))
        })
        .collect();
    assert_eq!(asked.table("success-rate"), success);

    assert_eq!(
        asked.table("active-groups"),
        asked.each_day(|raw| groups(raw).to_string())
    );
    let summary = asked.each_day(|raw| {
        let features = by(raw, |raw| {
            Some((raw.part(0).to_owned(), raw.part(1).to_owned()))
        });
        let (all, good) = (sum(raw, ended), sum(raw, |raw| raw.action() == "success"));
        let counts = format!(
            "{}|{}|{good}|{}",
            sum(raw, |_| true),
            features.len(),
            all - good
        );
        format!("{counts}|{}|{}", rate(good, all), groups(raw))
    });
    assert_eq!(asked.table("usage-summary"), summary);

    let uses = by(raw, |raw| {
        let begins = ["discord.generator", "api.auth"]
            .iter()
            .any(|head| raw.name.starts_with(head));
        let is_use = !begins || ["invoke", "start"].contains(&raw.action());
        is_use.then(|| format!("{}|{}", raw.part(0), raw.part(1)))
    });
    let total = uses.values().sum();
    let uses: Table = uses
        .iter()
        .map(|(key, n)| format!("{key}|{n}|{}", rate(*n, total)))
        .collect();
    assert_eq!(asked.table("top-features"), uses);
    assert_p95(asked);
}

fn assert_p95(asked: &Asked) {
    let mut durations: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for raw in asked
        .raw
        .iter()
        .filter(|raw| !raw.properties["duration_ms"].is_null())
    {
        let all = durations
            .entry(format!("{}|{}", raw.part(0), raw.part(1)))
            .or_default();
        let value = raw.properties["duration_ms"].as_f64().unwrap();
        all.extend((0..raw.copies).map(|_| value));
    }
    let rows = &asked.tables["p95"];
    assert_eq!(rows.len(), durations.len());
    for row in rows {
        let key = format!("{}|{}", row[0].plain(), row[1].plain());
        let all = durations.get_mut(&key).unwrap();
        all.sort_by(f64::total_cmp);
        assert_eq!(row[2], Field::Count(all.len() as u64));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "few values"
        )]
        let exact = all[(0.95 * (all.len() - 1) as f64) as usize];
        let Field::Amount(said) = row[3] else {
            panic!("{row:?}")
        };
        assert!(
            (said - exact).abs() <= exact * 0.01 + 0.05 + 1e-9,
            "{said} instead of {exact}"
        );
    }
}

fn assert_conversations(asked: &Asked) {
    let raw = &asked.raw;
    let named = |name: &'static str| sum(raw, |raw| raw.name == name);
    let completed = sum(raw, |raw| raw.word("reason") == "completed");
    let started = named("conversation_started");
    let line = format!("{started}|{completed}|{}", rate(completed, started));
    assert_eq!(asked.table("completion-rate"), Table::from([line]));

    let (created, claimed) = (named("invitation_created"), named("invitation_claimed"));
    let rates = format!("{}|{}", rate(claimed, created), rate(completed, started));
    let line = format!("{created}|{claimed}|{started}|{completed}|{rates}");
    assert_eq!(asked.table("invitation-funnel"), Table::from([line]));

    let ended = raw.iter().filter(|raw| raw.name == "conversation_ended");
    let milliseconds: u64 = ended.map(|raw| raw.copies * raw.number("durationMs")).sum();
    let [row] = &*asked.tables["session-duration"] else {
        panic!()
    };
    let all = named("conversation_ended");
    assert_eq!(row[0], Field::Count(all));
    match (&row[1], all) {
        (Field::Absent, 0) => {}
        (Field::Amount(said), all) => {
            let exact = rate(milliseconds, all * 1000).parse::<f64>().unwrap();
            assert!((said - exact).abs() < 1e-6, "{said} instead of {exact}");
        }
        other => panic!("{other:?}"),
    }

    let mut scenarios: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for raw in raw.iter().filter(|raw| raw.name == "stream_completed") {
        let sums = scenarios.entry(raw.word("scenarioSlug")).or_default();
        let more = [1, raw.number("inputTokens"), raw.number("outputTokens")];
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum += raw.copies * more;
        }
    }
    let tokens = scenarios
        .iter()
        .map(|(scenario, [answers, input, output])| {
            format!("{scenario}|{answers}|{input}|{output}|{}", input + output)
        });
    assert_eq!(asked.table("tokens-by-scenario"), tokens.collect());
}

fn assert_events_per_day(asked: &Asked) {
    let events = by(&asked.raw, |raw| {
        Some(format!("{}|{}", raw.day.date(), raw.name))
    });
    let events: Table = events
        .iter()
        .map(|(key, count)| format!("{key}|{count}"))
        .collect();
    assert_eq!(asked.table("events-per-day"), events);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn queries_about_features_equal_a_recount(events in prop::collection::vec(race_event(), 0..80)) {
        let asked = Asked::of("race-bot", &events);
        assert_events_per_day(&asked);
        assert_race_bot(&asked);
    }

    #[test]
    fn queries_about_conversations_equal_a_recount(events in prop::collection::vec(conversation_event(), 0..80)) {
        let asked = Asked::of("conversations", &events);
        assert_events_per_day(&asked);
        assert_conversations(&asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_tell_groups_apart_once_a_week_and_other_catalogs_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = store::create(&url(&path), &Clock::fixed(now()))
        .await
        .unwrap();
    let event = |days_ago: i64, guild: u32| {
        json!({
            "name": "discord.generator.invoke",
            "context": { "source": "discord" },
            "properties": { "guild_hash": format!("{guild:032x}") },
            "timestamp": now() - jiff::SignedDuration::from_hours(24 * days_ago),
        })
    };
    let race_bot = Catalog::embedded("race-bot").unwrap();
    let validator = Validator::new(race_bot.clone(), [7; 32], 30);
    // Friday, Thursday and Monday of this week, Sunday of the one before.
    let events = [event(0, 1), event(1, 1), event(4, 2), event(5, 3)];
    store.append(append(&validator, &events)).await.unwrap();
    let tools = Validator::new(Catalog::decantr(), [7; 32], 90);
    let other = json!({
        "name": "cli.command.completed",
        "context": { "source": "cli" },
        "properties": { "command": "check", "durationMs": 1, "success": true },
    });
    store.append(append(&tools, &[other])).await.unwrap();
    let ask = Ask::new(Named::UsageSummary, None, Some(Period::Weekly));
    let answer = query::read(&*store, &race_bot, ask, now()).await.unwrap();
    let rows: Vec<String> = answer
        .rows
        .iter()
        .map(|row| format!("{} {} {}", row[0].plain(), row[1].plain(), row[6].plain()))
        .collect();
    assert_eq!(rows[..2], ["2026-11-16 3 2", "2026-11-09 1 1"]);
    assert_eq!(rows.len(), 5, "the 30 days lie in five weeks: {rows:?}");
    store.close().await.unwrap();
}
