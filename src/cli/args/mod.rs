//! The command line: every command and option; the large families have files of their own.

mod account;
mod analyze;
mod catalog;
mod check;
mod dashboard;
mod jobs;
mod operators;
mod ops;
mod query;
mod reports;
mod tail;
mod telemetry;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub(crate) use account::{AccountArgs, LoginArgs, StoreChoice};
pub(crate) use analyze::AnalyzeArgs;
pub(crate) use catalog::{
    CatalogCheckArgs, CatalogCommand, CatalogDiffArgs, CatalogOption, CatalogShowArgs,
};
pub(crate) use check::CheckArgs;
pub(crate) use dashboard::DashboardArgs;
pub(crate) use jobs::{PurgeArgs, SnapshotArgs};
pub(crate) use operators::{
    AliasActor, AliasCommand, AliasIdArgs, AliasIdKind, AliasSetArgs, AtStore, AuditArgs,
    BackupArgs, CandidatesArgs, FlagOptions, ForgetIdsArgs, KeyCommand, KeyCreateArgs,
    KeyRevokeArgs, KeyScope, OrgAddArgs, OrgCommand, OrgFlagArgs, UserCommand, UserDeleteArgs,
    UserFlagArgs,
};
pub(crate) use ops::{DemoArgs, Forward, OpsCommand, ReportFormat, ServeArgs, StoreOption};
pub(crate) use query::{QueryArgs, QueryFormat};
pub(crate) use reports::{
    DeliveryOptions, DigestArgs, EnvFileOption, HealthArgs, MemoFormat, PrintOptions,
    SourceOptions, WebhookFormat, WeeklyArgs, WeeklySource,
};
pub(crate) use tail::{TailArgs, TailFormat};
pub(crate) use telemetry::{
    DisableArgs, EnableArgs, ExplainArgs, ForgetArgs, GrantScope, LinkArgs, LogArgs, PreviewArgs,
    RecordArgs, TelemetryArgs, TelemetryCommand, UnlinkArgs, VerifyArgs,
};

/// Telemetry that can be verified: see, control and prove what leaves your machine; collect it on your own.
#[derive(Debug, Parser)]
#[command(name = "decantr", version, max_term_width = 100)]
#[command(
    after_help = "Nothing is recorded, stored or sent before `decantr telemetry enable`.\n\
    Exit codes: 0 ok, 1 the thing checked is not ok, 2 usage, 3 configuration or file, 4 consent,\n\
    5 not signed in or not allowed, 6 remote or store, 70 a bug, 130 interrupted."
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
    /// Sign in to a server with an API key, and keep the key for that server.
    Login(LoginArgs),
    /// Remove a server's API key from this machine.
    Logout(AccountArgs),
    /// Show who the API key belongs to, as its server says.
    Whoami(AccountArgs),
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
            Self::Telemetry(args) => args.wants_json(),
            Self::Analyze(args) => args.wants_json(),
            Self::Login(args) => args.account.format.is_json(),
            Self::Logout(args) | Self::Whoami(args) => args.format.is_json(),
            Self::Ops(command) => command.wants_json(),
            Self::Generate(_) => false,
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
