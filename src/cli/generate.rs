//! `decantr generate`: man pages and completions from the command line's own definition.

use std::path::Path;
use std::{fs, io};

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::{Cli, GenerateArgs, Generated};
use super::error::CommandError;
use super::exit;
use super::runbook;
use super::ui::Ui;
use crate::base::fsx;

/// Runs `decantr generate`.
pub(crate) fn run(args: &GenerateArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let folder = &args.folder;
    let written = fs::create_dir_all(folder)
        .and_then(|()| match args.what {
            Generated::Man => man_pages(folder),
            Generated::Completions => completions(folder),
        })
        .map_err(fsx::context("write into", folder));
    written.map_err(|error| CommandError::from_error(exit::CONFIG, &error))?;
    ui.status(&format!("wrote {}", folder.display()));
    Ok(())
}

/// One page for each command that is not hidden, and the runbook.
fn man_pages(folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), folder)?;
    fs::write(folder.join(runbook::FILE), runbook::page())
}

fn completions(folder: &Path) -> io::Result<()> {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
        clap_complete::generate_to(shell, &mut Cli::command(), "decantr", folder)?;
    }
    Ok(())
}
