//! `decantr whoami`: asks the server who the key belongs to.

use serde::Serialize;

use super::{SCHEMA_VERSION, Who};
use crate::cli::args::AccountArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, pairs};
use crate::client::ClientError;
use crate::client::auth::{Kept, Session};
use crate::config::Host;

/// What is printed as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Whoami {
    schema_version: u32,
    kind: &'static str,
    server: String,
    key_from: Kept,
    #[serde(flatten)]
    who: Who,
}

/// Runs `decantr whoami`.
///
/// # Errors
/// Exit code 5 when there is no key for the server or it is refused, 6 when the server does not answer as it should.
pub(in crate::cli) fn run(
    host: &Host,
    args: &AccountArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let session = Session::open(host, args.api_url.as_deref())?;
    for warning in &session.warnings {
        ui.warning(warning);
    }
    let me = super::wait(session.me())?.map_err(ClientError::from)?;
    let view = Whoami {
        schema_version: SCHEMA_VERSION,
        kind: "whoami",
        server: session.server.origin.clone(),
        key_from: session.kept,
        who: me.into(),
    };
    if args.format.is_json() {
        return ui.json(&view);
    }
    let mut rows = vec![
        (
            "Server",
            format!("{} ({})", view.server, session.server.named_by()),
        ),
        ("Key from", view.key_from.as_str().to_owned()),
    ];
    rows.extend(view.who.rows());
    ui.table(&mut pairs(&rows))
}
