//! Whether what reports rest on is there: fresh snapshots, and ids that somebody knows.

use serde::Deserialize;

use super::Finding;
use super::ask::{Server, unanswered};
use crate::model::protocol::{SNAPSHOT_HEALTH_PATH, USAGE_PATH};
use crate::server::report::Thresholds;

/// What to do without a key of scope admin.
pub(super) const ADMIN_TODO: &str =
    "set DECANTR_ADMIN_KEY to a key of `decantr ops key create --scope admin`";

/// Snapshots and identity coverage.
pub(super) async fn all(server: &Server) -> Vec<Finding> {
    vec![snapshots(server).await, coverage(server).await]
}

async fn snapshots(server: &Server) -> Finding {
    #[derive(Deserialize)]
    struct Health {
        status: String,
    }
    const CHECK: &str = "snapshots";
    let Some(key) = server.snapshot.as_ref().or(server.admin.as_ref()) else {
        return Finding::not_checked(
            CHECK,
            "there is no key of scope snapshot or admin here",
            "set DECANTR_TELEMETRY_SNAPSHOT_TOKEN to a key of `decantr ops key create --scope snapshot`",
        );
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
