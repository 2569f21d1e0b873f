//! `decantr ops backup`: a copy of the store, as of one moment.

use super::desk::{Desk, Opening, failed};
use crate::cli::args::BackupArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::Ui;
use crate::config::Host;

/// Runs `decantr ops backup`.
///
/// # Errors
/// Exit code 3 when there is no store, or something at the new file already.
pub(super) fn run(host: &Host, args: &BackupArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let file = host.cwd.join(&args.file);
    Desk::at(host, &args.at.store, Opening::Read, async |desk| {
        desk.store
            .backup(&file)
            .await
            .map_err(|error| failed(&error))
    })?;
    if args.at.format.is_json() {
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.backup",
            "file": file.display().to_string(),
        }));
    }
    ui.line(&format!("written: {}", file.display()))?;
    ui.status("it holds the store's secrets; keep it where only you can read it");
    Ok(())
}
