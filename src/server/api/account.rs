//! What people with keys can do: see who they are, attach ids to their account and organisation, and detach them.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::ask::{self, answer};
use super::{Api, emit};
use crate::base::ids::OpaqueId;
use crate::model::catalog::TOKEN_MAX;
use crate::model::event::is_token;
use crate::model::outcome::Reason;
use crate::model::protocol::{
    ACCOUNT_VERSION, Claim, LINK_PATH, LinkReply, LinkRequest, MAX_IDS, ME_PATH, Me, Proof, Scope,
    UnlinkReply, UnlinkRequest,
};
use crate::server::access::{AliasKind, Failure, kept};
use crate::server::describe::{Content, Operation, Routes};
use crate::server::store::{Claimed, Key, Linked, NewLink, Org};

/// How far a client's clock may be off before it is not believed.
const MAX_SKEW: SignedDuration = SignedDuration::from_hours(24);

/// The routes.
pub(super) fn routes() -> Routes<Api> {
    let me = Operation::get("Whom the key belongs to")
        .keyed(None)
        .reply::<Me>(200, "Account, organisation and scopes.");
    let changing = |operation: Operation| {
        operation
            .keyed(Some(Scope::Link))
            .refuses(400, &["invalid_ids", "not_linkable"])
            .refuses(403, &["bad_proof"])
            .refuses(422, &[Reason::UnsupportedVersion.code()])
    };
    let link = changing(Operation::post(
        "Links ids to the key's account and organisation",
    ))
    .body([Content::typed::<LinkRequest>()])
    .reply::<LinkReply>(200, "They are linked.")
    .refuses(400, &["invalid_label"])
    .refuses(403, &["not_a_member"])
    .refuses(404, &["unknown_org"])
    .refuses(409, &["linked_by_another", "forgotten"]);
    let unlink = changing(Operation::delete("Ends links"))
        .body([Content::typed::<UnlinkRequest>()])
        .reply::<UnlinkReply>(200, "They have ended.");
    Routes::new()
        .route(ME_PATH, me.in_group("accounts"), self::me)
        .route(LINK_PATH, link.in_group("accounts"), self::link)
        .route(LINK_PATH, unlink.in_group("accounts"), self::unlink)
}

/// `GET /v1/me`.
async fn me(State(api): State<Api>, request: Request) -> Response {
    let (head, _body) = request.into_parts();
    let key = api.access.admit(&head, None).await;
    answer(key.map(|key| Me {
        schema_version: ACCOUNT_VERSION,
        key_id: key.id,
        user_id: key.user,
        org: key.org,
        scopes: key.scopes,
        label: key.label,
    }))
}

/// `POST /v1/me/telemetry-link`.
async fn link(State(api): State<Api>, request: Request) -> Response {
    answer(try_link(&api, request).await)
}

async fn try_link(api: &Api, request: Request) -> Result<LinkReply, Failure> {
    let (key, ask): (Key, LinkRequest) = ask::keyed(api, request, Scope::Link).await?;
    ask::require_version(ask.schema_version)?;
    let ids = linkable(ask.ids)?;
    if ask
        .label
        .as_deref()
        .is_some_and(|label| !is_token(label, TOKEN_MAX))
    {
        let detail = "a label is a token: a-z first, then a-z, 0-9, _ and -, at most 32";
        return Err(Failure::bad("invalid_label", detail));
    }
    let org = own_org(api, &key, &ask.org).await?;
    let by = api.by(&key);
    let new = NewLink {
        org: org.name.id.clone(),
        user: key.user.clone(),
        label: ask.label,
        from: believable(ask.from, by.at),
        ids,
    };
    let mut from = new.from;
    match api.store.identities().link(&new, &by).await? {
        Linked::Taken(_) => {
            let detail = "an id that nobody can prove is linked by somebody else; only they or the operator can end that";
            return Err(Failure::new(
                StatusCode::CONFLICT,
                "linked_by_another",
                detail,
            ));
        }
        Linked::Done(changed) if changed.is_empty() => from = earliest(api, &new).await?,
        Linked::Done(changed) => emit::identity_linked(api, &new, &changed).await,
    }
    Ok(LinkReply {
        schema_version: ACCOUNT_VERSION,
        org: org.name,
        user_id: new.user,
        linked: new.ids.into_iter().map(|claimed| claimed.id).collect(),
        from,
    })
}

