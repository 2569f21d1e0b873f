//! A message as one embed of a Discord webhook.
//!
//! Limits: title 256, description 4,096, 25 fields with names of 256 and values of 1,024, and 6,000 in all, counted here in
//! UTF-16 units (Discord documentation, "Message resource", "Embed limits"; "Allowed mentions object").

use serde_json::{Value, json};

use super::fit::{self, lines, more_alerts, more_rows, more_sections, shares};
use super::text::{cut, or_dash, prose, units};
use super::{Message, SAMPLE, Section, Tone};

const TITLE: usize = 256;
const DESCRIPTION: usize = 1_500;
const ALERT: usize = 350;
const FIELDS: usize = 25;
const NAME: usize = 80;
const VALUE: usize = 1_024;
const NOTE: usize = 160;
const ALL: usize = 6_000;

/// What stands around the table of a field.
const FENCE: (&str, &str) = ("```\n", "\n```");

/// The body of the request. No text in it can mention anybody.
pub(super) fn payload(message: &Message) -> Value {
    let title = or_dash(text(&message.headline(), TITLE));
    let description = description(message);
    let room = ALL - units(&title) - units(&description);
    json!({
        "embeds": [{
            "title": title,
            "description": description,
            "color": color(message.tone()),
            "fields": fields(&message.sections, room),
        }],
        "allowed_mentions": { "parse": [] },
    })
}

fn color(tone: Tone) -> u32 {
    match tone {
        Tone::Good => 0x002e_a043,
        Tone::Watch => 0x00d2_9922,
        Tone::Bad => 0x00da_3633,
        Tone::Quiet => 0x0057_606a,
    }
}

fn text(text: &str, room: usize) -> String {
    let code = |part: &str| format!("`{part}`");
    cut(prose(text, escape, Some(code)), room, units)
}

/// Discord's Markdown takes a backslash before any of its signs.
fn escape(_: Option<char>, c: char, _: Option<char>) -> Option<String> {
    r"\*_~|<>[]#`".contains(c).then(|| format!("\\{c}"))
}

fn description(message: &Message) -> String {
    let mut head = Vec::new();
    if message.is_sample {
        head.push(format!("**{SAMPLE}**"));
    }
    head.push(or_dash(text(&message.about, ALERT)));
    let alerts = message.alerts.iter().map(|alert| {
        format!(
            "**{}**: {}",
            text(&alert.level, 20),
            text(&alert.text, ALERT)
        )
    });
    let heads = head.len();
    head.extend(alerts);
    let cost = |line: &str| units(line) + 1;
    lines(
        head,
        (heads, message.alerts.len()),
        DESCRIPTION,
        cost,
        more_alerts,
    )
    .join("\n")
}

fn fields(sections: &[Section], room: usize) -> Vec<Value> {
    let shown = if sections.len() > FIELDS {
        FIELDS - 1
    } else {
        sections.len()
    };
    let missing = sections.len() - shown;
    let rest = (missing > 0).then(|| (super::text::MORE.to_owned(), more_sections(missing)));
    let reserved = rest
        .as_ref()
        .map_or(0, |(name, value)| units(name) + units(value));
    let wide: Vec<(String, String)> = sections
        .iter()
        .take(shown)
        .map(|section| field(section, NAME + VALUE))
        .collect();
    let needs: Vec<usize> = wide
        .iter()
        .map(|(name, value)| units(name) + units(value))
        .collect();
    let rooms = shares(&needs, room - reserved);
    sections
        .iter()
        .zip(rooms)
        .map(|(section, room)| field(section, room))
        .chain(rest)
        .map(|(name, value)| json!({ "name": name, "value": value, "inline": false }))
        .collect()
}

/// Name and value of a field that together take at most `room`.
fn field(section: &Section, room: usize) -> (String, String) {
    let name = or_dash(text(&section.title, NAME.min(room / 3)));
    let room = (room - units(&name)).min(VALUE);
    let note = section.note.as_deref().map_or_else(String::new, |note| {
        format!("\n{}", text(note, NOTE.min(room / 3)))
    });
    let around = units(FENCE.0) + units(FENCE.1) + units(&note);
    let cost = |line: &str| units(line) + 1;
    // The last line has no line break behind it.
    let table = fit::table(section, ' ');
    let all = (1, section.rows.len());
    let rows = lines(table, all, room + 1 - around, cost, more_rows);
    let value = format!("{}{}{}{note}", FENCE.0, or_dash(rows.join("\n")), FENCE.1);
    (name, value)
}
