//! A message as an adaptive card for a Teams workflow.
//!
//! A message may have about 28 KB (Microsoft documentation, "Create Incoming Webhooks"). Texts are runs, in which Teams reads no
//! Markdown, and a card without `msteams.entities` mentions nobody.

use serde_json::{Value, json};

use super::fit::{self, lines, more_alerts, more_rows, more_sections, shares};
use super::text::line;
use super::{Message, SAMPLE, Section, Tone};

const TITLE: usize = 200;
const ABOUT: usize = 600;
const ALERT: usize = 400;
const ALERTS: usize = 6_000;
const NOTE: usize = 200;
const SECTIONS: usize = 40;
const ALL: usize = 27_000;

/// Between the columns of tables: ordinary spaces side by side are shown as one.
const FILL: char = '\u{a0}';

/// The body of the request.
pub(super) fn payload(message: &Message) -> Value {
    let title = json!({
        "type": "TextRun",
        "text": line(&message.headline(), TITLE),
        "size": "Large",
        "weight": "Bolder",
        "color": color(message.tone()),
    });
    let mut body = vec![text(&[title], "None")];
    if message.is_sample {
        body.push(text(&[bold(SAMPLE, Tone::Watch)], "Small"));
    }
    body.push(text(
        &[run(&line(&message.about, ABOUT), "Default")],
        "Small",
    ));
    body.extend(alerts(message));
    let used = bytes(&card(&body));
    body.extend(sections(&message.sections, ALL - used));
    card(&body)
}

fn card(body: &[Value]) -> Value {
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}

fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "Good",
        Tone::Watch => "Warning",
        Tone::Bad => "Attention",
        Tone::Quiet => "Default",
    }
}

fn text(runs: &[Value], spacing: &str) -> Value {
    json!({ "type": "RichTextBlock", "spacing": spacing, "inlines": runs })
}

fn run(text: &str, font: &str) -> Value {
    json!({ "type": "TextRun", "text": text, "fontType": font })
}

fn bold(text: &str, tone: Tone) -> Value {
    json!({ "type": "TextRun", "text": text, "weight": "Bolder", "color": color(tone) })
}

/// A line of a table.
fn table_line(line: &str) -> Value {
    text(&[run(line, "Monospace")], "None")
}

/// The bytes of `value`, and a comma behind it.
fn bytes(value: &Value) -> usize {
    value.to_string().len() + 1
}

fn alerts(message: &Message) -> Vec<Value> {
    let alerts = message.alerts.iter().map(|alert| {
        let level = bold(&format!("{}: ", line(&alert.level, 20)), alert.tone);
        text(&[level, run(&line(&alert.text, ALERT), "Default")], "Small")
    });
    let mut alerts: Vec<Value> = alerts.collect();
    let all = alerts.len();
    if alerts.iter().map(bytes).sum::<usize>() > ALERTS {
        let mut used = bytes(&table_line(&more_alerts(all)));
        let kept = alerts.iter().take_while(|alert| {
            used += bytes(alert);
            used <= ALERTS
        });
        let kept = kept.count();
        alerts.truncate(kept);
        alerts.push(table_line(&more_alerts(all - kept)));
    }
    alerts
}

fn sections(sections: &[Section], room: usize) -> Vec<Value> {
    let shown = sections.len().min(SECTIONS);
    let missing = sections.len() - shown;
    let rest = (missing > 0).then(|| table_line(&more_sections(missing)));
    let reserved = rest.as_ref().map_or(0, bytes);
    let needs: Vec<usize> = sections
        .iter()
        .take(shown)
        .map(|section| blocks(section, ALL).iter().map(bytes).sum())
        .collect();
    let rooms = shares(&needs, room - reserved);
    sections
        .iter()
        .zip(rooms)
        .flat_map(|(section, room)| blocks(section, room))
        .chain(rest)
        .collect()
}

/// The title, the lines of the table, and the note, in at most `room` bytes.
fn blocks(section: &Section, room: usize) -> Vec<Value> {
    let title = bold(&line(&section.title, 60.min(room / 16)), Tone::Quiet);
    let title = text(&[title], "Medium");
    let note = section.note.as_ref().map(|note| {
        let note = line(note, NOTE.min(room / 16));
        text(&[run(&note, "Default")], "None")
    });
    let around = bytes(&title) + note.as_ref().map_or(0, bytes);
    let cost = |line: &str| bytes(&table_line(line));
    let room = room.saturating_sub(around);
    let all = (1, section.rows.len());
    let rows = lines(fit::table(section, FILL), all, room, cost, more_rows);
    let rows = rows.iter().map(|line| table_line(line));
    std::iter::once(title).chain(rows).chain(note).collect()
}
