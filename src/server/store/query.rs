//! What can be asked of the daily tables, and what comes back.

use jiff::Timestamp;

use super::measures::{DayRow, MeasureQuery, MeasureRow};
use crate::base::ids::OpaqueId;
use crate::model::event::{Actor, Environment, Standing};
use crate::server::rollup::{Counts, Day, IdentityKind, Tally};

/// A run of whole UTC days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
}

impl Days {
    /// The `count` days that end with `last`.
    pub fn ending(last: Day, count: u32) -> Self {
        let back = i32::try_from(count.max(1) - 1).unwrap_or(i32::MAX);
        Self {
            from: last.plus(-back),
            to: last,
        }
    }
}

/// Which counts of a catalog are asked for. An absent filter lets everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// The catalog.
    pub catalog: String,
    /// The days under which the events count: those on which they happened, or came if their clock ran ahead.
    pub days: Days,
    /// Only this actor.
    pub actor: Option<Actor>,
    /// Only this source.
    pub source: Option<String>,
    /// Only this environment.
    pub environment: Option<Environment>,
    /// Only this organisation.
    pub org: Option<OpaqueId>,
}

/// Which active identities of a catalog are asked for. An absent filter lets everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveQuery {
    /// The catalog.
    pub catalog: String,
    /// Those with an event on this day or later.
    pub since: Day,
    /// Only under this actor.
    pub actor: Option<Actor>,
    /// Only from this source.
    pub source: Option<String>,
    /// Only of this organisation.
    pub org: Option<OpaqueId>,
}

/// The counts of one combination.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageRow {
    /// The event's name.
    pub event: String,
    /// The source.
    pub source: String,
    /// The environment.
    pub environment: Environment,
    /// The resolved actor.
    pub actor: Actor,
    /// What is known about their ids.
    pub standing: Standing,
    /// How many.
    pub counts: Counts,
}

/// How many different ids were active, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Active {
    /// Installations.
    pub installs: u64,
    /// Projects.
    pub projects: u64,
    /// Anonymous visitors.
    pub anonymous: u64,
    /// Accounts.
    pub users: u64,
    /// Organisations.
    pub orgs: u64,
    /// Identities under which customer events count: of each sender its account, else its installation, else its project, else
    /// its anonymous visitor.
    pub customers: u64,
}

/// The days for which it is asked who is who.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityDays {
    /// Ends with today.
    pub window: Days,
    /// Complete days.
    pub current: Days,
    /// The complete days before.
    pub previous: Days,
}

/// How well it is known who is who, whatever else a report filters by.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct IdentityFigures {
    /// Events of the current complete days that carry any id, each as many times as its sample rate says.
    pub with_ids: f64,
    /// Those of them whose ids a source, a flag, an alias or a link decides.
    pub decided: f64,
    /// Different ids of any kind that were active in the window.
    pub active: u64,
    /// Those of them that are candidates for an alias: seen undecided, and nothing is said about them.
    pub candidates: u64,
    /// Candidates that were active on the current complete days.
    pub current_candidates: u64,
    /// Candidates that were active on the complete days before.
    pub previous_candidates: u64,
}

/// What one organisation did.
#[derive(Debug, Clone, PartialEq)]
pub struct OrgActivity {
    /// Its id.
    pub id: OpaqueId,
    /// Its short name, if it is known.
    pub slug: Option<String>,
    /// Its events, each as many times as its sample rate says.
    pub weight: f64,
    /// Different installations.
    pub installs: u64,
    /// Different projects.
    pub projects: u64,
    /// Different accounts.
    pub users: u64,
    /// The last day of activity, while that is retained.
    pub last_day: Option<Day>,
}

/// What one customer identity did: an account, else an installation, else a project, else an anonymous visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerActivity {
    /// The identity.
    pub id: OpaqueId,
    /// What it is.
    pub kind: IdentityKind,
    /// The organisation of its latest event.
    pub org: Option<OpaqueId>,
    /// The organisation's short name, if it is known.
    pub org_slug: Option<String>,
    /// Its events, each as many times as its sample rate says, in whole numbers.
    pub events: u64,
    /// When the latest of them happened.
    pub last_seen: Timestamp,
}

/// Which values of which properties of which events are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuesQuery {
    /// The names of the events; when there are none, nothing is asked.
    pub events: Vec<String>,
    /// The names of the properties.
    pub dimensions: Vec<String>,
}

/// The values of properties, everybody's, and all events that could have had them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values {
    /// All of the events asked for that were counted by their properties, by event.
    pub all: Vec<MeasureRow>,
    /// For each property asked for, in that order, the events that have it by value.
    pub dimensions: Vec<Vec<MeasureRow>>,
}

/// What became of events, or of parts of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeRow {
    /// What.
    pub tally: Tally,
    /// How often.
    pub count: u64,
}

/// What a purge removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Raw events.
    pub events: u64,
    /// Rows about identities.
    pub identity_rows: u64,
    /// Rows of counts by values that are words of senders.
    pub value_rows: u64,
    /// Identifiers that nothing refers to any more.
    pub ids: u64,
}

/// Everything that one report asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiguresQuery {
    /// Counts of the window; `catalog` and days also say which outcomes are asked for.
    pub window: UsageQuery,
    /// The current complete days, under the same filters.
    pub current: Days,
    /// The complete days before, under the same filters.
    pub previous: Days,
    /// The days for which it is asked who is who.
    pub identity: IdentityDays,
    /// The values asked for in the window, whatever its filters.
    pub values: ValuesQuery,
    /// How many of the most active customer identities of the window are asked for. Their activity is many rows, unlike all else.
    pub customers: Option<usize>,
}

impl FiguresQuery {
    /// The window's question about other days.
    pub fn on(&self, days: Days) -> UsageQuery {
        UsageQuery {
            days,
            ..self.window.clone()
        }
    }

    /// The window's question about customers, unless it is about other actors already.
    pub fn customers(&self) -> UsageQuery {
        UsageQuery {
            actor: self.window.actor.or(Some(Actor::Customer)),
            ..self.window.clone()
        }
    }

    /// The question for the values of the window.
    pub fn measures(&self) -> MeasureQuery {
        MeasureQuery {
            catalog: self.window.catalog.clone(),
            days: self.window.days,
            events: self.values.events.clone(),
            by_day: false,
        }
    }

    /// The question for the identities active in the window.
    pub fn active(&self) -> ActiveQuery {
        ActiveQuery {
            catalog: self.window.catalog.clone(),
            since: self.window.days.from,
            actor: self.window.actor,
            source: self.window.source.clone(),
            org: self.window.org.clone(),
        }
    }
}

/// Everything that is read from a store for one report.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Counts of the window.
    pub window: Vec<UsageRow>,
    /// Counts of the window by day.
    pub daily: Vec<DayRow>,
    /// Counts of the current complete days.
    pub current: Vec<UsageRow>,
    /// Counts of the complete days before.
    pub previous: Vec<UsageRow>,
    /// Active identities of the window.
    pub active: Active,
    /// What became of everything received in the window.
    pub outcomes: Vec<OutcomeRow>,
    /// How well it is known who is who.
    pub identity: IdentityFigures,
    /// The organisations with the most customer events of the window (or events of the actor that was asked for).
    pub organisations: Vec<OrgActivity>,
    /// The customer identities with the most events of the window, if they were asked for.
    pub customers: Option<Vec<CustomerActivity>>,
    /// The values that were asked for.
    pub values: Values,
}
