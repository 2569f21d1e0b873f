//! Catalogs: which one a command is about, and `decantr ops catalog`, which reads no store and connects to nothing.

mod check;
mod diff;
mod named;
mod show;
mod view;

use crate::cli::args::CatalogCommand;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::config::Host;

pub(super) use named::{each_named, named, named_or};

/// Runs a command of `decantr ops catalog`.
///
/// # Errors
/// As [`named::by_name`] and the command.
pub(super) fn run(host: &Host, command: &CatalogCommand, ui: &mut Ui) -> Result<(), CommandError> {
    match command {
        CatalogCommand::Check(args) => check::run(host, args, ui),
        CatalogCommand::Diff(args) => diff::run(host, args, ui),
        CatalogCommand::Show(args) => show::run(host, args, ui),
    }
}
