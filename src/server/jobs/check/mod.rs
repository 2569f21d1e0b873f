//! The live check: everything that can silently stop working between a sender and a report, tried against a running server.
//!
//! What it sends counts as internal, from the environment `test`, and is erased again by the ids' own proofs; what stays are daily
//! counts without ids.

mod ask;
mod flags;
mod ids;
mod lanes;
mod link;
mod plan;
mod posthog;
mod reports;

use jiff::Timestamp;
use serde::Serialize;

use crate::base::clock::Clock;
use crate::base::error;
use crate::base::secret::Secret;
use crate::config::Endpoint;
use crate::model::catalog::Catalog;
use crate::server::posthog::Client;

use ask::Server;
use ids::Ids;

pub use flags::BILLING_FLAGS;
pub use plan::plan;
pub use posthog::CONFIRMING;

/// What was found about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Passed,
    /// It does not.
    Failed,
    /// It was not tried.
    NotChecked,
}

impl Verdict {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        }
    }
}

/// One line of the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked: a fixed code.
    pub check: &'static str,
    /// What was found.
    pub verdict: Verdict,
    /// The facts, in a sentence.
    pub found: String,
    /// What to do about it; absent when it passed.
    pub todo: Option<String>,
}

impl Finding {
    /// It works.
    pub fn passed(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Passed,
            found: found.into(),
            todo: None,
        }
    }

    /// It does not work.
    pub fn failed(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Failed,
            found: found.into(),
            todo: Some(todo.into()),
        }
    }

    /// It was not tried.
    pub fn not_checked(
        check: &'static str,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            check,
            verdict: Verdict::NotChecked,
            found: found.into(),
            todo: Some(todo.into()),
        }
    }
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The server's origin.
    pub server: String,
    /// The catalog.
    pub catalog: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How many checks passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were not tried.
    pub not_checked: usize,
    /// One for each check, in order.
    pub findings: Vec<Finding>,
}

/// What is checked, and with which keys.
#[derive(Debug)]
pub struct Settings {
    /// The server.
    pub server: Endpoint,
    /// A key of scope admin.
    pub admin: Option<Secret>,
    /// A key of scope snapshot.
    pub snapshot: Option<Secret>,
    /// A key of scope link.
    pub link: Option<Secret>,
    /// PostHog, where there is a key for it.
    pub posthog: Option<Client>,
    /// The billing flags with their values, as the environment has them.
    pub flags: Vec<(&'static str, Option<String>)>,
}

/// Checks the server. It never fails as a whole: what cannot be tried is said.
pub async fn run(settings: &Settings, catalog: &Catalog, clock: &Clock) -> Checked {
    let started_at = clock.now();
    let mut findings = match Server::new(settings) {
        Ok(server) => ask_all(&server, catalog, started_at).await,
        Err(error) => {
            let todo = "mend this machine's certificates";
            vec![Finding::failed("endpoint", error::chain(&error), todo)]
        }
    };
    findings.push(posthog::check(settings.posthog.as_ref()).await);
    findings.extend(flags::check(&settings.flags));
    Checked::of(settings, catalog, started_at, findings)
}

impl Checked {
    fn of(
        settings: &Settings,
        catalog: &Catalog,
        started_at: Timestamp,
        findings: Vec<Finding>,
    ) -> Self {
        let count = |verdict| findings.iter().filter(|f| f.verdict == verdict).count();
        Self {
            server: settings.server.origin.clone(),
            catalog: (*catalog.id).to_owned(),
            started_at,
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            not_checked: count(Verdict::NotChecked),
            findings,
        }
    }
}

async fn ask_all(server: &Server, catalog: &Catalog, now: Timestamp) -> Vec<Finding> {
    let endpoint = lanes::endpoint(server).await;
    let is_up = endpoint.verdict == Verdict::Passed;
    let mut findings = vec![endpoint];
    if !is_up {
        let rest = ["catalog", "pairs"].into_iter().chain(UNDER_IDS);
        let rest = rest.chain(["snapshots", "payloads", "coverage"]);
        findings.extend(rest.map(|check| Finding {
            todo: None,
            ..Finding::not_checked(check, "the server does not answer", "")
        }));
        return findings;
    }
    findings.push(lanes::catalog(server, catalog).await);
    findings.push(lanes::forged_pair(server, catalog, now).await);
    findings.extend(under_ids(server, catalog, now).await);
    findings.extend(reports::all(server, catalog).await);
    findings
}

/// The checks that send something under ids.
const UNDER_IDS: [&str; 4] = ["lanes", "found", "link", "cleanup"];

/// Sends events under new ids that count as internal, links them, and has all of it erased. Without a key that can mark them nothing is
/// sent: the counts would be a customer's for good.
async fn under_ids(server: &Server, catalog: &Catalog, now: Timestamp) -> Vec<Finding> {
    let none = |why: &str, todo: &str| {
        UNDER_IDS
            .map(|check| Finding::not_checked(check, why, todo))
            .to_vec()
    };
    let Some(admin) = &server.admin else {
        let why = "nothing can be marked as internal without a key of scope admin";
        return none(why, reports::ADMIN_TODO);
    };
    let ids = match Ids::new() {
        Ok(ids) => ids,
        Err(error) => return none(&error.to_string(), "mend this machine's random numbers"),
    };
    if let Err(why) = ids.mark_internal(server, admin).await {
        let why = format!("nothing was sent: marking ids as internal: {why}");
        let mut findings = none(&why, reports::ADMIN_TODO);
        let lanes = Finding::failed(UNDER_IDS[0], &*why, reports::ADMIN_TODO);
        // The server may have taken one of the marks, or both and said nothing.
        let cleanup = ids.forget(server).await;
        findings.splice(..1, [lanes]);
        findings.splice(3.., [cleanup]);
        return findings;
    }
    let mut findings = lanes::all(server, catalog, &ids, now).await;
    findings.push(link::check(server, &ids, now).await);
    findings.push(ids.forget(server).await);
    findings
}
