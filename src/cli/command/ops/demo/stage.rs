//! Where a demo takes place: a temporary home, a project, and commands that know nothing of the caller's environment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;

use super::super::default_store;
use super::project;
use crate::base::fsx::{self, FsError};
use crate::base::secret::Secret;
use crate::cli::args::DemoArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::{Env, Host};
use crate::server::store::StoreUrl;

/// How often, and how far apart, the removal of the folder is tried: a sender that is just ending may still write.
const REMOVALS: u32 = 40;
const REMOVAL_PAUSE: Duration = Duration::from_millis(50);

/// The temporary home, the project to analyse, and the program to run.
pub(super) struct Stage {
    folder: TempDir,
    program: PathBuf,
    project: PathBuf,
    is_own_project: bool,
}

/// A command and how it is shown.
pub(super) struct Line {
    /// The command.
    pub(super) command: Command,
    /// What a person would type.
    pub(super) shown: String,
    /// What it reads from standard input.
    pub(super) input: Option<Secret>,
}

impl Stage {
    /// Makes the temporary folder.
    ///
    /// # Errors
    /// Exit code 3 when it cannot be made, or PATH is no folder that can be entered.
    pub(super) fn set_up(host: &Host, args: &DemoArgs) -> Result<Self, CommandError> {
        let given = args
            .path
            .as_ref()
            .map(|path| enterable(&host.cwd.join(path)))
            .transpose()
            .map_err(|error| config(&error))?;
        let temporary = |error: io::Error| {
            CommandError::new(
                exit::CONFIG,
                format!("cannot make a temporary folder: {error}"),
            )
        };
        let folder = tempfile::Builder::new()
            .prefix("decantr-demo-")
            .tempdir()
            .map_err(temporary)?;
        let home = folder.path().join("home");
        fs::create_dir(&home)
            .map_err(fsx::context("create", &home))
            .map_err(|error| config(&error))?;
        let is_own_project = given.is_some();
        let project = match given {
            Some(path) => path,
            None => project::unpack(folder.path()).map_err(|error| config(&error))?,
        };
        Ok(Self {
            folder,
            program: host.executable.clone(),
            project,
            is_own_project,
        })
    }

    /// The temporary folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The temporary home.
    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The store of the server that runs in the temporary home.
    ///
    /// # Errors
    /// Exit code 3 when the home is none.
    pub(super) fn store(&self) -> Result<StoreUrl, CommandError> {
        let host = Env::from_pairs([("HOME", self.home())]);
        default_store(&host)
    }

    /// The program with `args`, in the temporary home and with nothing else in its environment.
    pub(super) fn command(&self, args: &[&str]) -> Line {
        let home = self.home();
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .env_clear()
            .env("HOME", &home)
            .current_dir(&home)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Line {
            command,
            shown: args.join(" "),
            input: None,
        }
    }

    /// As [`Stage::command`], with `input` on its standard input.
    pub(super) fn command_reading(&self, args: &[&str], input: Secret) -> Line {
        Line {
            input: Some(input),
            ..self.command(args)
        }
    }

    /// `analyze` in the project; one that is not the demo's own is only read.
    pub(super) fn analyze(&self) -> Line {
        let args: &[&str] = if self.is_own_project {
            &["analyze", "--no-write"]
        } else {
            &["analyze"]
        };
        let mut line = self.command(args);
        line.command.current_dir(&self.project);
        line
    }

    /// Removes the temporary folder and all that is in it.
    ///
    /// # Errors
    /// Exit code 4, naming the folder, when something in it cannot be removed.
    pub(super) async fn remove(self) -> Result<(), CommandError> {
        let path = self.folder.keep();
        let mut left = fsx::remove(&path);
        for _ in 0..REMOVALS {
            if left.is_ok() {
                break;
            }
            tokio::time::sleep(REMOVAL_PAUSE).await;
            left = fsx::remove(&path);
        }
        left.map_err(|error| CommandError::from_error(exit::CONSENT, &error))
    }
}

/// The folder without links, if it is one and its entries can be listed.
fn enterable(path: &Path) -> Result<PathBuf, FsError> {
    let real = path.canonicalize().map_err(fsx::context("open", path))?;
    fs::read_dir(&real)
        .map(drop)
        .map_err(fsx::context("list", path))?;
    Ok(real)
}

fn config(error: &FsError) -> CommandError {
    CommandError::from_error(exit::CONFIG, error)
}
