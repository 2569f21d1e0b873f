//! `decantr ops`: collecting telemetry on one's own machine and reading it.

mod alias;
mod audit;
mod backup;
mod catalog;
mod check;
mod dashboard;
mod delivery;
mod demo;
mod desk;
mod digest;
mod forget;
mod health;
mod internal_ids;
mod key;
mod memo;
mod org;
mod posthog;
mod project_tokens;
mod purge;
mod query;
mod retention;
mod serve;
mod show;
mod snapshot;
mod source;
mod tail;
mod thresholds;
mod user;
mod weekly;

use crate::cli::args::{OpsCommand, StoreOption};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::config::{Env, Host, Paths};
use crate::server::store::StoreUrl;

/// The variable that names the store of every `ops` command.
const STORE_VARIABLE: &str = "DECANTR_STORE";

/// The default store's file in the data folder.
const STORE_FILE: &str = "telemetry.db";

/// Runs a command of `decantr ops`.
pub(in crate::cli) fn run(
    host: &Host,
    command: &OpsCommand,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    match command {
        OpsCommand::Serve(args) => serve::run(host, args, ui),
        OpsCommand::Digest(args) => digest::run(host, args, ui),
        OpsCommand::Check(args) => check::run(host, args, ui),
        OpsCommand::Dashboard(args) => dashboard::run(host, args, ui),
        OpsCommand::Query(args) => query::run(host, args, ui),
        OpsCommand::Tail(args) => tail::run(host, args, ui),
        OpsCommand::Catalog(command) => catalog::run(host, command, ui),
        OpsCommand::Demo(args) => demo::run(host, args, ui),
        OpsCommand::Org(command) => org::run(host, command, ui),
        OpsCommand::User(command) => user::run(host, command, ui),
        OpsCommand::Key(command) => key::run(host, command, ui),
        OpsCommand::Alias(command) => alias::run(host, command, ui),
        OpsCommand::Snapshot(args) => snapshot::run(host, args, ui),
        OpsCommand::Health(args) => health::run(host, args, ui),
        OpsCommand::WeeklyReport(args) => weekly::run(host, args, ui),
        OpsCommand::Purge(args) => purge::run(host, args, ui),
        OpsCommand::Audit(args) => audit::run(host, args, ui),
        OpsCommand::Forget(args) => forget::run(host, args, ui),
        OpsCommand::Backup(args) => backup::run(host, args, ui),
    }
}

/// The store to use: the option, the variable, or a file in the data folder.
fn store_url(host: &Host, option: &StoreOption) -> Result<StoreUrl, CommandError> {
    let (text, origin) = match (&option.store, host.env.raw(STORE_VARIABLE)) {
        (Some(text), _) => (text.clone(), "--store"),
        (None, Some(text)) => match text.to_str() {
            Some(text) => (text.to_owned(), STORE_VARIABLE),
            None => {
                return Err(CommandError::new(
                    exit::USAGE,
                    format!("{STORE_VARIABLE} is not UTF-8"),
                ));
            }
        },
        (None, None) => return default_store(&host.env),
    };
    text.parse().map_err(|error| {
        let error = CommandError::from_error(exit::USAGE, &error);
        CommandError {
            message: format!("{origin} is not usable: {}", error.message),
            ..error
        }
    })
}

/// The store where none is named: a file in the data folder.
fn default_store(env: &Env) -> Result<StoreUrl, CommandError> {
    let paths =
        Paths::resolve(env).map_err(|error| CommandError::from_error(exit::CONFIG, &error))?;
    Ok(StoreUrl::Sqlite(paths.data_dir.join(STORE_FILE)))
}

/// A store or a server that failed.
fn remote(error: &dyn std::error::Error) -> CommandError {
    CommandError::from_error(exit::REMOTE, error)
}
