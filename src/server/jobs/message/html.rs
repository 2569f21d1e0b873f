//! A message as a page for mail: one file, styles in place, nothing loaded, colours that hold on dark and on light ground.

use std::fmt::Write as _;

use super::text::{clean, prose};
use super::{Message, SAMPLE, Section, Tone};

/// Letters and the width of the page; the reader's own colours for text and ground.
const PAGE: &str = "font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;max-width:46em;margin:1.5em auto;padding:0 1em";

/// A cell of a table, to the left and to the right.
const CELL: &str = "padding:.25em .75em;border-bottom:1px solid #8888;text-align:left";
const NUMBER: &str = "padding:.25em .75em;border-bottom:1px solid #8888;text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap";

/// Renders `message`.
pub(super) fn render(message: &Message) -> String {
    let headline = text(&message.headline());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n</head>\n<body style=\"color-scheme:light dark\">\n<div style=\"{PAGE}\">\n",
        plain(&message.headline()),
    );
    if message.is_sample {
        let color = color(Tone::Watch);
        writeln!(
            page,
            "<p style=\"color:{color}\"><strong>{SAMPLE}</strong></p>"
        )
        .ok();
    }
    let color = color(message.tone());
    writeln!(
        page,
        "<h1 style=\"font-size:1.5em;border-left:.3em solid {color};padding-left:.5em\">{headline}</h1>\n<p>{}</p>",
        text(&message.about)
    )
    .ok();
    alerts(&mut page, message);
    for section in &message.sections {
        table(&mut page, section);
    }
    page.push_str("</div>\n</body>\n</html>\n");
    page
}

/// Each is seen well enough on white and on black.
fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "#2e9e4f",
        Tone::Watch => "#b8800b",
        Tone::Bad => "#e5484d",
        Tone::Quiet => "#808080",
    }
}

fn alerts(page: &mut String, message: &Message) {
    if message.alerts.is_empty() {
        return;
    }
    page.push_str("<ul>\n");
    for alert in &message.alerts {
        let (color, level) = (color(alert.tone), plain(&alert.level));
        let text = text(&alert.text);
        writeln!(
            page,
            "<li><strong style=\"color:{color}\">{level}</strong>: {text}</li>"
        )
        .ok();
    }
    page.push_str("</ul>\n");
}

fn table(page: &mut String, section: &Section) {
    let title = text(&section.title);
    writeln!(
        page,
        "<h2 style=\"font-size:1.15em\">{title}</h2>\n<table style=\"border-collapse:collapse\">"
    )
    .ok();
    row(page, "th", &section.columns);
    for cells in &section.rows {
        row(page, "td", cells);
    }
    page.push_str("</table>\n");
    if let Some(note) = &section.note {
        writeln!(page, "<p>{}</p>", text(note)).ok();
    }
}

fn row(page: &mut String, tag: &str, cells: &[String]) {
    page.push_str("<tr>");
    for (at, cell) in cells.iter().enumerate() {
        let style = if at == 0 { CELL } else { NUMBER };
        write!(page, "<{tag} style=\"{style}\">{}</{tag}>", plain(cell)).ok();
    }
    page.push_str("</tr>\n");
}

/// Text without any markup.
fn plain(text: &str) -> String {
    prose(text, escape, None).concat()
}

/// Text with code between pairs of backticks.
fn text(text: &str) -> String {
    let code = |part: &str| format!("<code>{}</code>", plain(&clean(part)));
    prose(text, escape, Some(code)).concat()
}

fn escape(_: Option<char>, c: char, _: Option<char>) -> Option<String> {
    let entity = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => return None,
    };
    Some(entity.to_owned())
}
