//! Counts by properties' values, sums and durations equal a recount of the raw events, and the words of senders go with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::event::Validator;
use decantr::model::outcome::Outcome;
use decantr::server::rollup::{Counts, Day, MOST_VALUES};
use decantr::server::store::{self, Days, MeasureQuery, Store, StoredEvent};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::recount::append;
use super::support::{now, url};

/// The days that the events of a test lie in.
fn days() -> Days {
    Days::ending(Day::of(now()), 5)
}

fn query(by_day: bool, events: &[&str]) -> MeasureQuery {
    MeasureQuery {
        catalog: "decantr".to_owned(),
        days: days(),
        events: events.iter().map(|name| (*name).to_owned()).collect(),
        by_day,
    }
}

async fn open(folder: &tempfile::TempDir) -> (Arc<dyn Store>, Validator) {
    let path = folder.path().join("events.db");
    let store = store::create(&url(&path), &Clock::fixed(now()))
        .await
        .unwrap();
    let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
    (store, validator)
}

prop_compose! {
    /// An event of one of five names, with properties of which each has only some.
    fn some_event()(
        id in 0_u128..60,
        kind in 0..5_usize,
        minutes_ago in -100..5000_i64,
        success in any::<bool>(),
        rate in proptest::option::of(prop_oneof![Just(0.5), Just(0.25)]),
        word in proptest::option::of(0..4),
        listed in proptest::option::of(prop_oneof!["react", "vue", "unheard-of"]),
        duration in 0..90_000_u32,
        score in proptest::option::of(0..100_u32),
    ) -> Value {
        let (name, source) = [
            ("cli.command.completed", "cli"),
            ("health.report.generated", "cli"),
            ("marketing_web.cta_clicked", "marketing-web"),
            ("registry_web.signup_clicked", "registry-web"),
            ("critique.completed", "api"),
        ][kind];
        let mut properties = json!({
            "command": "check", "success": success, "durationMs": duration, "status": "healthy", "ci": true,
            "destination": "docs", "surface": "hero", "routePath": "/docs",
            "errorCount": 1, "warnCount": 2, "infoCount": 3, "findingCount": 6, "scope": "hosted",
        });
        if let Some(word) = word {
            properties["attributionUtmCampaign"] = format!("campaign-{word}").into();
            properties["attributionLandingPath"] = "/docs".into();
        }
        if let Some(listed) = listed {
            properties["targetFramework"] = listed.into();
        }
        if let Some(score) = score {
            properties["score"] = json!(score);
            properties["overall"] = json!(score);
        }
        json!({
            "id": Uuid::from_u128(id),
            "name": name,
            "context": { "source": source, "environment": "production", "sampleRate": rate },
            "properties": properties,
            "timestamp": now() - SignedDuration::from_mins(minutes_ago),
        })
    }
}

type Cell = (u64, f64, u64);

/// Day, event, dimension and value.
type Place = (Day, String, String, String);

/// What raw events say, by day, event, dimension and value (and sum); an empty dimension stands for all events.
#[derive(Default)]
struct Recount {
    values: BTreeMap<Place, Cell>,
    sums: BTreeMap<(Place, String), (Cell, f64)>,
    durations: BTreeMap<(String, String), Vec<u32>>,
}

fn more(cell: &mut Cell, event: &StoredEvent, failed: bool) {
    let weight = 1.0 / event.context.sample_rate.unwrap_or(1.0);
    *cell = (
        cell.0 + 1,
        cell.1 + weight,
        if failed { cell.2 + 1 } else { cell.2 },
    );
}

impl Recount {
    fn of(events: &[StoredEvent]) -> Self {
        let mut recount = Self::default();
        for event in events {
            recount.add(event);
        }
        recount
    }

