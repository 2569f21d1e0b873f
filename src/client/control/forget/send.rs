//! Asking servers to forget: one request after the other, each answer checked and written down before the next.

use super::super::network;
use super::super::reset::WAIT;
use super::requests::{Granted, Pending, Requests};
use super::{Erased, Waiting};
use crate::base::error::chain;
use crate::base::ids::OpaqueId;
use crate::base::{fsx, http};
use crate::client::ClientError;
use crate::client::auth::post;
use crate::client::consent::Locked;
use crate::config::{Endpoint, Host, Paths, Source};
use crate::model::protocol::{
    ACCOUNT_VERSION, FORGET_PATH, ForgetReply, ForgetRequest, Forgotten, KeyPage, MAX_IDS,
};

/// Sends what is pending. A server that does not do it is asked again by the next call.
pub(super) fn send_all(
    host: &Host,
    paths: &Paths,
) -> Result<(Vec<Erased>, Vec<Waiting>), ClientError> {
    let requests = Requests::load(paths)?;
    if !requests.pending.is_empty() {
        // The person may have removed it; the lock lies there.
        fsx::create_private_dir(&paths.config_dir)?;
    }
    let mut erased = Vec::new();
    let mut waiting = Vec::new();
    for pending in requests.pending {
        match send(host, paths, &pending, &mut erased) {
            Ok(()) => {}
            Err(Failed::Local(error)) => return Err(error),
            Err(Failed::Remote(error)) => {
                let locked = Locked::open(paths, WAIT)?;
                let mut requests = Requests::load(paths)?;
                if let Some(ask) = requests.of(&pending.server) {
                    ask.error = Some(error);
                    waiting.push(Waiting::from(&*ask));
                }
                requests.save(paths, &locked)?;
            }
        }
    }
    Ok((erased, waiting))
}

enum Failed {
    Local(ClientError),
    Remote(String),
}

impl<E: Into<ClientError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Local(error.into())
    }
}

fn send(
    host: &Host,
    paths: &Paths,
    pending: &Pending,
    erased: &mut Vec<Erased>,
) -> Result<(), Failed> {
    let server = server(&pending.server).map_err(Failed::Remote)?;
    for ids in pending.ids.chunks(MAX_IDS) {
        let request = ForgetRequest {
            schema_version: ACCOUNT_VERSION,
            ids: ids.to_vec(),
        };
        let asked = post::<ForgetReply>(host, &server, FORGET_PATH, &request);
        let reply = network::wait_for(paths, asked)?;
        let reply = reply.map_err(|error| Failed::Remote(chain(&error)))?;
        let receipt = checked(&reply, pending.key.as_ref()).map_err(Failed::Remote)?;
        let named: Vec<OpaqueId> = ids.iter().map(|claim| claim.id.clone()).collect();
        let granted = Granted {
            server: pending.server.clone(),
            ticket: reply.forgotten.ticket,
            at: reply.forgotten.at,
            key: pending.key.clone(),
        };
        let locked = Locked::open(paths, WAIT)?;
        let mut requests = Requests::load(paths)?;
        requests.grant(granted, &named);
        requests.save(paths, &locked)?;
        erased.push(Erased {
            server: pending.server.clone(),
            receipt,
            forgotten: reply.forgotten,
        });
    }
    Ok(())
}

/// What the receipt proves; the error is that it proves the opposite.
fn checked(reply: &ForgetReply, key: Option<&KeyPage>) -> Result<String, String> {
    let Some(page) = key else {
        return Ok("not verified: no key of this server is pinned here".to_owned());
    };
    is_signed(reply, page)
        .map(|()| "verified".to_owned())
        .map_err(|why| format!("the server's receipt does not hold: {why}"))
}

/// Whether the receipt is signed with the key of `page` and says what the answer says.
pub(super) fn is_signed(reply: &ForgetReply, page: &KeyPage) -> Result<(), String> {
    let signed: Forgotten = reply.receipt.open(page).map_err(|error| chain(&error))?;
    if signed == reply.forgotten {
        Ok(())
    } else {
        Err("it says something else than the answer".to_owned())
    }
}

/// The server at a base address that was written down.
pub(super) fn server(address: &str) -> Result<Endpoint, String> {
    let url = http::parse_base_url(address).map_err(|error| chain(&error))?;
    Ok(Endpoint {
        origin: http::origin(&url),
        url,
        source: Source::ConfigFile,
        key: super::FORGET_FILE,
    })
}
