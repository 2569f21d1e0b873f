//! `decantr telemetry unlink`: ends the link to an account.

use crate::cli::args::UnlinkArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::client::ClientError;
use crate::client::control::{self, Unlinked};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry unlink`.
///
/// # Errors
/// Exit code 4 when the ids changed meanwhile, 5 when not signed in or not allowed, 6 when the server failed; nothing has changed then.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &UnlinkArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let unlinked = control::unlink(host, asked, args.local).map_err(explained)?;
    if args.format.is_json() {
        ui.json(&unlinked)
    } else {
        report(&unlinked, ui)
    }
}

fn report(unlinked: &Unlinked, ui: &mut Ui) -> Result<(), CommandError> {
    let (Some(org), Some(server)) = (&unlinked.org, &unlinked.server) else {
        return ui.line("This machine is not linked; nothing was changed.");
    };
    if unlinked.local {
        ui.line(&format!("The link to {org} is ended on this machine."))?;
        ui.warning(&format!(
            "{server} was not asked and still has the link of the old ids; `decantr telemetry forget` erases it there"
        ));
    } else if unlinked.unlinked.is_empty() {
        ui.line(&format!(
            "{server} had no link to {org} any more; it is ended here."
        ))?;
    } else {
        ui.line(&format!("The link to {org} at {server} is ended."))?;
    }
    match &unlinked.install_id {
        Some(id) => ui.line(&format!(
            "The ids are new, so later events cannot be matched to the account: {id}."
        )),
        None => ui.line("New ids are made at the first event, once telemetry is on here."),
    }
}

fn explained(error: ClientError) -> CommandError {
    let is_access = matches!(error, ClientError::Account(_));
    let error = CommandError::from(error);
    if is_access {
        error.hint("nothing has changed; `decantr telemetry unlink --local` ends the link on this machine only")
    } else {
        error
    }
}
