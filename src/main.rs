//! The `decantr` binary: hands the machine to the library and returns its exit code.

use std::ffi::OsString;
use std::io::{self, BufReader, IsTerminal as _};
use std::panic::{self, AssertUnwindSafe};
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
    // The panic hook has said where; here it gets the exit code that stands for a bug.
    let code = panic::catch_unwind(AssertUnwindSafe(|| cli::run(&host, &args, io)));
    ExitCode::from(code.unwrap_or(cli::BUG))
}
