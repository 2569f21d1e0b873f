//! `telemetry unlink`: ends the link, and takes new ids so that later events cannot be matched to the account.

use serde::Serialize;

use super::super::error::ControlError;
use super::super::reset::{WAIT, then};
use super::super::{SCHEMA_VERSION, check_sound, network};
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::ClientError;
use crate::client::auth::Session;
use crate::client::consent::{Gate, Locked};
use crate::client::identity::{Link, claims_to, rotate};
use crate::config::{Asked, Host};
use crate::model::protocol::{ACCOUNT_VERSION, LINK_PATH, MAX_IDS, UnlinkReply, UnlinkRequest};

/// What `telemetry unlink` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unlinked {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.unlink`.
    pub kind: &'static str,
    /// Whether this machine was linked.
    pub was_linked: bool,
    /// The server that had the link.
    pub server: Option<String>,
    /// The organisation's short name.
    pub org: Option<String>,
    /// The ids whose link the server ended; with `--local` none.
    pub unlinked: Vec<OpaqueId>,
    /// Whether the link was forgotten here only, so that the server still has it.
    pub local: bool,
    /// The installation's id that is in use now; absent while telemetry is off.
    pub install_id: Option<OpaqueId>,
}

/// Ends the link at the server that has it, then here; with `local` here only. It works while telemetry is off too: the person
/// asks for it, and it only takes something back.
///
/// # Errors
/// When nobody is signed in, or the server does not do it. Nothing has changed here then.
pub fn unlink(host: &Host, asked: &Asked<'_>, local: bool) -> Result<Unlinked, ClientError> {
    let gate = Gate::open(host, asked)?;
    let mut answer = Unlinked {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.unlink",
        was_linked: false,
        server: None,
        org: None,
        unlinked: Vec::new(),
        local,
        install_id: None,
    };
    let Some(link) = Link::load(&gate.paths)? else {
        return Ok(answer);
    };
    check_sound(host, asked, &gate.paths)?;
    if !local {
        answer.unlinked = end(host, &gate, &link)?;
    }
    // The person may have removed it; the lock lies there.
    fsx::create_private_dir(&gate.paths.config_dir)?;
    let locked = Locked::open(&gate.paths, WAIT)?;
    // Another process may have ended it meanwhile, or made one that this server was not asked about.
    if Link::load(&gate.paths)?.as_ref() != Some(&link) {
        return Err(ControlError::IdsChanged.into());
    }
    let rotated = rotate(&gate.paths, then(&gate), host.clock.now(), &locked)?;
    Link::remove(&gate.paths, &locked)?;
    answer.was_linked = true;
    answer.server = Some(link.server);
    answer.org = Some(link.org.slug);
    answer.install_id = rotated.new;
    Ok(answer)
}

fn end(host: &Host, gate: &Gate, link: &Link) -> Result<Vec<OpaqueId>, ClientError> {
    let session = Session::open(host, Some(&link.server))?;
    let until = host.clock.now();
    let mut unlinked = Vec::new();
    for ids in claims_to(&gate.paths, &link.ids)?.chunks(MAX_IDS) {
        let request = UnlinkRequest {
            schema_version: ACCOUNT_VERSION,
            ids: ids.to_vec(),
            until,
        };
        let ended = session.delete::<UnlinkReply>(LINK_PATH, &request);
        let reply = network::wait_for(&gate.paths, ended)??;
        let ids = reply.unlinked.into_iter();
        unlinked.extend(ids.filter(|id| link.ids.contains(id)));
    }
    Ok(unlinked)
}
