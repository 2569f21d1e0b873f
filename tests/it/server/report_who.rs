//! Who is who, what they did and where they came from, worked out from raw events one by one.

use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::Standing;
use decantr::server::report::TOP_CUSTOMERS;
use serde_json::{Value, json};

use super::report_books::{
    Known, Raw, Span, date, different, foremost, ids, ranked, share, span, weigh, within,
};

pub(super) fn identity(all: &[&Raw<'_>], known: &Known, today: i32) -> Value {
    let current = (today - 7, today - 1);
    let standing = |row: &Raw<'_>| row.event.counted.standing;
    let rows = within(all, current);
    let with_ids = weigh(rows.iter().filter(|row| standing(row) != Standing::NoId));
    let decided = weigh(rows.iter().filter(|row| standing(row) == Standing::Decided));
    let week = within(all, (today - 6, today));
    let active = different(
        week.iter()
            .filter(|row| standing(row) != Standing::NoId)
            .flat_map(|row| ids(row)),
    );
    let candidates = |days: Span| {
        let rows = within(all, days);
        let strangers = rows
            .iter()
            .filter(|row| standing(row) == Standing::Undecided);
        different(
            strangers
                .flat_map(|row| ids(row))
                .filter(|id| id.is_some_and(|id| !known.decided.contains(id))),
        )
    };
    let found = candidates((today - 6, today));
    json!({
        "days": span(current),
        "events_with_ids": with_ids,
        "decided_events": decided,
        "identity_coverage": share(decided, with_ids),
        "active_identities": active,
        "candidate_aliases": found,
        "candidate_alias_rate": share(found as u64, active as u64),
        "current_candidate_aliases": candidates(current),
        "previous_candidate_aliases": candidates((today - 14, today - 8)),
    })
}

pub(super) fn organisations(rows: &[&Raw<'_>], everywhere: &[&Raw<'_>], known: &Known) -> Value {
    let org = |row: &Raw<'_>| {
        row.event
            .counted
            .owner
            .org
            .as_ref()
            .map(|org| org.as_str().to_owned())
    };
    let groups = ranked(rows, org).into_iter().take(10);
    groups
        .map(|(name, _, events)| {
            let theirs = everywhere.iter().filter(|row| org(row).as_deref() == Some(&*name));
            let theirs: Vec<&Raw<'_>> = theirs.copied().collect();
            let active = |place: usize| different(theirs.iter().map(|row| ids(row)[place]));
            json!({
                "id": name, "slug": known.slugs.get(&OpaqueId::parse(&name).unwrap()), "events": events,
                "active_installs": active(0), "active_projects": active(1), "active_users": active(3),
                "last_active": theirs.iter().map(|row| row.day).max().map(date),
            })
        })
        .collect()
}

pub(super) fn customers(rows: &[&Raw<'_>], known: &Known) -> Value {
    let groups = ranked(rows, |row| foremost(row).map(|id| id.as_str().to_owned())).into_iter();
    groups
        .take(TOP_CUSTOMERS)
        .map(|(name, rows, events)| {
            let last = rows.iter().max_by_key(|row| row.event.timestamp).unwrap();
            let org = last.event.counted.owner.org.as_ref();
            let kind = [
                ("user", "user"),
                ("install", "install"),
                ("project", "project"),
                ("anon", "anonymous"),
            ];
            let kind = kind
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix))
                .unwrap()
                .1;
            json!({
                "id": name, "kind": kind, "org": org.map(OpaqueId::as_str),
                "org_slug": org.and_then(|org| known.slugs.get(org)),
                "events": events, "last_seen": last.event.timestamp.to_string(),
            })
        })
        .collect()
}

pub(super) fn activation(rows: &[&Raw<'_>]) -> Value {
    let count = |name: &str| weigh(rows.iter().filter(|row| row.event.name == name));
    let (reports, healthy, failed) = (
        count("health.report.generated"),
        count("decantr.health.healthy"),
        count("health.ci.failed"),
    );
    json!({
        "analyze_completed": count("decantr.analyze.completed"),
        "new_completed": count("decantr.new.completed"),
        "init_completed": count("decantr.init.completed"),
        "refresh_completed": count("decantr.refresh.completed"),
        "check_completed": count("decantr.check.completed"),
        "health_reports": reports,
        "healthy_milestones": healthy,
        "ci_failures": failed,
        "remediation_prompts": count("health.finding.prompt_requested"),
        "studio_starts": count("studio.started"),
        "studio_refreshes": count("studio.health_refreshed"),
        "activation_rate": share(healthy, reports),
        "ci_failure_rate": share(failed, reports),
    })
}

pub(super) fn marketing(rows: &[&Raw<'_>]) -> Value {
    let catalog = Catalog::decantr();
    let can_say = |row: &&&Raw<'_>| {
        let spec = catalog.event(&row.event.name).unwrap();
        spec.property("attributionUtmCampaign").is_some()
    };
    let rows: Vec<&Raw<'_>> = rows.iter().filter(can_say).copied().collect();
    let of = |row: &Raw<'_>, name: &str| row.properties[name].as_str().map(str::to_owned);
    let follows = |row: &&&Raw<'_>| !row.event.name.starts_with("marketing_web.");
    let named =
        |rows: &[&Raw<'_>], name: &str| weigh(rows.iter().filter(|row| row.event.name == name));
    let with = |property: &str| -> Vec<&Raw<'_>> {
        let rows = rows.iter().filter(|row| of(row, property).is_some());
        rows.copied().collect()
    };
    let (campaigns, paths) = (
        with("attributionUtmCampaign"),
        with("attributionLandingPath"),
    );
    let origins = |property: &str| -> Value {
        let groups = ranked(&rows, |row| of(row, property)).into_iter().take(10);
        groups
            .map(|(name, rows, events)| {
                json!({
                    "name": name, "events": events,
                    "page_views": named(&rows, "marketing_web.page_viewed"),
                    "cta_clicks": named(&rows, "marketing_web.cta_clicked"),
                    "follow_through": weigh(rows.iter().filter(follows)),
                    "signup_clicks": named(&rows, "registry_web.signup_clicked"),
                    "last_seen": rows.iter().map(|row| row.day).max().map(date),
                })
            })
            .collect()
    };
    let counts = |property: &str| -> Value {
        let groups = ranked(&rows, |row| of(row, property)).into_iter().take(10);
        groups
            .map(|(name, _, events)| json!({ "name": name, "events": events }))
            .collect()
    };
    json!({
        "events": weigh(&rows),
        "events_with_campaign": weigh(&campaigns),
        "events_with_landing_path": weigh(&paths),
        "campaign_attribution_rate": share(weigh(&campaigns), weigh(&rows)),
        "landing_attribution_rate": share(weigh(&paths), weigh(&rows)),
        "cta_clicks": named(&paths, "marketing_web.cta_clicked"),
        "follow_through": weigh(paths.iter().filter(follows)),
        "campaigns": origins("attributionUtmCampaign"),
        "landing_paths": origins("attributionLandingPath"),
        "utm_sources": counts("attributionUtmSource"),
        "utm_mediums": counts("attributionUtmMedium"),
    })
}
