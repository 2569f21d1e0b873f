//! `decantr ops forget`: erasure by the operator, for ids that nobody can prove.

use std::collections::BTreeSet;

use super::desk::{Desk, Opening, agreed, failed, usage};
use crate::cli::args::ForgetIdsArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, pairs};
use crate::config::Host;
use crate::server::access;
use crate::server::store;

/// Runs `decantr ops forget`.
///
/// # Errors
/// Exit code 4 when nobody has said yes; nothing is erased then.
pub(super) fn run(host: &Host, args: &ForgetIdsArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let ids = if args.ids.len() == 1 {
        "this id"
    } else {
        "these ids"
    };
    let question = format!("Erase everything about {ids}, for ever?");
    agreed(args.yes, &args.at, &question, ui)?;
    let forgotten = Desk::at(host, &args.at.store, Opening::Change, async |desk| {
        let hmac_key = &desk.store.secrets().hmac_key;
        let mut ids = BTreeSet::new();
        for id in &args.ids {
            ids.extend(access::erasable_ids(id, hmac_key).map_err(usage)?);
        }
        let beyond = store::copies(desk.store.cursors()).await;
        let beyond = beyond.map_err(|error| failed(&error))?;
        let forgotten = desk.identities().forget(&ids, &beyond, &desk.by).await;
        forgotten.map_err(|error| failed(&error))
    })?;
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.forget",
            "forgotten": forgotten,
        }));
    }
    let mut rows = pairs(&[
        ("ticket", forgotten.ticket.to_string()),
        ("events erased", forgotten.events.to_string()),
        ("rows about activity erased", forgotten.activity.to_string()),
        ("aliases and links erased", forgotten.links.to_string()),
    ]);
    ui.table(&mut rows)?;
    for copy in &forgotten.beyond {
        ui.warning(&format!(
            "not erased, since it cannot be recalled from here: {copy}"
        ));
    }
    ui.status("later events with these ids are refused; daily counts without ids stay");
    Ok(())
}
