//! `telemetry enable --accept`: what a catalog has gained, on the terms that were agreed to before; and how a time is written.

use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::diff::gained;
use super::enable::{EnablePlan, Terms, plan_enable};
use super::{ControlError, check_sound};
use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::config::{Asked, Host, Standing};

/// Prepares what a person is shown before they accept what the catalog has gained up to `revision`, its current one; the other
/// terms stay as they are. Writes nothing.
///
/// # Errors
/// When there is no grant, nothing new, or another revision was named; also as [`plan_enable`].
pub fn plan_accept(
    host: &Host,
    asked: &Asked<'_>,
    revision: u32,
) -> Result<EnablePlan, ClientError> {
    let gate = Gate::open(host, asked)?;
    check_sound(host, asked, &gate.paths)?;
    let current = gate.product.revision();
    let nothing = |why: String| Err(ControlError::NothingToAccept { why }.into());
    let Some(grant) = gate
        .grant()
        .filter(|grant| !grant.is_over(host.clock.now()))
    else {
        return nothing(
            "nobody has agreed to anything yet; `decantr telemetry enable` asks".to_owned(),
        );
    };
    match gate.product.standing(grant.revision, &grant.sha256) {
        Standing::Grown { .. } if revision == current => {}
        Standing::Grown { .. } => {
            return nothing(format!(
                "the catalog is at revision {current}, not {revision}; `decantr telemetry explain --diff` shows what is new"
            ));
        }
        Standing::Same => {
            return nothing(format!(
                "revision {} was agreed to, and the catalog is at {current}",
                grant.revision
            ));
        }
        Standing::Changed => {
            return nothing(
                "the catalog is not the one that was agreed to; `decantr telemetry enable` decides again".to_owned(),
            );
        }
    }
    let terms = Terms {
        scopes: grant.scopes.clone(),
        only: grant.only.clone(),
        until: grant.until,
        share_project: false,
    };
    let product = gate.product.clone().reporting_as(&grant.sources);
    let product = product.map_err(|error| ControlError::NothingToAccept {
        why: error.to_string(),
    })?;
    let asked = Asked {
        product: Some(&product),
        ..*asked
    };
    let gained = gained(&gate, &gate.catalog(), grant);
    let mut plan = plan_enable(host, &asked, terms)?;
    plan.offer.gained = Some(gained);
    Ok(plan)
}

/// Reads how long a grant is to hold, for example `90d`, `12h`, `2 weeks`: from an hour to ten years. A day has 24 hours.
///
/// # Errors
/// What is wrong with it.
pub fn grant_time(text: &str) -> Result<SignedDuration, &'static str> {
    const WRONG: &str = "a time is written like 90d, 12h or 2 weeks, and is an hour to ten years";
    let time = text.parse::<Span>().ok();
    let time = time.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    time.filter(|time| (1..=10 * 366 * 24).contains(&time.as_hours()))
        .ok_or(WRONG)
}
