//! `decantr logout`: removes the key of one server from this machine.

use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::cli::args::AccountArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::client::auth::{Kept, Place, StoreKind};
use crate::client::control::linked_at;
use crate::config::Host;

/// What is printed as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggedOut {
    schema_version: u32,
    kind: &'static str,
    server: String,
    /// Where the key was; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_from: Option<StoreKind>,
    /// The organisation that the ids of this machine are still linked to at that server.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked_to: Option<String>,
}

/// Runs `decantr logout`.
///
/// # Errors
/// Exit code 3 when the key could not be removed.
pub(in crate::cli) fn run(
    host: &Host,
    args: &AccountArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let place = Place::find(host, args.api_url.as_deref())?;
    let removed = place.forget().map_err(|error| {
        super::local(error).hint("the key is still there; an operator can revoke it as well")
    })?;
    let view = LoggedOut {
        schema_version: SCHEMA_VERSION,
        kind: "logout",
        server: place.server.origin.clone(),
        removed_from: removed,
        linked_to: linked_at(host, &place.server.origin),
    };
    if args.format.is_json() {
        ui.json(&view)?;
    } else {
        ui.line(&match view.removed_from {
            Some(store) => format!(
                "Signed out of {}: its key is removed from {}. The key itself stays valid until an operator revokes it.",
                view.server,
                Kept::from(store).as_str()
            ),
            None => format!("Not signed in to {}; nothing to remove.", view.server),
        })?;
    }
    if let Some(org) = &view.linked_to {
        ui.warning(&format!(
            "this machine is still linked to {org} there; sign in again for `decantr telemetry unlink`, or end it here only with \
             `decantr telemetry unlink --local`"
        ));
    }
    if place.has_environment_key() {
        ui.status("DECANTR_API_KEY is still set, and is used beside an explicit address");
    }
    Ok(())
}
