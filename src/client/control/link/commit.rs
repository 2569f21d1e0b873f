//! Making the link: consent first, then the ids, then the request. That it was asked for is written down before, so that a link
//! whose answer got lost can be ended.

use super::super::error::ControlError;
use super::super::reset::WAIT;
use super::super::{SCHEMA_VERSION, network};
use super::{LinkFailure, LinkPlan, Linked};
use crate::base::ids::OpaqueId;
use crate::client::ClientError;
use crate::client::auth::Session;
use crate::client::consent::{Actor, Gate, Locked, Permit};
use crate::client::identity::{
    IdentityError, Ids, Link, Then, claims, is_current, keep_install_id, rotate,
};
use crate::config::{Asked, Host, Paths};
use crate::model::protocol::{ACCOUNT_VERSION, Claim, LINK_PATH, LinkReply, LinkRequest, Me};

/// What follows where consent is missing after all.
const NO_LINK: &str = "the link was not made";

impl LinkPlan {
    /// Makes the link, after turning telemetry on where that is part of it.
    ///
    /// # Errors
    /// When something still says no (the consent is saved all the same), or the server does. The failure tells whether telemetry
    /// was turned on.
    pub fn commit(
        mut self,
        host: &Host,
        asked: &Asked<'_>,
        actor: Actor,
    ) -> Result<Linked, LinkFailure> {
        let enabled = match self.enable.take() {
            Some(plan) => Some(plan.commit(host, asked, actor)?),
            None => None,
        };
        if let Some(enabled) = enabled.as_ref().filter(|enabled| enabled.overridden) {
            let why = enabled.why.clone();
            return Err(ControlError::Overridden { why }.into());
        }
        let is_on = enabled.is_some();
        let linked = self.link(host, asked);
        let mut linked = linked.map_err(|error| LinkFailure {
            is_open: is_open(&error),
            error,
            is_on,
        })?;
        linked.enabled = enabled;
        Ok(linked)
    }

    fn link(&self, host: &Host, asked: &Asked<'_>) -> Result<Linked, ClientError> {
        let gate = Gate::open(host, asked)?;
        let (Some(permit), Some((session, me))) = (gate.permit(), &self.session) else {
            return Err(off(&gate));
        };
        let now = host.clock.now();
        if self.offer.fresh {
            let locked = Locked::upholding(&self.paths, &permit, now, WAIT)?;
            let locked = locked.ok_or(IdentityError::Withdrawn)?;
            rotate(&self.paths, Then::Mint, now, &locked)?;
        }
        Ids::default().mint(&self.paths, &permit, None, now)?;
        // Read again, with the ids that are there now.
        let claims = claims(&Gate::open(host, asked)?, &host.cwd)?;
        let request = LinkRequest {
            schema_version: ACCOUNT_VERSION,
            org: self.offer.org.clone(),
            label: self.offer.label.clone(),
            ids: claims,
            from: now,
        };
        let noted = self.noted(session, me, &request)?;
        let note = Note::write(host, &self.paths, &permit, noted)?;
        let asked_for = session.post::<LinkReply>(LINK_PATH, &request);
        let reply = match network::wait_for(&self.paths, asked_for)? {
            Ok(reply) => reply,
            Err(error) => {
                let error = ClientError::from(error);
                if !is_open(&error) {
                    note.take_back(&self.paths)?;
                }
                return Err(error);
            }
        };
        let link = self.settled((session, me), &request.ids, reply)?;
        keep(host, &self.paths, &permit, &link)?;
        Ok(Linked {
            schema_version: SCHEMA_VERSION,
            kind: "telemetry.link",
            server: link.server,
            org: link.org,
            user_id: link.user_id,
            label: link.label,
            linked: link.ids,
            from: link.at,
            enabled: None,
        })
    }

    /// The link that is asked for.
    fn noted(&self, session: &Session, me: &Me, ask: &LinkRequest) -> Result<Link, ClientError> {
        let org = me.org.clone().ok_or_else(|| ControlError::OtherOrg {
            origin: session.server.origin.clone(),
            has: None,
            wanted: self.offer.org.clone(),
        })?;
        Ok(Link {
            schema_version: SCHEMA_VERSION,
            server: session.server.url.to_string(),
            origin: session.server.origin.clone(),
            org,
            user_id: me.user_id.clone(),
            label: ask.label.clone(),
            at: ask.from,
            ids: ask.ids.iter().map(|claim| claim.id.clone()).collect(),
            unconfirmed: true,
        })
    }