/// From when on the ids of a link that changed nothing have been linked.
async fn earliest(api: &Api, link: &NewLink) -> Result<Timestamp, Failure> {
    let links = api.store.identities().links().await?;
    let own = links
        .iter()
        .filter(|row| link.ids.iter().any(|claimed| claimed.id == row.id));
    Ok(own.map(|row| row.from).min().unwrap_or(link.from))
}

/// `DELETE /v1/me/telemetry-link`.
async fn unlink(State(api): State<Api>, request: Request) -> Response {
    answer(try_unlink(&api, request).await)
}

async fn try_unlink(api: &Api, request: Request) -> Result<UnlinkReply, Failure> {
    let (key, ask): (Key, UnlinkRequest) = ask::keyed(api, request, Scope::Link).await?;
    ask::require_version(ask.schema_version)?;
    let ids = linkable(ask.ids)?;
    let by = api.by(&key);
    let until = believable(ask.until, by.at);
    let identities = api.store.identities();
    Ok(UnlinkReply {
        schema_version: ACCOUNT_VERSION,
        unlinked: identities.unlink(&ids, &key.user, until, &by).await?,
    })
}

/// The organisation of this name, when the key belongs to it.
async fn own_org(api: &Api, key: &Key, slug: &str) -> Result<Org, Failure> {
    let org = ask::org(api, slug).await?;
    if key.org.as_ref().is_some_and(|own| own.id == org.name.id) {
        return Ok(org);
    }
    let detail = "the API key belongs to another organisation";
    Err(Failure::forbidden("not_a_member", detail))
}

/// The ids of a link, each once and none under a secret that is not its own.
fn linkable(claims: Vec<Claim>) -> Result<Vec<Claimed>, Failure> {
    let ids = claimed(claims)?;
    let is_linkable = |id: &OpaqueId| {
        matches!(
            AliasKind::of(id),
            Some(AliasKind::Install | AliasKind::Project)
        )
    };
    if ids.iter().all(|claimed| is_linkable(&claimed.id)) {
        return Ok(ids);
    }
    let detail = "installations and projects are linked, nothing else";
    Err(Failure::bad("not_linkable", detail))
}

/// The ids of a request, each once and none under a secret that is not its own.
pub(super) fn claimed(claims: Vec<Claim>) -> Result<Vec<Claimed>, Failure> {
    if claims.is_empty() || claims.len() > MAX_IDS {
        let detail = format!("a request has 1 to {MAX_IDS} ids");
        return Err(Failure::bad("invalid_ids", detail));
    }
    let mut seen = BTreeSet::new();
    let mut ids = Vec::with_capacity(claims.len());
    for claim in claims {
        let is_proven = match claim.proof() {
            Proof::Proven => true,
            Proof::Foreign => false,
            Proof::Refuted => {
                let detail =
                    "an id that is made from a secret was sent without it; nothing was changed";
                return Err(Failure::forbidden("bad_proof", detail));
            }
        };
        if seen.insert(claim.id.clone()) {
            ids.push(Claimed {
                id: claim.id,
                is_proven,
            });
        }
    }
    Ok(ids)
}

/// The client's time, unless its clock is too far off.
fn believable(said: Timestamp, now: Timestamp) -> Timestamp {
    if said.duration_since(now).abs() <= MAX_SKEW {
        kept(said)
    } else {
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_within_a_day() {
        let now: Timestamp = "2026-11-20T05:00:00Z".parse().unwrap();
        for (hours, is_believed) in [
            (0, true),
            (24, true),
            (-24, true),
            (25, false),
            (-25, false),
        ] {
            let said = now + SignedDuration::from_hours(hours);
            let expected = if is_believed { said } else { now };
            assert_eq!(believable(said, now), expected, "{hours}");
        }
        assert_eq!(believable(Timestamp::MIN, now), now);
        assert_eq!(believable(Timestamp::MAX, now), now);
    }

    #[test]
    fn an_id_named_twice_is_one_and_every_proof_is_looked_at() {
        let id = OpaqueId::certified("install", &[7; 32]).unwrap();
        let good = Claim::proven(id.clone(), &[7; 32]);
        let ids = claimed(vec![good.clone(), good.clone()]).unwrap();
        assert_eq!(
            ids,
            [Claimed {
                id: id.clone(),
                is_proven: true
            }]
        );
        let bad = Claim { id, secret: None };
        claimed(vec![good, bad]).unwrap_err();
        claimed(Vec::new()).unwrap_err();
    }
}
