//! The end of an account, as a product tells it: `DELETE /v1/admin/users` with `{"userId": …}`.

use axum::extract::{Request, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Api;
use super::ask::{self, answer};
use crate::model::protocol::{ACCOUNT_VERSION, Scope, USERS_PATH};
use crate::server::access::{Failure, any_user_id};
use crate::server::describe::{Content, Operation, Routes};
use crate::server::store::{self, Deleted};

/// The route.
pub(super) fn routes() -> Routes<Api> {
    let operation = Operation::delete("Takes a user off everything that is kept")
        .in_group("operators")
        .keyed(Some(Scope::Admin))
        .body([Content::typed::<Named>()])
        .refuses(400, &["invalid_user"])
        .reply::<Gone>(200, "What has changed.");
    Routes::new().route(USERS_PATH, operation, delete)
}

/// Whose account ends: an opaque id, or the id that the user has in the product.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NamedUser")]
struct Named {
    user_id: Id,
}

/// Products number their users, or name them.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Id {
    Number(i64),
    Text(String),
}

/// What has changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeletedUser")]
struct Gone {
    schema_version: u32,
    deleted: Deleted,
    /// Who got copies that cannot be recalled.
    beyond: Vec<String>,
}

async fn delete(State(api): State<Api>, request: Request) -> Response {
    answer(try_delete(&api, request).await)
}

async fn try_delete(api: &Api, request: Request) -> Result<Gone, Failure> {
    let (key, named) = ask::keyed::<Named>(api, request, Scope::Admin).await?;
    let text = match named.user_id {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text,
    };
    let user = any_user_id(&text, &api.store.secrets().hmac_key)
        .map_err(|error| Failure::bad("invalid_user", error.to_string()))?;
    let beyond = store::copies(api.store.cursors()).await?;
    let identities = api.store.identities();
    Ok(Gone {
        schema_version: ACCOUNT_VERSION,
        deleted: identities.delete_user(&user, &api.by(&key)).await?,
        beyond,
    })
}
