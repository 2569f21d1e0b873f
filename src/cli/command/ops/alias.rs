//! `decantr ops alias`: what the operator says about installations, projects and anonymous visitors.

use super::catalog;
use super::desk::{Desk, Opening, failed, moved, time, usage};
use crate::base::ids::OpaqueId;
use crate::cli::args::{
    AliasActor, AliasCommand, AliasIdArgs, AliasIdKind, AliasSetArgs, AtStore, CandidatesArgs,
};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::model::event::Actor;
use crate::server::access::{self, AliasKind};
use crate::server::api::{AliasForm, CandidateForm};
use crate::server::rollup::Day;
use crate::server::store::{ActivityQuery, AliasRow, Classification, Days, Rekeyed};

impl From<AliasActor> for Actor {
    fn from(actor: AliasActor) -> Self {
        match actor {
            AliasActor::Internal => Self::Internal,
            AliasActor::Customer => Self::Customer,
            AliasActor::OfficialPipeline => Self::OfficialPipeline,
            AliasActor::Service => Self::Service,
        }
    }
}

impl From<AliasIdKind> for AliasKind {
    fn from(kind: AliasIdKind) -> Self {
        match kind {
            AliasIdKind::Install => Self::Install,
            AliasIdKind::Project => Self::Project,
            AliasIdKind::Anonymous => Self::Anonymous,
        }
    }
}

/// Runs `decantr ops alias`.
pub(super) fn run(host: &Host, command: &AliasCommand, ui: &mut Ui) -> Result<(), CommandError> {
    match command {
        AliasCommand::List(at) => list(host, at, ui),
        AliasCommand::Candidates(args) => candidates(host, args, ui),
        AliasCommand::Set(args) => set(host, args, ui),
        AliasCommand::Remove(args) => remove(host, &args.id, &args.at, ui),
    }
}

fn list(host: &Host, at: &AtStore, ui: &mut Ui) -> Result<(), CommandError> {
    let aliases = Desk::at(host, &at.store, Opening::Read, async |desk| {
        let aliases = desk
            .identities()
            .aliases()
            .await
            .map_err(|error| failed(&error))?;
        forms(desk, aliases).await
    })?;
    if at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.alias.list",
            "aliases": aliases,
        }));
    }
    if aliases.is_empty() {
        ui.status("nothing is said about any id; `decantr ops alias candidates` shows about which it is worth while");
        return Ok(());
    }
    let mut rows = table(&["id", "actor", "organisation", "user", "by", "since"], &[]);
    for alias in aliases {
        rows.add_row([
            alias.id.into(),
            alias.actor.map_or("", Actor::as_str).to_owned(),
            alias
                .org
                .or(alias.org_id.map(String::from))
                .unwrap_or_default(),
            alias.user_id.map(String::from).unwrap_or_default(),
            alias.by,
            time(alias.at),
        ]);
    }
    ui.table(&mut rows)
}

fn candidates(host: &Host, args: &CandidatesArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let query = ActivityQuery {
        catalog: (*catalog::named(host, &args.catalog)?.id).to_owned(),
        days: Days::ending(Day::of(host.clock.now()), args.days),
        actor: None,
        source: None,
        org: None,
        limit: usize::try_from(args.limit).unwrap_or(usize::MAX),
    };
    let found = Desk::at(host, &args.at.store, Opening::Read, async |desk| {
        let found = desk.identities().candidates(&query).await;
        found.map_err(|error| failed(&error))
    })?;
    let found: Vec<CandidateForm> = found.into_iter().map(CandidateForm::from).collect();
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.alias.candidates",
            "days": args.days,
            "candidates": found,
        }));
    }
    if found.is_empty() {
        ui.status("no active id is undecided");
        return Ok(());
    }
    let mut rows = table(&["id", "kind", "events", "last seen"], &[2]);
    for candidate in found {
        rows.add_row([
            candidate.id.into(),
            candidate.kind.to_owned(),
            candidate.events.to_string(),
            time(candidate.last_seen),
        ]);
    }
    ui.table(&mut rows)
}

fn set(host: &Host, args: &AliasSetArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let user = args
        .user
        .as_deref()
        .map(access::user_id)
        .transpose()
        .map_err(usage)?;
    let (id, before, after, rekeyed) =
        Desk::at(host, &args.at.store, Opening::Change, async |desk| {
            let id = alias_id(desk, &args.id)?;
            let org = match &args.org {
                Some(slug) => Some(desk.org(slug).await?.name.id),
                None => None,
            };
            let says = Classification {
                actor: args.actor.map(Actor::from),
                org,
                user,
            };
            let (before, rekeyed) = change(desk, &id, Some(&says)).await?;
            let after = AliasRow {
                id: id.clone(),
                says,
                by: desk.by.clone(),
            };
            let after = forms(desk, vec![after]).await?;
            Ok((id, before, after, rekeyed))
        })?;
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.alias.set",
            "before": before,
            "after": after.first(),
            "rekeyed": rekeyed,
        }));
    }
    ui.line(&format!("{id}: set"))?;
    ui.status(&moved(rekeyed));
    Ok(())
}

fn remove(host: &Host, args: &AliasIdArgs, at: &AtStore, ui: &mut Ui) -> Result<(), CommandError> {
    let (id, before, rekeyed) = Desk::at(host, &at.store, Opening::Change, async |desk| {
        let id = alias_id(desk, args)?;
        let (before, rekeyed) = change(desk, &id, None).await?;
        Ok((id, before, rekeyed))
    })?;
    let Some(before) = before else {
        return Err(
            CommandError::new(exit::CHECK_FAILED, format!("nothing is said about {id}"))
                .hint("`decantr ops alias list` shows about which ids something is said"),
        );
    };
    if at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.alias.remove",
            "before": before,
            "rekeyed": rekeyed,
        }));
    }
    ui.line(&format!("{id}: removed"))?;
    ui.status(&moved(rekeyed));
    Ok(())
}

fn alias_id(desk: &Desk, args: &AliasIdArgs) -> Result<OpaqueId, CommandError> {
    let kind = args.kind.map(AliasKind::from);
    access::alias_id(&args.id, kind, &desk.store.secrets().hmac_key).map_err(usage)
}

async fn change(
    desk: &Desk,
    id: &OpaqueId,
    says: Option<&Classification>,
) -> Result<(Option<AliasForm>, Rekeyed), CommandError> {
    let changed = desk.identities().set_alias(id, says, &desk.by).await;
    let (before, rekeyed) = changed.map_err(|error| failed(&error))?;
    let before = forms(desk, before.into_iter().collect()).await?;
    Ok((before.into_iter().next(), rekeyed))
}

async fn forms(desk: &Desk, rows: Vec<AliasRow>) -> Result<Vec<AliasForm>, CommandError> {
    let orgs = desk
        .identities()
        .orgs()
        .await
        .map_err(|error| failed(&error))?;
    let forms = rows.into_iter().map(|row| AliasForm::new(row, &orgs));
    Ok(forms.collect())
}
