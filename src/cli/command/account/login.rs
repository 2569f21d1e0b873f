//! `decantr login`: takes a key, asks its server who it belongs to, and keeps it for that server only.

use serde::Serialize;

use super::{SCHEMA_VERSION, Who};
use crate::base::error::chain;
use crate::base::secret::Secret;
use crate::cli::args::{LoginArgs, StoreChoice};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{Ui, pairs};
use crate::client::auth::{AuthError, Kept, Place, RingError, StoreKind};
use crate::config::{Host, Source};

/// What is printed as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggedIn {
    schema_version: u32,
    kind: &'static str,
    server: String,
    stored_in: StoreKind,
    /// Whether the address is kept for commands to come.
    api_url_kept: bool,
    #[serde(flatten)]
    who: Who,
}

/// Runs `decantr login`.
///
/// # Errors
/// Exit code 2 when no key was given or nobody saw which server it would go to, 3 when it cannot be kept, 5 when the server
/// does not accept it, 6 when the server does not answer as it should, 130 for Ctrl-C. The key is kept in none of these cases.
pub(in crate::cli) fn run(host: &Host, args: &LoginArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let place = Place::find(host, args.account.api_url.as_deref())?;
    check_seen(&place, ui)?;
    let key = key(&place, args, ui)?;
    let me = super::wait(place.check(host, &key))??;
    let stored_in = keep(&place, &key, args.store, ui)?;
    let before = place.telemetry_origin(host);
    let api_url_kept = place.keep_url().map_err(|error| {
        CommandError::from(error).hint("you are signed in, but the address is not kept; give --api-url to commands that need the server")
    })?;
    say_if_telemetry_moves(before, &place, host, ui);
    let view = LoggedIn {
        schema_version: SCHEMA_VERSION,
        kind: "login",
        server: place.server.origin.clone(),
        stored_in,
        api_url_kept,
        who: me.into(),
    };
    if args.account.format.is_json() {
        return ui.json(&view);
    }
    show(&view, &place, ui)
}

/// A repository can bring an environment with it, so an address from there counts only where a person sees it.
fn check_seen(place: &Place, ui: &Ui) -> Result<(), CommandError> {
    if place.server.source != Source::Environment || ui.is_interactive() {
        return Ok(());
    }
    let server = &place.server;
    let message = format!(
        "the server {} is named by {} only, and nobody is at a terminal to see it; nothing was sent",
        server.origin, server.key
    );
    let hint = format!(
        "if it is the right one, say `decantr login --api-url {}`",
        server.text()
    );
    Err(CommandError::new(exit::USAGE, message).hint(hint))
}

fn key(place: &Place, args: &LoginArgs, ui: &mut Ui) -> Result<Secret, CommandError> {
    if args.misplaced.is_some() {
        let message = "login takes no argument by position; nothing was sent";
        return Err(CommandError::new(exit::USAGE, message)
            .hint("give the key on standard input (--api-key-stdin), or type it when asked"));
    }
    let key = if let Some(key) = &args.api_key {
        ui.warning(
            "a key on the command line can be seen in the list of processes and stays in the shell's history; better: --api-key-stdin, or no option on a terminal",
        );
        key.clone()
    } else if args.api_key_stdin {
        ui.read_secret()?
    } else if ui.is_interactive() {
        let server = &place.server;
        ui.ask_secret(&format!(
            "API key for {} ({})",
            server.origin,
            server.named_by()
        ))?
    } else {
        return Err(
            CommandError::new(exit::USAGE, "nobody is at a terminal to type the API key")
                .hint("give it on standard input: `decantr login --api-key-stdin < FILE`"),
        );
    };
    if key.is_empty() {
        return Err(CommandError::new(
            exit::USAGE,
            "no API key was given; nothing was sent",
        ));
    }
    Ok(key)
}

/// Keeps an accepted key: where it was asked for, else in the keyring, else in the file: if the person agrees, or, where nobody
/// can be asked, if this machine has no keyring at all. It is said before it is done.
fn keep(
    place: &Place,
    key: &Secret,
    choice: Option<StoreChoice>,
    ui: &mut Ui,
) -> Result<StoreKind, CommandError> {
    let wanted = match choice {
        Some(StoreChoice::File) => StoreKind::File,
        Some(StoreChoice::Keyring) | None => StoreKind::Keyring,
    };
    let error = match place.keep(key, wanted) {
        Ok(notes) => return Ok(noted(notes, wanted, ui)),
        Err(error @ AuthError::Ring(_)) => error,
        Err(error) => return Err(super::local(error)),
    };
    let has_none = matches!(error, AuthError::Ring(RingError::Missing(_)));
    let problem = chain(&error);
    let unkept = || {
        CommandError::new(
            exit::CONFIG,
            format!("{problem}; the key was accepted, but it is not stored"),
        )
        .hint("to keep it in a file that only you can read, say `decantr login --store file`")
    };
    let file = place.file();
    let agreed = if choice.is_some() {
        false
    } else if ui.is_interactive() {
        ui.status(&problem);
        ui.confirm(&format!(
            "Keep the key in {} instead, readable by you only?",
            file.display()
        ))?
    } else if has_none {
        ui.warning(&format!(
            "{problem}; the key is kept in {} instead, readable by you only",
            file.display()
        ));
        true
    } else {
        false
    };
    if !agreed {
        return Err(unkept());
    }
    let notes = place.keep(key, StoreKind::File).map_err(super::local)?;
    Ok(noted(notes, StoreKind::File, ui))
}

fn noted(notes: Vec<String>, store: StoreKind, ui: &mut Ui) -> StoreKind {
    for note in notes {
        ui.warning(&note);
    }
    store
}

/// A kept address is also where telemetry goes when nothing else says so, and a yes is for one server only.
fn say_if_telemetry_moves(before: Option<String>, place: &Place, host: &Host, ui: &mut Ui) {
    if let (Some(before), Some(after)) = (before, place.telemetry_origin(host))
        && before != after
        && place.has_decided(&before)
    {
        ui.status(&format!(
            "telemetry belongs to {after} now instead of {before}; what was decided about {before} does not count there (`decantr telemetry status`)"
        ));
    }
}

fn show(view: &LoggedIn, place: &Place, ui: &mut Ui) -> Result<(), CommandError> {
    ui.line(&format!("Signed in to {}.", view.server))?;
    let stored = match view.stored_in {
        StoreKind::Keyring => Kept::Keyring.as_str().to_owned(),
        StoreKind::File => format!("{} (readable by you only)", place.file().display()),
    };
    let mut rows = view.who.rows();
    rows.push(("Key kept in", stored));
    if view.api_url_kept {
        rows.push(("Server kept as", "apiUrl in config.json".to_owned()));
    }
    ui.table(&mut pairs(&rows))
}
