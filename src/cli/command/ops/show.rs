//! A report on stdout: on the terminal with coloured words and tables in its width, or as a page.

use anstyle::Style;

use crate::cli::args::MemoFormat;
use crate::cli::error::CommandError;
use crate::cli::ui::{BAD, DIM, GOOD, Ui, WATCH, table};
use crate::server::jobs::message::{Message, SAMPLE, Section, Tone};

/// Prints the message in any form but JSON, which is the report's own.
pub(super) fn report(
    message: &Message,
    format: MemoFormat,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    match format {
        MemoFormat::Markdown => ui.data(&message.to_markdown()),
        MemoFormat::Html => ui.data(&message.to_html()),
        MemoFormat::Table | MemoFormat::Json => on_terminal(message, ui),
    }
}

fn on_terminal(message: &Message, ui: &mut Ui) -> Result<(), CommandError> {
    if message.is_sample {
        let mark = ui.paint(WATCH, SAMPLE);
        ui.line(&mark)?;
    }
    let headline = match &message.status {
        Some((tone, word)) => format!("{}: {}", message.title, ui.paint(style(*tone), word)),
        None => message.title.clone(),
    };
    ui.line(&headline)?;
    let about = ui.paint(DIM, &message.about);
    ui.line(&about)?;
    for alert in &message.alerts {
        let level = ui.paint(style(alert.tone), &alert.level);
        ui.line(&format!("{level}: {}", alert.text))?;
    }
    for section in &message.sections {
        ui.heading(&section.title)?;
        section_table(section, ui)?;
        if let Some(note) = &section.note {
            ui.line(note)?;
        }
    }
    Ok(())
}

fn section_table(section: &Section, ui: &mut Ui) -> Result<(), CommandError> {
    let columns: Vec<&str> = section.columns.iter().map(String::as_str).collect();
    let numbers: Vec<usize> = (1..columns.len()).collect();
    let mut rows = table(&columns, &numbers);
    rows.add_rows(&section.rows);
    ui.table(&mut rows)
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Good => GOOD,
        Tone::Watch => WATCH,
        Tone::Bad => BAD,
        Tone::Quiet => DIM,
    }
}
