//! `decantr ops demo`: the whole loop on one machine, by running the real commands; leaves nothing behind.

mod crew;
mod project;
mod stage;

use std::time::Duration;

use serde::Deserialize;

use crate::base::secret::Secret;
use crate::cli::args::DemoArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::signals::Signals;
use crate::cli::ui::Ui;
use crate::config::Host;
use crew::Crew;
use stage::Stage;

/// The customer.
const ORG: &str = "acme";

/// How long a step that failed may have been beaten by the signal that made it fail.
const SIGNAL_GRACE: Duration = Duration::from_millis(100);

/// Runs `decantr ops demo`.
///
/// # Errors
/// When a step fails, with that step's exit code, and 130 after a signal. The temporary home is removed then too.
pub(crate) fn run(host: &Host, args: &DemoArgs, ui: &mut Ui) -> Result<(), CommandError> {
    runtime()?.block_on(async {
        let mut signals = Signals::register()?;
        let stage = Stage::set_up(host, args)?;
        let mut crew = Crew::default();
        let mut result = tokio::select! {
            biased;
            () = signals.received() => Err(interrupted()),
            result = perform(&stage, &mut crew, args.keep, ui) => result,
        };
        if result.is_err() && tokio::time::timeout(SIGNAL_GRACE, signals.received()).await.is_ok() {
            result = Err(interrupted());
        }
        if result.is_ok() && args.keep {
            result = tokio::select! {
                biased;
                () = signals.received() => Ok(()),
                () = crew.server_ended() => Err(CommandError::new(exit::REMOTE, "the server has stopped by itself")),
            };
        }
        let stopped = crew.stop().await;
        let removed = stage.remove().await;
        result.and(stopped).and(removed)
    })
}

fn interrupted() -> CommandError {
    CommandError::new(exit::INTERRUPTED, "stopped by a signal")
}

async fn perform(
    stage: &Stage,
    crew: &mut Crew,
    keep: bool,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    ui.status(
        "The whole loop on this machine: a server, a customer, your consent, a project, its event, the digest.",
    );
    let url = crew.serve(stage, ui).await?;
    let key = customer(stage, crew, ui).await?;
    let login = [
        "login",
        "--api-key-stdin",
        "--api-url",
        &url,
        "--store",
        "file",
    ];
    crew.step(stage.command_reading(&login, key), "you sign in", ui)
        .await?;
    let link = ["telemetry", "link", "--enable", "--org", ORG, "--yes"];
    let why = "you say yes, and whose events they are";
    crew.step(stage.command(&link), why, ui).await?;
    crew.step(stage.analyze(), "you work", ui).await?;
    let why = "what waits is sent, and acknowledged";
    crew.step(stage.command(&["telemetry", "flush"]), why, ui)
        .await?;
    crew.step(
        stage.command(&["ops", "digest", "--dry-run"]),
        "the operator reads",
        ui,
    )
    .await?;
    conclude(stage, &url, keep, ui)
}

/// Adds the customer and makes a key for it.
async fn customer(stage: &Stage, crew: &mut Crew, ui: &mut Ui) -> Result<Secret, CommandError> {
    #[derive(Deserialize)]
    struct Created {
        key: String,
    }
    let add = stage.command(&["ops", "org", "add", ORG]);
    crew.step(add, "they add a customer", ui).await?;
    let create = [
        "ops", "key", "create", "--scope", "link", "--org", ORG, "--json",
    ];
    let why = "and make a key for it, which is shown once";
    let printed = crew.ask(stage.command(&create), why, ui).await?;
    let created: Created = serde_json::from_slice(&printed)
        .map_err(|error| CommandError::new(exit::BUG, format!("not a key: {error}")))?;
    ui.line("(the key; it goes to the customer's developers)")?;
    Ok(Secret::new(&created.key))
}

fn conclude(stage: &Stage, url: &str, keep: bool, ui: &mut Ui) -> Result<(), CommandError> {
    ui.heading("What happened")?;
    let end = if keep {
        format!(
            "The server stays up at {url} until you press Ctrl-C; then everything is removed. Read its store in\n\
             another terminal, after: export DECANTR_STORE={}",
            stage.store()?
        )
    } else {
        "Everything is removed now.".to_owned()
    };
    ui.line(&format!(
        "A server, a home and a store lived in {}.\n\
         One consent was recorded, one machine linked to the customer, one project analysed; its events went over\n\
         loopback and were acknowledged with a signed receipt; the digest was computed from the store.\n\
         {end}\n\
         Your own configuration was neither read nor changed.",
        stage.folder().display()
    ))?;
    ui.heading("How to go on")?;
    ui.line(
        "decantr telemetry explain     everything that could ever be reported\n\
         decantr ops serve             collect on this machine (in one terminal)\n\
         decantr telemetry enable      say yes, after seeing what is sent and where\n\
         decantr ops org add ORG       know your customers: keys, links, aliases\n\
         decantr analyze PATH          inspect a web project\n\
         decantr telemetry log --bytes what left, byte for byte\n\
         decantr ops digest --dry-run  read what arrived\n\
         decantr telemetry disable     say no, and remove every trace",
    )
}
