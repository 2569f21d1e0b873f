//! `decantr telemetry status`: whether telemetry is on, and what decides it.

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::ui::{BAD, GOOD, Ui, WATCH, pairs, table};
use crate::client::consent::Effective;
use crate::client::control::{self, ForgetView, LinkView, Status, StoredView};
use crate::client::delivery::DeliveryState;
use crate::client::spool::SpoolState;
use crate::config::{Asked, Host};

/// Runs `decantr telemetry status`.
///
/// # Errors
/// Exit code 3, after printing, when a file that it depends on is unreadable or invalid.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    format: Format,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let status = control::status(host, asked)?;
    if format.is_json() {
        ui.json(&status)?;
    } else {
        print(&status, ui)?;
    }
    for warning in &status.warnings {
        ui.warning(warning);
    }
    super::sound(&status.problems)
}

fn print(status: &Status, ui: &mut Ui) -> Result<(), CommandError> {
    let style = match status.effective {
        Effective::On => GOOD,
        Effective::OnPartial | Effective::Undecided => WATCH,
        Effective::Broken => BAD,
        Effective::Off | Effective::ForcedOff => crate::cli::ui::HEADING,
    };
    let word = ui.paint(style, status.effective.as_str());
    ui.line(&format!("Telemetry is {word}: {}", status.why))?;
    let none = || "none".to_owned();
    let mut rows = vec![("Your record", stored(&status.stored))];
    if let Some(endpoint) = &status.endpoint {
        rows.push(("Endpoint", format!("{} ({})", endpoint.url, endpoint.key)));
    }
    rows.push(("Catalog", status.catalog.clone()));
    rows.push((
        "Install id",
        status
            .ids
            .install_id
            .as_ref()
            .map_or_else(none, ToString::to_string),
    ));
    rows.push((
        "Project id",
        status
            .ids
            .project_id
            .as_ref()
            .map_or_else(none, ToString::to_string),
    ));
    rows.push(("Linked", status.link.as_ref().map_or_else(none, linked)));
    rows.extend(status.forget.iter().flat_map(forgotten));
    rows.push(("Waiting", waiting(&status.spool)));
    rows.push(("Last delivery", delivery(&status.delivery)));
    ui.table(&mut pairs(&rows))?;
    ui.line("")?;
    let mut layers = table(&["Layer", "Says", "Because"], &[]);
    for verdict in &status.layers {
        let says = if verdict.denies { "no" } else { "-" };
        layers.add_row([verdict.layer.as_str(), says, &verdict.says]);
    }
    ui.table(&mut layers)?;
    if status.effective == Effective::Undecided {
        ui.status("`decantr telemetry explain` shows what could be reported, `enable` asks you, `disable` settles it.");
    }
    Ok(())
}

fn stored(stored: &StoredView) -> String {
    match stored {
        StoredView::Undecided => "undecided".to_owned(),
        StoredView::Granted {
            revision,
            at,
            until,
            scopes,
            sources,
            only,
            ..
        } => {
            let places: Vec<&str> = scopes.iter().map(|scope| scope.place()).collect();
            let mut text = format!(
                "granted for revision {revision} at {at:.0}, source {}, {}",
                sources.join(" and "),
                places.join(" and ")
            );
            if !only.is_empty() {
                text = format!("{text}, buckets {} only", only.join(", "));
            }
            match until {
                Some(until) => format!("{text}, until {until:.0}"),
                None => text,
            }
        }
        StoredView::Refused { at } => format!("refused at {at:.0}"),
        StoredView::Broken => "unreadable".to_owned(),
    }
}

fn linked(link: &LinkView) -> String {
    if link.unconfirmed {
        return format!(
            "perhaps to {org} at {}: it was asked at {:.0}, and its answer is not known; `decantr telemetry link --org {org}` \
             asks again, `decantr telemetry unlink` ends it",
            link.server,
            link.at,
            org = link.org.slug
        );
    }
    let label = link.label.as_ref().map(|label| format!(", as {label}"));
    format!(
        "to {} as {} since {:.0}{}, at {}",
        link.org.slug,
        link.user_id,
        link.at,
        label.unwrap_or_default(),
        link.server
    )
}

fn forgotten(forget: &ForgetView) -> Vec<(&'static str, String)> {
    let pending = forget.pending.iter().map(|ask| {
        let error = ask.error.as_deref().unwrap_or("not sent yet");
        let text = format!(
            "pending since {:.0} for {} ids at {}: {error}; `decantr telemetry forget` tries again",
            ask.since, ask.ids, ask.server
        );
        ("Forget", text)
    });
    let tickets = forget.tickets.iter().map(|done| {
        let text = format!(
            "ticket {} of {:.0} at {}",
            done.ticket, done.at, done.server
        );
        ("Forgotten", text)
    });
    pending.chain(tickets).collect()
}

fn waiting(spool: &SpoolState) -> String {
    let waiting = match spool.oldest {
        None if spool.events == 0 => "nothing".to_owned(),
        oldest => {
            let since = oldest
                .map(|at| format!(", oldest of {at:.0}"))
                .unwrap_or_default();
            format!("{} events, {} bytes{since}", spool.events, spool.bytes)
        }
    };
    let mut text = waiting;
    if spool.elsewhere > 0 {
        text = format!("{text}; {} events for other endpoints", spool.elsewhere);
    }
    if spool.lost > 0 {
        text = format!("{text}; {} events lost", spool.lost);
    }
    text
}

fn delivery(delivery: &DeliveryState) -> String {
    let mut text = match &delivery.last_receipt {
        Some(sent) => super::delivered(sent),
        None => "none yet".to_owned(),
    };
    if let Some(error) = &delivery.last_error {
        text = format!("{text}; {} failed since: {error}", delivery.failures);
        if let Some(at) = delivery.not_before {
            text = format!("{text}; next try after {at:.0}");
        }
    }
    text
}
