//! The command line: arguments in, an exit code out. May use everything; nothing uses it.

mod args;
mod command;
mod error;
mod exit;
mod generate;
mod prompt;
mod runbook;
mod signals;
mod ui;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;
use tokio::runtime::{Builder, Runtime};

pub use exit::BUG;
pub use ui::{Io, Terminals};

use crate::config::Host;
use args::{Cli, Command};
use error::CommandError;
use ui::Ui;

/// The hidden argument by which a command starts the detached sender; never shown, never typed.
const DELIVER: &str = crate::client::delivery::DELIVER_ARGUMENT;

/// The hidden argument by which `telemetry verify` starts a cage; never shown, never typed.
const CAGED: &str = crate::client::control::CAGED_ARGUMENT;

/// Runs one command on `host` with `args` (the program's own name first) and gives its exit code.
pub fn run(host: &Host, args: &[OsString], io: Io) -> u8 {
    if args.get(1).is_some_and(|first| first == DELIVER) {
        crate::client::delivery::run_detached(host, None);
        return exit::OK;
    }
    if let [_, first, rest @ ..] = args
        && first == CAGED
    {
        return crate::client::control::run_caged(rest);
    }
    let plain =
        host.env.raw("NO_COLOR").is_some() || host.env.text("TERM").is_some_and(|t| t == "dumb");
    match Cli::try_parse_from(args) {
        Ok(cli) => {
            let mut ui = Ui::new(io, &cli.output, plain);
            let result = dispatch(host, &cli, &mut ui);
            finish(result, cli.command.wants_json(), &mut ui)
        }
        Err(error) => usage(&error, io),
    }
}

fn dispatch(host: &Host, cli: &Cli, ui: &mut Ui) -> Result<(), CommandError> {
    match &cli.command {
        Command::Telemetry(args) => command::telemetry::run(host, &cli.output, args, ui),
        Command::Analyze(args) => command::analyze::run(host, &cli.output, args, ui),
        Command::Login(args) => command::account::login(host, args, ui),
        Command::Logout(args) => command::account::logout(host, args, ui),
        Command::Whoami(args) => command::account::whoami(host, args, ui),
        Command::Ops(command) => command::ops::run(host, command, ui),
        Command::Generate(args) => generate::run(args, ui),
    }
}

fn finish(result: Result<(), CommandError>, wants_json: bool, ui: &mut Ui) -> u8 {
    match result {
        Ok(()) => exit::OK,
        Err(error) => {
            if wants_json && !ui.has_json() && !error.message.is_empty() {
                // The exit code and stderr say it too, so a reader that went away changes nothing.
                drop(ui.json(&error.to_json()));
            }
            ui.error(&error);
            error.exit
        }
    }
}

/// Help and version go to stdout and are no failure; everything else clap says is a usage error.
fn usage(error: &clap::Error, mut io: Io) -> u8 {
    let is_answer = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let (stream, terminal) = if is_answer {
        (&mut io.stdout, io.terminals.stdout)
    } else {
        (&mut io.stderr, io.terminals.stderr)
    };
    let text = error.render();
    let text = if terminal {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    // Nobody to hear it is no reason to fail differently.
    drop(stream.write_all(text.as_bytes()));
    if is_answer { exit::OK } else { exit::USAGE }
}

/// A runtime for the commands that talk to a network; made only where one is needed.
fn runtime() -> Result<Runtime, CommandError> {
    started(Builder::new_multi_thread().enable_all())
}

/// A runtime for the commands that read a local store: without any means to reach a network.
fn local_runtime() -> Result<Runtime, CommandError> {
    started(&mut Builder::new_current_thread())
}

fn started(builder: &mut Builder) -> Result<Runtime, CommandError> {
    builder
        .build()
        .map_err(|error| CommandError::new(BUG, format!("cannot start the runtime: {error}")))
}
