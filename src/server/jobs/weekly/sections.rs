//! The weekly report as titled tables.

use super::Weekly;
use crate::server::jobs::message::{Section, rate, signed};
use crate::server::report::{Origin, Share};

/// The heights of a sparkline.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The sections that have rows, in order.
pub(super) fn of(weekly: &Weekly) -> Vec<Section> {
    let mut sections = vec![
        totals(weekly),
        trend(weekly),
        readout(weekly),
        movement(weekly),
        mix("Sources", &weekly.sources),
        mix("Customer sources", &weekly.customer_sources),
        mix("Actors", &weekly.actors),
        customers(weekly),
        failures(weekly),
        origins("Campaigns", "campaign", &weekly.campaigns),
        origins("Landing paths", "path", &weekly.landing_paths),
    ];
    sections.retain(|section| !section.rows.is_empty());
    sections
}

fn row(name: &str, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(cells).collect()
}

fn totals(weekly: &Weekly) -> Section {
    let summary = &weekly.summary;
    let moving = |name, total: u64, (current, previous): (u64, u64), change| {
        let counts = [total, current, previous].map(|count| count.to_string());
        row(name, counts.into_iter().chain([signed(change)]))
    };
    let single =
        |name, value: String| row(name, [value, String::new(), String::new(), String::new()]);
    let rows = vec![
        moving(
            "events",
            summary.total_events,
            (summary.current_events, summary.previous_events),
            summary.change_rate,
        ),
        moving(
            "customer events",
            summary.customer_events,
            (
                summary.current_customer_events,
                summary.previous_customer_events,
            ),
            summary.customer_change_rate,
        ),
        single(
            "customer CLI events",
            weekly.customer_cli_events.to_string(),
        ),
        single(
            "active customer identities",
            summary.active_customer_identities.to_string(),
        ),
        single("failures", summary.failures.to_string()),
        single("failure rate", rate(summary.failure_rate)),
    ];
    let columns = ["", "7 days", "7 complete days", "7 before", "change"];
    Section::new("Totals", &columns, rows)
}

fn trend(weekly: &Weekly) -> Section {
    let lines = [
        (
            "events",
            weekly
                .trends
                .iter()
                .map(|day| day.events)
                .collect::<Vec<_>>(),
        ),
        (
            "customer events",
            weekly
                .trends
                .iter()
                .map(|day| day.customer_events)
                .collect(),
        ),
        (
            "failures",
            weekly.trends.iter().map(|day| day.failures).collect(),
        ),
    ];
    let rows = lines
        .iter()
        .filter(|(_, days)| !days.is_empty())
        .map(|(name, days)| {
            let least = days.iter().min().copied().unwrap_or_default();
            let most = days.iter().max().copied().unwrap_or_default();
            row(name, [sparkline(days), least.to_string(), most.to_string()])
        });
    Section::new("Days", &["", "trend", "least", "most"], rows.collect()).noted(format!(
        "{} to {}; the last day is not complete.",
        weekly.window.from, weekly.window.to
    ))
}

/// A bar for each number, its height by the largest.
fn sparkline(numbers: &[u64]) -> String {
    let most = numbers.iter().max().copied().unwrap_or_default().max(1);
    let steps = BARS.len() as u64 - 1;
    let bar = |number: &u64| {
        let height = u128::from(*number) * u128::from(steps) / u128::from(most);
        usize::try_from(height).ok().and_then(|at| BARS.get(at))
    };
    numbers.iter().filter_map(bar).collect()
}

fn readout(weekly: &Weekly) -> Section {
    let rows = weekly.readout.iter().map(|reading| {
        let counts =
            [reading.total, reading.current, reading.previous].map(|count| count.to_string());
        row(
            reading.name,
            counts.into_iter().chain([signed(reading.change_rate)]),
        )
    });
    let said: Vec<&str> = weekly
        .readout
        .iter()
        .take(3)
        .map(|reading| reading.sentence.as_str())
        .collect();
    let columns = ["signal", "7 days", "7 complete days", "7 before", "change"];
    Section::new("Readout", &columns, rows.collect()).noted(said.join(" "))
}

fn movement(weekly: &Weekly) -> Section {
    let rows = weekly.movement.iter().map(|event| {
        let counts = [event.current, event.previous].map(|count| count.to_string());
        let moved = [format!("{:+}", event.delta), signed(event.change_rate)];
        row(&event.name, counts.into_iter().chain(moved))
    });
    let columns = ["event", "7 complete days", "7 before", "moved", "change"];
    Section::new("Event movement", &columns, rows.collect())
}

fn mix(title: &str, shares: &[Share]) -> Section {
    let rows = shares.iter().map(|share| {
        row(
            &share.name,
            [share.events.to_string(), rate(Some(share.share))],
        )
    });
    Section::new(title, &["", "7 days", "share"], rows.collect())
}

fn customers(weekly: &Weekly) -> Section {
    let rows = weekly.customer_identities.iter().map(|customer| {
        let org = customer.org_slug.clone();
        let org = org.or_else(|| customer.org.as_ref().map(ToString::to_string));
        row(
            customer.id.as_str(),
            [
                org.unwrap_or_default(),
                customer.events.to_string(),
                customer.last_seen.strftime("%Y-%m-%d").to_string(),
            ],
        )
    });
    let columns = ["identity", "organisation", "7 days", "last seen"];
    Section::new("Active customer identities", &columns, rows.collect())
}

fn failures(weekly: &Weekly) -> Section {
    let rows = weekly.failures.iter().map(|failure| {
        let counts = [failure.failures, failure.events].map(|count| count.to_string());
        row(
            &failure.name,
            counts.into_iter().chain([rate(Some(failure.failure_rate))]),
        )
    });
    Section::new(
        "Failures",
        &["event", "failures", "of", "rate"],
        rows.collect(),
    )
}

fn origins(title: &str, what: &str, origins: &[Origin]) -> Section {
    let rows = origins.iter().map(|origin| {
        let counts = [
            origin.page_views,
            origin.cta_clicks,
            origin.follow_through,
            origin.signup_clicks,
        ];
        let counts = counts.map(|count| count.to_string());
        row(
            &origin.name,
            counts.into_iter().chain([origin.last_seen.to_string()]),
        )
    });
    let columns = [
        what,
        "page views",
        "clicks",
        "follow-through",
        "signups",
        "last seen",
    ];
    Section::new(title, &columns, rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_goes_from_nothing_to_the_largest() {
        assert_eq!(sparkline(&[0, 1, 2, 7, 14]), "▁▁▂▄█");
        assert_eq!(sparkline(&[0, 0]), "▁▁");
        assert_eq!(sparkline(&[u64::MAX, u64::MAX / 2]), "█▄");
    }
}
