//! What the operator says about ids, over HTTP: list, set, remove.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ask::{self, Asked, answer};
use super::forms::{AliasForm, CandidateForm, LinkForm};
use super::{Api, activity, parameters};
use crate::base::ids::OpaqueId;
use crate::model::event::Actor;
use crate::model::protocol::{ACCOUNT_VERSION, ALIASES_PATH, Scope};
use crate::server::access::{self, AliasKind, Failure, TermError};
use crate::server::describe::{Content, Operation, Parameter, Routes};
use crate::server::store::{AliasRow, Classification, Key, Rekeyed};

/// How many candidates are listed unless more are asked for, and at most.
const CANDIDATES: (usize, usize) = (20, 1_000);

/// The routes.
pub(super) fn routes() -> Routes<Api> {
    let kinds: Vec<_> = AliasKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let list = Operation::get("What is said about ids, and active ids of which nothing is said")
        .keyed(Some(Scope::Admin))
        .strict_query([
            parameters::days(),
            parameters::limit(CANDIDATES.1),
            parameters::catalog(),
        ])
        .refuses(400, &["invalid_days", "invalid_limit", "invalid_catalog"])
        .reply::<Listed>(200, "Aliases, links and candidates.");
    let changing = |operation: Operation| {
        operation
            .keyed(Some(Scope::Admin))
            .refuses(400, &["invalid_id", "invalid_kind"])
            .refuses(409, &["forgotten"])
            .reply::<Changed>(200, "It is changed.")
    };
    let set = changing(Operation::put(
        "Says what an id is, in place of what was said before",
    ))
    .body([Content::typed::<Said>()])
    .refuses(400, &["invalid_actor", "invalid_user", "nothing_said"])
    .refuses(404, &["unknown_org"]);
    let id = Parameter::query("id", "Which id.", json!({ "type": "string" }));
    let kind = Parameter::query(
        "kind",
        "What it is of, where its shape does not tell.",
        json!({ "enum": kinds }),
    );
    let remove = changing(Operation::delete("Says nothing about an id any more"))
        .strict_query([id.required(), kind])
        .refuses(404, &["unknown_alias"]);
    Routes::new()
        .route(ALIASES_PATH, list.in_group("operators"), self::list)
        .route(ALIASES_PATH, set.in_group("operators"), self::set)
        .route(ALIASES_PATH, remove.in_group("operators"), self::remove)
}

/// The answer to `GET`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Aliases")]
struct Listed {
    schema_version: u32,
    aliases: Vec<AliasForm>,
    links: Vec<LinkForm>,
    candidates: Vec<CandidateForm>,
}

/// `GET`: aliases, links, and active ids that nothing decides.
async fn list(State(api): State<Api>, request: Request) -> Response {
    answer(try_list(&api, request).await)
}

async fn try_list(api: &Api, request: Request) -> Result<Listed, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit(&head, Some(Scope::Admin)).await?;
    let asked = Asked::of(&head, &["days", "limit", "catalog"])?;
    let limit = asked.limit(CANDIDATES.0, CANDIDATES.1)?;
    let catalog = asked.catalog(&api.catalogs)?;
    let query = activity(api, catalog, asked.days()?, limit);
    let identities = api.store.identities();
    let orgs = identities.orgs().await?;
    let aliases = identities.aliases().await?.into_iter();
    let links = identities.links().await?.into_iter();
    let candidates = identities.candidates(&query).await?.into_iter();
    Ok(Listed {
        schema_version: ACCOUNT_VERSION,
        aliases: aliases.map(|row| AliasForm::new(row, &orgs)).collect(),
        links: links.map(LinkForm::from).collect(),
        candidates: candidates.map(CandidateForm::from).collect(),
    })
}

/// The body of `PUT`. What is not said is not so: a misspelt member must not undo what was said before, so there is none.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SaidAlias")]
struct Said {
    id: String,
    /// Needed for an id of a foreign shape.
    kind: Option<String>,
    actor: Option<String>,
    /// A short name.
    org: Option<String>,
    user: Option<String>,
}