    /// What the server's answer comes to: only ids that were asked for, the installation's among them, and that
    /// organisation and account.
    fn settled(
        &self,
        (session, me): (&Session, &Me),
        asked_for: &[Claim],
        reply: LinkReply,
    ) -> Result<Link, ClientError> {
        let is_linked = |claim: &&Claim| reply.linked.contains(&claim.id);
        let ids: Vec<OpaqueId> = asked_for
            .iter()
            .filter(is_linked)
            .map(|claim| claim.id.clone())
            .collect();
        // The name goes into a file and onto the screen, so it must be the one that was asked for.
        let is_org = Some(&reply.org) == me.org.as_ref() && reply.user_id == me.user_id;
        let first = asked_for.first();
        if let Some(first) = first.filter(|first| !is_org || !is_linked(first)) {
            return Err(ControlError::NotLinked {
                origin: session.server.origin.clone(),
                id: first.id.clone(),
            }
            .into());
        }
        Ok(Link {
            schema_version: SCHEMA_VERSION,
            server: session.server.url.to_string(),
            origin: session.server.origin.clone(),
            org: reply.org,
            user_id: reply.user_id,
            label: self.offer.label.clone(),
            at: reply.from,
            ids,
            unconfirmed: false,
        })
    }
}

/// Whether the server may have made the link all the same: its answer did not come, or made no sense.
fn is_open(error: &ClientError) -> bool {
    match error {
        ClientError::Account(error) => !error.is_answer(),
        ClientError::Control(ControlError::NotLinked { .. }) => true,
        _ => false,
    }
}

/// What was written down before the server was asked.
struct Note {
    earlier: Option<Link>,
    written: Link,
}

impl Note {
    /// Writes it; what is known of a link that holds stays.
    fn write(host: &Host, paths: &Paths, permit: &Permit, link: Link) -> Result<Self, ClientError> {
        let locked = Locked::upholding(paths, permit, host.clock.now(), WAIT)?;
        let locked = locked.ok_or(IdentityError::Withdrawn)?;
        if !is_current(paths, &link.ids, &locked)? {
            return Err(ControlError::IdsChanged.into());
        }
        let earlier = Link::load(paths)?;
        let written = match &earlier {
            Some(elsewhere) if elsewhere.origin != link.origin => {
                return Err(ControlError::from(elsewhere).into());
            }
            Some(holds) if !holds.unconfirmed => {
                let mut holds = holds.clone();
                holds.add(&link);
                holds
            }
            Some(open) => {
                let mut link = link;
                link.add(open);
                link
            }
            None => link,
        };
        written.save(paths, &locked)?;
        Ok(Self { earlier, written })
    }

    /// The server said no, so everything is as it was before; unless another process changed it since.
    fn take_back(self, paths: &Paths) -> Result<(), ClientError> {
        let locked = Locked::open(paths, WAIT)?;
        if Link::load(paths)?.as_ref() != Some(&self.written) {
            return Ok(());
        }
        match self.earlier {
            Some(earlier) => earlier.save(paths, &locked)?,
            None => Link::remove(paths, &locked)?,
        }
        Ok(())
    }
}

/// Writes the link down and lets its ids last, if they are still in use.
fn keep(host: &Host, paths: &Paths, permit: &Permit, link: &Link) -> Result<(), ClientError> {
    let locked = Locked::upholding(paths, permit, host.clock.now(), WAIT)?;
    let locked = locked.ok_or(IdentityError::Withdrawn)?;
    if !is_current(paths, &link.ids, &locked)? {
        return Err(ControlError::IdsChanged.into());
    }
    let mut whole = link.clone();
    if let Some(earlier) = Link::load(paths)? {
        whole.add(&earlier);
    }
    whole.save(paths, &locked)?;
    Ok(keep_install_id(paths, &locked)?)
}

pub(super) fn off(gate: &Gate) -> ClientError {
    ControlError::Off {
        why: gate.decision().why().to_owned(),
        consequence: NO_LINK,
    }
    .into()
}
