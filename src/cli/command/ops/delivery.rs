//! Where a report goes besides the terminal: a webhook, and the summary of a GitHub job.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde_json::Value;

use super::remote;
use crate::base::secret::Secret;
use crate::cli::args::{DeliveryOptions, EnvFileOption, MemoFormat, WebhookFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::Ui;
use crate::config::{Env, Host, env_file};
use crate::server::jobs::message::{Form, Message};
use crate::server::jobs::webhook::{PostError, Webhook};

/// The beginnings of the variables of each job, the first that has an address counting.
pub(super) const DIGEST: &[&str] = &["TELEMETRY_DIGEST", "TELEMETRY_HEALTH"];
pub(super) const HEALTH: &[&str] = &["TELEMETRY_HEALTH"];
pub(super) const WEEKLY: &[&str] = &["TELEMETRY_WEEKLY_REPORT"];

/// The file that GitHub shows as the summary of a job.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The most that a step may write there, in bytes (GitHub documentation, "Workflow commands", step isolation and limits).
const SUMMARY_MAX: usize = 1024 * 1024;

/// The host with the variables of the file that the command line names.
///
/// # Errors
/// Exit code 3 when it cannot be read or understood.
pub(super) fn host(host: &Host, option: &EnvFileOption) -> Result<Host, CommandError> {
    let Some(path) = &option.env_file else {
        return Ok(host.clone());
    };
    let pairs = env_file::read(&host.cwd.join(path))
        .map_err(|error| CommandError::from_error(exit::CONFIG, &error))?;
    Ok(Host {
        env: host.env.over(pairs),
        ..host.clone()
    })
}

/// Where a report goes.
pub(super) struct Delivery {
    webhook: Option<Webhook>,
    /// The setting that names the webhook.
    origin: String,
    summary: Option<PathBuf>,
    is_dry: bool,
    always: bool,
}

impl Delivery {
    /// What the command line says, else the environment.
    ///
    /// # Errors
    /// Exit code 2 for a wrong command line, 3 for a wrong variable; neither is repeated.
    pub(super) fn of(
        env: &Env,
        options: &DeliveryOptions,
        prefixes: &[&str],
        ui: &mut Ui,
    ) -> Result<Self, CommandError> {
        if options.misplaced.is_some() {
            let message = "reports take no argument by position; nothing was sent";
            return Err(CommandError::new(exit::USAGE, message)
                .hint("a webhook is given by --webhook-url, or in the environment"));
        }
        let (url, origin, code) = match &options.webhook_url {
            Some(url) => {
                ui.warning("a webhook on the command line can be seen in the list of processes and stays in the shell's history; better: a variable, or --env-file");
                (Some(url.clone()), "--webhook-url".to_owned(), exit::USAGE)
            }
            None => named(env, prefixes),
        };
        let form = match options.webhook_format {
            Some(form) => Some(Form::from(form)),
            None => form(env, prefixes, &origin)?,
        };
        let webhook = url.map(|url| Webhook::parse(&url, form)).transpose();
        let webhook = webhook.map_err(|error| {
            let error = CommandError::from_error(code, &error);
            CommandError {
                message: format!("{origin} is not usable: {}", error.message),
                ..error
            }
        })?;
        let first = prefixes.first().copied().unwrap_or_default();
        Ok(Self {
            webhook,
            origin,
            summary: env.path(SUMMARY),
            is_dry: options.dry_run,
            always: env.is_on(&format!("{first}_WEBHOOK_ALWAYS")),
        })
    }

    /// Whether nothing is to be sent or written.
    pub(super) fn is_dry(&self) -> bool {
        self.is_dry
    }

    /// Whether the environment says to post always.
    pub(super) fn always(&self) -> bool {
        self.always
    }

    /// What a report as JSON says about its destinations; a dry run also what would be sent.
    pub(super) fn described(&self, message: &Message, is_due: bool) -> Vec<Value> {
        let webhook = self.webhook.iter().filter(|_| is_due);
        webhook
            .map(|webhook| {
                let payload = self.is_dry.then(|| webhook.payload(message));
                webhook.described(payload.as_ref())
            })
            .collect()
    }

    /// Delivers the message after it was printed, or tells what would be. `why_not` says why it is not due.
    ///
    /// # Errors
    /// Exit code 6 when it was not delivered, 5 when the webhook refuses it.
    pub(super) fn deliver(
        &self,
        host: &Host,
        message: &Message,
        format: MemoFormat,
        why_not: Option<&str>,
        ui: &mut Ui,
    ) -> Result<(), CommandError> {
        if let (Some(why_not), Some(webhook)) = (why_not, &self.webhook) {
            ui.status(&format!("not posted to the {}: {why_not}", webhook.name()));
        }
        let webhook = self.webhook.as_ref().filter(|_| why_not.is_none());
        if self.is_dry {
            return self.rehearse(webhook, message, format, ui);
        }
        self.summarise(message, ui);
        let Some(webhook) = webhook else {
            return Ok(());
        };
        let payload = webhook.payload(message);
        let posted = runtime()?.block_on(webhook.post(&payload, &host.clock));
        posted.map_err(|error| self.failed(&error))?;
        ui.status(&format!("posted to the {}", webhook.name()));
        Ok(())
    }

    fn rehearse(
        &self,
        webhook: Option<&Webhook>,
        message: &Message,
        format: MemoFormat,
        ui: &mut Ui,
    ) -> Result<(), CommandError> {
        let data = if message.is_sample {
            "made-up numbers"
        } else {
            "computed from real data"
        };
        let Some(webhook) = webhook else {
            let none = if self.webhook.is_some() {
                "it would not be posted"
            } else {
                "no destination is configured"
            };
            ui.status(&format!(
                "dry run: {data}; {none}, nothing was sent and nothing written"
            ));
            return Ok(());
        };
        let heading = format!(
            "Would be sent to the {} as {}",
            webhook.name(),
            webhook.form().as_str()
        );
        let payload = format!("{:#}", webhook.payload(message));
        match format {
            // The payload is part of the object.
            MemoFormat::Json => {}
            MemoFormat::Table => {
                ui.heading(&heading)?;
                ui.line(&payload)?;
            }
            MemoFormat::Markdown | MemoFormat::Html => ui.status(&format!("{heading}:\n{payload}")),
        }
        ui.status(&format!(
            "dry run: {data}; nothing was sent and nothing written"
        ));
        Ok(())
    }

    /// Appends to the summary of the job. It is a courtesy: a failure is said and changes nothing.
    fn summarise(&self, message: &Message, ui: &mut Ui) {
        let Some(path) = &self.summary else {
            return;
        };
        let append = || -> io::Result<()> {
            // To open a pipe would wait for a reader.
            if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
                return Err(io::Error::other("it is no file"));
            }
            let mut file = OpenOptions::new().create(true).append(true).open(path)?;
            let there = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
            let text = fitted(&message.to_markdown(), SUMMARY_MAX.saturating_sub(there));
            if text.is_empty() {
                return Err(io::Error::other("it is full"));
            }
            file.write_all(text.as_bytes())
        };
        match append() {
            Ok(()) => ui.status(&format!("appended to the job's summary ({SUMMARY})")),
            Err(error) => ui.warning(&format!(
                "not in the job's summary ({SUMMARY}, {}): {error}",
                path.display()
            )),
        }
    }

    fn failed(&self, error: &PostError) -> CommandError {
        match error {
            PostError::Gone { .. } => remote(error).hint(format!(
                "make a new webhook in the service and put its address into {}",
                self.origin
            )),
            PostError::Forbidden { .. } => CommandError::from_error(exit::ACCESS, error),
            error => remote(error),
        }
    }
}