    fn add(&mut self, event: &StoredEvent) {
        let catalog = Catalog::decantr();
        let spec = catalog.event(&event.name).unwrap();
        let properties: Value = serde_json::from_str(&event.properties).unwrap();
        let failed = properties["success"] == false;
        let day = Day::of(event.timestamp.min(event.received_at));
        let weight = 1.0 / event.context.sample_rate.unwrap_or(1.0);
        let text = |name: &str| match &properties[name] {
            Value::Bool(value) => Some(value.to_string()),
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        let mut places = vec![(String::new(), String::new())];
        for name in &spec.dimensions {
            places.extend(text(name).map(|value| ((**name).to_owned(), value)));
        }
        for (dimension, value) in places {
            let key = (day, event.name.clone(), dimension, value);
            more(self.values.entry(key.clone()).or_default(), event, failed);
            for sum in &spec.sums {
                let Some(number) = properties[&**sum].as_f64() else {
                    continue;
                };
                let key = (key.clone(), (**sum).to_owned());
                let total = self.sums.entry(key).or_default();
                more(&mut total.0, event, failed);
                total.1 += number * weight;
            }
        }
        if let Some(duration) = properties["durationMs"].as_u64()
            && spec.sums.iter().any(|sum| &**sum == "durationMs")
        {
            let key = (event.name.clone(), "durationMs".to_owned());
            let times = if weight > 3.0 {
                4
            } else if weight > 1.0 {
                2
            } else {
                1
            };
            let duration = u32::try_from(duration).unwrap();
            let all = self.durations.entry(key).or_default();
            all.extend(std::iter::repeat_n(duration, times));
        }
    }

    fn dimensions(&self) -> Vec<String> {
        let mut names: Vec<String> = self.values.keys().map(|key| key.2.clone()).collect();
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        names
    }
}

fn cell(counts: Counts) -> Cell {
    (counts.events, counts.weight, counts.failures)
}

pub(super) async fn assert_measures_are_a_recount(store: &dyn Store) {
    let recount = Recount::of(&store.events(0, 10_000).await.unwrap());
    let mut sums = store.sums(&query(true, &[]), None).await.unwrap();
    let mut values = BTreeMap::new();
    for dimension in recount.dimensions() {
        for row in store.measures(&query(true, &[]), &dimension).await.unwrap() {
            let key = (row.day.unwrap(), row.event, dimension.clone(), row.value);
            assert_eq!(row.last_day, key.0);
            values.insert(key, cell(row.counts));
        }
        let every_day = query(true, &[]);
        let of = store.sums(&every_day, Some(&dimension));
        for mut row in of.await.unwrap() {
            row.value = row.value.map(|value| format!("{dimension}\0{value}"));
            sums.push(row);
        }
    }
    let sums: BTreeMap<_, _> = sums
        .into_iter()
        .map(|row| {
            let (dimension, value) = row
                .value
                .as_deref()
                .and_then(|both| both.split_once('\0'))
                .unwrap_or_default();
            let (dimension, value) = (dimension.to_owned(), value.to_owned());
            let place = (row.day.unwrap(), row.event, dimension, value);
            ((place, row.measure), (cell(row.counts), row.sum))
        })
        .collect();
    let mut expected = recount.values;
    expected.retain(|key, _| !key.2.is_empty());
    assert_eq!(values, expected);
    assert_eq!(sums, recount.sums);
    let durations = store.durations(&query(false, &[])).await.unwrap();
    assert_eq!(durations.len(), recount.durations.len());
    for row in durations {
        let mut exact = recount.durations[&(row.event, row.measure)].clone();
        exact.sort_unstable();
        for (q, place) in [
            (0.5, (exact.len() - 1) / 2),
            (0.95, (exact.len() - 1) * 95 / 100),
        ] {
            let (said, exact) = (row.sketch.quantile(q).unwrap(), f64::from(exact[place]));
            assert!(
                (said - exact).abs() <= exact * 0.01 + 1e-6,
                "{said} instead of {exact}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn measures_equal_a_recount(batches in prop::collection::vec(prop::collection::vec(some_event(), 0..40), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (store, validator) = open(&folder).await;
            for batch in &batches {
                store.append(append(&validator, batch)).await.unwrap();
            }
            assert_measures_are_a_recount(&*store).await;
            store.close().await.unwrap();
        });
    }
}

fn clicked(id: u128, campaign: &str) -> Value {
    json!({
        "id": Uuid::from_u128(id),
        "name": "marketing_web.cta_clicked",
        "context": { "source": "marketing-web", "environment": "production" },
        "properties": { "destination": "docs", "surface": "hero", "attributionUtmCampaign": campaign, "attributionChannel": "paid" },
        "timestamp": now() - SignedDuration::from_hours(24),
    })
}

async fn campaigns(store: &dyn Store) -> Vec<(String, u64)> {
    let query = query(false, &["marketing_web.cta_clicked"]);
    let rows = store.measures(&query, "attributionUtmCampaign");
    let rows = rows.await.unwrap().into_iter();
    rows.map(|row| (row.value, row.counts.events)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_senders_go_with_the_raw_events_and_words_of_the_catalog_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (store, validator) = open(&folder).await;
    let command = json!({
        "id": Uuid::from_u128(9),
        "name": "cli.command.completed",
        "context": { "source": "cli", "environment": "production" },
        "properties": { "command": "check", "success": false, "durationMs": 500 },
        "timestamp": now() - SignedDuration::from_hours(24),
    });
    let events = [clicked(1, "winter-sale"), command];
    let outcomes = store.append(append(&validator, &events)).await.unwrap();
    assert_eq!(outcomes, [Outcome::Accepted; 2]);
    assert_eq!(
        campaigns(&*store).await,
        [("winter-sale".to_owned(), 1_u64)]
    );

    let purged = store.purge("decantr", Day::of(now())).await.unwrap();
    // Destination, surface, channel (if it is a token) and campaign: words of senders all.
    assert!(purged.value_rows >= 3, "{purged:?}");
    assert_eq!(campaigns(&*store).await, []);
    let commands = query(false, &["cli.command.completed"]);
    let kept = store.measures(&commands, "success").await.unwrap();
    let kept: Vec<_> = kept
        .iter()
        .map(|row| (&*row.value, cell(row.counts)))
        .collect();
    assert_eq!(kept, [("false", (1, 1.0, 1))]);
    let sums = store.sums(&commands, None).await.unwrap();
    assert!((sums[0].sum - 500.0).abs() < f64::EPSILON);
    let durations = store.durations(&commands).await.unwrap();
    assert!((durations[0].sketch.quantile(0.5).unwrap() - 500.0).abs() <= 5.0);
    store.close().await.unwrap();
    let file = std::fs::read(folder.path().join("events.db")).unwrap();
    assert!(!file.windows(11).any(|bytes| bytes == b"winter-sale"));
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_so_many_values_a_day_further_ones_count_as_other() {
    let folder = tempfile::tempdir().unwrap();
    let (store, validator) = open(&folder).await;
    let most = u128::from(MOST_VALUES);
    for numbers in [0..most / 2, most / 2..most + 40, 0..most + 60] {
        let first = numbers.start;
        let events: Vec<Value> = numbers
            .map(|n| {
                clicked(
                    n + 10_000 * u128::from(first == 0) * u128::from(n % 2 == 0),
                    &format!("c{n:05}"),
                )
            })
            .collect();
        store.append(append(&validator, &events)).await.unwrap();
    }
    let stored = store.events(0, 10_000).await.unwrap();
    let found = campaigns(&*store).await;
    let total: u64 = found.iter().map(|(_, events)| events).sum();
    assert_eq!(total, u64::try_from(stored.len()).unwrap());
    assert_eq!(found.len(), usize::try_from(MOST_VALUES).unwrap() + 1);
    let other = found.iter().find(|(value, _)| value == "other").unwrap();
    let named: BTreeMap<&str, u64> = found.iter().map(|(v, n)| (v.as_str(), *n)).collect();
    let of_others = stored
        .iter()
        .filter(|event| {
            let properties: Value = serde_json::from_str(&event.properties).unwrap();
            !named.contains_key(properties["attributionUtmCampaign"].as_str().unwrap())
        })
        .count();
    assert_eq!(other.1, u64::try_from(of_others).unwrap());
    assert!(named["c00000"] >= 1 && of_others >= 60, "{of_others}");
    store.close().await.unwrap();
}
