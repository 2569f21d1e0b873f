//! The `decantr` binary: hands the machine to the library and returns its exit code.

use std::ffi::OsString;
use std::io::{self, BufReader, IsTerminal as _};
use std::process::ExitCode;

use decantr::cli::{self, Io, Terminals};
use decantr::config::Host;

fn main() -> ExitCode {
    let host = Host::from_process();
    let terminals = Terminals {
        stdin: io::stdin().is_terminal(),
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
    };
    let width = terminal_size::terminal_size().map(|(width, _)| width.0);
    let io = Io {
        stdout: Box::new(io::stdout()),
        stderr: Box::new(io::stderr()),
        stdin: Box::new(BufReader::new(io::stdin())),
        terminals,
        width,
    };
    let args: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(cli::run(&host, &args, io))
}
