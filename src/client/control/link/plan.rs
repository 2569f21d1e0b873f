//! What a link would be: read, checked with the server, and shown before anything is written.

use serde_json::{Value as Json, json};

use super::super::enable::{EnablePlan, Terms, plan_enable};
use super::super::error::ControlError;
use super::super::view::Offer;
use super::super::{SCHEMA_VERSION, check_sound, network};
use super::{LinkAsk, LinkOffer};
use crate::client::ClientError;
use crate::client::auth::{Place, Session, shown_name};
use crate::client::consent::{Effective, Gate};
use crate::client::identity::{Link, claims, shared_claims};
use crate::config::{Asked, Endpoint, Host, Paths, Source};
use crate::model::protocol::{ACCOUNT_VERSION, Claim, Me, Scope};

/// A link that can be made: show `offer`, ask, then commit.
#[derive(Debug)]
pub struct LinkPlan {
    /// What the person is shown.
    pub offer: LinkOffer,
    pub(super) enable: Option<EnablePlan>,
    /// The server, and who the key belongs to there; absent where nobody was asked.
    pub(super) session: Option<(Session, Me)>,
    pub(super) paths: Paths,
}

impl LinkPlan {
    /// What turning telemetry on means, where that is part of it.
    pub fn enables(&self) -> Option<&Offer> {
        self.enable.as_ref().map(|plan| &plan.offer)
    }

    /// Everything that is shown, as one value.
    pub fn to_json(&self) -> Json {
        let mut json = serde_json::to_value(&self.offer).unwrap_or_default();
        if let Some(object) = json.as_object_mut() {
            object.insert("enable".to_owned(), json!(self.enables()));
        }
        json
    }
}

/// Prepares a link. Writes nothing, mints nothing; asks the server only who the key belongs to, and with `dry_run` not even
/// that: neither the network nor the keyring.
///
/// # Errors
/// When telemetry is off and is not to be turned on, when nobody is signed in, or when the key is not for this.
pub fn plan_link(
    host: &Host,
    asked: &Asked<'_>,
    ask: &LinkAsk<'_>,
) -> Result<LinkPlan, ClientError> {
    let gate = Gate::open(host, asked)?;
    check_sound(host, asked, &gate.paths)?;
    let effective = gate.decision().effective();
    if !effective.is_on() && !ask.enable {
        return Err(ControlError::Off {
            why: gate.decision().why().to_owned(),
            consequence: "there is nothing to link; add --enable to turn it on with the link",
        }
        .into());
    }
    let mut warnings = Vec::new();
    let (server, session) = if ask.dry_run {
        (signed_out(host, ask, &mut warnings)?, None)
    } else {
        let session = Session::open(host, ask.api_url)?;
        check_seen(&session.server, ask)?;
        warnings.extend(session.warnings.iter().cloned());
        (session.server.clone(), Some(session))
    };
    let link = Link::load(&gate.paths)?;
    if let Some(link) = link.filter(|link| ask.fresh || link.origin != server.origin) {
        return Err(ControlError::from(&link).into());
    }
    let claims = if ask.fresh {
        shared_claims(&gate, &host.cwd)?
    } else {
        claims(&gate, &host.cwd)?
    };
    let session = match session {
        Some(session) => {
            let me = preflight(&gate.paths, &session, ask)?;
            Some((session, me))
        }
        None => None,
    };
    let offers = ask.enable && effective != Effective::On;
    let enable = offers.then(|| plan_enable(host, asked, Terms::default()));
    if let Some(endpoint) = gate.endpoint.as_ref().filter(|e| e.origin != server.origin) {
        warnings.push(format!(
            "events go to {}, which is another server than the one that is asked for the link",
            endpoint.origin
        ));
    }
    let me = session.as_ref().map(|(_, me)| me);
    let (user_id, key_id) = me
        .map(|me| (me.user_id.clone(), shown_name(&me.key_id)))
        .unzip();
    Ok(LinkPlan {
        offer: LinkOffer {
            schema_version: SCHEMA_VERSION,
            kind: "telemetry.link.plan",
            server: server.url.to_string(),
            server_key: server.key,
            org: ask.org.to_owned(),
            user_id,
            key_id,
            label: ask.label.map(str::to_owned),
            fresh: ask.fresh,
            request: request(host, ask, &claims),
            warnings,
        },
        enable: enable.transpose()?,
        session,
        paths: gate.paths,
    })
}

/// A repository can set variables, a key among them; what proves the ids goes to no server that only they name, unless somebody
/// sees it.
fn check_seen(server: &Endpoint, ask: &LinkAsk<'_>) -> Result<(), ClientError> {
    if ask.is_seen || server.source != Source::Environment {
        return Ok(());
    }
    Err(ControlError::Unseen {
        origin: server.origin.clone(),
        variable: server.key,
    }
    .into())
}

/// The server, where nobody is to be asked for the key.
fn signed_out(
    host: &Host,
    ask: &LinkAsk<'_>,
    warnings: &mut Vec<String>,
) -> Result<Endpoint, ClientError> {
    let place = Place::find(host, ask.api_url)?;
    warnings.extend(place.warnings());
    if place.noted()?.is_none() {
        warnings.push(format!(
            "no key for {} is stored here; `decantr login` comes first",
            place.server.origin
        ));
    }
    Ok(place.server)
}

/// Asks the server whether the key is good for this.
fn preflight(paths: &Paths, session: &Session, ask: &LinkAsk<'_>) -> Result<Me, ClientError> {
    let me = network::wait_for(paths, session.me())??;
    let origin = session.server.origin.clone();
    if !me.scopes.contains(&Scope::Link) {
        let org = ask.org.to_owned();
        return Err(ControlError::NoLinkScope { origin, org }.into());
    }
    let has = me.org.as_ref().map(|org| &org.slug);
    if has.is_none_or(|has| has != ask.org) {
        let has = has.map(|has| shown_name(has));
        let wanted = ask.org.to_owned();
        return Err(ControlError::OtherOrg {
            origin,
            has,
            wanted,
        }
        .into());
    }
    Ok(me)
}

/// The request as it would be sent, but for secrets and for ids that are not made yet.
fn request(host: &Host, ask: &LinkAsk<'_>, claims: &[Claim]) -> Json {
    const SECRET: &str = "(not shown)";
    let is_install = |claim: &Claim| matches!(claim.id.prefix(), "inst" | "install");
    let has_install = claims.iter().any(is_install);
    let new =
        (!has_install).then(|| json!({"id": "install_(made when you agree)", "secret": SECRET}));
    let known = claims.iter().map(|claim| match claim.secret {
        Some(_) => json!({"id": claim.id, "secret": SECRET}),
        None => json!({"id": claim.id}),
    });
    let ids: Vec<Json> = new.into_iter().chain(known).collect();
    let mut request = json!({"schemaVersion": ACCOUNT_VERSION, "org": ask.org});
    if let Some(object) = request.as_object_mut() {
        if let Some(label) = ask.label {
            object.insert("label".to_owned(), json!(label));
        }
        object.insert("ids".to_owned(), Json::Array(ids));
        object.insert("from".to_owned(), json!(host.clock.now()));
    }
    request
}
