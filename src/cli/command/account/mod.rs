//! `decantr login`, `logout` and `whoami`: who this machine is at a server. None of them records anything.

mod login;
mod logout;
mod whoami;

use serde::Serialize;

use crate::cli::error::CommandError;
use crate::client::ClientError;
use crate::client::auth::{AuthError, shown_name};
use crate::model::protocol::{Me, OrgName, Scope};

pub(in crate::cli) use login::run as login;
pub(in crate::cli) use logout::run as logout;
pub(in crate::cli) use whoami::run as whoami;

/// The version of the shape of every answer.
const SCHEMA_VERSION: u32 = 1;

/// Who a key belongs to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Who {
    user_id: String,
    org: Option<OrgName>,
    scopes: Vec<Scope>,
    label: Option<String>,
    key_id: String,
}

impl From<Me> for Who {
    fn from(me: Me) -> Self {
        Self {
            user_id: me.user_id.to_string(),
            org: me.org,
            scopes: me.scopes,
            label: me.label,
            key_id: me.key_id,
        }
    }
}

impl Who {
    /// The same for people, name by name.
    fn rows(&self) -> Vec<(&'static str, String)> {
        let org = self.org.as_ref().map_or_else(
            || "none".to_owned(),
            |org| format!("{} ({})", shown_name(&org.slug), org.id),
        );
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        let mut rows = vec![
            ("User", self.user_id.clone()),
            ("Organisation", org),
            ("Scopes", scopes.join(", ")),
            ("Key", shown_name(&self.key_id)),
        ];
        let label = self
            .label
            .as_deref()
            .map(|label| ("Label", shown_name(label)));
        rows.extend(label);
        rows
    }
}

/// Waits for an answer. What still hangs afterwards (a name that is being looked up) is left behind.
fn wait<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let runtime = crate::cli::runtime()?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(result)
}

/// A problem with keys on this machine, with its exit code.
fn local(error: AuthError) -> CommandError {
    ClientError::from(error).into()
}
