//! What an analysis reports, if the person agreed to that: one of each event a run, with counts and never names.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::Analyzed;
use crate::analyze::{Analysis, AnalyzeError};
use crate::client::control::Observed;
use crate::model::event::{RawMap, RawValue};

/// The event that every command reports.
pub(super) const COMMAND: &str = "cli.command.completed";

/// The event that only this command reports.
pub(super) const OWN: &str = "decantr.analyze.completed";

/// The two events of an analysis that took so long. The counts of several applications are added up; the framework is
/// told where all of them have the same.
pub(super) fn of(
    outcome: Result<&Analyzed, &AnalyzeError>,
    took: SignedDuration,
) -> [Observed<'static>; 2] {
    let duration = i64::try_from(took.as_millis()).unwrap_or(i64::MAX).max(0);
    let read = outcome.map(|analyzed| match analyzed {
        Analyzed::One(one) => vec![&**one],
        Analyzed::All(all) => all.analyses().collect(),
    });
    let mut common: RawMap<'static> = vec![
        ("command".into(), "analyze".into()),
        (
            "success".into(),
            read.as_ref().is_ok_and(|all| !all.is_empty()).into(),
        ),
        ("durationMs".into(), RawValue::Int(duration)),
    ];
    match (&read, outcome) {
        (Ok(all), Ok(Analyzed::All(several))) if all.is_empty() => {
            let code = several.errors().next().map(|error| error.code);
            common.extend(code.map(|code| ("errorCode".into(), code.into())));
        }
        (Ok(all), _) => {
            let is_inside = all.iter().any(|one| one.is_workspace_app());
            let scope = if is_inside {
                "workspace-app"
            } else {
                "single-app"
            };
            common.push(("projectScope".into(), scope.into()));
            let frameworks: BTreeSet<_> = all.iter().map(|one| one.framework_id()).collect();
            if let (1, Some(Some(framework))) = (frameworks.len(), frameworks.first()) {
                common.push(("targetFramework".into(), (*framework).to_owned().into()));
            }
        }
        (Err(error), _) => common.push(("errorCode".into(), error.code().into())),
    }
    let mut own = common.clone();
    own.extend(read.map(|all| counts(&all)).unwrap_or_default());
    [(OWN.into(), own), (COMMAND.into(), common)]
}

/// What only `decantr.analyze.completed` reports.
fn counts(all: &[&Analysis]) -> RawMap<'static> {
    let sum = |count: fn(&Analysis) -> u64| {
        let total: u64 = all.iter().map(|one| count(one)).sum();
        RawValue::Int(i64::try_from(total).unwrap_or(i64::MAX))
    };
    let categories: BTreeSet<&str> = all
        .iter()
        .flat_map(|one| one.dependencies.by_category())
        .filter(|(_, packages)| !packages.is_empty())
        .map(|(category, _)| category)
        .collect();
    let categories = i64::try_from(categories.len()).unwrap_or(i64::MAX);
    vec![
        ("routeCount".into(), sum(|one| one.route_count() as u64)),
        ("pageCount".into(), sum(Analysis::page_count)),
        ("componentCount".into(), sum(Analysis::component_count)),
        ("dependencyCategoryCount".into(), RawValue::Int(categories)),
    ]
}
