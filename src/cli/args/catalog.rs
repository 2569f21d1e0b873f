//! The option that names a catalog, for every command that can be about any of them, and `decantr ops catalog`.

use clap::{Args, Subcommand};

use super::Format;

/// Which catalog a command is about.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CatalogOption {
    /// The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default
    /// `DECANTR_CATALOG`, or `decantr` (for a query the one it was made for).
    #[arg(long, value_name = "ID|FILE")]
    pub catalog: Option<String>,
}

/// The commands of `decantr ops catalog`.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Tell whether a catalog is good, and whether it breaks a consent to an older form of it.
    Check(CatalogCheckArgs),
    /// Show what somebody who agreed to OLD would newly send by NEW, and what no longer.
    Diff(CatalogDiffArgs),
    /// Show a catalog: its events, and every property with what it can hold.
    Show(CatalogShowArgs),
}

impl CatalogCommand {
    /// Whether stdout is to be one JSON object.
    pub(super) fn wants_json(&self) -> bool {
        let format = match self {
            Self::Check(args) => args.format,
            Self::Diff(args) => args.format,
            Self::Show(args) => args.format,
        };
        format.is_json()
    }
}

/// `decantr ops catalog check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 0 when there is nothing to complain about, 1 when there is, 3 when the file cannot be read or is no catalog.\n\
    What is there may only get narrower or gain values of an enum; whatever is new has a new revision as its `since`. Keep the \
    file of each release, and compare with it."
)]
pub(crate) struct CatalogCheckArgs {
    /// The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file.
    #[arg(value_name = "ID|FILE")]
    pub catalog: String,
    /// The form of it that people agreed to last.
    #[arg(long, value_name = "OLD")]
    pub against: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr ops catalog diff`.
#[derive(Debug, Args)]
pub(crate) struct CatalogDiffArgs {
    /// The form that somebody agreed to: an ID or a file.
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The form that is to come: an ID or a file.
    #[arg(value_name = "NEW")]
    pub new: String,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr ops catalog show`.
#[derive(Debug, Args)]
pub(crate) struct CatalogShowArgs {
    /// The catalog: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; by default
    /// `DECANTR_CATALOG`, or `decantr`.
    #[arg(value_name = "ID|FILE")]
    pub catalog: Option<String>,
    /// One event, for example `decantr.analyze.completed`; all when not given.
    #[arg(value_name = "EVENT")]
    pub event: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}
