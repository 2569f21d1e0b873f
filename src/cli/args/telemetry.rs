//! The command line of `decantr telemetry`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Format, PrintOptions, ReportFormat};
use crate::client::control;

/// `decantr telemetry`.
#[derive(Debug, Args)]
pub(crate) struct TelemetryArgs {
    /// What to do; `status` when not given.
    #[command(subcommand)]
    pub command: Option<TelemetryCommand>,
    /// How to print the status.
    #[command(flatten)]
    pub format: Format,
    /// Whose telemetry: decantr's own, or that of another program with a catalog: `conversations`, `race-bot`, `drift`, or the
    /// path of a catalog file; by default `DECANTR_CATALOG`, or `decantr`.
    #[arg(
        long,
        value_name = "ID|FILE",
        global = true,
        help_heading = "Global options"
    )]
    pub catalog: Option<String>,
}

impl TelemetryArgs {
    /// Whether stdout is to be one JSON object.
    pub(super) fn wants_json(&self) -> bool {
        match &self.command {
            None => self.format.is_json(),
            Some(
                TelemetryCommand::Status { format }
                | TelemetryCommand::Flush { format }
                | TelemetryCommand::Reset { format },
            ) => format.is_json(),
            Some(TelemetryCommand::Link(args)) => args.format.is_json(),
            Some(TelemetryCommand::Unlink(args)) => args.format.is_json(),
            Some(TelemetryCommand::Forget(args)) => args.format.is_json(),
            Some(TelemetryCommand::Explain(args)) => args.print.format() == ReportFormat::Json,
            Some(TelemetryCommand::Enable(args)) => args.format.is_json(),
            Some(TelemetryCommand::Disable(args)) => args.format.is_json(),
            Some(TelemetryCommand::Log(args)) => args.format.is_json(),
            Some(TelemetryCommand::Record(args)) => args.format.is_json(),
            Some(TelemetryCommand::Preview(args)) => args.format.is_json(),
            Some(TelemetryCommand::Verify(args)) => args.format.is_json(),
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
    /// Show the exact bytes that would leave, now and if you enabled it; without COMMAND, those that wait already.
    ///
    /// Nothing is made, kept or sent for it, and COMMAND writes nothing.
    Preview(PreviewArgs),
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
    /// Record an event of the catalog, from a script, a build machine or any other language.
    ///
    /// It goes the way of every event: consent first, then the catalog, then the spool. While telemetry is off it does nothing,
    /// says nothing, and exits with 0.
    Record(RecordArgs),
    /// Show every recorded event, what became of it, and what was sent.
    Log(LogArgs),
    /// Check the promise on this machine: what is kept, what the commands do, and what was sent.
    ///
    /// Runs decantr's own commands where the kernel ends whoever writes a file, starts a process or opens a socket. Changes
    /// nothing, sends nothing, and needs no root. Exit code 1 when something does not hold.
    Verify(VerifyArgs),
    /// Attach the opaque ids of this machine to your account and organisation, from now on.
    ///
    /// Shows first what is sent. Needs `decantr login`.
    Link(LinkArgs),
    /// End the link to an account, and take new ids.
    ///
    /// Works while telemetry is off, too. Needs `decantr login`; `--local` does not.
    Unlink(UnlinkArgs),
    /// Take new ids; the old ones are remembered only so that they can be forgotten.
    Reset {
        /// How to print it.
        #[command(flatten)]
        format: Format,
    },
    /// Have servers erase everything under the current and past ids of this machine.
    ///
    /// Works while telemetry is off, too, and needs no account. What cannot be sent now is sent by the next call.
    Forget(ForgetArgs),
}

/// `decantr telemetry explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// One event, for example `decantr.analyze.completed`; all when not given.
    #[arg(value_name = "EVENT")]
    pub event: Option<String>,
    /// Which of the catalog's sources to explain; by default `cli`. May be given more than once.
    #[arg(long = "source", value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Only what the catalog has gained since you agreed, with the values that it would have in this folder.
    #[arg(long, conflicts_with_all = ["event", "sources"])]
    pub diff: bool,
    /// How to print it; `markdown` gives a privacy notice to paste.
    #[command(flatten)]
    pub print: PrintOptions,
}

/// `decantr telemetry preview`.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
    /// A command of decantr with its arguments, for example `analyze .`.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// `decantr telemetry enable`.
#[derive(Debug, Args)]
pub(crate) struct EnableArgs {
    /// Which of the catalog's sources may report, for example `content-ci`; by default `cli`. May be given more than once.
    #[arg(long = "source", value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Agree only to the events of these buckets, for example `cli_adoption`.
    #[arg(long, value_name = "BUCKET", num_args = 1.., value_delimiter = ',')]
    pub only: Vec<String>,
    /// Agree for a time only, for example `90d`, `12h` or `2 weeks`; then nobody has decided again.
    #[arg(long = "for", value_name = "TIME", value_parser = control::grant_time)]
    pub duration: Option<SignedDuration>,
    /// Where it holds: `local`, this machine while it builds nothing (the default), or `ci`, build machines; both may be given.
    #[arg(long = "scope", value_enum, value_name = "WHERE")]
    pub scopes: Vec<GrantScope>,
    /// Accept what the catalog has gained up to this revision, on the terms that were agreed to; `explain --diff` shows it.
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["sources", "only", "duration", "scopes", "endpoint", "share_project"])]
    pub accept: Option<u32>,
    /// The server to report to, kept in the configuration; by default the one configured, or this machine.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Also write your project id into `.decantr/project.json` of this directory, for everybody who has the repository.
    #[arg(long)]
    pub share_project: bool,
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
    /// Also have servers erase what they were sent; afterwards nobody can name the ids any more.
    #[arg(long)]
    pub forget: bool,
    /// Keep the local log of what was sent.
    #[arg(long)]
    pub keep_log: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry link`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(crate) struct LinkArgs {
    /// The organisation's short name.
    #[arg(long, value_name = "SLUG", value_parser = control::org_slug)]
    pub org: String,
    /// Turn telemetry on as well, after showing everything that `enable` shows.
    #[arg(long)]
    pub enable: bool,
    /// What to call this machine: a word of lower-case letters, digits, hyphens and underscores.
    #[arg(long, value_name = "LABEL", value_parser = control::label)]
    pub label: Option<String>,
    /// Take new ids first, so that earlier events cannot be matched to the account.
    #[arg(long)]
    pub fresh: bool,
    /// Show what would be sent; write nothing and connect to nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Say yes without being asked; needed where there is no terminal.
    #[arg(short, long)]
    pub yes: bool,
    /// The server that has the account; by default the one configured.
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry unlink`.
#[derive(Debug, Args)]
pub(crate) struct UnlinkArgs {
    /// End the link on this machine only, without asking the server, which keeps it.
    #[arg(long)]
    pub local: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry forget`.
#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// Only ask what an earlier request erased, and whether the server's signature holds.
    #[arg(long, value_name = "TICKET")]
    pub check: Option<Uuid>,
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

/// Where a grant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GrantScope {
    /// On a person's machine.
    Local,
    /// On build machines.
    Ci,
}

/// `decantr telemetry record`.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The event, for example `content.validation.completed`; `telemetry explain` lists them.
    #[arg(value_name = "EVENT", required_unless_present = "from_json")]
    pub event: Option<String>,
    /// A property and its value; for a list once for each element.
    #[arg(short, long = "property", value_name = "KEY=VALUE")]
    pub properties: Vec<String>,
    /// How long it took, in whole milliseconds: the event's own property for that.
    #[arg(long, value_name = "MS")]
    pub duration_ms: Option<i64>,
    /// Read it from a JSON file, or from standard input (`-`): an object with `name` and `properties`, or an array of such. EVENT, -p and --duration-ms fill in what it does not say.
    #[arg(long, value_name = "FILE")]
    pub from_json: Option<PathBuf>,
    /// Which of the catalog's sources it comes from, for example `content-ci` or `mcp`; by default `cli`.
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Fail (exit code 4) when telemetry is off or does not cover the event, and refuse values that would become `other`.
    #[arg(long)]
    pub strict: bool,
    /// How to print what became of it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr telemetry verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Fail also where something could not be checked.
    #[arg(long)]
    pub strict: bool,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}
