//! The command line of `decantr ops check`.

use clap::Args;

use super::Format;
use super::reports::EnvFileOption;

/// `decantr ops check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Keys come from the environment, beside a server that is named: DECANTR_ADMIN_KEY (scope admin), \
    DECANTR_TELEMETRY_SNAPSHOT_TOKEN (scope snapshot), DECANTR_API_KEY (scope link), and for PostHog POSTHOG_PERSONAL_API_KEY (scope query:read). What cannot be tried without one is said. The \
    events that it sends count as internal and are erased at its end; daily counts without ids stay."
)]
pub(crate) struct CheckArgs {
    /// The server; by default `DECANTR_API_URL`, else the one configured, else this machine.
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Say what would be tried; send nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// End with exit code 1 also when something could not be tried.
    #[arg(long)]
    pub strict: bool,
    /// Variables.
    #[command(flatten)]
    pub env_file: EnvFileOption,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}
