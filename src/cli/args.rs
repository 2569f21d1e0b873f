//! The command line: every command and option, in one place.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Telemetry that can be verified: see, control and prove what leaves your machine; collect it on your own.
#[derive(Debug, Parser)]
#[command(name = "decantr", version, max_term_width = 100)]
#[command(
    after_help = "Nothing is recorded, stored or sent before `decantr telemetry enable`.\n\
    Exit codes: 0 ok, 1 the thing checked is not ok, 2 usage, 3 configuration or file, 4 consent,\n\
    6 remote or store, 70 a bug, 130 interrupted."
)]
pub(crate) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub output: OutputOptions,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutputOptions {
    /// Turn telemetry off for this command.
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_telemetry: bool,
    /// When to use colour.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        help_heading = "Global options"
    )]
    #[arg(value_name = "WHEN", hide_possible_values = false)]
    pub color: ColorChoice,
    /// Say less: results and errors only.
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Global options"
    )]
    pub quiet: bool,
    /// Say more; twice for even more.
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See, control and prove what leaves this machine.
    Telemetry(TelemetryArgs),
    /// Inspect a web project: framework, routes, styling, components, dependencies.
    Analyze(AnalyzeArgs),
    /// Collect telemetry on your own machine and read it.
    #[command(subcommand)]
    Ops(OpsCommand),
    /// Write man pages or completions into a folder.
    #[command(hide = true)]
    Generate(GenerateArgs),
}

impl Command {
    /// Whether stdout is to be one JSON object, also when the command fails.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::Telemetry(args) => match &args.command {
                None => args.format.is_json(),
                Some(TelemetryCommand::Status { format } | TelemetryCommand::Flush { format }) => {
                    format.is_json()
                }
                Some(TelemetryCommand::Explain(args)) => args.format.is_json(),
                Some(TelemetryCommand::Enable(args)) => args.format.is_json(),
                Some(TelemetryCommand::Disable(args)) => args.format.is_json(),
                Some(TelemetryCommand::Log(args)) => args.format.is_json(),
            },
            Self::Analyze(args) => args.format.is_json(),
            Self::Ops(OpsCommand::Digest(args)) => args.json || args.format == ReportFormat::Json,
            Self::Ops(_) | Self::Generate(_) => false,
        }
    }
}

/// How to print a result.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Format {
    /// How to print the result.
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    format: TableFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Format {
    /// Whether JSON is wanted.
    pub(crate) fn is_json(self) -> bool {
        self.json || self.format == TableFormat::Json
    }
}

/// The forms of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// For people.
    Table,
    /// One versioned JSON object.
    Json,
}

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

/// `decantr analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// The project's folder.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Do not write `.decantr/analysis.json`.
    #[arg(long)]
    pub no_write: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

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

/// `decantr generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// What to write.
    #[arg(value_enum)]
    pub what: Generated,
    /// The folder to write into.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// What `decantr generate` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Generated {
    /// Man pages.
    Man,
    /// Shell completions.
    Completions,
}
