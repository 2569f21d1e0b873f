//! `decantr generate`: man pages and completions from the command line's own definition.

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::{Cli, GenerateArgs, Generated};
use super::error::CommandError;
use super::exit;
use super::ui::Ui;
use crate::base::fsx::{self, FsError};

/// Runs `decantr generate`.
pub fn run(args: &GenerateArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let files = match args.what {
        Generated::Man => man_pages(),
        Generated::Completions => completions(),
    };
    for (name, text) in files {
        write(&args.folder, &name, &text)
            .map_err(|error| CommandError::from_error(exit::CONFIG, &error))?;
        ui.status(&format!("wrote {name}"));
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &[u8]) -> Result<(), FsError> {
    fs::create_dir_all(folder).map_err(fsx::context("create", folder))?;
    let path = folder.join(name);
    fs::write(&path, text).map_err(fsx::context("write", &path))
}

/// One page for each command that is not hidden, as `(file name, roff)`.
fn man_pages() -> Vec<(String, Vec<u8>)> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect_pages(&command, "", &mut pages);
    pages
}

fn collect_pages(command: &clap::Command, parent: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = if parent.is_empty() {
        command.get_name().to_owned()
    } else {
        format!("{parent}-{}", command.get_name())
    };
    let mut page = Vec::new();
    let titled = command.clone().name(name.clone()).display_name(name.clone());
    let man = clap_mangen::Man::new(titled).date("").manual("decantr manual");
    if man.render(&mut page).is_ok() {
        pages.push((format!("{name}.1"), page));
    }
    for child in command.get_subcommands().filter(|child| !child.is_hide_set()) {
        collect_pages(child, &name, pages);
    }
}

fn completions() -> Vec<(String, Vec<u8>)> {
    let shells = [
        (Shell::Bash, "decantr.bash"),
        (Shell::Zsh, "_decantr"),
        (Shell::Fish, "decantr.fish"),
        (Shell::PowerShell, "_decantr.ps1"),
    ];
    shells
        .into_iter()
        .map(|(shell, name)| {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "decantr", &mut script);
            (name.to_owned(), script)
        })
        .collect()
}
