//! Made-up numbers, put through the same computation as real ones.

use jiff::Timestamp;

use super::{Basis, Reports};
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment, Standing};
use crate::model::outcome::{Reason, Strip};
use crate::server::jobs::health::Health;
use crate::server::report::{Query, Thresholds, Usage};
use crate::server::rollup::{Counts, Day, IdentityKind, Tally};
use crate::server::store::{
    Active, CustomerActivity, DayRow, Days, Figures, IdentityFigures, MeasureRow, OrgActivity,
    OutcomeRow, UsageRow, Values,
};

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
        health: Health::all_fresh(&Catalog::decantr().id, now),
        basis: Basis::Sample,
    }
}

fn usage(days: u32, actor: Option<Actor>, now: Timestamp) -> Usage {
    let many = u64::from(days);
    let window = rows(days, 100, actor);
    let figures = Figures {
        daily: daily(&window, Days::ending(Day::of(now), days)),
        window,
        current: rows(days, 97, actor),
        previous: rows(days, 88, actor),
        active: Active {
            installs: many * 16,
            projects: many * 19,
            anonymous: many * 55,
            users: 0,
            orgs: many,
            customers: many * 14,
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
        customers: Some(customers(days, now)),
        values: values(days, Day::of(now)),
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

/// How busy each of seven days is, in tenths of the mean.
const BUSY: [u32; 7] = [6, 11, 13, 12, 12, 10, 6];

/// The window's events, spread over its days.
fn daily(window: &[UsageRow], days: Days) -> Vec<DayRow> {
    let busy = || (days.from.0..=days.to.0).map(Day).zip(BUSY.iter().cycle());
    let all: u32 = busy().map(|(_, busy)| *busy).sum();
    let mut rows = Vec::new();
    for (day, busy) in busy() {
        rows.extend(window.iter().map(|row| {
            let weight = row.counts.weight * f64::from(*busy) / f64::from(all);
            let is_customer = row.actor == Actor::Customer;
            DayRow {
                day,
                event: row.event.clone(),
                counts: Counts {
                    events: row.counts.events * u64::from(*busy) / u64::from(all),
                    weight,
                    failures: row.counts.failures * u64::from(*busy) / u64::from(all),
                },
                customers: if is_customer { weight } else { 0.0 },
            }
        }));
    }
    rows
}

/// A few customer identities, by days.
fn customers(days: u32, now: Timestamp) -> Vec<CustomerActivity> {
    let sample = [
        ("install_sample-1", IdentityKind::Install, Some("acme"), 31),
        (
            "install_sample-2",
            IdentityKind::Install,
            Some("globex"),
            18,
        ),
        ("project_sample-3", IdentityKind::Project, None, 9),
    ];
    let customer = |(id, kind, slug, a_day): (&str, _, Option<&str>, u32)| {
        let org = slug.and_then(|slug| OpaqueId::parse(&format!("org_{slug}")).ok());
        Some(CustomerActivity {
            id: OpaqueId::parse(id).ok()?,
            kind,
            org,
            org_slug: slug.map(str::to_owned),
            events: u64::from(a_day * days),
            last_seen: now,
        })
    };
    sample.into_iter().filter_map(customer).collect()
}

/// Campaigns, landing paths, sources and media, by days.
fn values(days: u32, today: Day) -> Values {
    let row = |(event, value, a_day): (&str, &str, u32)| MeasureRow {
        day: None,
        event: event.to_owned(),
        value: value.to_owned(),
        counts: Counts {
            events: u64::from(a_day * days),
            weight: f64::from(a_day * days),
            failures: 0,
        },
        last_day: today,
    };
    let (page, cta) = ("marketing_web.page_viewed", "marketing_web.cta_clicked");
    let (view, signup) = ("registry_web.page_viewed", "registry_web.signup_clicked");
    let all = [
        (page, "", 487),
        (cta, "", 38),
        (view, "", 180),
        (signup, "", 9),
    ];
    let campaigns = [
        (page, "spring-launch", 140),
        (cta, "spring-launch", 16),
        (view, "spring-launch", 31),
        (signup, "spring-launch", 4),
        (page, "newsletter", 62),
        (cta, "newsletter", 5),
        (view, "newsletter", 12),
    ];
    let paths = [
        (page, "/", 341),
        (page, "/docs", 132),
        (cta, "/", 37),
        (view, "/", 174),
        (signup, "/", 9),
    ];
    let sources = [(page, "search", 139), (page, "mail", 63)];
    let mediums = [(page, "cpc", 139), (page, "email", 63)];
    Values {
        all: all.map(row).to_vec(),
        dimensions: vec![
            campaigns.map(row).to_vec(),
            paths.map(row).to_vec(),
            sources.map(row).to_vec(),
            mediums.map(row).to_vec(),
        ],
    }
}
