//! Other programs' telemetry: what is kept in their folders below decantr's own, which `--catalog` would check whole.

use std::collections::BTreeSet;

use super::state::{checks_in, entries};
use super::view::{Check, Level};
use crate::client::consent::Gate;
use crate::config::{CATALOGS_FOLDER, Paths};

const NAME: &str = "others";

/// The check, where decantr itself is looked at and another program has a folder. What cannot be read is added to `problems`.
pub(super) fn check(gate: &Gate, problems: &mut Vec<String>) -> Option<Check> {
    if !gate.product.is_own() {
        return None;
    }
    let own = &gate.paths;
    let mut names = BTreeSet::new();
    for folder in [&own.config_dir, &own.state_dir] {
        match entries(&folder.join(CATALOGS_FOLDER)) {
            Ok(paths) => names.extend(
                paths
                    .into_iter()
                    .filter(|path| path.is_dir())
                    .filter_map(|path| path.file_name().map(ToOwned::to_owned)),
            ),
            Err(why) => return Some(Check::not_checked(NAME, what("other programs"), why)),
        }
    }
    if names.is_empty() {
        return None;
    }
    let (mut shown, mut residue, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let below = |folder: &std::path::Path| folder.join(CATALOGS_FOLDER).join(&name);
        let paths = Paths {
            config_dir: below(&own.config_dir),
            state_dir: below(&own.state_dir),
            data_dir: own.data_dir.clone(),
        };
        let name = name.to_string_lossy().into_owned();
        match checks_in(&paths, problems) {
            Ok(checks) => {
                for check in checks {
                    residue.extend(check.residue.iter().map(|what| format!("{name}: {what}")));
                    let why = check.passed.is_none().then_some(check.details);
                    unknown.extend(why.map(|why| format!("{name}: {why}")));
                }
            }
            Err(why) => unknown.push(format!("{name}: {why}")),
        }
        shown.push(name);
    }
    let what = what(&shown.join(", "));
    if residue.is_empty() && !unknown.is_empty() {
        return Some(Check::not_checked(NAME, what, unknown.join("; ")));
    }
    let details =
        "looked for in their folders; `decantr telemetry verify --catalog FILE` checks all of one";
    Some(Check::found(NAME, what, Level::Observed, details, residue))
}

fn what(whose: &str) -> String {
    format!("nothing of the telemetry of {whose} is kept without your consent to it")
}
