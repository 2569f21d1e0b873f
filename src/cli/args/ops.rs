//! The command line of `decantr ops`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The commands of `decantr ops`.
#[derive(Debug, Subcommand)]
pub(crate) enum OpsCommand {
    /// Run the server that collects events.
    Serve(ServeArgs),
    /// Print the executive digest of what was collected.
    Digest(DigestArgs),
    /// Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind.
    Demo(DemoArgs),
}

impl OpsCommand {
    /// Whether stdout is to be one JSON object.
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Digest(args) => args.json || args.format == ReportFormat::Json,
            Self::Serve(_) | Self::Demo(_) => false,
        }
    }
}

/// Which store to use.
#[derive(Debug, Clone, Args)]
pub(crate) struct StoreOption {
    /// The store, as `sqlite:PATH`; by default `DECANTR_STORE`, or a file in your data folder.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
}

/// `decantr ops serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7317")]
    pub listen: String,
    /// Which store to use; made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// Write the server's log as JSON lines.
    #[arg(long)]
    pub log_json: bool,
}

/// `decantr ops digest`.
#[derive(Debug, Args)]
pub(crate) struct DigestArgs {
    /// Which store to read; never made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// Compute everything from real data and print what would be sent where; change nothing, connect to nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Use marked sample data instead of a store.
    #[arg(long, conflicts_with = "store")]
    pub sample: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    pub format: ReportFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For the terminal.
    Table,
    /// For a page or a message.
    Markdown,
    /// One versioned JSON object.
    Json,
}

/// `decantr ops demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The web project to analyse; by default a small one that comes with decantr. Nothing is written into it.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Leave the server up until Ctrl-C.
    #[arg(long)]
    pub keep: bool,
}
