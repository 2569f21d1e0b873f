//! `GET /metrics` for Prometheus, on a listener of its own: nothing about anybody; sums out of the store, and of this process.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::connections::Room;
use crate::base::clock::Clock;
use crate::base::error::chain;
use crate::server::access::{Access, Meter};
use crate::server::report::Forwarding;
use crate::server::rollup::Day;
use crate::server::store::{Days, OutcomeRow, Store, StoreError};

/// The path.
pub(super) const PATH: &str = "/metrics";

/// Prometheus's text format.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Longer than anything is kept, in days.
const EVER: u32 = 36_500;

/// What is asked.
#[derive(Clone)]
pub(super) struct Metrics {
    pub(super) store: Arc<dyn Store>,
    pub(super) catalogs: Vec<Arc<str>>,
    pub(super) clock: Clock,
    pub(super) meter: Arc<Meter>,
    pub(super) access: Arc<Access>,
    pub(super) room: Arc<Room>,
}

impl Metrics {
    pub(super) fn router(self) -> Router {
        Router::new().route(PATH, get(answer)).with_state(self)
    }

    async fn read(&self) -> Result<String, StoreError> {
        let now = self.clock.now();
        // Clocks of clients may be a day ahead.
        let days = Days::ending(Day::of(now).plus(1), EVER);
        let mut outcomes = Vec::with_capacity(self.catalogs.len());
        for catalog in &self.catalogs {
            outcomes.push((&**catalog, self.store.outcomes(catalog, days).await?));
        }
        let forwarding = Forwarding::read(self.store.cursors(), now).await?;
        let mut text = Text::default();
        text.ingest(&outcomes);
        let load = self.store.load();
        text.gauge(
            "decantr_ingest_queue_events",
            "Events that wait for the writer.",
            &[("", load.rows as u64)],
        );
        text.gauge(
            "decantr_ingest_queue_limit_events",
            "The most events that may wait.",
            &[("", load.max_rows as u64)],
        );
        text.forwarding(&forwarding);
        text.process(&self.meter, &self.access.bodies, &self.room);
        Ok(text.0)
    }
}

async fn answer(State(metrics): State<Metrics>) -> Response {
    match metrics.read().await {
        Ok(text) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(error) => {
            tracing::warn!(error = chain(&error), "no metrics");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store cannot be read\n",
            )
                .into_response()
        }
    }
}

/// Metrics in Prometheus's text format.
#[derive(Default)]
pub(super) struct Text(pub(super) String);

impl Text {
    pub(super) fn gauge(&mut self, name: &str, help: &str, values: &[(&str, u64)]) {
        self.family(name, help, "gauge", values);
    }

    /// One metric; values have their labels before them, in braces.
    pub(super) fn family(&mut self, name: &str, help: &str, kind: &str, values: &[(&str, u64)]) {
        if values.is_empty() {
            return;
        }
        self.head(name, help, kind);
        for (labels, value) in values {
            writeln!(self.0, "{name}{labels} {value}").ok();
        }
    }

    /// What stands before the values of a metric.
    pub(super) fn head(&mut self, name: &str, help: &str, kind: &str) {
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").ok();
    }

    fn ingest(&mut self, outcomes: &[(&str, Vec<OutcomeRow>)]) {
        let rows: Vec<(String, u64)> = outcomes
            .iter()
            .flat_map(|(catalog, rows)| rows.iter().map(move |row| (*catalog, row)))
            .map(|(catalog, row)| {
                let (outcome, reason) = row.tally.words();
                let labels = labels(&[
                    ("catalog", catalog),
                    ("outcome", outcome),
                    ("reason", reason),
                ]);
                (labels, row.count)
            })
            .collect();
        let is_part = |labels: &str| labels.contains("outcome=\"stripped\"");
        let (parts, events): (Vec<_>, Vec<_>) = rows
            .iter()
            .map(|(labels, count)| (labels.as_str(), *count))
            .partition(|(labels, _)| is_part(labels));
        self.family(
            "decantr_ingest_events_total",
            "Events received, by what became of them.",
            "counter",
            &events,
        );
        self.family(
            "decantr_ingest_stripped_total",
            "Parts taken out of stored events, by cause.",
            "counter",
            &parts,
        );
    }

    fn forwarding(&mut self, all: &[Forwarding]) {
        let each = |value: fn(&Forwarding) -> u64| -> Vec<(String, u64)> {
            let row = |one: &Forwarding| (labels(&[("target", &one.name)]), value(one));
            all.iter().map(row).collect()
        };
        for (name, help, values) in [
            (
                "decantr_forward_lag_events",
                "Events that wait to be forwarded, counted up to a million.",
                each(|one| one.behind_events),
            ),
            (
                "decantr_forward_lag_seconds",
                "For how long the first of them has waited.",
                each(|one| one.behind_seconds),
            ),
            (
                "decantr_forward_failures",
                "Failures in a row.",
                each(|one| u64::from(one.failures)),
            ),
        ] {
            self.gauge(name, help, &borrowed(&values));
        }
        let outcomes: Vec<(String, u64)> = all
            .iter()
            .flat_map(|one| {
                [
                    ("forwarded", one.forwarded),
                    ("refused", one.refused),
                    ("not_in_catalog", one.passed),
                ]
                .map(|(outcome, count)| {
                    (
                        labels(&[("target", &one.name), ("outcome", outcome)]),
                        count,
                    )
                })
            })
            .collect();
        let help = "Events that were forwarded, by what became of them.";
        self.family(
            "decantr_forward_events_total",
            help,
            "counter",
            &borrowed(&outcomes),
        );
    }
}

pub(super) fn borrowed(rows: &[(String, u64)]) -> Vec<(&str, u64)> {
    rows.iter()
        .map(|(labels, value)| (labels.as_str(), *value))
        .collect()
}

/// Labels in braces. An empty one is left out, which to Prometheus is the same.
pub(super) fn labels(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = pairs
        .map(|(name, value)| {
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            format!("{name}=\"{value}\"")
        })
        .collect();
    format!("{{{}}}", pairs.join(","))
}
