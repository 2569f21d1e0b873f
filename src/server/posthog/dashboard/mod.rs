//! The operating dashboard as plan and apply: what is there is compared with what is to be there, and only the difference is
//! written.
//!
//! Objects are known by a mark in their description and by nothing else; what carries no mark of ours is never touched.

mod apply;
mod diff;
mod kind;
mod layout;
mod live;
mod plan;

use serde::Serialize;

use super::error::PostHogError;
use super::rest::Client;
use super::spec::Spec;

pub use apply::Applied;
pub use diff::Difference;
pub use plan::{Action, Change, Part, Plan, Skip};

/// What an operator may choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Also remove what carries our mark and is not part of the dashboard any more.
    pub prune: bool,
    /// Leave tiles where they are; only those that have no place yet get one.
    pub keep_layout: bool,
}

/// A dashboard that cannot be planned or applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DashboardError {
    /// Something of PostHog's failed.
    #[error(transparent)]
    PostHog(#[from] PostHogError),
    /// Several objects are the same one, so it is not known which one to change. Nothing was written.
    #[error("several objects carry one mark: {}; nothing was written", .objects.join("; "))]
    Ambiguous {
        /// The objects with their ids.
        objects: Vec<String>,
    },
}

/// What is there, and what is to be done about it.
#[derive(Debug)]
pub struct Prepared {
    /// What is to be done.
    pub plan: Plan,
    live: live::Live,
    options: Options,
}

/// Reads what is there and compares. Without a client it is assumed that nothing is there. Sends GET requests only.
///
/// # Errors
/// [`DashboardError::Ambiguous`], or what PostHog said. A missing scope is no error: what needs it is skipped
/// ([`Plan::skipped`]).
pub async fn prepare(
    client: Option<&Client>,
    spec: &Spec,
    options: Options,
) -> Result<Prepared, DashboardError> {
    let live = match client {
        Some(client) => live::Live::read(client, spec).await?,
        None => live::Live::default(),
    };
    Ok(Prepared {
        plan: plan::plan(spec, &live, options),
        live,
        options,
    })
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Of which part.
    pub part: Part,
    /// What it is called.
    pub name: String,
    /// What was done.
    pub action: Action,
}
