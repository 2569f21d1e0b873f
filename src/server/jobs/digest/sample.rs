//! Made-up numbers, put through the same computation as real ones.

use jiff::Timestamp;

use super::Reports;
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment, Standing};
use crate::model::outcome::{Reason, Strip};
use crate::server::report::{Query, Thresholds, Usage};
use crate::server::rollup::{Counts, Day, Tally};
use crate::server::store::{Active, Figures, IdentityFigures, OrgActivity, OutcomeRow, UsageRow};

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
        identity: IdentityFigures {
            with_ids: 8760.0,
            decided: 8410.0,
            active: 530,
            candidates: 24,
            current_candidates: 22,
            previous_candidates: 20,
        },
        organisations: organisations(many, Day::of(now)),
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
            standing: Standing::Decided,
            counts: Counts {
                events: scaled(*events).into(),
                weight: scaled(*events).into(),
                failures: scaled(*failures).into(),
            },
        })
        .collect()
}

/// Two organisations, by days.
fn organisations(days: u64, today: Day) -> Vec<OrgActivity> {
    [("acme", 58_u32, 3), ("globex", 21, 1)]
        .into_iter()
        .filter_map(|(slug, a_day, installs)| {
            Some(OrgActivity {
                id: OpaqueId::parse(&format!("org_{slug}")).ok()?,
                slug: Some(slug.to_owned()),
                weight: f64::from(a_day) * f64::from(u32::try_from(days).ok()?),
                installs,
                projects: installs + 1,
                users: installs,
                last_day: Some(today),
            })
        })
        .collect()
}
