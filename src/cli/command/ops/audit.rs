//! `decantr ops audit`: who changed what about whom.

use jiff::Timestamp;
use serde::Serialize;

use super::desk::{Desk, Opening, failed, time};
use crate::cli::args::AuditArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::server::store::AuditEntry;

/// A change as JSON.
#[derive(Serialize)]
struct ChangeForm {
    sequence: i64,
    at: Timestamp,
    by: String,
    action: String,
    subject: String,
    from: Option<serde_json::Value>,
    to: Option<serde_json::Value>,
}

impl From<AuditEntry> for ChangeForm {
    fn from(entry: AuditEntry) -> Self {
        let value =
            |text: String| serde_json::from_str(&text).unwrap_or_else(|_not_json| text.into());
        Self {
            sequence: entry.sequence,
            at: entry.by.at,
            by: entry.by.who,
            action: entry.action,
            subject: entry.subject,
            from: entry.from.map(value),
            to: entry.to.map(value),
        }
    }
}

/// Runs `decantr ops audit`.
pub(super) fn run(host: &Host, args: &AuditArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let entries = Desk::at(host, &args.at.store, Opening::Read, async |desk| {
        let entries = desk.identities().audit(limit).await;
        entries.map_err(|error| failed(&error))
    })?;
    if args.at.format.is_json() {
        let changes: Vec<ChangeForm> = entries.into_iter().map(ChangeForm::from).collect();
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.audit",
            "changes": changes,
        }));
    }
    if entries.is_empty() {
        ui.status("nothing was changed yet");
        return Ok(());
    }
    let mut rows = table(&["when", "who", "what", "about", "from", "to"], &[]);
    for entry in entries {
        rows.add_row([
            time(entry.by.at),
            entry.by.who,
            entry.action,
            entry.subject,
            said(entry.from),
            said(entry.to),
        ]);
    }
    ui.table(&mut rows)
}

/// What a change says, for people: `actor internal, org org_acme`; what is not said is left out.
fn said(json: Option<String>) -> String {
    let Some(text) = json else {
        return String::new();
    };
    let Ok(serde_json::Value::Object(members)) = serde_json::from_str(&text) else {
        return text;
    };
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    let words = members.map(|(name, value)| match value {
        serde_json::Value::String(value) => format!("{name} {value}"),
        value => format!("{name} {value}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_is_shown() {
        let shown = |text: &str| said(Some(text.to_owned()));
        assert_eq!(
            shown(r#"{"actor":"internal","org":null}"#),
            "actor internal"
        );
        assert_eq!(
            shown(r#"{"scopes":["link"],"n":1}"#),
            r#"scopes ["link"], n 1"#
        );
        assert_eq!(shown("nonsense"), "nonsense");
        assert_eq!(said(None), "");
    }
}
