//! `decantr telemetry link`: shows what is sent, asks once, then links this machine's ids to an account.

use crate::cli::args::LinkArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{GOOD, Ui, pairs};
use crate::client::ClientError;
use crate::client::auth::AccountError;
use crate::client::control::{self, LinkAsk, LinkFailure, LinkPlan, Linked};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry link`.
///
/// # Errors
/// Exit code 4 when telemetry is off, nobody could be asked, or the answer was no (nothing is written then); 5 when not signed
/// in or not allowed; 6 when the server failed.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &LinkArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let ask = LinkAsk {
        enable: args.enable,
        org: &args.org,
        label: args.label.as_deref(),
        fresh: args.fresh,
        // Where nobody can agree no server is asked either.
        dry_run: args.dry_run || !(args.yes || super::can_ask(args.format, ui)),
        is_seen: !args.yes,
        api_url: args.api_url.as_deref(),
    };
    let plan = control::plan_link(host, asked, &ask);
    let plan = plan.map_err(|error| explained(error.into(), args))?;
    for warning in &plan.offer.warnings {
        ui.warning(warning);
    }
    if args.format.is_json() && args.dry_run {
        return ui.json(&plan.to_json());
    }
    if !args.format.is_json() {
        show(&plan, ui)?;
    }
    if args.dry_run {
        return ui.line("This was a dry run: nothing was sent, written or made.");
    }
    let again = command(asked, args);
    let actor = super::agreed(args.yes, args.format, "Send this request?", &again, ui)?;
    let linked = plan.commit(host, asked, actor);
    let linked = linked.map_err(|failure| explained(failure, args))?;
    if args.format.is_json() {
        ui.json(&linked)
    } else {
        report(&linked, ui)
    }
}

/// The same request as a command.
fn command(asked: &Asked<'_>, args: &LinkArgs) -> String {
    let begin = super::again(asked);
    let mut words = vec![begin.as_str(), "link --org", &args.org];
    words.extend(args.label.iter().flat_map(|label| ["--label", label]));
    words.extend(args.api_url.iter().flat_map(|url| ["--api-url", url]));
    words.extend(args.enable.then_some("--enable"));
    words.extend(args.fresh.then_some("--fresh"));
    words.join(" ")
}

fn show(plan: &LinkPlan, ui: &mut Ui) -> Result<(), CommandError> {
    if let Some(offer) = plan.enables() {
        super::enable::show(offer, ui)?;
        ui.heading("And the link")?;
    }
    let offer = &plan.offer;
    let account = offer.user_id.as_ref().map_or_else(
        || "the one that you are signed in with".to_owned(),
        ToString::to_string,
    );
    let mut rows = vec![
        ("Server", format!("{} ({})", offer.server, offer.server_key)),
        ("Organisation", offer.org.clone()),
        ("Account", account),
    ];
    rows.extend(offer.key_id.clone().map(|key| ("API key", key)));
    rows.extend(offer.label.clone().map(|label| ("Label", label)));
    ui.line(
        "This request attaches the opaque ids of this machine to your account and organisation:",
    )?;
    ui.table(&mut pairs(&rows))?;
    let request = serde_json::to_string_pretty(&offer.request).unwrap_or_default();
    ui.line(&request)?;
    ui.line(if offer.fresh {
        "New ids are taken first, so earlier events do not carry the ids that are linked."
    } else {
        "Events from then on are attributed. Earlier events under the same ids could be matched by the operator; \
         `--fresh` takes new ids first."
    })
}

fn report(linked: &Linked, ui: &mut Ui) -> Result<(), CommandError> {
    let word = ui.paint(GOOD, "linked");
    ui.line(&format!(
        "This machine is {word} to {} as {} since {:.0}.",
        linked.org.slug, linked.user_id, linked.from
    ))?;
    for id in &linked.linked {
        ui.line(&format!("  {id}"))?;
    }
    ui.line("`decantr telemetry unlink` ends it.")
}

/// The failure, with what to do about it.
fn explained(failure: LinkFailure, args: &LinkArgs) -> CommandError {
    let hint = hint(&failure.error);
    let mut error = CommandError::from(failure.error);
    if let Some(hint) = hint {
        error = error.hint(hint);
    }
    if failure.is_open {
        error = error.hint(format!(
            "the server may have made the link all the same: `decantr telemetry link --org {}` asks again, `decantr telemetry \
             unlink` ends it",
            args.org
        ));
    }
    match (failure.is_on, failure.is_open) {
        (true, false) => error.hint(format!(
            "telemetry is on, but the link was not made: `decantr telemetry link --org {}` tries again, `decantr telemetry disable` \
             turns it off",
            args.org
        )),
        (true, true) => error.hint("telemetry is on; `decantr telemetry disable` turns it off"),
        (false, _) => error,
    }
}

fn hint(error: &ClientError) -> Option<&'static str> {
    let ClientError::Account(error) = error else {
        return None;
    };
    match error {
        AccountError::NotFound { said, .. } if said.code == "unknown_org" => {
            Some("ask the operator for the organisation's short name (`decantr ops org list`)")
        }
        AccountError::NotAllowed { said, .. } => match said.code.as_str() {
            "not_a_member" => Some("ask the operator for a key of that organisation"),
            "missing_scope" => Some("ask the operator for a key with the scope link"),
            "bad_proof" => Some("`--fresh` takes new ids and links those"),
            _ => None,
        },
        AccountError::Conflict { .. } => Some(
            "an id of this machine is linked to somebody else's account; `--fresh` takes new ids and links those",
        ),
        _ => None,
    }
}
