//! The processes of a demo: the server, and one step after the other. None of them outlives it.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Child;

use super::stage::{Line, Stage};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{HEADING, Ui};

/// How long the server may take to stop before it is killed; longer than it allows itself.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// The processes that run.
#[derive(Default)]
pub(super) struct Crew {
    server: Option<Child>,
    step: Option<Child>,
}

impl Crew {
    /// Starts the server, waits until it listens, and gives its address.
    pub(super) async fn serve(
        &mut self,
        stage: &Stage,
        ui: &mut Ui,
    ) -> Result<String, CommandError> {
        let mut line = stage.command(&["ops", "serve", "--listen", "127.0.0.1:0", "--quiet"]);
        announce(&line, "the operator starts a server", ui)?;
        let failed = |error: io::Error| {
            CommandError::new(exit::REMOTE, format!("cannot start the server: {error}"))
        };
        let server = self.server.insert(
            line.command
                .stdout(Stdio::piped())
                .spawn()
                .map_err(failed)?,
        );
        let stdout = server
            .stdout
            .take()
            .ok_or_else(|| CommandError::new(exit::BUG, "no pipe"))?;
        let said = BufReader::new(stdout)
            .lines()
            .next_line()
            .await
            .map_err(failed)?;
        let url = said
            .as_deref()
            .and_then(|said| said.split(' ').find(|word| word.starts_with("http://")));
        let url = url.ok_or_else(|| {
            CommandError::new(exit::REMOTE, "the server stopped before it listened")
        })?;
        ui.line(&format!("listening on {url}"))?;
        Ok(url.to_owned())
    }

    /// Runs one step to its end; it talks to the same terminal.
    ///
    /// # Errors
    /// With the step's own exit code when it fails.
    pub(super) async fn step(
        &mut self,
        line: Line,
        why: &str,
        ui: &mut Ui,
    ) -> Result<(), CommandError> {
        announce(&line, why, ui)?;
        self.run(line, Stdio::inherit()).await.map(drop)
    }

    /// Runs one step to its end, and gives what it prints instead of printing it.
    ///
    /// # Errors
    /// With the step's own exit code when it fails.
    pub(super) async fn ask(
        &mut self,
        line: Line,
        why: &str,
        ui: &mut Ui,
    ) -> Result<Vec<u8>, CommandError> {
        announce(&line, why, ui)?;
        self.run(line, Stdio::piped()).await
    }

    async fn run(&mut self, mut line: Line, stdout: Stdio) -> Result<Vec<u8>, CommandError> {
        let failed = |error: io::Error| {
            CommandError::new(exit::BUG, format!("cannot run decantr itself: {error}"))
        };
        if line.input.is_some() {
            line.command.stdin(Stdio::piped());
        }
        let child = line.command.stdout(stdout).spawn().map_err(failed)?;
        let step = self.step.insert(child);
        if let (Some(input), Some(mut stdin)) = (&line.input, step.stdin.take()) {
            let text = format!("{}\n", input.expose());
            stdin.write_all(text.as_bytes()).await.map_err(failed)?;
        }
        let mut printed = Vec::new();
        if let Some(mut stdout) = step.stdout.take() {
            stdout.read_to_end(&mut printed).await.map_err(failed)?;
        }
        let status = step.wait().await.map_err(failed)?;
        if status.success() {
            return Ok(printed);
        }
        let code = code_of(status);
        Err(CommandError::new(
            code,
            format!("`decantr {}` ended with exit code {code}", line.shown),
        ))
    }

    /// Ends when the server does.
    pub(super) async fn server_ended(&mut self) {
        if let Some(server) = &mut self.server {
            drop(server.wait().await);
        }
    }

    /// Ends the step that is running, and the server in its own orderly way, or kills it when that takes too long.
    pub(super) async fn stop(&mut self) -> Result<(), CommandError> {
        let failed = |error: io::Error| {
            CommandError::new(
                exit::REMOTE,
                format!("cannot stop a process of the demo: {error}"),
            )
        };
        if let Some(mut step) = self.step.take().filter(|step| step.id().is_some()) {
            step.kill().await.map_err(failed)?;
        }
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        if let Some(pid) = server
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
        {
            // It may have stopped by itself.
            kill_process(pid, Signal::TERM).ok();
        }
        match tokio::time::timeout(STOP_LIMIT, server.wait()).await {
            Ok(Ok(_)) => Ok(()),
            _ => server.kill().await.map_err(failed),
        }
    }
}

fn announce(line: &Line, why: &str, ui: &mut Ui) -> Result<(), CommandError> {
    let shown = ui.paint(HEADING, &format!("$ decantr {}", line.shown));
    ui.line(&format!("\n# {why}\n{shown}"))
}

fn code_of(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(exit::INTERRUPTED)
}
