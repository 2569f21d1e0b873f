//! `decantr telemetry enable`: the act of consent. Shows everything, asks once, then writes.

use std::collections::BTreeSet;

use crate::cli::args::{EnableArgs, GrantScope};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{GOOD, Ui, pairs, table};
use crate::client::consent::Scope;
use crate::client::control::{self, Enabled, Offer, Terms};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry enable`.
///
/// # Errors
/// Exit code 4 when nobody could be asked or the answer was no (nothing is written then), or when the consent was saved but
/// another layer still says no.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &EnableArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let product = super::reporting_as(asked, &args.sources)?;
    let asked = Asked {
        endpoint: args.endpoint.as_deref(),
        product: Some(&product),
        ..*asked
    };
    let plan = match args.accept {
        Some(revision) => control::plan_accept(host, &asked, revision)?,
        None => control::plan_enable(host, &asked, terms(host, args))?,
    };
    if !args.format.is_json() {
        show(&plan.offer, ui)?;
    }
    let actor = super::agreed(
        args.yes,
        args.format,
        "Send this telemetry?",
        &command(&asked, args),
        ui,
    )?;
    let enabled = plan.commit(host, &asked, actor)?;
    if args.format.is_json() {
        ui.json(&enabled)?;
    } else {
        report(&enabled, ui)?;
    }
    if enabled.overridden {
        let message = format!(
            "your consent is saved, but telemetry is still off: {}",
            enabled.why
        );
        return Err(CommandError::new(exit::CONSENT, message));
    }
    Ok(())
}

/// The same request as a command.
fn command(asked: &Asked<'_>, args: &EnableArgs) -> String {
    let mut again = vec![super::again(asked), "enable".to_owned()];
    let mut say = |option: &str, value: &str| again.push(format!("{option} {value}"));
    for source in &args.sources {
        say("--source", source);
    }
    for bucket in &args.only {
        say("--only", bucket);
    }
    if let Some(duration) = args.duration {
        say("--for", &format!("{}h", duration.as_hours()));
    }
    for scope in &args.scopes {
        say("--scope", Scope::from(*scope).as_str());
    }
    if let Some(revision) = args.accept {
        say("--accept", &revision.to_string());
    }
    if let Some(url) = &args.endpoint {
        say("--endpoint", url);
    }
    again.extend(args.share_project.then(|| "--share-project".to_owned()));
    again.join(" ")
}

fn terms(host: &Host, args: &EnableArgs) -> Terms {
    let scopes: Vec<Scope> = args.scopes.iter().map(|scope| (*scope).into()).collect();
    let now = host.clock.now();
    Terms {
        scopes: if scopes.is_empty() {
            Terms::default().scopes
        } else {
            scopes
        },
        only: args.only.clone(),
        until: args.duration.and_then(|time| now.checked_add(time).ok()),
        share_project: args.share_project,
    }
}

impl From<GrantScope> for Scope {
    fn from(scope: GrantScope) -> Self {
        match scope {
            GrantScope::Local => Self::Local,
            GrantScope::Ci => Self::Ci,
        }
    }
}

/// Shows everything that is agreed to.
pub(super) fn show(offer: &Offer, ui: &mut Ui) -> Result<(), CommandError> {
    if let Some(gained) = &offer.gained {
        ui.line("If you agree, this is reported as well:")?;
        super::explain::gained(gained, ui)?;
        ui.line("\nTogether with what you agreed to before, these events are reported and nothing else:")?;
    } else {
        ui.line(&format!(
            "If you agree, {} reports these events and nothing else:",
            offer.catalog
        ))?;
    }
    let mut events = table(&["Event", "Why"], &[]);
    let mut fields = BTreeSet::new();
    for event in &offer.events {
        events.add_row([&event.name, &event.purpose]);
        fields.extend(
            event
                .properties
                .iter()
                .map(|property| property.name.as_str()),
        );
    }
    ui.table(&mut events)?;
    let fields: Vec<&str> = fields.into_iter().collect();
    let context: Vec<&str> = offer.context.iter().map(|field| field.name).collect();
    let sample = serde_json::to_string_pretty(&offer.sample).unwrap_or_default();
    ui.line(&format!(
        "\nA request looks like this, with ids of your own:\n{sample}"
    ))?;
    let mut rows = vec![
        ("Fields", fields.join(", ")),
        ("With each", context.join(", ")),
        (
            "To",
            format!("{} ({})", offer.endpoint.url, offer.endpoint.key),
        ),
        (
            "Kept",
            format!(
                "{} days as raw events, as the catalog asks; daily counts without ids longer",
                offer.retention_days
            ),
        ),
        (
            "Catalog",
            format!("{}, revision {}", offer.catalog, offer.revision),
        ),
        ("Holds", holds(offer)),
    ];
    rows.extend(
        offer
            .recipients
            .iter()
            .map(|recipient| ("Recipient", recipient.clone())),
    );
    ui.table(&mut pairs(&rows))?;
    ui.line("All fields with their allowed values: decantr telemetry explain")?;
    if let Some(file) = offer.shares_project_in {
        ui.line(&format!(
            "Your project id (project_<uuid>, random) is written into {file} of this directory, where everybody who has the \
             repository can read it: who agrees to telemetry reports under it then. An id that is there already stays."
        ))?;
    }
    if let Some(reason) = &offer.still_off {
        ui.warning(&format!("even then nothing is sent for now: {reason}"));
    }
    Ok(())
}

/// For whom, where and until when it holds.
fn holds(offer: &Offer) -> String {
    let places: Vec<&str> = offer.scopes.iter().map(|scope| scope.place()).collect();
    let mut text = format!(
        "for source {}, {}",
        offer.sources.join(" and "),
        places.join(" and ")
    );
    if !offer.only.is_empty() {
        text = format!("{text}, for the buckets {} only", offer.only.join(", "));
    }
    match offer.until {
        Some(until) => format!("{text}, until {until:.0}"),
        None => format!("{text}, until you disable it"),
    }
}

fn report(enabled: &Enabled, ui: &mut Ui) -> Result<(), CommandError> {
    if enabled.overridden {
        return Ok(());
    }
    let word = ui.paint(GOOD, enabled.effective.as_str());
    ui.line(&format!(
        "Telemetry is {word} for {}. `decantr telemetry disable` ends it.",
        enabled.offer.endpoint.origin
    ))?;
    if let Some(id) = &enabled.shared_project_id {
        ui.line(&format!(
            "This project is {id}, as its .decantr/project.json says; commit that file to share it."
        ))?;
    }
    Ok(())
}
