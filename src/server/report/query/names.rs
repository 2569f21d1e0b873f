//! Which queries there are, what each one needs of a catalog, and what is asked of them unless something else is said.

use serde::Serialize;

use super::conversations::{ENDED, REASON, SCENARIO, STREAM};
use super::features::GROUP;
use super::rows::Reading;
use crate::model::catalog::{Catalog, EventSpec};

/// The most days that a query is about.
pub const MOST_DAYS: u32 = 366;

/// A named query; its documentation defines its numbers, in the words of [the module's](super).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Events by name. `events`: how many. By day unless weeks are asked for; most frequent first, then by name.
    EventsPerDay,
    /// `started`: `conversation_started`. `completed`: `conversation_ended` with the reason `completed`. `completion_rate`:
    /// completed by started; above 1 when conversations of earlier days are completed.
    CompletionRate,
    /// `ended`: `conversation_ended`, for whatever reason. `average_seconds`: the mean of their `durationMs`, in seconds.
    SessionDuration,
    /// `stream_completed` by `scenarioSlug`; absent for those that name none. `answers`: how many. `input_tokens` and
    /// `output_tokens`: their sums. `total_tokens`: both. Most tokens first, then by scenario. Slugs are kept as long as raw events;
    /// older answers count as naming none.
    TokensByScenario,
    /// `created`: `invitation_created`. `claimed`: `invitation_claimed`. `started` and `completed`: as in the completion rate, so
    /// with conversations that no invitation led to. `claim_rate`: claimed by created. `completion_rate`: completed by started.
    InvitationFunnel,
    /// Events by `surface`, `feature` and `action`, the parts of their names. `events`: how many. By day unless weeks are asked
    /// for; in the order of the parts.
    FeatureUsage,
    /// Features by `surface`, `feature` and `provider`; absent for events without one. `successes` and `failures`: events whose
    /// action says so. `success_rate`: successes by both together. What only begins counts nowhere. In the order of the parts,
    /// absent providers last.
    SuccessRate,
    /// Features by `surface` and `feature`. `measured`: events, of any action, that say how long it took. `p95_ms`: the time
    /// within which 95 % of them were done, in milliseconds, right to 1 %. Slowest first.
    P95,
    /// `groups`: different values of `guild_hash`, among events of any name. Sample rates do not multiply them, so a sender that
    /// samples shows fewer; above 1,000 of one event and day, all further ones count as one. By day unless weeks are asked for.
    ActiveGroups,
    /// The ten most used features. `uses`: their `invoke` and `start` events, for features that have them in the catalog; all of
    /// their events otherwise, so that nothing counts at its beginning and its end. `share`: uses by the uses of all features.
    /// Most uses first, then by name.
    TopFeatures,
    /// `events`: all events. `features`: different features among them. `successes`, `failures`, `success_rate`: as in the success
    /// rate, of all features. `groups`: as in active groups. By day unless weeks are asked for.
    UsageSummary,
}

/// What is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// UTC days.
    Daily,
    /// ISO weeks, which begin on Monday; each goes by its Monday.
    Weekly,
}

/// A query with its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The query.
    pub query: Named,
    /// How many days, today included; 1 to [`MOST_DAYS`].
    pub days: u32,
    /// What is told apart; without it, all days are one.
    pub period: Option<Period>,
}

impl Ask {
    /// The query over so many days, with so much told apart, or as its documentation says.
    pub fn new(query: Named, days: Option<u32>, period: Option<Period>) -> Self {
        Self {
            query,
            days: days.unwrap_or_else(|| query.default_days()),
            period: period.or_else(|| query.default_period()),
        }
    }
}

