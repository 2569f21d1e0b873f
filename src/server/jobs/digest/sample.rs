//! Made-up numbers, put through the same computation as real ones.

use jiff::Timestamp;

use super::Reports;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment};
use crate::model::outcome::{Reason, Strip};
use crate::server::report::{Figures, Query, Thresholds, Usage};
use crate::server::rollup::{Counts, Tally};
use crate::server::store::{Active, OutcomeRow, UsageRow};

/// Event, source, actor, events a week, failures a week.
const WEEK: [(&str, &str, Actor, u32, u64); 10] = [
    ("cli.command.completed", "cli", Actor::Customer, 1840, 31),
    ("cli.command.completed", "cli", Actor::Internal, 260, 4),
    ("decantr.analyze.completed", "cli", Actor::Customer, 312, 6),
    ("decantr.check.completed", "cli", Actor::Customer, 540, 0),
    ("health.report.generated", "cli", Actor::Customer, 205, 0),
    ("decantr.health.healthy", "cli", Actor::Customer, 148, 0),
    ("registry.item.resolved", "mcp", Actor::Customer, 730, 9),
    (
        "registry_web.page_viewed",
        "registry-web",
        Actor::Anonymous,
        1260,
        0,
    ),
    (
        "marketing_web.page_viewed",
        "marketing-web",
        Actor::Anonymous,
        3410,
        0,
    ),
    (
        "content.validation.completed",
        "content-ci",
        Actor::OfficialPipeline,
        84,
        2,
    ),
];

/// The three reports.
pub(super) fn reports(now: Timestamp) -> Reports {
    Reports {
        week: usage(7, None, now),
        month: usage(30, None, now),
        customer_month: usage(30, Some(Actor::Customer), now),
    }
}

fn usage(days: u32, actor: Option<Actor>, now: Timestamp) -> Usage {
    let weeks = f64::from(days) / 7.0;
    let figures = Figures {
        window: rows(weeks, actor),
        current: rows(weeks * 0.97, actor),
        previous: rows(weeks * 0.88, actor),
        active: Active {
            installs: u64::from(days) * 16,
            projects: u64::from(days) * 19,
            anonymous: u64::from(days) * 55,
            users: 0,
            orgs: u64::from(days),
        },
        outcomes: [
            (Tally::Accepted, 8789),
            (Tally::Duplicate, 63),
            (Tally::Dropped(Reason::UnsupportedVersion), 12),
            (Tally::Stripped(Strip::UnknownProperty), 41),
        ]
        .map(|(tally, week)| OutcomeRow {
            tally,
            count: week * u64::from(days) / 7,
        })
        .to_vec(),
    };
    let query = Query {
        days,
        actor,
        ..Query::default()
    };
    figures.report(&Catalog::decantr(), query, &Thresholds::default(), now)
}

fn rows(weeks: f64, only: Option<Actor>) -> Vec<UsageRow> {
    WEEK.iter()
        .filter(|(_, _, actor, _, _)| only.is_none_or(|only| only == *actor))
        .map(|(event, source, actor, events, failures)| {
            let weight = (f64::from(*events) * weeks).round();
            UsageRow {
                event: (*event).to_owned(),
                source: (*source).to_owned(),
                environment: Environment::Production,
                actor: *actor,
                counts: Counts {
                    events: u64::from(*events),
                    weight,
                    failures: *failures,
                },
            }
        })
        .collect()
}
