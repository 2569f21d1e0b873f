//! The command line of `decantr ops dashboard`.

use clap::Args;

use super::reports::{EnvFileOption, PrintOptions};

/// `decantr ops dashboard`.
#[derive(Debug, Args)]
#[command(
    after_help = "POSTHOG_HOST is the app host (https://us.posthog.com, https://eu.posthog.com, or your own), POSTHOG_ENVIRONMENT_ID \
    the number in the address of the project's pages, POSTHOG_PERSONAL_API_KEY a personal API key with the scopes \
    dashboard:read, dashboard:write, insight:read, insight:write, cohort:read, cohort:write, alert:read and alert:write. The \
    key is read from the environment only. What lacks a scope is skipped and named."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct DashboardArgs {
    /// Compare with what is there and print what would be done; write nothing. Without a key it is assumed that nothing is
    /// there.
    #[arg(long)]
    pub dry_run: bool,
    /// Also remove what carries the mark of this dashboard and is not part of it any more.
    #[arg(long)]
    pub prune: bool,
    /// Leave tiles where they were moved to; only new ones get a place.
    #[arg(long)]
    pub keep_layout: bool,
    /// With `--dry-run`: end with exit code 1 when something is to be done.
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// Variables.
    #[command(flatten)]
    pub env_file: EnvFileOption,
    /// How to print it.
    #[command(flatten)]
    pub print: PrintOptions,
}
