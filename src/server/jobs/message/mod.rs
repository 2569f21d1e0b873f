//! A report as a message: title, verdict, alerts and titled tables, and the forms in which people and services read it.
//!
//! Every form is made of any text whatever: what a form could read as its own signs is escaped, control characters go, and what
//! does not fit is left out in whole rows, with a line that says how many. The same message always gives the same bytes.

mod discord;
mod fit;
mod html;
mod markdown;
mod section;
mod slack;
mod teams;
mod text;

use serde_json::{Value, json};

use crate::server::report::{Alert, Level};

pub use section::Section;
pub(super) use section::{rate, signed};

/// What stands above everything in a message of made-up numbers.
pub const SAMPLE: &str = "SAMPLE: these numbers are made up.";

/// How good or bad something is; forms show it as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Look at it.
    Watch,
    /// Act.
    Bad,
    /// Neither good nor bad.
    Quiet,
}

/// A report as a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What kind of report it is, for machines: `ops.digest`.
    pub kind: &'static str,
    /// The title.
    pub title: String,
    /// The verdict in a word, if the report has one.
    pub status: Option<(Tone, String)>,
    /// Whether the numbers are made up; every form says so first.
    pub is_sample: bool,
    /// What it is about, in a sentence or two.
    pub about: String,
    /// What needs attention, worst first.
    pub alerts: Vec<Note>,
    /// The numbers.
    pub sections: Vec<Section>,
}

/// One thing that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How much.
    pub tone: Tone,
    /// The same in a word.
    pub level: String,
    /// A sentence.
    pub text: String,
}

impl From<&Alert> for Note {
    fn from(alert: &Alert) -> Self {
        Self {
            tone: match alert.level {
                Level::Critical => Tone::Bad,
                Level::Warning => Tone::Watch,
                Level::Info => Tone::Quiet,
            },
            level: alert.level.as_str().to_owned(),
            text: alert.message.clone(),
        }
    }
}

/// The forms that services take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Discord's webhooks: one embed.
    Discord,
    /// Slack's incoming webhooks: blocks.
    Slack,
    /// Teams' workflows: an adaptive card.
    Teams,
    /// A plain JSON object.
    Json,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Discord, Self::Slack, Self::Teams, Self::Json];

    /// The word in options and variables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Json => "json",
        }
    }

    /// The form of this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }
}

impl Message {
    /// The title with the verdict: `Telemetry digest: watch`.
    pub fn headline(&self) -> String {
        match &self.status {
            Some((_, word)) => format!("{}: {word}", self.title),
            None => self.title.clone(),
        }
    }

    /// The body that a service of this form takes, inside each of its limits.
    pub fn payload(&self, form: Form) -> Value {
        match form {
            Form::Discord => discord::payload(self),
            Form::Slack => slack::payload(self),
            Form::Teams => teams::payload(self),
            Form::Json => self.plain(),
        }
    }

    /// For pages, job summaries and tools that read Markdown; one of made-up numbers says so in its first line.
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }

    /// A whole page for mail: nothing in it is loaded from anywhere, and it is readable on dark and on light ground.
    pub fn to_html(&self) -> String {
        html::render(self)
    }

    fn tone(&self) -> Tone {
        self.status.as_ref().map_or(Tone::Quiet, |(tone, _)| *tone)
    }

    /// Cells as texts: a reader that computes takes the report's own JSON.
    fn plain(&self) -> Value {
        let alerts = self
            .alerts
            .iter()
            .map(|alert| json!({ "level": alert.level, "message": alert.text }));
        let sections = self.sections.iter().map(|section| {
            json!({
                "title": section.title,
                "columns": section.columns,
                "rows": section.rows,
                "note": section.note,
            })
        });
        json!({
            "schemaVersion": 1,
            "kind": self.kind,
            "text": self.headline(),
            "title": self.title,
            "status": self.status.as_ref().map(|(_, word)| word),
            "sample": self.is_sample,
            "about": self.about,
            "alerts": alerts.collect::<Vec<_>>(),
            "sections": sections.collect::<Vec<_>>(),
        })
    }
}
