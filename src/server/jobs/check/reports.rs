//! Whether what reports rest on is there: fresh snapshots, and ids that somebody knows.

use serde::Deserialize;

use super::Finding;
use super::ask::{Server, unanswered};
use crate::base::error;
use crate::model::catalog::Catalog;
use crate::model::protocol::{SNAPSHOT_HEALTH_PATH, USAGE_PATH};
use crate::server::jobs::digest::Digest;
use crate::server::jobs::message::Form;
use crate::server::report::Thresholds;

const NO_SNAPSHOT_KEY: &str = "there is no key of scope snapshot or admin here";

const SNAPSHOT_TODO: &str =
    "set DECANTR_TELEMETRY_SNAPSHOT_TOKEN to a key of `decantr ops key create --scope snapshot`";

/// What to do without a key of scope admin.
pub(super) const ADMIN_TODO: &str =
    "set DECANTR_ADMIN_KEY to a key of `decantr ops key create --scope admin`";

/// Snapshots, what would be posted about them, and identity coverage.
pub(super) async fn all(server: &Server, catalog: &Catalog) -> Vec<Finding> {
    vec![
        snapshots(server).await,
        payloads(server, catalog).await,
        coverage(server).await,
    ]
}

/// Digest and health are read as their jobs read them, and put into every form in which they are posted. Nothing is posted.
async fn payloads(server: &Server, catalog: &Catalog) -> Finding {
    const CHECK: &str = "payloads";
    let Some(remote) = server.remote() else {
        return Finding::not_checked(CHECK, NO_SNAPSHOT_KEY, SNAPSHOT_TODO);
    };
    let reports = match remote {
        Ok(remote) => remote.reports(&catalog.id).await,
        Err(error) => Err(error),
    };
    match reports {
        Ok(reports) => {
            let health = reports.health.message();
            let messages = [Digest::of(&reports).message(), health];
            let sizes = Form::ALL.map(|form| {
                let payloads = messages.iter().map(|message| message.payload(form));
                let size: usize = payloads.map(|payload| payload.to_string().len()).sum();
                format!("{} {size} bytes", form.as_str())
            });
            let found = format!("digest and health can be posted: {}", sizes.join(", "));
            Finding::passed(CHECK, found)
        }
        Err(error) => {
            let todo = "`decantr ops digest --api-url URL --dry-run` shows more";
            Finding::failed(CHECK, error::chain(&error), todo)
        }
    }
}

async fn snapshots(server: &Server) -> Finding {
    #[derive(Deserialize)]
    struct Health {
        status: String,
    }
    const CHECK: &str = "snapshots";
    let Some(key) = server.snapshot.as_ref().or(server.admin.as_ref()) else {
        return Finding::not_checked(CHECK, NO_SNAPSHOT_KEY, SNAPSHOT_TODO);
    };
    let asked = server.get(SNAPSHOT_HEALTH_PATH, Some(key)).await;
    match asked.and_then(|reply| reply.read::<Health>()) {
        Ok(health) if health.status == "success" => {
            Finding::passed(CHECK, "all baseline reports were made today")
        }
        Ok(_) => Finding::failed(
            CHECK,
            "a baseline report is older than today, or was never made",
            "`decantr ops health` says which; `decantr ops snapshot` makes them now",
        ),
        Err(why) => unanswered(CHECK, why),
    }
}

async fn coverage(server: &Server) -> Finding {
    #[derive(Deserialize)]
    struct Identity {
        identity_coverage: Option<f64>,
    }
    #[derive(Deserialize)]
    struct Usage {
        identity: Identity,
    }
    const CHECK: &str = "coverage";
    let Some(key) = server.admin.as_ref() else {
        return Finding::not_checked(CHECK, "there is no key of scope admin here", ADMIN_TODO);
    };
    let wanted = Thresholds::default().identity_coverage;
    let asked = server.get(&format!("{USAGE_PATH}?days=7"), Some(key)).await;
    match asked.and_then(|reply| reply.read::<Usage>()) {
        Ok(usage) => match usage.identity.identity_coverage {
            None => Finding::not_checked(
                CHECK,
                "no event of the last 7 complete days carries an id",
                "run this again when there is a day of events",
            ),
            Some(coverage) if coverage >= wanted => {
                Finding::passed(CHECK, format!("{:.1} %", coverage * 100.0))
            }
            Some(coverage) => Finding::failed(
                CHECK,
                format!(
                    "{:.1} %, less than {:.0} %",
                    coverage * 100.0,
                    wanted * 100.0
                ),
                "`decantr ops alias candidates` lists who is not known",
            ),
        },
        Err(why) => unanswered(CHECK, why),
    }
}
