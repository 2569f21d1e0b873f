//! `telemetry forget --check`: what a server says it has erased, and whether its signature holds.

use serde::Serialize;
use uuid::Uuid;

use super::super::{SCHEMA_VERSION, network};
use super::requests::Requests;
use super::send;
use crate::client::ClientError;
use crate::client::auth::{AccountError, get};
use crate::client::consent::Gate;
use crate::client::delivery::pinned_keys;
use crate::config::{Asked, ConfigFile, Endpoint, Host};
use crate::model::protocol::{FORGET_PATH, ForgetReply, Forgotten, KEY_PATH, KeyPage};

/// What `telemetry forget --check` found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForgetCheck {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.forget.check`.
    pub kind: &'static str,
    /// The server's base address.
    pub server: String,
    /// The ticket.
    pub ticket: Uuid,
    /// What was erased; absent when the server does not know the ticket.
    pub forgotten: Option<Forgotten>,
    /// Whether the receipt is signed with the server's key and says the same.
    pub holds: bool,
    /// By which key, or why not.
    pub receipt: String,
}

/// Asks the server that gave `ticket` (where that is not known here: the configured one) what was erased. Writes nothing.
///
/// # Errors
/// When the server cannot be asked.
pub fn check_ticket(
    host: &Host,
    asked: &Asked<'_>,
    ticket: Uuid,
) -> Result<ForgetCheck, ClientError> {
    let gate = Gate::open(host, asked)?;
    let requests = Requests::load(&gate.paths)?;
    let known = requests.done.into_iter().find(|done| done.ticket == ticket);
    let (server, mut key) = match known {
        Some(done) => {
            let server = send::server(&done.server);
            (server.ok(), done.key)
        }
        None => (None, None),
    };
    let server = if let Some(server) = server {
        server
    } else {
        let settings = ConfigFile::load(&gate.paths.config_file())?;
        Endpoint::resolve(asked.endpoint, &host.env, &settings)?
    };
    let mut by = "the server's pinned key";
    if key.is_none() {
        key = pinned_keys(&gate.paths)?.remove(&server.origin);
    }
    let answer = network::wait_for(&gate.paths, async {
        let path = format!("{FORGET_PATH}/{ticket}");
        let reply = get::<ForgetReply>(host, &server, &path).await?;
        if key.is_none() {
            by = "the key that the server shows now; none was pinned here";
            key = Some(get::<KeyPage>(host, &server, KEY_PATH).await?);
        }
        Ok::<_, AccountError>(reply)
    })?;
    let mut check = ForgetCheck {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.forget.check",
        server: server.url.to_string(),
        ticket,
        forgotten: None,
        holds: false,
        receipt: "the server does not know this ticket".to_owned(),
    };
    match (answer, key) {
        (Err(AccountError::NotFound { .. }), _) => return Ok(check),
        (Err(error), _) => return Err(error.into()),
        (Ok(reply), Some(page)) => {
            let held = send::is_signed(&reply, &page).and_then(|()| {
                let is_about = reply.forgotten.ticket == ticket;
                is_about
                    .then_some(())
                    .ok_or_else(|| "it is about another ticket".to_owned())
            });
            check.holds = held.is_ok();
            check.receipt = match held {
                Ok(()) => format!("verified by {by}"),
                Err(why) => format!("not verified: {why}"),
            };
            check.forgotten = Some(reply.forgotten);
        }
        (Ok(_), None) => {}
    }
    Ok(check)
}
