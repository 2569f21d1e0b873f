//! `decantr telemetry`: a person sees, controls and checks what leaves the machine.

mod disable;
mod enable;
mod explain;
mod flush;
mod forget;
mod link;
mod log;
mod notice;
mod preview;
mod record;
mod reset;
mod status;
mod unlink;
mod verify;

use crate::cli::args::{Format, OutputOptions, TelemetryArgs, TelemetryCommand};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::consent::Actor;
use crate::client::delivery::Sent;
use crate::client::{ClientError, ExitClass};
use crate::config::{Asked, CATALOG_VARIABLE, Host, Product};

/// Runs a command of `decantr telemetry`; `status` when none is named.
pub(in crate::cli) fn run(
    host: &Host,
    options: &OutputOptions,
    args: &TelemetryArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let product = product(host, args)?;
    if !product.is_own() {
        ui.propose(begins(&product));
    }
    if args.command.is_some() && args.format.is_json() {
        let message =
            "--json belongs behind the command, for example `decantr telemetry status --json`";
        return Err(CommandError::new(exit::USAGE, message));
    }
    let is_silent = matches!(args.command, Some(TelemetryCommand::Record(_)));
    if args.catalog.is_none() && !product.is_own() && !is_silent {
        ui.status(&format!(
            "this is about the catalog {}, which {CATALOG_VARIABLE} names",
            product.id()
        ));
    }
    let asked = Asked {
        no_telemetry: options.no_telemetry,
        product: Some(&product),
        ..Asked::default()
    };
    match &args.command {
        None => status::run(host, &asked, args.format, ui),
        Some(TelemetryCommand::Status { format }) => status::run(host, &asked, *format, ui),
        Some(TelemetryCommand::Explain(args)) => explain::run(host, &asked, args, ui),
        Some(TelemetryCommand::Enable(args)) => enable::run(host, &asked, args, ui),
        Some(TelemetryCommand::Disable(args)) => disable::run(host, &asked, args, ui),
        Some(TelemetryCommand::Flush { format }) => flush::run(host, &asked, *format, ui),
        Some(TelemetryCommand::Log(args)) => log::run(host, &asked, args, ui),
        Some(TelemetryCommand::Record(args)) => record::run(host, &asked, args, ui),
        Some(TelemetryCommand::Preview(args)) => preview::run(host, &asked, args, ui),
        Some(TelemetryCommand::Verify(args)) => verify::run(host, &asked, args, ui),
        Some(TelemetryCommand::Link(args)) => link::run(host, &asked, args, ui),
        Some(TelemetryCommand::Unlink(args)) => unlink::run(host, &asked, args, ui),
        Some(TelemetryCommand::Reset { format }) => reset::run(host, &asked, *format, ui),
        Some(TelemetryCommand::Forget(args)) => forget::run(host, &asked, args, ui),
    }
}

/// Whose telemetry a command is about.
fn product(host: &Host, args: &TelemetryArgs) -> Result<Product, CommandError> {
    let variable = host.env.text(CATALOG_VARIABLE);
    let (name, origin) = match (&args.catalog, &variable) {
        (Some(name), _) => (name.as_str(), "--catalog"),
        (None, Some(name)) => (&**name, CATALOG_VARIABLE),
        (None, None) => return Ok(Product::own()),
    };
    Product::named(name, &host.cwd).map_err(|error| CommandError::of_product(&error, origin))
}

/// The product as these sources see it.
fn reporting_as(asked: &Asked<'_>, sources: &[String]) -> Result<Product, CommandError> {
    let product = asked.product().reporting_as(sources);
    product.map_err(|error| CommandError::of_product(&error, ""))
}

/// Exit code 3 when local files are unreadable or invalid; nothing is repaired by itself.
fn sound(problems: &[String]) -> Result<(), CommandError> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(CommandError::new(exit::CONFIG, problems.join("; ")).hint(
        "nothing was changed; correct or remove the file, then decide again with `decantr telemetry enable` or `disable`",
    ))
}

/// Whether somebody is there to answer a question, with nothing but an answer's object on stdout.
fn can_ask(format: Format, ui: &Ui) -> bool {
    ui.is_interactive() && !format.is_json()
}

/// How a command of `decantr telemetry` begins that is about the same product, wherever it is run.
fn again(asked: &Asked<'_>) -> String {
    begins(&asked.product())
}

fn begins(product: &Product) -> String {
    if product.is_own() {
        return "decantr telemetry".to_owned();
    }
    let reference = product.reference().display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/\\.:_-".contains(c);
    if reference.chars().all(is_plain) {
        return format!("decantr telemetry --catalog {reference}");
    }
    let quoted = reference.replace('\'', r"'\''");
    format!("decantr telemetry --catalog '{quoted}'")
}

/// Who agreed, and how: by `yes`, or at the terminal, where the one question is asked. `command` is what to say instead.
fn agreed(
    yes: bool,
    format: Format,
    question: &str,
    command: &str,
    ui: &mut Ui,
) -> Result<Actor, CommandError> {
    if yes {
        return Ok(Actor::YesFlag);
    }
    if !can_ask(format, ui) {
        return Err(
            CommandError::new(exit::CONSENT, "nobody is here to ask; nothing was written").hint(
                format!("say `{command} --yes` if you have the right to agree"),
            ),
        );
    }
    if ui.confirm(question)? {
        Ok(Actor::Terminal)
    } else {
        Err(CommandError::new(
            exit::CONSENT,
            "you did not agree; nothing was written",
        ))
    }
}

/// One delivery, with what its receipt says.
fn delivered(sent: &Sent) -> String {
    let verb = if sent.refused { "refused" } else { "delivered" };
    format!(
        "{verb} {} events ({} bytes) at {:.0}, answered {}: {} stored, {} duplicate, {} dropped; receipt {}; batch {}",
        sent.events,
        sent.bytes,
        sent.at,
        sent.status,
        sent.accepted,
        sent.duplicates,
        sent.dropped,
        sent.receipt,
        sent.batch_id
    )
}

/// A control that failed, with the exit code that it stands for.
impl From<ClientError> for CommandError {
    fn from(error: ClientError) -> Self {
        let code = match error.exit_class() {
            ExitClass::Usage => exit::USAGE,
            ExitClass::Config => exit::CONFIG,
            ExitClass::Consent => exit::CONSENT,
            ExitClass::Access => exit::ACCESS,
            ExitClass::Remote => exit::REMOTE,
        };
        Self::from_error(code, &error)
    }
}
