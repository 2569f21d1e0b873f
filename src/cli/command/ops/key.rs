//! `decantr ops key`: API keys, shown once when they are made and never again.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::desk::{Desk, Opening, failed, time, usage};
use crate::base::ids::OpaqueId;
use crate::cli::args::{AtStore, KeyCommand, KeyCreateArgs, KeyRevokeArgs, KeyScope};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::model::catalog::TOKEN_MAX;
use crate::model::event::is_token;
use crate::model::protocol::{OrgName, Scope};
use crate::server::access;
use crate::server::store::Key;

/// A key as JSON; the key itself is never in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyForm {
    key_id: String,
    scopes: Vec<Scope>,
    org: Option<OrgName>,
    user_id: OpaqueId,
    label: Option<String>,
    created_at: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl From<Key> for KeyForm {
    fn from(key: Key) -> Self {
        Self {
            key_id: key.id,
            scopes: key.scopes,
            org: key.org,
            user_id: key.user,
            label: key.label,
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        }
    }
}

impl From<KeyScope> for Scope {
    fn from(scope: KeyScope) -> Self {
        match scope {
            KeyScope::Ingest => Self::Ingest,
            KeyScope::Link => Self::Link,
            KeyScope::Snapshot => Self::Snapshot,
            KeyScope::Admin => Self::Admin,
        }
    }
}

/// Runs `decantr ops key`.
pub(super) fn run(host: &Host, command: &KeyCommand, ui: &mut Ui) -> Result<(), CommandError> {
    match command {
        KeyCommand::Create(args) => create(host, args, ui),
        KeyCommand::Revoke(args) => revoke(host, args, ui),
        KeyCommand::List(at) => list(host, at, ui),
    }
}

fn create(host: &Host, args: &KeyCreateArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let mut scopes: Vec<Scope> = args.scope.iter().map(|scope| (*scope).into()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.contains(&Scope::Link) && args.org.is_none() {
        let message = "a key with the scope link belongs to an organisation";
        return Err(CommandError::new(exit::USAGE, message).hint("name it with --org SLUG"));
    }
    if args
        .label
        .as_deref()
        .is_some_and(|label| !is_token(label, TOKEN_MAX))
    {
        let message = "a label is a token: a-z first, then a-z, 0-9, _ and -, at most 32";
        return Err(CommandError::new(exit::USAGE, message));
    }
    let user = match &args.user {
        Some(text) => access::user_id(text).map_err(usage)?,
        None => access::user_id(&format!("user_{}", Uuid::new_v4())).map_err(usage)?,
    };
    let minted = access::mint().map_err(|error| CommandError::from_error(exit::REMOTE, &error))?;
    // A store that is missing has no organisation either, so none is made for a key that cannot be.
    let opening = if args.org.is_some() {
        Opening::Change
    } else {
        Opening::Make
    };
    let key = Desk::at(host, &args.at.store, opening, async |desk| {
        let org = match &args.org {
            Some(slug) => Some(desk.org(slug).await?.name),
            None => None,
        };
        let key = Key {
            id: minted.id.clone(),
            hash: minted.hash,
            scopes,
            org,
            user,
            label: args.label.clone(),
            created_at: desk.by.at,
            revoked_at: None,
        };
        let added = desk.identities().add_key(&key, &desk.by).await;
        added.map_err(|error| failed(&error))?;
        Ok(key)
    })?;
    show(key, minted.key.expose(), args, ui)
}

fn show(key: Key, text: &str, args: &KeyCreateArgs, ui: &mut Ui) -> Result<(), CommandError> {
    /// The only place where a key is shown.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Created<'a> {
        schema_version: u32,
        kind: &'static str,
        key: &'a str,
        #[serde(flatten)]
        about: KeyForm,
    }
    if args.at.format.is_json() {
        return ui.json(&Created {
            schema_version: 1,
            kind: "ops.key.create",
            key: text,
            about: key.into(),
        });
    }
    ui.line(text)?;
    let org = key
        .org
        .map_or_else(String::new, |org| format!(" of {}", org.slug));
    ui.status(&format!(
        "key {} for {}{org}, scope {}",
        key.id,
        key.user,
        list_of(&key.scopes)
    ));
    ui.status("it is shown this once; only a hash of it is kept");
    Ok(())
}

fn revoke(host: &Host, args: &KeyRevokeArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let revoked = Desk::at(host, &args.at.store, Opening::Change, async |desk| {
        let revoked = desk.identities().revoke_key(&args.key_id, &desk.by).await;
        revoked.map_err(|error| failed(&error))
    })?;
    let Some(key) = revoked else {
        // What was given may be a whole key, pasted by mistake.
        return Err(
            CommandError::new(exit::CHECK_FAILED, "there is no key with this id")
                .hint("`decantr ops key list` shows the ids: 12 digits and letters"),
        );
    };
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.key.revoke",
            "revoked": KeyForm::from(key),
        }));
    }
    ui.line(&format!("revoked {}", key.id))?;
    ui.status("every server on this store refuses it within a second");
    Ok(())
}

fn list(host: &Host, at: &AtStore, ui: &mut Ui) -> Result<(), CommandError> {
    let keys = Desk::at(host, &at.store, Opening::Read, async |desk| {
        desk.identities()
            .keys()
            .await
            .map_err(|error| failed(&error))
    })?;
    let keys: Vec<KeyForm> = keys.into_iter().map(KeyForm::from).collect();
    if at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.key.list",
            "keys": keys,
        }));
    }
    if keys.is_empty() {
        ui.status("there is no key; `decantr ops key create` makes one");
        return Ok(());
    }
    let head = [
        "key",
        "scopes",
        "organisation",
        "user",
        "label",
        "made",
        "revoked",
    ];
    let mut rows = table(&head, &[]);
    for key in keys {
        rows.add_row([
            key.key_id,
            list_of(&key.scopes),
            key.org.map(|org| org.slug).unwrap_or_default(),
            key.user_id.into(),
            key.label.unwrap_or_default(),
            time(key.created_at),
            key.revoked_at.map(time).unwrap_or_default(),
        ]);
    }
    ui.table(&mut rows)
}

fn list_of(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(", ")
}
