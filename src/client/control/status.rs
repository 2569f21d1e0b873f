//! `telemetry status`: what is stored, what it comes to, and why.

use jiff::Timestamp;

use super::SCHEMA_VERSION;
use super::forget::ForgetView;
use super::view::{Status, StoredView};
use crate::base::error::chain;
use crate::client::ClientError;
use crate::client::consent::{Effective, Gate, Stored};
use crate::client::delivery::DeliveryState;
use crate::client::identity::{Ids, Link};
use crate::client::spool::SpoolState;
use crate::config::layers::Switch;
use crate::config::project::Say;
use crate::config::{Asked, Host};

/// Tells how things stand. Writes nothing.
///
/// # Errors
/// Only when there is no place for files; unreadable files are problems in the answer.
pub fn status(host: &Host, asked: &Asked<'_>) -> Result<Status, ClientError> {
    let gate = Gate::open(host, asked)?;
    let mut problems = gate.problems.clone();
    let project = asked.project.map(|path| host.cwd.join(path));
    let ids = Ids::existing(&gate, Some(project.as_ref().unwrap_or(&host.cwd)));
    let ids = ids.unwrap_or_else(|error| {
        problems.push(chain(&error));
        Ids::default()
    });
    problems.extend(Ids::problem(&gate).map(|error| chain(&error)));
    let epoch = gate.grant().map(|grant| grant.epoch);
    let spool = SpoolState::read(&gate.paths, epoch).unwrap_or_else(|error| {
        problems.push(chain(&error));
        SpoolState::default()
    });
    let delivery = epoch.map(|epoch| DeliveryState::load(&gate.paths, epoch));
    let delivery = delivery.unwrap_or_else(|| Ok(DeliveryState::default()));
    let delivery = delivery.unwrap_or_else(|error| {
        problems.push(chain(&error));
        DeliveryState::default()
    });
    let link = Link::load(&gate.paths).unwrap_or_else(|error| {
        problems.push(chain(&error));
        None
    });
    let forget = ForgetView::read(&gate.paths).unwrap_or_else(|error| {
        problems.push(chain(&error));
        None
    });
    let warnings = warnings(&gate, &spool, host.clock.now());
    let decision = gate.decision();
    Ok(Status {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.status",
        stored: StoredView::from(&gate.stored),
        effective: decision.effective(),
        by: decision.reason().map(|verdict| verdict.layer),
        why: decision.why().to_owned(),
        layers: decision.verdicts().to_vec(),
        catalog: gate.product.id().to_owned(),
        endpoint: gate.endpoint.as_ref().map(Into::into),
        ids,
        link: link.map(Into::into),
        forget,
        spool,
        delivery,
        problems,
        warnings,
    })
}

impl From<&Stored> for StoredView {
    fn from(stored: &Stored) -> Self {
        match stored {
            Stored::Undecided => Self::Undecided,
            Stored::Refused { at } => Self::Refused { at: *at },
            Stored::Broken(_) => Self::Broken,
            Stored::Granted(grant) => Self::Granted {
                revision: grant.revision,
                sha256: grant.sha256.clone(),
                scopes: grant.scopes.clone(),
                sources: grant.sources.clone(),
                only: grant.only.clone(),
                until: grant.until,
                at: grant.at,
                actor: grant.actor,
            },
        }
    }
}

fn warnings(gate: &Gate, spool: &SpoolState, now: Timestamp) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut warn = |text: &str| warnings.push(text.to_owned());
    match &gate.layers.switch {
        Switch::On => {
            warn("DECANTR_TELEMETRY=on is ignored: only `decantr telemetry enable` turns it on");
        }
        Switch::Unknown(_) => {
            warn("DECANTR_TELEMETRY has an unknown value, which counts as off; known: off, log");
        }
        Switch::Unset | Switch::Off | Switch::Log => {}
    }
    let mut projects = gate.layers.projects.iter();
    let invites = projects.any(|project| matches!(project.telemetry, Say::Invites));
    if invites && gate.stored == Stored::Undecided {
        warn(
            "this project invites you to share usage data: `decantr telemetry explain`, then `decantr telemetry enable`",
        );
    }
    let effective = gate.decision().effective();
    if effective == Effective::OnPartial {
        warn("the catalog has grown since you agreed; what is newer is not sent");
    }
    let no_grant = gate.grant().is_none_or(|grant| grant.is_over(now));
    let left_over = spool.events + spool.elsewhere > 0;
    if no_grant && left_over && !matches!(gate.stored, Stored::Broken(_)) {
        warn(
            "events of an earlier grant are still on disk; `decantr telemetry disable` removes them",
        );
    }
    warnings
}