impl Named {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::EventsPerDay,
        Self::CompletionRate,
        Self::SessionDuration,
        Self::TokensByScenario,
        Self::InvitationFunnel,
        Self::FeatureUsage,
        Self::SuccessRate,
        Self::P95,
        Self::ActiveGroups,
        Self::TopFeatures,
        Self::UsageSummary,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventsPerDay => "events-per-day",
            Self::CompletionRate => "completion-rate",
            Self::SessionDuration => "session-duration",
            Self::TokensByScenario => "tokens-by-scenario",
            Self::InvitationFunnel => "invitation-funnel",
            Self::FeatureUsage => "feature-usage",
            Self::SuccessRate => "success-rate",
            Self::P95 => "p95",
            Self::ActiveGroups => "active-groups",
            Self::TopFeatures => "top-features",
            Self::UsageSummary => "usage-summary",
        }
    }

    /// What it tells, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::EventsPerDay => "Events by name and day",
            Self::CompletionRate => "Conversations started and completed",
            Self::SessionDuration => "How long conversations last on average",
            Self::TokensByScenario => "Tokens that models used, by scenario",
            Self::InvitationFunnel => {
                "Invitations created and claimed, conversations started and completed"
            }
            Self::FeatureUsage => "Events by surface, feature, action and day",
            Self::SuccessRate => "Successes and failures by feature and provider",
            Self::P95 => "The time within which 95 % are done, by feature",
            Self::ActiveGroups => "Different groups (guilds) by day",
            Self::TopFeatures => "The features that are used most",
            Self::UsageSummary => "Events, features, success rate and groups by day or week",
        }
    }

    /// The embedded catalog that it is about, unless another one is named.
    pub fn default_catalog(self) -> &'static str {
        match self {
            Self::EventsPerDay => "decantr",
            Self::CompletionRate
            | Self::SessionDuration
            | Self::TokensByScenario
            | Self::InvitationFunnel => "conversations",
            Self::FeatureUsage
            | Self::SuccessRate
            | Self::P95
            | Self::ActiveGroups
            | Self::TopFeatures
            | Self::UsageSummary => "race-bot",
        }
    }

    /// Over how many days, unless something else is said.
    pub fn default_days(self) -> u32 {
        match self {
            Self::CompletionRate
            | Self::SessionDuration
            | Self::FeatureUsage
            | Self::SuccessRate
            | Self::P95 => 7,
            Self::EventsPerDay
            | Self::TokensByScenario
            | Self::InvitationFunnel
            | Self::ActiveGroups
            | Self::TopFeatures
            | Self::UsageSummary => 30,
        }
    }

    /// What it tells apart, unless something else is said.
    pub fn default_period(self) -> Option<Period> {
        match self {
            Self::EventsPerDay | Self::FeatureUsage | Self::ActiveGroups | Self::UsageSummary => {
                Some(Period::Daily)
            }
            _ => None,
        }
    }

    /// What it reads besides counts by day and event.
    pub(super) fn reading(self) -> Reading {
        let dimension = match self {
            Self::CompletionRate | Self::InvitationFunnel => Some(REASON),
            Self::TokensByScenario => Some(SCENARIO),
            Self::SuccessRate => Some("provider"),
            Self::ActiveGroups | Self::UsageSummary => Some(GROUP),
            _ => None,
        };
        let events: &[&str] = match self {
            Self::CompletionRate | Self::InvitationFunnel | Self::SessionDuration => &[ENDED],
            Self::TokensByScenario => &[STREAM],
            _ => &[],
        };
        Reading {
            dimension,
            events,
            sums: matches!(self, Self::SessionDuration | Self::TokensByScenario),
            durations: self == Self::P95,
        }
    }

    /// Whether its answer rests on words of senders, which are kept only as long as raw events.
    pub fn needs_words_of_senders(self) -> bool {
        matches!(
            self,
            Self::TokensByScenario | Self::ActiveGroups | Self::UsageSummary
        )
    }

    /// What `catalog` would have to have for this query to mean something; `None` when it has it.
    pub fn missing_in(self, catalog: &Catalog) -> Option<&'static str> {
        let has = |name: &str, counted: &[&str]| {
            catalog.event(name).is_some_and(|event| {
                let kept = || event.dimensions.iter().chain(&event.sums);
                counted
                    .iter()
                    .all(|name| kept().any(|kept| **kept == **name))
            })
        };
        let ends = || {
            let mut parts = catalog.events.iter().filter_map(EventSpec::parts);
            parts.any(|parts| parts.ending().is_some())
        };
        let (there, needed) = match self {
            Self::EventsPerDay => (true, ""),
            Self::CompletionRate => (
                has("conversation_started", &[]) && has(ENDED, &[REASON]),
                "conversation_started, and conversation_ended with the dimension reason",
            ),
            Self::SessionDuration => (
                has(ENDED, &["durationMs"]),
                "conversation_ended with the sum durationMs",
            ),
            Self::TokensByScenario => (
                has(STREAM, &[SCENARIO, "inputTokens", "outputTokens"]),
                "stream_completed with the dimension scenarioSlug and the sums inputTokens and outputTokens",
            ),
            Self::InvitationFunnel => (
                [
                    "invitation_created",
                    "invitation_claimed",
                    "conversation_started",
                ]
                .iter()
                .all(|name| has(name, &[]))
                    && has(ENDED, &[REASON]),
                "invitation_created, invitation_claimed, conversation_started, and conversation_ended with the dimension reason",
            ),
            Self::FeatureUsage | Self::SuccessRate | Self::TopFeatures | Self::UsageSummary => (
                ends(),
                "events called surface.feature.success or surface.feature.failure",
            ),
            Self::P95 => (
                ends()
                    && catalog
                        .events
                        .iter()
                        .any(|event| has(&event.name, &["duration_ms"])),
                "events called surface.feature.success or surface.feature.failure with the sum duration_ms",
            ),
            Self::ActiveGroups => (
                catalog
                    .events
                    .iter()
                    .any(|event| has(&event.name, &[GROUP])),
                "events with the dimension guild_hash",
            ),
        };
        (!there).then_some(needed)
    }
}
