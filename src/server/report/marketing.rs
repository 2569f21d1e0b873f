//! Marketing attribution: which campaigns and landing paths bring people, and what they do next.
//!
//! It is about the events `marketing_web.*`, `registry_web.*`, `billing.*` and `private_registry.*` whose catalog entry counts by
//! campaign and landing path. Filters of the report do not apply: values are counted for everybody together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compute::whole;
use super::{Warning, ratio};
use crate::model::catalog::{Catalog, EventSpec};
use crate::server::rollup::Day;
use crate::server::store::{MeasureRow, Values, ValuesQuery};

/// The campaign.
const CAMPAIGN: &str = "attributionUtmCampaign";

/// The path on which the visit began.
const LANDING_PATH: &str = "attributionLandingPath";

/// What is counted by, in the order in which it is asked.
const DIMENSIONS: [&str; 4] = [
    CAMPAIGN,
    LANDING_PATH,
    "attributionUtmSource",
    "attributionUtmMedium",
];

/// How many campaigns, paths, sources and media are named.
const TOP: usize = 10;

/// The landing attribution rate below which there is a warning.
const LANDING_RATE: f64 = 0.95;

/// Where attribution is looked for.
const PAGES: [&str; 4] = [
    "marketing_web.",
    "registry_web.",
    "billing.",
    "private_registry.",
];

/// What counts as following through: everything but the marketing pages themselves.
const FOLLOW_THROUGH: [&str; 3] = ["registry_web.", "billing.", "private_registry."];

/// Marketing attribution in the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Marketing {
    /// Events that can say where a visit came from.
    pub events: u64,
    /// Those of them that carry a campaign.
    pub events_with_campaign: u64,
    /// Those of them that carry a landing path.
    pub events_with_landing_path: u64,
    /// Campaign attribution rate: events with a campaign by events; null when there are none.
    pub campaign_attribution_rate: Option<f64>,
    /// Landing attribution rate: events with a landing path by events; null when there are none.
    pub landing_attribution_rate: Option<f64>,
    /// Clicks on an offer (`marketing_web.cta_clicked`) that carry a landing path.
    pub cta_clicks: u64,
    /// Follow-through: events of `registry_web.*`, `billing.*` and `private_registry.*` that carry a landing path.
    pub follow_through: u64,
    /// The campaigns with the most events, at most 10, then by name.
    pub campaigns: Vec<Origin>,
    /// The landing paths with the most events, at most 10, then by name.
    pub landing_paths: Vec<Origin>,
    /// Events by campaign source (`attributionUtmSource`), most frequent first, at most 10, then by name.
    pub utm_sources: Vec<OriginCount>,
    /// Events by campaign medium (`attributionUtmMedium`), most frequent first, at most 10, then by name.
    pub utm_mediums: Vec<OriginCount>,
    /// What the numbers give cause to look at.
    pub warnings: Vec<Warning>,
}

/// What came from one campaign, or by one landing path: events that carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// The campaign or path; `other` are those beyond the number of values that are told apart in a day.
    pub name: String,
    /// Events.
    pub events: u64,
    /// Marketing pages viewed (`marketing_web.page_viewed`).
    pub page_views: u64,
    /// Clicks on an offer (`marketing_web.cta_clicked`).
    pub cta_clicks: u64,
    /// Follow-through: events of `registry_web.*`, `billing.*` and `private_registry.*`.
    pub follow_through: u64,
    /// Clicks on sign-up (`registry_web.signup_clicked`), which are also follow-through.
    pub signup_clicks: u64,
    /// The last day on which there was one.
    pub last_seen: Date,
}

/// How many events carry a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OriginCount {
    /// The value.
    pub name: String,
    /// How many.
    pub events: u64,
}

/// Whether an event can say where a visit came from.
fn is_attributable(event: &EventSpec) -> bool {
    let counts_by = |name: &str| {
        event
            .dimensions
            .iter()
            .any(|dimension| **dimension == *name)
    };
    starts_with(&event.name, &PAGES) && counts_by(CAMPAIGN) && counts_by(LANDING_PATH)
}

