//! The command line of the reports that leave the terminal: digest, health, weekly report.

use std::path::PathBuf;

use clap::builder::{StringValueParser, TypedValueParser as _};
use clap::{Args, ValueEnum};

use super::{CatalogOption, ReportFormat, StoreOption};
use crate::base::secret::Secret;

/// Variables from a file.
#[derive(Debug, Args)]
pub(crate) struct EnvFileOption {
    /// Read variables from this file (`KEY=VALUE` lines) where the environment does not set them. No file is read unless it is
    /// named here.
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
}

/// Where a report's numbers come from.
#[derive(Debug, Args)]
pub(crate) struct SourceOptions {
    /// Which store to read; never made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// Read the reports of this server instead of a store; the key is in `DECANTR_ADMIN_KEY` or
    /// `DECANTR_TELEMETRY_SNAPSHOT_TOKEN`.
    #[arg(long, value_name = "URL", conflicts_with = "store")]
    pub api_url: Option<String>,
    /// Which catalog it is about.
    #[command(flatten)]
    pub catalog: CatalogOption,
}

/// Where a report goes besides this output.
#[derive(Debug, Args)]
pub(crate) struct DeliveryOptions {
    /// Compute everything from real data and print what would be sent where; send nothing, write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Post to this webhook instead of the one in the environment. Other people can see it in the list of processes.
    #[arg(long, value_name = "URL", value_parser = StringValueParser::new().map(|url| Secret::new(&url)))]
    pub webhook_url: Option<Secret>,
    /// The form of the message; by default the one of the service at the webhook's address, else plain JSON.
    #[arg(long, value_enum, value_name = "FORM")]
    pub webhook_format: Option<WebhookFormat>,
    /// Variables.
    #[command(flatten)]
    pub env_file: EnvFileOption,
    /// An address in the wrong place, taken so that no error message repeats it.
    #[arg(hide = true, value_name = "URL", value_parser = StringValueParser::new().map(|url| Secret::new(&url)))]
    pub misplaced: Option<Secret>,
}

/// The forms of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WebhookFormat {
    /// Discord.
    Discord,
    /// Slack, and what takes its form.
    Slack,
    /// Teams, by a workflow.
    Teams,
    /// Plain JSON.
    Json,
}

/// How to print a report.
#[derive(Debug, Args)]
pub(crate) struct PrintOptions {
    /// How to print it.
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    format: ReportFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl PrintOptions {
    /// The default.
    pub(super) fn table() -> Self {
        Self {
            format: ReportFormat::Table,
            json: false,
        }
    }

    /// How to print it.
    pub(crate) fn format(&self) -> ReportFormat {
        if self.json {
            ReportFormat::Json
        } else {
            self.format
        }
    }
}

/// How to print a report that can also be mailed.
#[derive(Debug, Args)]
pub(crate) struct MemoOptions {
    /// How to print it.
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    format: MemoFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl MemoOptions {
    /// How to print it.
    pub(crate) fn format(&self) -> MemoFormat {
        if self.json {
            MemoFormat::Json
        } else {
            self.format
        }
    }
}

/// The forms of a report that can also be mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MemoFormat {
    /// For the terminal.
    Table,
    /// For a page or a message.
    Markdown,
    /// One versioned JSON object.
    Json,
    /// A whole page for mail, which loads nothing.
    Html,
}

impl From<ReportFormat> for MemoFormat {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Table => Self::Table,
            ReportFormat::Markdown => Self::Markdown,
            ReportFormat::Json => Self::Json,
        }
    }
}

/// `decantr ops digest`.
#[derive(Debug, Args)]
#[command(
    after_help = "A digest is posted each time, whatever its status, to the webhook in TELEMETRY_DIGEST_WEBHOOK_URL, else in \
    TELEMETRY_HEALTH_WEBHOOK_URL; without a webhook it is only printed. A dry run never posts. Made-up numbers are posted, \
    marked as such, only with --always or TELEMETRY_DIGEST_WEBHOOK_ALWAYS=true. TELEMETRY_DIGEST_WEBHOOK_FORMAT is discord, \
    slack, teams or json. In a GitHub job it is also appended to the job's summary (GITHUB_STEP_SUMMARY).\n\n\
    A store is read live. A server gives the snapshots it made today, or live numbers where it has none and DECANTR_ADMIN_KEY is \
    set. DECANTR_API_URL counts only beside one of the keys and where neither --store nor DECANTR_STORE is given."
)]
pub(crate) struct DigestArgs {
    /// Where the numbers come from.
    #[command(flatten)]
    pub source: SourceOptions,
    /// Use marked sample data instead of a store.
    #[arg(long, conflicts_with_all = ["store", "api_url", "catalog"])]
    pub sample: bool,
    /// Post sample data, too.
    #[arg(long)]
    pub always: bool,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryOptions,
    /// How to print it.
    #[command(flatten)]
    pub print: MemoOptions,
}

/// `decantr ops health`.
#[derive(Debug, Args)]
#[command(
    after_help = "It is posted to the webhook in TELEMETRY_HEALTH_WEBHOOK_URL when something is stale, and with --always or \
    TELEMETRY_HEALTH_WEBHOOK_ALWAYS=true each time. TELEMETRY_HEALTH_WEBHOOK_FORMAT is discord, slack, teams or json. In a \
    GitHub job it is also appended to the job's summary (GITHUB_STEP_SUMMARY)."
)]
pub(crate) struct HealthArgs {
    /// Where the snapshots are.
    #[command(flatten)]
    pub source: SourceOptions,
    /// End with exit code 1 unless everything is fresh.
    #[arg(long)]
    pub exit_code: bool,
    /// Post also when everything is fresh.
    #[arg(long)]
    pub always: bool,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryOptions,
    /// How to print it.
    #[command(flatten)]
    pub print: PrintOptions,
}

/// Where a weekly report's numbers can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WeeklySource {
    /// The store.
    Store,
    /// PostHog: `POSTHOG_HOST`, `POSTHOG_ENVIRONMENT_ID` and `POSTHOG_PERSONAL_API_KEY` (scope query:read) say which.
    Posthog,
}

/// `decantr ops weekly-report`.
#[derive(Debug, Args)]
#[command(
    after_help = "It is posted each time to the webhook in TELEMETRY_WEEKLY_REPORT_WEBHOOK_URL; without one it is only printed. \
    A dry run never posts. Made-up numbers are posted, marked as such, only with --always or \
    TELEMETRY_WEEKLY_REPORT_WEBHOOK_ALWAYS=true. TELEMETRY_WEEKLY_REPORT_WEBHOOK_FORMAT is discord, slack, teams or json. In a \
    GitHub job it is also appended to the job's summary (GITHUB_STEP_SUMMARY)."
)]
pub(crate) struct WeeklyArgs {
    /// Where the numbers come from: the store, or PostHog, where forwarded events are counted.
    #[arg(long, value_enum, default_value = "store", value_name = "SOURCE")]
    pub from: WeeklySource,
    /// Which store to read; never made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// Which catalog it is about.
    #[command(flatten)]
    pub catalog: CatalogOption,
    /// Use marked sample data instead of a store.
    #[arg(long, conflicts_with_all = ["store", "catalog"])]
    pub sample: bool,
    /// Post sample data, too.
    #[arg(long)]
    pub always: bool,
    /// Where it goes.
    #[command(flatten)]
    pub delivery: DeliveryOptions,
    /// How to print it.
    #[command(flatten)]
    pub print: MemoOptions,
}
