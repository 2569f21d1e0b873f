//! Metrics of this process: what it answered, and how full it is.

use std::fmt::Write as _;

use super::connections::Room;
use super::metrics::{Text, borrowed, labels};
use crate::server::access::{BOUNDS, Bodies, Counted, Meter};

impl Text {
    /// Everything that this process knows without a store.
    pub(super) fn process(&mut self, meter: &Meter, bodies: &Bodies, room: &Room) {
        let (open, limit) = room.taken();
        let version = labels(&[("version", env!("CARGO_PKG_VERSION"))]);
        self.gauge("decantr_build_info", "The program.", &[(&version, 1)]);
        let counted = meter.counted();
        self.counted(&counted);
        self.durations(&counted);
        self.family(
            "decantr_http_panics_total",
            "Requests that ended in a panic.",
            "counter",
            &[("", meter.panics())],
        );
        for (name, help, value) in [
            ("decantr_http_connections", "Open connections.", open),
            (
                "decantr_http_connections_limit",
                "The most connections at once.",
                limit,
            ),
            (
                "decantr_http_bodies_bytes",
                "Memory that bodies hold.",
                bodies.held(),
            ),
            (
                "decantr_http_bodies_limit_bytes",
                "The most memory that bodies may hold.",
                Bodies::limit(),
            ),
        ] {
            self.gauge(name, help, &[("", value as u64)]);
        }
    }

    fn counted(&mut self, counted: &Counted) {
        let requests = counted
            .requests
            .iter()
            .map(|((client, status, code), count)| {
                let status = status.to_string();
                let pairs = [("client", *client), ("status", &status), ("code", code)];
                (labels(&pairs), *count)
            });
        let requests: Vec<_> = requests.collect();
        let help =
            "Requests answered since the start. Client is empty for routes that take no events.";
        self.family(
            "decantr_http_requests_total",
            help,
            "counter",
            &borrowed(&requests),
        );
        let events = counted
            .events
            .iter()
            .map(|((client, outcome, reason), count)| {
                let pairs = [
                    ("client", *client),
                    ("outcome", outcome),
                    ("reason", reason),
                ];
                (labels(&pairs), *count)
            });
        let events: Vec<_> = events.collect();
        let help = "Events received since the start, by the client in whose words they came and what became of them.";
        self.family(
            "decantr_ingest_client_events_total",
            help,
            "counter",
            &borrowed(&events),
        );
    }

    fn durations(&mut self, counted: &Counted) {
        let name = "decantr_ingest_request_duration_seconds";
        if counted.durations.is_empty() {
            return;
        }
        self.head(name, "How long requests with events took.", "histogram");
        for (client, durations) in &counted.durations {
            let mut sum = 0;
            for (bound, within) in BOUNDS.iter().zip(&durations.within) {
                sum += within;
                let labels = labels(&[("client", client), ("le", &bound.to_string())]);
                self.line(format_args!("{name}_bucket{labels} {sum}"));
            }
            let (count, beyond) = (
                durations.count,
                labels(&[("client", client), ("le", "+Inf")]),
            );
            self.line(format_args!("{name}_bucket{beyond} {count}"));
            let labels = labels(&[("client", client)]);
            self.line(format_args!("{name}_sum{labels} {}", durations.sum));
            self.line(format_args!("{name}_count{labels} {count}"));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{line}").ok();
    }
}
