//! `decantr ops user`: the users that keys and links belong to, by their opaque ids.

use jiff::Timestamp;
use serde::Serialize;

use super::desk::{Desk, Opening, agreed, failed, moved, time, usage, words};
use crate::base::ids::OpaqueId;
use crate::cli::args::{AtStore, UserCommand, UserDeleteArgs, UserFlagArgs};
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, pairs, table};
use crate::config::Host;
use crate::server::access;
use crate::server::store::{self, Flags, User};

/// A user as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserForm {
    id: OpaqueId,
    #[serde(flatten)]
    flags: Flags,
    created_at: Timestamp,
}

impl From<User> for UserForm {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            flags: user.flags,
            created_at: user.created_at,
        }
    }
}

/// Runs `decantr ops user`.
pub(super) fn run(host: &Host, command: &UserCommand, ui: &mut Ui) -> Result<(), CommandError> {
    match command {
        UserCommand::Flag(args) => flag(host, args, ui),
        UserCommand::List(at) => list(host, at, ui),
        UserCommand::Delete(args) => delete(host, args, ui),
    }
}

fn delete(host: &Host, args: &UserDeleteArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let question = "Take this user out of every event, for ever?";
    agreed(args.yes, &args.at, question, ui)?;
    let (deleted, beyond) = Desk::at(host, &args.at.store, Opening::Change, async |desk| {
        let id = access::any_user_id(&args.user_id, &desk.store.secrets().hmac_key);
        let id = id.map_err(usage)?;
        let beyond = store::copies(desk.store.cursors()).await;
        let beyond = beyond.map_err(|error| failed(&error))?;
        let deleted = desk.identities().delete_user(&id, &desk.by).await;
        Ok((deleted.map_err(|error| failed(&error))?, beyond))
    })?;
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.user.delete",
            "deleted": deleted,
            "beyond": beyond,
        }));
    }
    let mut rows = pairs(&[
        ("events that name nobody now", deleted.events.to_string()),
        ("keys deleted", deleted.keys.to_string()),
        ("links ended", deleted.links.to_string()),
        ("aliases that name nobody now", deleted.aliases.to_string()),
    ]);
    ui.table(&mut rows)?;
    for copy in &beyond {
        ui.warning(&format!(
            "still named, since it cannot be recalled from here: {copy}"
        ));
    }
    ui.status(&moved(deleted.rekeyed));
    Ok(())
}

fn flag(host: &Host, args: &UserFlagArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let id = access::user_id(&args.user_id).map_err(usage)?;
    let flags = Flags::from(args.flags);
    let rekeyed = Desk::at(host, &args.at.store, Opening::Change, async |desk| {
        let flagged = desk.identities().flag(&id, flags, &desk.by).await;
        Ok(flagged.map_err(|error| failed(&error))?.unwrap_or_default())
    })?;
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.user.flag",
            "user": { "id": id, "isInternal": flags.is_internal, "isTest": flags.is_test },
            "rekeyed": rekeyed,
        }));
    }
    let flags = Some(words(flags)).filter(|words| !words.is_empty());
    ui.line(&format!("{id}: {}", flags.unwrap_or("no flags")))?;
    ui.status(&moved(rekeyed));
    Ok(())
}

fn list(host: &Host, at: &AtStore, ui: &mut Ui) -> Result<(), CommandError> {
    let users = Desk::at(host, &at.store, Opening::Read, async |desk| {
        desk.identities()
            .users()
            .await
            .map_err(|error| failed(&error))
    })?;
    let users: Vec<UserForm> = users.into_iter().map(UserForm::from).collect();
    if at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.user.list",
            "users": users,
        }));
    }
    if users.is_empty() {
        ui.status("no user is known; the first key makes one known");
        return Ok(());
    }
    let mut rows = table(&["user", "flags", "known since"], &[]);
    for user in users {
        let flags = words(user.flags).to_owned();
        rows.add_row([user.id.into(), flags, time(user.created_at)]);
    }
    ui.table(&mut rows)
}
