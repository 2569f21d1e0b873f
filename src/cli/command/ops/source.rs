//! Where a report's numbers come from: a store on this machine, or a server elsewhere.

use super::remote;
use crate::base::http;
use crate::cli::args::SourceOptions;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::config::client::{API_URL_FLAG, API_URL_VARIABLE};
use crate::server::jobs::remote::{Keys, Remote, RemoteError};

/// The variable with a key of scope admin.
pub(super) const ADMIN_KEY: &str = "DECANTR_ADMIN_KEY";

/// The variable with a key of scope snapshot.
pub(super) const SNAPSHOT_TOKEN: &str = "DECANTR_TELEMETRY_SNAPSHOT_TOKEN";

/// The server to ask, if the command line or the environment names one; otherwise a store is meant.
///
/// The environment's address counts only beside a key, and where no store is named: a variable that other commands need does not
/// turn a report about a store into one about something else.
///
/// # Errors
/// Exit code 2 or 3 when the address is none, 5 without a key.
pub(super) fn server(
    host: &Host,
    options: &SourceOptions,
    ui: &mut Ui,
) -> Result<Option<Remote>, CommandError> {
    let env = &host.env;
    let keys = Keys {
        admin: env.secret(ADMIN_KEY),
        snapshot: env.secret(SNAPSHOT_TOKEN),
    };
    let has_key = keys.admin.is_some() || keys.snapshot.is_some();
    let has_store = options.store.store.is_some() || env.raw(super::STORE_VARIABLE).is_some();
    let (address, origin, code) = match (&options.api_url, env.text(API_URL_VARIABLE)) {
        (Some(address), _) => (address.clone(), API_URL_FLAG, exit::USAGE),
        (None, Some(address)) if has_key && !has_store => {
            (address.into_owned(), API_URL_VARIABLE, exit::CONFIG)
        }
        (None, _) => return Ok(None),
    };
    let url = http::parse_base_url(&address).map_err(|error| {
        let error = CommandError::from_error(code, &error);
        CommandError {
            message: format!("{origin} is not usable: {}", error.message),
            ..error
        }
    })?;
    if !has_key {
        let message = format!("no key for {}; nothing was asked", http::origin(&url));
        return Err(CommandError::new(exit::ACCESS, message).hint(format!(
            "put a key of scope snapshot into {SNAPSHOT_TOKEN}, or one of scope admin into {ADMIN_KEY}; `decantr ops key create` makes them"
        )));
    }
    let server = Remote::new(&url, keys).map_err(|error| refused(&error))?;
    ui.status(&format!("reading the reports of {}", server.origin()));
    Ok(Some(server))
}

/// A server that gave nothing: exit code 5 where another key helps, else 6.
pub(super) fn refused(error: &RemoteError) -> CommandError {
    if error.is_about_access() {
        return CommandError::from_error(exit::ACCESS, error).hint(format!(
            "{SNAPSHOT_TOKEN} holds a key of scope snapshot, {ADMIN_KEY} one of scope admin; `decantr ops key list` shows them where the server runs"
        ));
    }
    remote(error)
}
