//! The command line of `decantr login`, `logout` and `whoami`.

use clap::builder::{StringValueParser, TypedValueParser as _};
use clap::{Args, ValueEnum};

use super::Format;
use crate::base::secret::Secret;

/// Which server an account is at, and how to print.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    /// The server; by default `DECANTR_API_URL`, else the one configured, else this machine.
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub format: Format,
}

/// `decantr login`.
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// Read the API key from standard input instead of asking for it.
    #[arg(long)]
    pub api_key_stdin: bool,
    /// The API key itself. Other people can see it in the list of processes, and it stays in the shell's history.
    #[arg(long, value_name = "KEY", conflicts_with = "api_key_stdin", value_parser = StringValueParser::new().map(|key| Secret::new(&key)))]
    pub api_key: Option<Secret>,
    /// A key in the wrong place, taken so that no error message repeats it.
    #[arg(hide = true, value_name = "KEY", value_parser = StringValueParser::new().map(|key| Secret::new(&key)))]
    pub misplaced: Option<Secret>,
    /// Where to keep the key; the keyring when not given, and the file only after asking.
    #[arg(long, value_enum, value_name = "STORE")]
    pub store: Option<StoreChoice>,
    /// Server and printing.
    #[command(flatten)]
    pub account: AccountArgs,
}

/// Where a key can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreChoice {
    /// The operating system's keyring.
    Keyring,
    /// The file `credentials.json` in the configuration folder, readable by you only.
    File,
}
