//! `decantr telemetry preview`: the exact bytes that would leave, now and if telemetry were on.

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::args::{Cli, Command, PreviewArgs, TelemetryArgs, TelemetryCommand};
use crate::cli::command::analyze;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::client::control::{self, Leaving, Preview};
use crate::config::{Asked, Host, Product};

/// How many Base64 characters stand in a line.
const LINE: usize = 76;

/// Runs `decantr telemetry preview`.
///
/// # Errors
/// Exit code 2 when COMMAND is no command of decantr, 3 when local files cannot be read.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &PreviewArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let preview = if args.command.is_empty() {
        control::preview(host, asked, None)?
    } else {
        of_command(host, asked, &args.command, ui)?
    };
    if args.format.is_json() {
        return ui.json(&preview);
    }
    show(&preview, ui)
}

/// Looks at what a command would report, without letting it write, record or talk to anybody.
fn of_command(
    host: &Host,
    asked: &Asked<'_>,
    words: &[OsString],
    ui: &mut Ui,
) -> Result<Preview, CommandError> {
    let parsed = parse(words)?;
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let command = words.join(" ");
    let Some(cli) = parsed else {
        return Ok(control::preview(host, asked, Some((command, &[])))?);
    };
    let asked = Asked {
        no_telemetry: asked.no_telemetry || cli.output.no_telemetry,
        ..*asked
    };
    let preview = match &cli.command {
        Command::Analyze(args) => {
            // It reports for decantr itself, whatever catalog is named.
            let asked = Asked {
                project: Some(&args.path),
                product: None,
                ..asked
            };
            let observed = analyze::observe(host, args);
            control::preview(host, &asked, Some((command, &observed)))
        }
        // It reports nothing itself, and sends what waits.
        Command::Telemetry(
            telemetry @ TelemetryArgs {
                command: Some(TelemetryCommand::Flush { .. }),
                ..
            },
        ) => {
            let product = inner(host, &asked, telemetry)?;
            let asked = Asked {
                product: Some(&product),
                ..asked
            };
            control::preview(host, &asked, None)
        }
        Command::Telemetry(
            telemetry @ TelemetryArgs {
                command: Some(TelemetryCommand::Record(args)),
                ..
            },
        ) => {
            let product = inner(host, &asked, telemetry)?;
            let asked = Asked {
                product: Some(&product),
                ..asked
            };
            let product = super::reporting_as(&asked, args.source.as_slice())?;
            let asked = Asked {
                product: Some(&product),
                ..asked
            };
            let json = super::record::json(host, args, ui)?;
            let catalog = product.catalog();
            let given = super::record::given(&catalog, args, json.as_deref())?;
            let observed: Vec<_> = given.into_iter().map(control::Given::into_parts).collect();
            control::preview(host, &asked, Some((command, &observed)))
        }
        // No other command reports anything, so none is run.
        _ => control::preview(host, &asked, Some((command, &[]))),
    };
    Ok(preview?)
}

/// The product that the command names, else the one that the look is about.
fn inner(
    host: &Host,
    asked: &Asked<'_>,
    telemetry: &TelemetryArgs,
) -> Result<Product, CommandError> {
    match &telemetry.catalog {
        Some(_) => super::product(host, telemetry),
        None => Ok(asked.product()),
    }
}

/// The command; none where it only asks for help or the version.
fn parse(words: &[OsString]) -> Result<Option<Cli>, CommandError> {
    let own = words.first().is_some_and(|word| word == "decantr");
    let words = words.iter().skip(usize::from(own));
    let program = OsString::from("decantr");
    let parsed = Cli::try_parse_from(std::iter::once(&program).chain(words));
    let answers = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    if let Err(error) = &parsed
        && answers.contains(&error.kind())
    {
        return Ok(None);
    }
    parsed.map(Some).map_err(|error| {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default();
        let first = first.strip_prefix("error: ").unwrap_or(first);
        let message = format!("that is no command of decantr: {first}");
        CommandError::new(exit::USAGE, message).hint(
            "what other programs report is shown by running them with DECANTR_TELEMETRY=log, if they report through decantr",
        )
    })
}

fn show(preview: &Preview, ui: &mut Ui) -> Result<(), CommandError> {
    ui.line(&match &preview.command {
        Some(command) => {
            format!("What `{command}` would send. Nothing was made, kept or sent for this.")
        }
        None => "What waits to be sent. Nothing was made, kept or sent for this.".to_owned(),
    })?;
    ui.heading("As things are")?;
    leaving(&preview.now, ui)?;
    if preview.command.is_none() {
        return Ok(());
    }
    ui.heading("If you enabled it")?;
    if preview.if_enabled == preview.now {
        return ui.line("the same");
    }
    leaving(&preview.if_enabled, ui)?;
    if preview.if_enabled.requests.is_empty() {
        return Ok(());
    }
    ui.line(
        "\nids and times are made anew for every event; install and project ids of zeros are made when they are first needed",
    )
}

fn leaving(leaving: &Leaving, ui: &mut Ui) -> Result<(), CommandError> {
    if leaving.requests.is_empty() {
        ui.line(&format!("nothing: {}", leaving.why.join("; ")))?;
        return Ok(());
    }
    for request in &leaving.requests {
        ui.line(&request.head.trim_end().replace("\r\n", "\n"))?;
        ui.line(&format!(
            "\nbody, inflated (SHA-256 {}):\n{}",
            request.digest, request.body
        ))?;
        ui.line(&format!(
            "\nbody as sent, {} bytes, in Base64:",
            request.bytes
        ))?;
        let mut rest = request.base64.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(LINE));
            ui.line(line)?;
            rest = after;
        }
    }
    for why in &leaving.why {
        ui.line(why)?;
    }
    Ok(())
}
