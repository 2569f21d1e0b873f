//! `decantr telemetry forget`: has servers erase what they were sent, and asks later what was erased.

use crate::cli::args::ForgetArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{GOOD, Ui, pairs};
use crate::client::auth::shown_name;
use crate::client::control::{self, Forget, ForgetCheck};
use crate::config::{Asked, Host};
use crate::model::protocol::Forgotten;

/// The most places beyond a server's reach that are shown.
const MAX_COPIES: usize = 20;

/// Runs `decantr telemetry forget`.
///
/// # Errors
/// Exit code 6 when a server did not do it: the request stays pending. With `--check` 1 when what the server says does not hold.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &ForgetArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    if let Some(ticket) = args.check {
        let check = control::check_ticket(host, asked, ticket)?;
        return checked(&check, args, ui);
    }
    let forget = control::forget(host, asked)?;
    if args.format.is_json() {
        ui.json(&forget)?;
    } else {
        show(&forget, ui)?;
    }
    end(&forget)
}

/// Prints what came of it.
pub(super) fn show(forget: &Forget, ui: &mut Ui) -> Result<(), CommandError> {
    if forget.erased.is_empty() && forget.pending.is_empty() {
        ui.line(
            "There is nothing to forget: this machine has no ids that it could prove to a server.",
        )?;
    }
    if forget.dropped > 0 {
        ui.line(&format!(
            "dropped {} events that waited to be sent",
            forget.dropped
        ))?;
    }
    for erased in &forget.erased {
        let word = ui.paint(GOOD, "has erased");
        ui.line(&format!("{} {word} what it had:", erased.server))?;
        details(&erased.forgotten, &erased.receipt, ui)?;
        ui.line(&format!(
            "Ask again at any time: decantr telemetry forget --check {}",
            erased.forgotten.ticket
        ))?;
    }
    for id in &forget.foreign {
        ui.line(&format!(
            "{id} was made by another tool and cannot be proven: only the operator can erase what is under it"
        ))?;
    }
    Ok(())
}

/// Exit code 6 while a server has not done it.
pub(super) fn end(forget: &Forget) -> Result<(), CommandError> {
    if forget.pending.is_empty() {
        return Ok(());
    }
    let asks: Vec<String> = forget
        .pending
        .iter()
        .map(|ask| {
            let why = ask.error.as_deref().unwrap_or("not sent");
            format!(
                "{} has not erased what is under {} ids: {why}",
                ask.server, ask.ids
            )
        })
        .collect();
    Err(CommandError::new(exit::REMOTE, asks.join("; "))
        .hint("the request is kept; `decantr telemetry forget` sends it again"))
}

fn checked(check: &ForgetCheck, args: &ForgetArgs, ui: &mut Ui) -> Result<(), CommandError> {
    if args.format.is_json() {
        ui.json(check)?;
    } else if let Some(forgotten) = &check.forgotten {
        ui.line(&format!("{} says that it has erased:", check.server))?;
        details(forgotten, &check.receipt, ui)?;
    }
    if check.holds {
        return Ok(());
    }
    let message = format!("{}: {}", check.server, check.receipt);
    Err(CommandError::new(exit::CHECK_FAILED, message))
}

fn details(forgotten: &Forgotten, receipt: &str, ui: &mut Ui) -> Result<(), CommandError> {
    let mut rows = vec![
        ("Ticket", forgotten.ticket.to_string()),
        ("At", format!("{:.0}", forgotten.at)),
        ("Ids", forgotten.ids.to_string()),
        ("Events", forgotten.events.to_string()),
        ("Activity", format!("{} rows", forgotten.activity)),
        ("Links", forgotten.links.to_string()),
        ("Receipt", receipt.to_owned()),
    ];
    let beyond = forgotten.beyond.iter().take(MAX_COPIES);
    rows.extend(beyond.map(|copy| ("Beyond its reach", shown_name(copy))));
    ui.table(&mut pairs(&rows))
}
