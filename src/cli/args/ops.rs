//! The command line of `decantr ops`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use ipnet::IpNet;

use super::catalog::CatalogCommand;
use super::check::CheckArgs;
use super::dashboard::DashboardArgs;
use super::jobs::{PurgeArgs, SnapshotArgs};
use super::operators::{
    AliasCommand, AtStore, AuditArgs, BackupArgs, ForgetIdsArgs, KeyCommand, OrgCommand,
    UserCommand,
};
use super::query::{QueryArgs, QueryFormat};
use super::reports::{DigestArgs, HealthArgs, MemoFormat, WeeklyArgs};
use super::tail::TailArgs;
use crate::model::event::Environment;

/// The commands of `decantr ops`.
#[derive(Debug, Subcommand)]
pub(crate) enum OpsCommand {
    /// Run the server that collects events.
    Serve(ServeArgs),
    /// Print the executive digest of what was collected, and post it.
    Digest(DigestArgs),
    /// Print the weekly report, and post it.
    WeeklyReport(WeeklyArgs),
    /// Compute the baseline reports and keep them; `serve` does it every hour.
    Snapshot(SnapshotArgs),
    /// Tell whether the baseline reports are fresh, and post it when they are not.
    Health(HealthArgs),
    /// Remove raw events, and the ids in them, that are older than they may be; `serve` does it every day.
    Purge(PurgeArgs),
    /// Try everything between a sender and a report against a running server.
    Check(CheckArgs),
    /// Bring the operating dashboard in PostHog, its insights, cohorts and alerts, to what the catalog says.
    Dashboard(DashboardArgs),
    /// Ask one of the named queries of what was collected.
    Query(QueryArgs),
    /// Catalogs: what programs may report at all.
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Show the whole loop on this machine: serve, enable, analyze, deliver, digest; leaves nothing behind.
    Demo(DemoArgs),
    /// The organisations that keys and links belong to.
    #[command(subcommand)]
    Org(OrgCommand),
    /// The users that keys and links belong to.
    #[command(subcommand)]
    User(UserCommand),
    /// API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Show the events as they come, as they are kept.
    Tail(TailArgs),
    /// What ids belong to whom.
    #[command(subcommand)]
    Alias(AliasCommand),
    /// Who changed what about whom, newest first.
    Audit(AuditArgs),
    /// Erase everything about ids that nobody can prove, and refuse later events with them.
    Forget(ForgetIdsArgs),
    /// Copy the store, as of one moment, to a new file; a server may be running.
    Backup(BackupArgs),
}

impl OpsCommand {
    /// Whether stdout is to be one JSON object.
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Digest(args) => args.print.format() == MemoFormat::Json,
            Self::WeeklyReport(args) => args.print.format() == MemoFormat::Json,
            Self::Health(args) => args.print.format() == ReportFormat::Json,
            Self::Check(args) => args.format.is_json(),
            Self::Dashboard(args) => args.print.format() == ReportFormat::Json,
            Self::Query(args) => args.format() == QueryFormat::Json,
            Self::Catalog(command) => command.wants_json(),
            Self::Serve(_) | Self::Demo(_) => false,
            _ => self.at_store().is_some_and(|at| at.format.is_json()),
        }
    }

    /// The store and the format, where a command takes both.
    fn at_store(&self) -> Option<&AtStore> {
        match self {
            Self::Serve(_)
            | Self::Digest(_)
            | Self::WeeklyReport(_)
            | Self::Health(_)
            | Self::Check(_)
            | Self::Dashboard(_)
            | Self::Query(_)
            | Self::Tail(_)
            | Self::Catalog(_)
            | Self::Demo(_) => None,
            Self::Org(OrgCommand::Add(args)) => Some(&args.at),
            Self::Org(OrgCommand::Flag(args)) => Some(&args.at),
            Self::User(UserCommand::Flag(args)) => Some(&args.at),
            Self::User(UserCommand::Delete(args)) => Some(&args.at),
            Self::Key(KeyCommand::Create(args)) => Some(&args.at),
            Self::Key(KeyCommand::Revoke(args)) => Some(&args.at),
            Self::Alias(AliasCommand::Candidates(args)) => Some(&args.at),
            Self::Alias(AliasCommand::Set(args)) => Some(&args.at),
            Self::Alias(AliasCommand::Remove(args)) => Some(&args.at),
            Self::Org(OrgCommand::List(at))
            | Self::User(UserCommand::List(at))
            | Self::Key(KeyCommand::List(at))
            | Self::Alias(AliasCommand::List(at)) => Some(at),
            Self::Snapshot(args) => Some(&args.at),
            Self::Purge(args) => Some(&args.at),
            Self::Audit(args) => Some(&args.at),
            Self::Forget(args) => Some(&args.at),
            Self::Backup(args) => Some(&args.at),
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
#[command(
    after_help = "Events with ids that DECANTR_INTERNAL_USER_IDS, DECANTR_INTERNAL_ORG_IDS, DECANTR_INTERNAL_INSTALL_IDS, \
    DECANTR_INTERNAL_PROJECT_IDS or DECANTR_INTERNAL_ANONYMOUS_IDS list count as internal. Behind a proxy, name it with \
    --trusted-proxy; without that all clients share its budget. --forward posthog sends to the ingest host of POSTHOG_HOST with \
    POSTHOG_PROJECT_TOKEN. Events of PostHog's SDKs are taken with any project token, or with those that DECANTR_POSTHOG_TOKENS lists."
)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7317")]
    pub listen: String,
    /// Which store to use; made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// A catalog that events are taken of: `decantr`, `conversations`, `race-bot`, `drift`, or the path of a catalog file; can be
    /// given several times, the first is meant where a request names none. By default `DECANTR_CATALOG`, or `decantr`.
    #[arg(long, value_name = "ID|FILE")]
    pub catalog: Vec<String>,
    /// Where the programs run whose clients cannot say it themselves: `production`, `preview`, `development`, `test`, `other`.
    #[arg(long, value_name = "NAME", value_parser = environment, default_value = "production")]
    pub environment: Environment,
    /// How many requests with events a second each peer may send, five times as many at once; ten times as many with an API
    /// key. 0 is no limit.
    #[arg(long, value_name = "N", default_value_t = crate::server::access::EVENT_RATE)]
    pub rate_limit: u32,
    /// A network whose machines are believed when they say for whom they speak (`X-Forwarded-For`, `Forwarded`); can be given
    /// several times.
    #[arg(long, value_name = "CIDR", value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,
    /// Also copy every event to this service, from the oldest one that is kept on.
    #[arg(long, value_enum, value_name = "SERVICE")]
    pub forward: Option<Forward>,
    /// Also answer `GET /metrics` for Prometheus, on this address and nowhere else.
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<String>,
    /// Write the server's log as JSON lines.
    #[arg(long)]
    pub log_json: bool,
}

/// Where events can be copied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Forward {
    /// PostHog: `POSTHOG_PROJECT_TOKEN` and `POSTHOG_HOST` say where.
    Posthog,
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

/// A network, or one address.
fn environment(text: &str) -> Result<Environment, String> {
    Environment::parse(text).ok_or_else(|| {
        let words: Vec<&str> = Environment::ALL
            .iter()
            .map(|known| known.as_str())
            .collect();
        format!("expected one of {}", words.join(", "))
    })
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_no_network| address())
        .map_err(|_neither| {
            "expected a network or an address, for example 10.0.0.0/8 or ::1".to_owned()
        })
}