/// The address in the environment, the variable that holds it, and the exit code if it is none.
fn named(env: &Env, prefixes: &[&str]) -> (Option<Secret>, String, u8) {
    let mut variables = prefixes
        .iter()
        .map(|prefix| format!("{prefix}_WEBHOOK_URL"));
    let found = variables.find_map(|variable| Some((env.secret(&variable)?, variable)));
    match found {
        Some((url, variable)) => (Some(url), variable, exit::CONFIG),
        None => (None, String::new(), exit::CONFIG),
    }
}

/// The form that the environment asks for: beside the address, else by the job's own variable.
fn form(env: &Env, prefixes: &[&str], origin: &str) -> Result<Option<Form>, CommandError> {
    let beside = prefixes
        .iter()
        .find(|prefix| origin == format!("{prefix}_WEBHOOK_URL"));
    let own = prefixes.first().into_iter().chain(beside);
    for prefix in own {
        let variable = format!("{prefix}_WEBHOOK_FORMAT");
        if let Some(word) = env.text(&variable) {
            let form = Form::parse(&word.trim().to_ascii_lowercase());
            let message = || format!("{variable} is none of discord, slack, teams, json");
            return form
                .map(Some)
                .ok_or_else(|| CommandError::new(exit::CONFIG, message()));
        }
    }
    Ok(None)
}

/// As many whole lines as fit into `room` bytes, with a line that says so when some are missing; nothing when not even that fits.
fn fitted(text: &str, room: usize) -> String {
    const CUT: &str = "\n… the rest does not fit into the summary\n";
    if text.len() < room {
        return format!("{text}\n");
    }
    let Some(room) = room.checked_sub(CUT.len()) else {
        return String::new();
    };
    let mut used = 0;
    let kept = text.split_inclusive('\n').take_while(|line| {
        used += line.len();
        used <= room
    });
    format!("{}{CUT}", kept.collect::<String>())
}

impl From<WebhookFormat> for Form {
    fn from(format: WebhookFormat) -> Self {
        match format {
            WebhookFormat::Discord => Self::Discord,
            WebhookFormat::Slack => Self::Slack,
            WebhookFormat::Teams => Self::Teams,
            WebhookFormat::Json => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_cut_between_lines_and_says_so() {
        assert_eq!(fitted("a\nb\n", 5), "a\nb\n\n");
        let long = "ä23456789\n".repeat(20);
        for room in 0..=long.len() {
            let text = fitted(&long, room);
            assert!(text.len() <= room, "{} of {room}", text.len());
            assert!(text.is_empty() || text.ends_with("summary\n"));
        }
    }
}
