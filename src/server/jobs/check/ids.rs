//! The ids that a check sends under: made for it, provable, and forgotten again at its end.

use serde_json::{Value, json};

use super::Finding;
use super::ask::{Server, Verb};
use crate::base::crypto::{self, CryptoError};
use crate::base::ids::OpaqueId;
use crate::base::secret::Secret;
use crate::model::protocol::{
    ACCOUNT_VERSION, ALIASES_PATH, Claim, FORGET_PATH, ForgetReply, ForgetRequest, Forgotten,
};

const CLEANUP: &str = "cleanup";

/// An installation and a project that nobody else has.
pub(super) struct Ids {
    pub(super) install: OpaqueId,
    pub(super) project: OpaqueId,
    install_secret: [u8; 32],
    project_secret: [u8; 32],
}

impl Ids {
    /// New ones.
    pub(super) fn new() -> Result<Self, CryptoError> {
        let (install_secret, project_secret) = (crypto::random_32()?, crypto::random_32()?);
        let made = |prefix: &str, secret: &[u8; 32]| {
            OpaqueId::certified(prefix, secret).map_err(|_no_prefix| CryptoError::Random)
        };
        Ok(Self {
            install: made("install", &install_secret)?,
            project: made("project", &project_secret)?,
            install_secret,
            project_secret,
        })
    }

    /// Both, with their proofs.
    pub(super) fn claims(&self) -> Vec<Claim> {
        vec![
            Claim::proven(self.install.clone(), &self.install_secret),
            Claim::proven(self.project.clone(), &self.project_secret),
        ]
    }

    /// Has both counted as internal, before anything is sent under them.
    ///
    /// # Errors
    /// What the server answered instead.
    pub(super) async fn mark_internal(
        &self,
        server: &Server,
        admin: &Secret,
    ) -> Result<(), String> {
        for id in [&self.install, &self.project] {
            let says = json!({ "id": id, "actor": "internal" });
            let asked = server.ask(Verb::Put, ALIASES_PATH, Some(admin), Some(&says));
            asked.await?.read::<Value>()?;
        }
        Ok(())
    }

    /// Has the server forget both. Where it does not, nobody else can prove them, so an operator is told how to.
    pub(super) async fn forget(&self, server: &Server) -> Finding {
        let request = ForgetRequest {
            schema_version: ACCOUNT_VERSION,
            ids: self.claims(),
        };
        let asked = server
            .ask(Verb::Post, FORGET_PATH, None, Some(&request))
            .await;
        match asked.and_then(|reply| reply.read::<ForgetReply>()) {
            Ok(reply) => Finding::passed(CLEANUP, erased(&reply.forgotten)),
            Err(why) => Finding::failed(
                CLEANUP,
                format!("what this check sent may still be there: {why}"),
                format!(
                    "where the store is: `decantr ops forget {} {}`",
                    self.install, self.project
                ),
            ),
        }
    }
}

/// What is gone, and what is not.
fn erased(forgotten: &Forgotten) -> String {
    let mut said = format!(
        "what this check sent is erased ({} events); daily counts without ids stay, as internal ones",
        forgotten.events
    );
    if !forgotten.beyond.is_empty() {
        said.push_str("; copies may stay at ");
        said.push_str(&forgotten.beyond.join(", "));
    }
    said
}
