//! The command line of the jobs of `decantr ops` that keep and remove: snapshots, purge.

use clap::Args;

use super::catalog::CatalogOption;
use super::operators::AtStore;
use super::reports::EnvFileOption;

/// `decantr ops snapshot`.
#[derive(Debug, Args)]
pub(crate) struct SnapshotArgs {
    /// Compute everything from real data and print it; keep nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Variables.
    #[command(flatten)]
    pub env_file: EnvFileOption,
    /// Which catalog it is about.
    #[command(flatten)]
    pub catalog: CatalogOption,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// `decantr ops purge`.
#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// How many days raw events are kept; by default as the catalog says.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub keep_days: Option<u32>,
    /// Print what would go, by day; remove nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Variables.
    #[command(flatten)]
    pub env_file: EnvFileOption,
    /// Which catalog it is about.
    #[command(flatten)]
    pub catalog: CatalogOption,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}