/// The answer to `PUT` and `DELETE`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ChangedAlias")]
struct Changed {
    schema_version: u32,
    /// How it was; null when nothing was said.
    before: Option<AliasForm>,
    /// How it is; null when nothing is said any more.
    after: Option<AliasForm>,
    /// What has changed its place in the reports.
    rekeyed: Rekeyed,
}

/// `PUT`: says something about an id, in place of what was said before.
async fn set(State(api): State<Api>, request: Request) -> Response {
    answer(try_set(&api, request).await)
}

async fn try_set(api: &Api, request: Request) -> Result<Changed, Failure> {
    let (key, said) = ask::keyed::<Said>(api, request, Scope::Admin).await?;
    let id = alias_id(api, &said.id, said.kind.as_deref())?;
    let org = match &said.org {
        Some(slug) => Some(ask::org(api, slug).await?.name.id),
        None => None,
    };
    let says = Classification {
        actor: said.actor.as_deref().map(actor).transpose()?,
        org,
        user: said
            .user
            .as_deref()
            .map(access::user_id)
            .transpose()
            .map_err(|e| term("invalid_user", e))?,
    };
    if says == Classification::default() {
        let detail = "say at least one of actor, org, user; DELETE takes back what was said";
        return Err(Failure::bad("nothing_said", detail));
    }
    change(api, &id, Some(&says), &key).await
}

/// `DELETE`, with `?id=`: says nothing about an id any more.
async fn remove(State(api): State<Api>, request: Request) -> Response {
    answer(try_remove(&api, request).await)
}

async fn try_remove(api: &Api, request: Request) -> Result<Changed, Failure> {
    let (head, _body) = request.into_parts();
    let key = api.access.admit(&head, Some(Scope::Admin)).await?;
    let asked = Asked::of(&head, &["id", "kind"])?;
    let id = asked
        .get("id")
        .ok_or_else(|| Failure::bad("invalid_id", "id says which alias"))?;
    let id = alias_id(api, id, asked.get("kind"))?;
    let changed = change(api, &id, None, &key).await?;
    if changed.before.is_none() {
        let detail = "there is no alias of this id";
        return Err(Failure::new(StatusCode::NOT_FOUND, "unknown_alias", detail));
    }
    Ok(changed)
}

async fn change(
    api: &Api,
    id: &OpaqueId,
    says: Option<&Classification>,
    key: &Key,
) -> Result<Changed, Failure> {
    let by = api.by(key);
    let identities = api.store.identities();
    let (before, rekeyed) = identities.set_alias(id, says, &by).await?;
    let orgs = identities.orgs().await?;
    let after = says.map(|says| AliasRow {
        id: id.clone(),
        says: says.clone(),
        by,
    });
    Ok(Changed {
        schema_version: ACCOUNT_VERSION,
        before: before.map(|row| AliasForm::new(row, &orgs)),
        after: after.map(|row| AliasForm::new(row, &orgs)),
        rekeyed,
    })
}

fn alias_id(api: &Api, text: &str, kind: Option<&str>) -> Result<OpaqueId, Failure> {
    let unknown = || Failure::bad("invalid_kind", "kind is one of install, project, anonymous");
    let kind = kind
        .map(|word| AliasKind::parse(word).ok_or_else(unknown))
        .transpose()?;
    access::alias_id(text, kind, &api.store.secrets().hmac_key).map_err(|e| term("invalid_id", e))
}

/// The actors that an operator can say; `anonymous` is what an id is of whom nothing is said.
fn actor(word: &str) -> Result<Actor, Failure> {
    let said = Actor::parse(word).filter(|actor| *actor != Actor::Anonymous);
    said.ok_or_else(|| {
        let detail = "actor is one of internal, customer, official_pipeline, service";
        Failure::bad("invalid_actor", detail)
    })
}

fn term(code: &'static str, error: TermError) -> Failure {
    Failure::bad(code, error.to_string())
}
