//! Who is who: how much of what came in can be attributed, what cannot, and what organisations do.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compute::whole;
use super::{Span, ratio};
use crate::base::ids::OpaqueId;
use crate::server::rollup::Day;
use crate::server::store::{Days, IdentityDays, IdentityFigures, OrgActivity};

/// Over how many days it is reported how well it is known who is who, whatever the report's own number of days.
pub(super) const IDENTITY_DAYS: u32 = 7;

/// How well it is known who is who. Filters of the report do not apply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The days that coverage is about: the last 7 complete ones.
    pub days: Span,
    /// Events of these days that carry any id.
    pub events_with_ids: u64,
    /// Those of them whose ids a source, a flag, an alias or a link decides.
    pub decided_events: u64,
    /// Identity coverage: decided events by events with ids; null when there are none.
    pub identity_coverage: Option<f64>,
    /// Different ids of any kind that were active in the last 7 days, today included.
    pub active_identities: u64,
    /// Candidate aliases: those of them that no flag, alias or link decides.
    pub candidate_aliases: u64,
    /// Candidate aliases by active identities; null when there are none.
    pub candidate_alias_rate: Option<f64>,
    /// Candidate aliases of the last 7 complete days.
    pub current_candidate_aliases: u64,
    /// Candidate aliases of the 7 complete days before.
    pub previous_candidate_aliases: u64,
}

impl Identity {
    pub(super) fn of(figures: &IdentityFigures, days: Days) -> Self {
        let (with_ids, decided) = (whole(figures.with_ids), whole(figures.decided));
        Self {
            days: days.into(),
            events_with_ids: with_ids,
            decided_events: decided,
            identity_coverage: ratio(decided, with_ids),
            active_identities: figures.active,
            candidate_aliases: figures.candidates,
            candidate_alias_rate: ratio(figures.candidates, figures.active),
            current_candidate_aliases: figures.current_candidates,
            previous_candidate_aliases: figures.previous_candidates,
        }
    }
}

/// What one organisation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Organisation {
    /// Its opaque id.
    pub id: OpaqueId,
    /// Its short name; null while it was not added.
    pub slug: Option<String>,
    /// Its events of the window.
    pub events: u64,
    /// Different installations of the window.
    pub active_installs: u64,
    /// Different projects of the window.
    pub active_projects: u64,
    /// Different accounts of the window.
    pub active_users: u64,
    /// The last day of activity.
    pub last_active: Option<Date>,
}

impl Organisation {
    /// Its short name, else its id.
    pub fn name(&self) -> &str {
        self.slug.as_deref().unwrap_or(self.id.as_str())
    }
}

impl From<&OrgActivity> for Organisation {
    fn from(activity: &OrgActivity) -> Self {
        Self {
            id: activity.id.clone(),
            slug: activity.slug.clone(),
            events: whole(activity.weight),
            active_installs: activity.installs,
            active_projects: activity.projects,
            active_users: activity.users,
            last_active: activity.last_day.map(Day::date),
        }
    }
}

/// The days for which it is asked who is who.
pub(super) fn identity_days(today: Day) -> IdentityDays {
    let period = super::Period::of(IDENTITY_DAYS, today);
    IdentityDays {
        window: period.window,
        current: period.current,
        previous: period.previous,
    }
}
