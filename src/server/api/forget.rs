//! Erasure on request of an id's owner, who needs no key but the secret that the id is made from.

use std::collections::BTreeSet;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::Api;
use super::account::claimed;
use super::ask::{self, answer};
use crate::model::outcome::Reason;
use crate::model::protocol::{
    ACCOUNT_VERSION, FORGET_PATH, ForgetReply, ForgetRequest, Forgotten, Receipt, Scope,
};
use crate::server::access::{AliasKind, Failure, TermError};
use crate::server::describe::{Content, Operation, Routes};
use crate::server::store;

/// The routes.
pub(super) fn routes() -> Routes<Api> {
    let forget = Operation::post("Erases everything about ids")
        .about("Whoever has the secret that an id is made from needs no key; any other id takes one of scope admin.")
        .key_welcome()
        .body([Content::typed::<ForgetRequest>()])
        .reply::<ForgetReply>(200, "It is erased.")
        .refuses(400, &["invalid_ids", "not_erasable"])
        .refuses(403, &["bad_proof", "admin_only"])
        .refuses(422, &[Reason::UnsupportedVersion.code()]);
    let ticket = Operation::get("What was erased")
        .key_welcome()
        .reply::<ForgetReply>(200, "The answer of then.")
        .refuses(404, &["unknown_ticket"]);
    let path = format!("{FORGET_PATH}/{{ticket}}");
    Routes::new()
        .route(FORGET_PATH, forget.in_group("accounts"), self::forget)
        .route(&path, ticket.in_group("accounts"), self::ticket)
}

/// `POST /v1/forget`.
async fn forget(State(api): State<Api>, request: Request) -> Response {
    answer(try_forget(&api, request).await)
}

async fn try_forget(api: &Api, request: Request) -> Result<ForgetReply, Failure> {
    let (key, ask) = ask::anybodys::<ForgetRequest>(api, request).await?;
    ask::require_version(ask.schema_version)?;
    let ids = claimed(ask.ids)?;
    if ids
        .iter()
        .any(|claimed| AliasKind::of(&claimed.id).is_none())
    {
        let detail = TermError::NotErasable.to_string();
        return Err(Failure::bad("not_erasable", detail));
    }
    let admin = key.filter(|key| key.scopes.contains(&Scope::Admin));
    if admin.is_none() && ids.iter().any(|claimed| !claimed.is_proven) {
        let detail =
            "an id that nobody can prove is the operator's to forget; ask them; nothing was erased";
        return Err(Failure::forbidden("admin_only", detail));
    }
    let by = admin.map_or_else(|| api.by_name("owner".to_owned()), |key| api.by(&key));
    let ids: BTreeSet<_> = ids.into_iter().map(|claimed| claimed.id).collect();
    let beyond = store::copies(api.store.cursors()).await?;
    let forgotten = api.store.identities().forget(&ids, &beyond, &by).await?;
    Ok(signed(api, forgotten))
}

/// `GET /v1/forget/{ticket}`. The ticket is the right to ask: it is random, and whoever asked for the erasure got it.
async fn ticket(
    State(api): State<Api>,
    ticket: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    // What is no text is no ticket either.
    let ticket = ticket.map(|Path(ticket)| ticket).unwrap_or_default();
    answer(try_ticket(&api, &ticket, request).await)
}

async fn try_ticket(api: &Api, ticket: &str, request: Request) -> Result<ForgetReply, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit_anybody(&head).await?;
    let forgotten = match Uuid::parse_str(ticket) {
        Ok(ticket) => api.store.identities().forgotten(ticket).await?,
        Err(_no_ticket) => None,
    };
    forgotten
        .map(|forgotten| signed(api, forgotten))
        .ok_or_else(|| {
            let detail = "there is no such ticket";
            Failure::new(StatusCode::NOT_FOUND, "unknown_ticket", detail)
        })
}

/// The same for the same erasure, whenever it is asked for: Ed25519 signatures are deterministic.
fn signed(api: &Api, forgotten: Forgotten) -> ForgetReply {
    ForgetReply {
        schema_version: ACCOUNT_VERSION,
        receipt: Receipt::sign(&forgotten, &api.store.secrets().signing_key),
        forgotten,
    }
}
