//! The command line of `decantr telemetry`.

use clap::{Args, Subcommand};

use super::Format;

/// `decantr telemetry`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TelemetryArgs {
    /// What to do; `status` when not given.
    #[command(subcommand)]
    pub command: Option<TelemetryCommand>,
    /// How to print the status.
    #[command(flatten)]
    pub format: Format,
}

impl TelemetryArgs {
    /// Whether stdout is to be one JSON object.
    pub(super) fn wants_json(&self) -> bool {
        match &self.command {
            None => self.format.is_json(),
            Some(TelemetryCommand::Status { format } | TelemetryCommand::Flush { format }) => {
                format.is_json()
            }
            Some(TelemetryCommand::Explain(args)) => args.format.is_json(),
            Some(TelemetryCommand::Enable(args)) => args.format.is_json(),
            Some(TelemetryCommand::Disable(args)) => args.format.is_json(),
            Some(TelemetryCommand::Log(args)) => args.format.is_json(),
        }
    }
}

/// The commands of `decantr telemetry`.
#[derive(Debug, Subcommand)]
pub(crate) enum TelemetryCommand {
    /// Show everything that could be reported, down to each property and its allowed values.
    ///
    /// The result can be shared: it holds no local path, no project name and no secret.
    Explain(ExplainArgs),
    /// Show whether telemetry is on, and what decides it.
    Status {
        /// How to print it.
        #[command(flatten)]
        format: Format,
    },
    /// Say yes to telemetry, after seeing what is sent, where and for how long.
    Enable(EnableArgs),
    /// Say no to telemetry and remove everything it kept on this machine.
    Disable(DisableArgs),
    /// Send now what is waiting, and show the server's signed receipt.
    Flush {
        /// How to print it.
        #[command(flatten)]
        format: Format,
    },
    /// Show every recorded event, what became of it, and what was sent.
    Log(LogArgs),
}

/// `decantr telemetry explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// One event, for example `decantr.analyze.completed`; all when not given.
    #[arg(value_name = "EVENT")]
    pub event: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry enable`.
#[derive(Debug, Args)]
pub(crate) struct EnableArgs {
    /// The server to report to, kept in the configuration; by default the one configured, or this machine.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Say yes without being asked; needed where there is no terminal.
    #[arg(short, long)]
    pub yes: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry disable`.
#[derive(Debug, Args)]
pub(crate) struct DisableArgs {
    /// Keep the local log of what was sent.
    #[arg(long)]
    pub keep_log: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry log`.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Also show the body of each request, inflated: the bytes that its receipt is about.
    #[arg(long)]
    pub bytes: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}