fn starts_with(name: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// What has to be asked; nothing for catalogs without such events.
pub fn question(catalog: &Catalog) -> ValuesQuery {
    let events = catalog.events.iter().filter(|event| is_attributable(event));
    ValuesQuery {
        events: events.map(|event| (*event.name).to_owned()).collect(),
        dimensions: DIMENSIONS.map(str::to_owned).to_vec(),
    }
}

impl Marketing {
    /// The attribution of these values; `None` for catalogs without such events.
    pub(super) fn of(catalog: &Catalog, values: &Values) -> Option<Self> {
        catalog.events.iter().find(|event| is_attributable(event))?;
        let rows = |place: usize| values.dimensions.get(place).map_or(&[][..], Vec::as_slice);
        let (campaigns, landing_paths) = (rows(0), rows(1));
        let events = weight(&values.all, |_| true);
        let (with_campaign, with_path) =
            (weight(campaigns, |_| true), weight(landing_paths, |_| true));
        let mut marketing = Self {
            events,
            events_with_campaign: with_campaign,
            events_with_landing_path: with_path,
            campaign_attribution_rate: ratio(with_campaign, events),
            landing_attribution_rate: ratio(with_path, events),
            cta_clicks: weight(landing_paths, is_cta),
            follow_through: weight(landing_paths, is_follow_through),
            campaigns: origins(campaigns),
            landing_paths: origins(landing_paths),
            utm_sources: top(rows(2)),
            utm_mediums: top(rows(3)),
            warnings: Vec::new(),
        };
        marketing.warnings = marketing.warn();
        Some(marketing)
    }

    fn warn(&self) -> Vec<Warning> {
        let is_seen = self.events_with_campaign + self.events_with_landing_path > 0;
        let low = self
            .landing_attribution_rate
            .filter(|rate| *rate < LANDING_RATE);
        let mut warnings = Vec::new();
        if !is_seen {
            warnings.push(Warning::new(
                "no_attribution",
                "No event said where a visit came from.",
            ));
        }
        if is_seen && self.events_with_campaign == 0 {
            warnings.push(Warning::new("no_campaign", "No event carried a campaign."));
        }
        if let Some(rate) = low.filter(|_| is_seen) {
            warnings.push(Warning::new(
                "landing_attribution",
                format!(
                    "{:.1} % of events carry a landing path, fewer than 95 %.",
                    rate * 100.0
                ),
            ));
        }
        if self.cta_clicks > 0 && self.follow_through == 0 {
            warnings.push(Warning::new(
                "no_follow_through",
                format!(
                    "{} clicks on an offer, and no event that follows from one.",
                    self.cta_clicks
                ),
            ));
        }
        warnings
    }
}

fn is_cta(event: &str) -> bool {
    event == "marketing_web.cta_clicked"
}

fn is_follow_through(event: &str) -> bool {
    starts_with(event, &FOLLOW_THROUGH)
}

/// The events whose name is wanted, each as many times as its sample rate says.
fn weight(rows: &[MeasureRow], wanted: impl Fn(&str) -> bool) -> u64 {
    whole(sum(rows.iter(), wanted))
}

fn sum<'a>(rows: impl Iterator<Item = &'a MeasureRow>, wanted: impl Fn(&str) -> bool) -> f64 {
    rows.filter(|row| wanted(&row.event))
        .map(|row| row.counts.weight)
        .sum()
}

fn by_value(rows: &[MeasureRow]) -> BTreeMap<&str, Vec<&MeasureRow>> {
    let mut values: BTreeMap<&str, Vec<&MeasureRow>> = BTreeMap::new();
    for row in rows {
        values.entry(&row.value).or_default().push(row);
    }
    values
}

fn origins(rows: &[MeasureRow]) -> Vec<Origin> {
    let values = by_value(rows).into_iter();
    let mut origins: Vec<Origin> = values
        .map(|(name, rows)| {
            let count = |wanted: fn(&str) -> bool| whole(sum(rows.iter().copied(), wanted));
            let last_day = rows.iter().map(|row| row.last_day).max();
            Origin {
                name: name.to_owned(),
                events: count(|_| true),
                page_views: count(|event| event == "marketing_web.page_viewed"),
                cta_clicks: count(is_cta),
                follow_through: count(is_follow_through),
                signup_clicks: count(|event| event == "registry_web.signup_clicked"),
                last_seen: last_day.unwrap_or(Day(0)).date(),
            }
        })
        .collect();
    // They are in the order of their names, and the sort is stable.
    origins.sort_by_key(|origin| std::cmp::Reverse(origin.events));
    origins.truncate(TOP);
    origins
}

fn top(rows: &[MeasureRow]) -> Vec<OriginCount> {
    let values = by_value(rows).into_iter();
    let mut counts: Vec<OriginCount> = values
        .map(|(name, rows)| OriginCount {
            name: name.to_owned(),
            events: whole(sum(rows.into_iter(), |_| true)),
        })
        .collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.events));
    counts.truncate(TOP);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::rollup::Counts;

    fn row(event: &str, value: &str, weight: f64) -> MeasureRow {
        MeasureRow {
            day: None,
            event: event.to_owned(),
            value: value.to_owned(),
            counts: Counts {
                events: 1,
                weight,
                failures: 0,
            },
            last_day: Day(20_000),
        }
    }

    fn codes(
        all: Vec<MeasureRow>,
        campaigns: Vec<MeasureRow>,
        paths: Vec<MeasureRow>,
    ) -> Vec<&'static str> {
        let values = Values {
            all,
            dimensions: vec![campaigns, paths],
        };
        let marketing = Marketing::of(&Catalog::decantr(), &values).unwrap();
        marketing
            .warnings
            .iter()
            .map(|warning| warning.code)
            .collect()
    }

    #[test]
    fn each_warning_has_its_cause() {
        let (page, cta) = ("marketing_web.page_viewed", "marketing_web.cta_clicked");
        let signup = "registry_web.signup_clicked";
        assert_eq!(codes(vec![], vec![], vec![]), ["no_attribution"]);
        assert_eq!(
            codes(vec![row(page, "", 9.0)], vec![], vec![]),
            ["no_attribution"]
        );
        assert_eq!(
            codes(vec![row(page, "", 9.0)], vec![], vec![row(page, "/", 9.0)]),
            ["no_campaign"]
        );
        let campaign = || vec![row(page, "spring", 1.0)];
        assert_eq!(
            codes(
                vec![row(page, "", 100.0)],
                campaign(),
                vec![row(page, "/", 94.0)]
            ),
            ["landing_attribution"]
        );
        assert!(
            codes(
                vec![row(page, "", 100.0)],
                campaign(),
                vec![row(page, "/", 95.0)]
            )
            .is_empty()
        );
        let clicks = || vec![row(cta, "", 2.0)];
        assert_eq!(
            codes(clicks(), campaign(), vec![row(cta, "/", 2.0)]),
            ["no_follow_through"]
        );
        let followed = vec![row(cta, "/", 2.0), row(signup, "/docs", 1.0)];
        assert!(codes(clicks(), campaign(), followed).is_empty());
    }

    #[test]
    fn a_catalog_without_marketing_pages_has_no_attribution() {
        let part = Catalog::decantr_part(&["cli.command.completed"]);
        assert_eq!(Marketing::of(&part, &Values::default()), None);
        assert!(question(&part).events.is_empty());
    }
}
