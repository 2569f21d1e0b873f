//! The command line of `decantr ops` about who is who: organisations, users, keys, aliases, the audit log, erasure, backups.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{CatalogOption, Format, StoreOption};

/// What every command here takes.
#[derive(Debug, Args)]
pub(crate) struct AtStore {
    /// Which store to use.
    #[command(flatten)]
    pub store: StoreOption,
    /// How to print the result.
    #[command(flatten)]
    pub format: Format,
}

/// The commands of `decantr ops org`.
#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// Add an organisation, so that keys can belong to it; makes the store when it is missing.
    Add(OrgAddArgs),
    /// List the organisations.
    List(AtStore),
    /// Say what an organisation is; its events count as internal from its first one on. Without a flag: nothing any more.
    Flag(OrgFlagArgs),
}

/// `decantr ops org add`.
#[derive(Debug, Args)]
pub(crate) struct OrgAddArgs {
    /// Its short name: 1 to 39 of a-z, 0-9 and -.
    pub slug: String,
    /// The opaque id that events carry; by default `org_` and the short name.
    #[arg(long, value_name = "ORG_ID")]
    pub id: Option<String>,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// What an operator says of an organisation or a user.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FlagOptions {
    /// It is the operator's own.
    #[arg(long)]
    pub internal: bool,
    /// It is a test.
    #[arg(long)]
    pub test: bool,
}

/// `decantr ops org flag`.
#[derive(Debug, Args)]
pub(crate) struct OrgFlagArgs {
    /// Its short name.
    pub slug: String,
    /// What it is.
    #[command(flatten)]
    pub flags: FlagOptions,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// The commands of `decantr ops user`.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Say what a user is; their events count as internal from the first one on. Without a flag: nothing any more.
    Flag(UserFlagArgs),
    /// List the users that are known.
    List(AtStore),
    /// End an account: its events stay, and nothing says any more whose they are; its keys go, its links end.
    Delete(UserDeleteArgs),
}

/// `decantr ops user delete`.
#[derive(Debug, Args)]
pub(crate) struct UserDeleteArgs {
    /// The user's opaque id, or the id that the user has in the product.
    pub user_id: String,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// `decantr ops user flag`.
#[derive(Debug, Args)]
pub(crate) struct UserFlagArgs {
    /// The user's opaque id, never an e-mail address.
    pub user_id: String,
    /// What the user is.
    #[command(flatten)]
    pub flags: FlagOptions,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// The commands of `decantr ops key`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an API key and show it, once; makes the store when it is missing.
    Create(KeyCreateArgs),
    /// End a key, in every server process on the store.
    Revoke(KeyRevokeArgs),
    /// List the keys, without their secret part, which is not kept.
    List(AtStore),
}

/// `decantr ops key create`.
#[derive(Debug, Args)]
pub(crate) struct KeyCreateArgs {
    /// What it may be used for; can be given several times.
    #[arg(long, value_enum, required = true)]
    pub scope: Vec<KeyScope>,
    /// The organisation it belongs to; one with scope link needs one.
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
    /// The opaque id of the user it belongs to; by default a new one.
    #[arg(long, value_name = "USER_ID")]
    pub user: Option<String>,
    /// What to call it: a-z first, then a-z, 0-9, _ and -, at most 32.
    #[arg(long)]
    pub label: Option<String>,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum KeyScope {
    /// Sending events with account, organisation and sample rate, and events that are not public.
    Ingest,
    /// Linking ids to its user and organisation.
    Link,
    /// Reading and running snapshots.
    Snapshot,
    /// Everything an operator may do over HTTP.
    Admin,
}

/// `decantr ops key revoke`.
#[derive(Debug, Args)]
pub(crate) struct KeyRevokeArgs {
    /// The key's public part, as `ops key list` shows it.
    pub key_id: String,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// The commands of `decantr ops alias`.
#[derive(Debug, Subcommand)]
pub(crate) enum AliasCommand {
    /// List what is said about ids.
    List(AtStore),
    /// List active ids about which nothing is said, most events first.
    Candidates(CandidatesArgs),
    /// Say what an installation, a project or an anonymous visitor is; reports are right at once.
    Set(AliasSetArgs),
    /// Take back what is said about an id.
    Remove(AliasRemoveArgs),
}

/// `decantr ops alias candidates`.
#[derive(Debug, Args)]
pub(crate) struct CandidatesArgs {
    /// How many days, today included.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
    pub days: u32,
    /// At most so many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
    /// Which catalog it is about.
    #[command(flatten)]
    pub catalog: CatalogOption,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// Which id an alias is about.
#[derive(Debug, Args)]
pub(crate) struct AliasIdArgs {
    /// The id.
    #[arg(value_name = "ID")]
    pub id: String,
    /// What it is of; only needed for an id of another shape, which is stored hashed.
    #[arg(long, value_enum)]
    pub kind: Option<AliasIdKind>,
}

/// What an id is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AliasIdKind {
    /// An installation.
    Install,
    /// A project.
    Project,
    /// An anonymous visitor.
    Anonymous,
}

/// `decantr ops alias set`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("said").required(true).multiple(true).args(["actor", "org", "user"])))]
pub(crate) struct AliasSetArgs {
    /// Which.
    #[command(flatten)]
    pub id: AliasIdArgs,
    /// The actor its events count under.
    #[arg(long, value_enum)]
    pub actor: Option<AliasActor>,
    /// The organisation it belongs to.
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
    /// The opaque id of the user it belongs to.
    #[arg(long, value_name = "USER_ID")]
    pub user: Option<String>,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// The actors that an operator can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AliasActor {
    /// The operator's own people and tests.
    Internal,
    /// A customer.
    Customer,
    /// The operator's own content pipeline.
    OfficialPipeline,
    /// A program.
    Service,
}

/// `decantr ops alias remove`.
#[derive(Debug, Args)]
pub(crate) struct AliasRemoveArgs {
    /// Which.
    #[command(flatten)]
    pub id: AliasIdArgs,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// `decantr ops audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// `decantr ops forget`.
#[derive(Debug, Args)]
pub(crate) struct ForgetIdsArgs {
    /// The ids; one of another shape is looked for under its hash.
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}

/// `decantr ops backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The new file; nothing may be there yet.
    pub file: PathBuf,
    /// Where.
    #[command(flatten)]
    pub at: AtStore,
}
