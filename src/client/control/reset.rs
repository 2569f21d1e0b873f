//! `telemetry reset`: new ids, whenever a person wants them.

use std::time::Duration;

use serde::Serialize;

use super::error::ControlError;
use super::{SCHEMA_VERSION, check_sound};
use crate::base::ids::OpaqueId;
use crate::client::ClientError;
use crate::client::consent::{Gate, Locked};
use crate::client::identity::{Known, Link, Then, rotate};
use crate::config::{Asked, Host};

/// How long a person's decision waits for other processes that change consent. Each of them may wait for a slow disk, and a no
/// is not given up lightly.
pub(super) const WAIT: Duration = Duration::from_secs(10);

/// What `telemetry reset` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reset {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.reset`.
    pub kind: &'static str,
    /// Whether there was any id to renew.
    pub renewed: bool,
    /// The installation's id that was in use.
    pub old_install_id: Option<OpaqueId>,
    /// The one that is in use now; absent while telemetry is off: then it is made at the first event.
    pub install_id: Option<OpaqueId>,
    /// How many project ids were dropped; new ones are made when they are needed.
    pub projects: usize,
}

/// Makes new ids. Needs no network; where nobody ever agreed there is nothing to renew, and nothing is touched.
///
/// # Errors
/// When this machine is linked, or a local file stands in the way.
pub fn reset(host: &Host, asked: &Asked<'_>) -> Result<Reset, ClientError> {
    let gate = Gate::open(host, asked)?;
    check_sound(host, asked, &gate.paths)?;
    let mut reset = Reset {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.reset",
        renewed: false,
        old_install_id: None,
        install_id: None,
        projects: 0,
    };
    if gate.grant().is_none() || !Known::read(&gate.paths)?.is_in_use {
        return Ok(reset);
    }
    let locked = Locked::open(&gate.paths, WAIT)?;
    if let Some(link) = Link::load(&gate.paths)? {
        return Err(ControlError::from(&link).into());
    }
    let rotated = rotate(&gate.paths, then(&gate), host.clock.now(), &locked)?;
    reset.renewed = rotated.had_ids();
    reset.old_install_id = rotated.old;
    reset.install_id = rotated.new;
    reset.projects = rotated.projects;
    Ok(reset)
}

/// A new id is made at once only where events may be recorded.
pub(super) fn then(gate: &Gate) -> Then {
    if gate.permit().is_some() {
        Then::Mint
    } else {
        Then::Wait
    }
}

impl From<&Link> for ControlError {
    fn from(link: &Link) -> Self {
        Self::Linked {
            org: link.org.slug.clone(),
            origin: link.origin.clone(),
        }
    }
}
