//! The command line of `decantr ops tail`.

use clap::{Args, ValueEnum};

use super::ops::StoreOption;

/// `decantr ops tail`.
#[derive(Debug, Args)]
#[command(
    after_help = "Ctrl-C ends it. Each event is shown as it is kept: after everything was taken out that its catalog does not know. A \
    server may be running on the store, here or not."
)]
pub(crate) struct TailArgs {
    /// Only events of this catalog.
    #[arg(long, value_name = "ID")]
    pub catalog: Option<String>,
    /// Only events of this name.
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,
    /// How many of the events that are there to look at first.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub last: u32,
    /// Do not wait for more.
    #[arg(long)]
    pub once: bool,
    /// Which store to read; never made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// How to print it.
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: TailFormat,
    /// The same as `--format ndjson`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl TailArgs {
    /// How to print it.
    pub(crate) fn format(&self) -> TailFormat {
        if self.json {
            TailFormat::Ndjson
        } else {
            self.format
        }
    }
}

/// The forms of a stream of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TailFormat {
    /// One line an event, for the terminal.
    Text,
    /// One JSON object a line.
    Ndjson,
}
