//! Made-up numbers, put through the same computation as real ones.

use jiff::Timestamp;

use super::Reports;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment};
use crate::model::outcome::{Reason, Strip};
use crate::server::report::{Query, Thresholds, Usage};
use crate::server::rollup::{Counts, Tally};
use crate::server::store::{Active, Figures, OutcomeRow, UsageRow};

/// Event, source, actor, events a week, failures a week.
const WEEK: [(&str, &str, Actor, u32, u32); 10] = [
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
    let many = u64::from(days);
    let figures = Figures {
        window: rows(days, 100, actor),
        current: rows(days, 97, actor),
        previous: rows(days, 88, actor),
        active: Active {
            installs: many * 16,
            projects: many * 19,
            anonymous: many * 55,
            users: 0,
            orgs: many,
        },
        outcomes: [
            (Tally::Accepted, 8789),
            (Tally::Duplicate, 63),
            (Tally::Dropped(Reason::UnsupportedVersion), 12),
            (Tally::Stripped(Strip::UnknownProperty), 41),
        ]
        .map(|(tally, week)| OutcomeRow {
            tally,
            count: week * many / 7,
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

/// The week's numbers scaled to `days`, at so many percent of them.
fn rows(days: u32, percent: u32, only: Option<Actor>) -> Vec<UsageRow> {
    let scaled = |week: u32| week * days * percent / 700;
    WEEK.iter()
        .filter(|(_, _, actor, _, _)| only.is_none_or(|only| only == *actor))
        .map(|(event, source, actor, events, failures)| UsageRow {
            event: (*event).to_owned(),
            source: (*source).to_owned(),
            environment: Environment::Production,
            actor: *actor,
            counts: Counts {
                events: scaled(*events).into(),
                weight: scaled(*events).into(),
                failures: scaled(*failures).into(),
            },
        })
        .collect()
}
