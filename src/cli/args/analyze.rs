//! The arguments of `decantr analyze`.

use std::path::PathBuf;

use clap::Args;

use super::{PrintOptions, ReportFormat};

/// `decantr analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// The project's folder.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Analyze every application of the workspace around PATH.
    #[arg(long, conflicts_with = "app")]
    pub all: bool,
    /// Analyze one package of the workspace around PATH, named by its folder in the workspace.
    #[arg(long, value_name = "FOLDER")]
    pub app: Option<PathBuf>,
    /// Do not write `.decantr/analysis.json`.
    #[arg(long)]
    pub no_write: bool,
    /// Stop reading after this time, and report what was read by then.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
    /// How to print it.
    #[command(flatten)]
    pub print: PrintOptions,
}

impl AnalyzeArgs {
    /// Looks at the working directory and writes nothing.
    pub(crate) fn here() -> Self {
        Self {
            path: PathBuf::from("."),
            all: false,
            app: None,
            no_write: true,
            timeout: 60,
            print: PrintOptions::table(),
        }
    }

    /// Whether the result is to be one JSON object.
    pub(crate) fn wants_json(&self) -> bool {
        self.print.format() == ReportFormat::Json
    }
}
