//! `decantr ops org`: the organisations that keys and links belong to.

use jiff::Timestamp;
use serde::Serialize;

use super::desk::{Desk, Opening, failed, moved, time, usage, words};
use crate::base::ids::OpaqueId;
use crate::cli::args::{AtStore, OrgAddArgs, OrgCommand, OrgFlagArgs};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::model::protocol::OrgName;
use crate::server::access;
use crate::server::store::{Added, Flags, Org};

/// An organisation as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrgForm {
    id: OpaqueId,
    slug: String,
    #[serde(flatten)]
    flags: Flags,
    created_at: Timestamp,
}

impl From<Org> for OrgForm {
    fn from(org: Org) -> Self {
        Self {
            id: org.name.id,
            slug: org.name.slug,
            flags: org.flags,
            created_at: org.created_at,
        }
    }
}

/// Runs `decantr ops org`.
pub(super) fn run(host: &Host, command: &OrgCommand, ui: &mut Ui) -> Result<(), CommandError> {
    match command {
        OrgCommand::Add(args) => add(host, args, ui),
        OrgCommand::List(at) => list(host, at, ui),
        OrgCommand::Flag(args) => flag(host, args, ui),
    }
}

fn add(host: &Host, args: &OrgAddArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let name = OrgName {
        id: access::org_id(&args.slug, args.id.as_deref()).map_err(usage)?,
        slug: args.slug.clone(),
    };
    let added = Desk::at(host, &args.at.store, Opening::Make, async |desk| {
        let added = desk.identities().add_org(&name, &desk.by).await;
        added.map_err(|error| failed(&error))
    })?;
    let (org, is_new) = match added {
        Added::New(org) => (org, true),
        Added::Exists(org) if org.name == name => (org, false),
        Added::Exists(org) => {
            let OrgName { id, slug } = org.name;
            let message = format!("there is an organisation {slug} with the id {id} already");
            return Err(CommandError::new(exit::CHECK_FAILED, message)
                .hint("nothing was changed; take another short name or another --id"));
        }
    };
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.org.add",
            "added": is_new,
            "org": OrgForm::from(org),
        }));
    }
    let word = if is_new {
        "added"
    } else {
        "was there already:"
    };
    ui.line(&format!("{word} {} ({})", org.name.slug, org.name.id))
}

fn list(host: &Host, at: &AtStore, ui: &mut Ui) -> Result<(), CommandError> {
    let orgs = Desk::at(host, &at.store, Opening::Read, async |desk| {
        desk.identities()
            .orgs()
            .await
            .map_err(|error| failed(&error))
    })?;
    let orgs: Vec<OrgForm> = orgs.into_iter().map(OrgForm::from).collect();
    if at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.org.list",
            "orgs": orgs,
        }));
    }
    if orgs.is_empty() {
        ui.status("there is no organisation; `decantr ops org add SLUG` adds one");
        return Ok(());
    }
    let mut rows = table(&["organisation", "id", "flags", "added"], &[]);
    for org in orgs {
        let flags = words(org.flags).to_owned();
        rows.add_row([org.slug, org.id.into(), flags, time(org.created_at)]);
    }
    ui.table(&mut rows)
}

fn flag(host: &Host, args: &OrgFlagArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let flags = Flags::from(args.flags);
    let (org, rekeyed) = Desk::at(host, &args.at.store, Opening::Change, async |desk| {
        let org = desk.org(&args.slug).await?;
        let flagged = desk.identities().flag(&org.name.id, flags, &desk.by).await;
        let rekeyed = flagged.map_err(|error| failed(&error))?;
        Ok((Org { flags, ..org }, rekeyed.unwrap_or_default()))
    })?;
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.org.flag",
            "org": OrgForm::from(org),
            "rekeyed": rekeyed,
        }));
    }
    let flags = Some(words(flags)).filter(|words| !words.is_empty());
    ui.line(&format!(
        "{}: {}",
        org.name.slug,
        flags.unwrap_or("no flags")
    ))?;
    ui.status(&moved(rekeyed));
    Ok(())
}
