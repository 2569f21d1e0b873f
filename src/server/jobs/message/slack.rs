//! A message as blocks of a Slack incoming webhook.
//!
//! Limits: 50 blocks, 150 characters in a header, 3,000 in a section (Slack documentation, "Block Kit"). Above about 11,000
//! characters in all Slack answers `msg_blocks_too_long`, so the whole body stays below that. Everything that Slack could read
//! as a sign is an entity and `verbatim` is set, so no text in it can mention anybody.

use serde_json::{Value, json};

use super::fit::{self, lines, more_alerts, more_rows, more_sections, shares};
use super::text::{cut, or_dash, prose, units};
use super::{Message, SAMPLE, Section};

const HEADER: usize = 140;
const ABOUT: usize = 500;
const ALERT: usize = 350;
const ALERTS: usize = 2_200;
const TITLE: usize = 60;
const NOTE: usize = 160;
const SECTION: usize = 2_900;
const SECTIONS: usize = 24;
const ALL: usize = 10_800;

/// What is counted twice where head, table and tail of a section meet.
const SEAMS: usize = 4;

/// The body of the request.
pub(super) fn payload(message: &Message) -> Value {
    let header = or_dash(cut(prose(&message.headline(), escape, None), HEADER, units));
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": header, "emoji": false },
    })];
    if message.is_sample {
        blocks.push(block(&format!("*{SAMPLE}*")));
    }
    blocks.push(block(&or_dash(text(&message.about, ABOUT))));
    let alerts: Vec<String> = message
        .alerts
        .iter()
        .map(|alert| format!("*{}*: {}", text(&alert.level, 20), text(&alert.text, ALERT)))
        .collect();
    if !alerts.is_empty() {
        let all = (0, alerts.len());
        let alerts = lines(alerts, all, ALERTS, size, more_alerts);
        blocks.push(block(&alerts.join("\n")));
    }
    let notice = or_dash(text(&message.headline(), HEADER));
    let used = whole(&json!({ "text": notice, "blocks": blocks }));
    blocks.extend(sections(&message.sections, ALL - used));
    json!({ "text": notice, "blocks": blocks })
}

fn block(text: &str) -> Value {
    json!({
        "type": "section",
        "text": { "type": "mrkdwn", "text": text, "verbatim": true },
    })
}

fn text(text: &str, room: usize) -> String {
    let code = |part: &str| format!("`{}`", entities(part));
    cut(prose(text, escape, Some(code)), room, units)
}

fn escape(_: Option<char>, c: char, _: Option<char>) -> Option<String> {
    let entity = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '`' => "'",
        _ => return None,
    };
    Some(entity.to_owned())
}

/// The three characters that Slack reads as signs, as entities.
fn entities(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The units of `text` as a string of JSON, without its quotes, and a line break behind it.
fn size(text: &str) -> usize {
    units(&Value::from(text).to_string())
}

fn whole(value: &Value) -> usize {
    units(&value.to_string())
}

fn sections(sections: &[Section], room: usize) -> Vec<Value> {
    let shown = sections.len().min(SECTIONS);
    let missing = sections.len() - shown;
    let rest = (missing > 0).then(|| block(&more_sections(missing)));
    let reserved = rest.as_ref().map_or(0, |rest| whole(rest) + 1);
    let frame = whole(&block("")) + 1;
    let needs: Vec<usize> = sections
        .iter()
        .take(shown)
        .map(|section| size(&section_text(section, SECTION)) + SEAMS + frame)
        .collect();
    let rooms = shares(&needs, room - reserved);
    sections
        .iter()
        .zip(rooms)
        .map(|(section, room)| block(&section_text(section, (room - frame).min(SECTION))))
        .chain(rest)
        .collect()
}

/// Title, table and note in a text of at most `room`, as JSON counts.
fn section_text(section: &Section, room: usize) -> String {
    let title = or_dash(text(&section.title, TITLE.min(room / 8)));
    let note = section.note.as_deref().map_or_else(String::new, |note| {
        format!("\n{}", text(note, NOTE.min(room / 8)))
    });
    let (head, tail) = (format!("*{title}*\n```"), format!("```{note}"));
    let around = size(&head) + size(&tail);
    let table = fit::table(section, ' ')
        .iter()
        .map(|line| entities(line))
        .collect();
    let room = room.saturating_sub(around);
    let rows = lines(table, (1, section.rows.len()), room, size, more_rows);
    format!("{head}{}{tail}", or_dash(rows.join("\n")))
}
