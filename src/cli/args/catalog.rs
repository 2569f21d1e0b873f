//! The option that names a catalog, for every command that can be about any of them.

use clap::Args;

/// Which catalog a command is about.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CatalogOption {
    /// The catalog: `decantr`, `conversations`, `race-bot`, or the path of a catalog file; by default `DECANTR_CATALOG`, or
    /// `decantr` (for a query the one it was made for).
    #[arg(long, value_name = "ID|FILE")]
    pub catalog: Option<String>,
}
