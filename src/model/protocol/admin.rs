//! The paths of liveness and of the operator's routes, which the server serves and an operator's jobs ask.

/// `GET`: whether the process lives.
pub const HEALTH_PATH: &str = "/v1/health";

/// `GET`: whether it can take events.
pub const READY_PATH: &str = "/v1/ready";

/// `GET`: what the server takes and answers, for programs.
pub const OPENAPI_PATH: &str = "/openapi.json";

/// `GET`, `PUT`, `DELETE`: what the operator says about ids.
pub const ALIASES_PATH: &str = "/v1/admin/telemetry/aliases";

/// `DELETE`: ends an account.
pub const USERS_PATH: &str = "/v1/admin/users";

/// `GET`: the usage report.
pub const USAGE_PATH: &str = "/v1/admin/telemetry/usage";

/// `GET`: activity by organisation, project, source and actor.
pub const ATTRIBUTION_PATH: &str = "/v1/admin/telemetry/attribution";

/// `POST`: computes and keeps the baseline reports.
pub const SNAPSHOT_RUN_PATH: &str = "/v1/admin/telemetry-snapshots/run";

/// `GET`: the newest of each kept report.
pub const SNAPSHOT_USAGE_PATH: &str = "/v1/admin/telemetry-snapshots/usage";

/// `GET`: kept activity by organisation, project, source and actor.
pub const SNAPSHOT_ATTRIBUTION_PATH: &str = "/v1/admin/telemetry-snapshots/attribution";

/// `GET`: how fresh the kept reports are.
pub const SNAPSHOT_HEALTH_PATH: &str = "/v1/admin/telemetry-snapshots/health";
