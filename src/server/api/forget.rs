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
use crate::model::protocol::{
    ACCOUNT_VERSION, ForgetReply, ForgetRequest, Forgotten, Receipt, Scope,
};
use crate::server::access::{AliasKind, Failure, TermError};
use crate::server::store;

/// `POST /v1/forget`.
pub(super) async fn forget(State(api): State<Api>, request: Request) -> Response {
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
pub(super) async fn ticket(
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
