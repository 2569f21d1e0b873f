//! `decantr ops demo`: the whole loop on one machine, by running the real commands; leaves nothing behind.

mod project;

use std::fs;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use crate::base::fsx;
use crate::cli::args::DemoArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::{HEADING, Ui};
use crate::config::Host;

/// How long the server may take to stop before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Runs `decantr ops demo`.
///
/// # Errors
/// When a step fails, with that step's exit code; the temporary home is removed then too.
pub(crate) fn run(host: &Host, args: &DemoArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let stage = Stage::set_up(host, args)?;
    let result = runtime()?.block_on(async {
        tokio::select! {
            result = perform(&stage, args, ui) => result,
            () = interrupted() => Err(CommandError::new(exit::INTERRUPTED, "stopped by a signal")),
        }
    });
    stage.remove()?;
    result
}

/// The temporary home, the project to analyse, and the program to run.
struct Stage {
    folder: TempDir,
    program: PathBuf,
    project: PathBuf,
    is_own_project: bool,
}

impl Stage {
    fn set_up(host: &Host, args: &DemoArgs) -> Result<Self, CommandError> {
        let at = |error: &dyn std::error::Error| CommandError::from_error(exit::CONFIG, error);
        let folder = tempfile::Builder::new()
            .prefix("decantr-demo-")
            .tempdir()
            .map_err(|error| {
                CommandError::new(
                    exit::CONFIG,
                    format!("cannot make a temporary folder: {error}"),
                )
            })?;
        let home = folder.path().join("home");
        fs::create_dir(&home)
            .map_err(fsx::context("create", &home))
            .map_err(|e| at(&e))?;
        let project = match &args.path {
            Some(path) => {
                let path = host.cwd.join(path);
                path.canonicalize()
                    .map_err(fsx::context("open", &path))
                    .map_err(|e| at(&e))?
            }
            None => project::unpack(folder.path()).map_err(|e| at(&e))?,
        };
        Ok(Self {
            program: host.executable.clone(),
            is_own_project: args.path.is_some(),
            project,
            folder,
        })
    }

    fn store(&self) -> String {
        format!(
            "sqlite:{}",
            self.folder.path().join("telemetry.db").display()
        )
    }

    /// The program with `args`, in an environment that holds nothing but the temporary home.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .current_dir(&self.project)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn remove(self) -> Result<(), CommandError> {
        let path = self.folder.path().to_owned();
        self.folder.close().map_err(|error| {
            let error = fsx::FsError::new("remove", &path, error);
            CommandError::from_error(exit::CONSENT, &error)
        })
    }
}

async fn interrupted() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending::<()>().await },
        _ = terminate => {}
    }
}

async fn perform(stage: &Stage, args: &DemoArgs, ui: &mut Ui) -> Result<(), CommandError> {
    ui.status(
        "The whole loop on this machine: a server, your consent, a project, its event, the digest.",
    );
    let (server, url) = serve(stage, ui).await?;
    step(
        stage,
        ui,
        "you say yes",
        &["telemetry", "enable", "--endpoint", &url, "--yes"],
    )
    .await?;
    let analyze: &[&str] = if stage.is_own_project {
        &["analyze", "--no-write"]
    } else {
        &["analyze"]
    };
    step(stage, ui, "you work", analyze).await?;
    step(
        stage,
        ui,
        "what waits is sent, and acknowledged",
        &["telemetry", "flush"],
    )
    .await?;
    let store = stage.store();
    step(
        stage,
        ui,
        "the operator reads",
        &["ops", "digest", "--dry-run", "--store", &store],
    )
    .await?;
    explain(stage, &url, args.keep, ui)?;
    if args.keep {
        interrupted().await;
    }
    stop(server).await
}

/// Starts the server and waits until it says where it listens.
async fn serve(stage: &Stage, ui: &mut Ui) -> Result<(Child, String), CommandError> {
    let store = stage.store();
    let args = [
        "ops",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--store",
        &store,
        "--quiet",
    ];
    announce(stage, ui, "the operator starts a server", &args)?;
    let failed = |error: std::io::Error| {
        CommandError::new(exit::REMOTE, format!("cannot start the server: {error}"))
    };
    let mut child = stage
        .command(&args)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let stdout = child
        .stdout
        .take()
        .ok_or_else(|| CommandError::new(exit::BUG, "no pipe"))?;
    let line = BufReader::new(stdout)
        .lines()
        .next_line()
        .await
        .map_err(failed)?;
    let Some(url) = line
        .as_deref()
        .and_then(|line| line.split(' ').find(|w| w.starts_with("http://")))
    else {
        return Err(CommandError::new(
            exit::REMOTE,
            "the server stopped before it listened",
        ));
    };
    ui.line(&format!("listening on {url}"))?;
    Ok((child, url.to_owned()))
}

fn announce(stage: &Stage, ui: &mut Ui, why: &str, args: &[&str]) -> Result<(), CommandError> {
    let shown = args
        .join(" ")
        .replace(&*stage.folder.path().to_string_lossy(), "…");
    let line = format!("$ decantr {shown}");
    let line = ui.paint(HEADING, &line);
    ui.line(&format!("\n# {why}\n{line}"))
}

async fn step(stage: &Stage, ui: &mut Ui, why: &str, args: &[&str]) -> Result<(), CommandError> {
    announce(stage, ui, why, args)?;
    let status = stage.command(args).status().await.map_err(|error| {
        CommandError::new(exit::BUG, format!("cannot run decantr itself: {error}"))
    })?;
    if status.success() {
        return Ok(());
    }
    let code = code_of(status);
    Err(CommandError::new(
        code,
        format!("`decantr {}` ended with exit code {code}", args.join(" ")),
    ))
}

fn code_of(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(exit::INTERRUPTED)
}

fn explain(stage: &Stage, url: &str, keep: bool, ui: &mut Ui) -> Result<(), CommandError> {
    ui.heading("What happened")?;
    let end = if keep {
        format!("The server stays up at {url} until you press Ctrl-C; then everything is removed.")
    } else {
        "Everything is removed now: your own configuration was neither read nor changed.".to_owned()
    };
    ui.line(&format!(
        "A server, a home and a store lived in {}.\n\
         One consent was recorded, one project analysed, its events sent over loopback and acknowledged\n\
         with a signed receipt; the digest was computed from the store. {end}",
        stage.folder.path().display()
    ))?;
    ui.heading("How to go on")?;
    ui.line(
        "decantr telemetry explain     everything that could ever be reported\n\
         decantr ops serve             collect on this machine (in one terminal)\n\
         decantr telemetry enable      say yes, after seeing what is sent and where\n\
         decantr analyze PATH          inspect a web project\n\
         decantr telemetry log         the exact bytes that left\n\
         decantr ops digest --dry-run  read what arrived\n\
         decantr telemetry disable     say no, and remove every trace",
    )
}

/// Stops the server in its own orderly way, or kills it when it takes too long.
async fn stop(mut server: Child) -> Result<(), CommandError> {
    let pid = server
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // It may have stopped by itself.
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).ok();
    }
    match tokio::time::timeout(STOP_LIMIT, server.wait()).await {
        Ok(Ok(_)) => Ok(()),
        _ => server.kill().await.map_err(|error| {
            CommandError::new(exit::REMOTE, format!("cannot stop the server: {error}"))
        }),
    }
}
