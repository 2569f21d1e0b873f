//! The packages of a workspace by name, and the files that imports of them mean.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::jsonc;
use super::text::{self, MAX_SOURCE};
use super::workspace::WorkspaceRoot;

/// The folders that packages are mostly built into.
const BUILT: [&str; 4] = ["dist", "lib", "build", "out"];

/// The named packages of a workspace.
#[derive(Debug, Default)]
pub(super) struct Packages(Vec<(String, PathBuf)>);

impl Packages {
    /// Those of `workspace`.
    pub(super) fn of(workspace: Option<&WorkspaceRoot>) -> Self {
        let members = workspace.into_iter().flat_map(|all| &all.members);
        let named =
            members.filter_map(|member| Some((member.name.clone()?, member.folder.clone())));
        Self(named.collect())
    }

    /// Whether `source` is an import from one of them.
    pub(super) fn has(&self, source: &str) -> bool {
        self.find(source).is_some()
    }

    /// The place that `source` means, by the package's `exports`, its `main`, or its folders; it may lack its ending.
    /// <https://nodejs.org/api/packages.html#package-entry-points>
    pub(super) fn locate(&self, source: &str) -> Option<PathBuf> {
        let (folder, rest) = self.find(source)?;
        let manifest = text::read_quietly(&folder.join("package.json"), MAX_SOURCE);
        let manifest = manifest.and_then(|text| jsonc::parse(&text));
        let field = |name: &str| manifest.as_ref().and_then(|fields| fields.get(name));
        let target = match field("exports") {
            Some(exports) => target(exports, rest),
            None if rest.is_empty() => field("main").and_then(Value::as_str).map(str::to_owned),
            None => None,
        };
        let place = target.unwrap_or_else(|| rest.to_owned());
        Some(folder.join(place.trim_start_matches("./")))
    }

    /// The place that `place`, in a folder that is built, is built from: most keep their sources in `src`.
    pub(super) fn source_of(&self, place: &Path) -> Option<PathBuf> {
        let (_, folder) = self.0.iter().find(|(_, one)| place.starts_with(one))?;
        let mut inside = place.strip_prefix(folder).ok()?.components();
        let built = inside.next()?.as_os_str().to_str()?;
        BUILT
            .contains(&built)
            .then(|| folder.join("src").join(inside.as_path()))
    }

    fn find<'s>(&self, source: &'s str) -> Option<(&Path, &'s str)> {
        self.0.iter().find_map(|(name, folder)| {
            let rest = source.strip_prefix(name.as_str())?;
            let rest = match rest.strip_prefix('/') {
                Some(rest) => rest,
                None if rest.is_empty() => rest,
                None => return None,
            };
            Some((folder.as_path(), rest))
        })
    }
}

/// What `exports` has for the subpath `rest` (empty for the package itself).
fn target(exports: &Value, rest: &str) -> Option<String> {
    let Some(by_key) = exports.as_object() else {
        return entry(exports)
            .filter(|_| rest.is_empty())
            .map(str::to_owned);
    };
    let is_conditions = by_key.keys().all(|key| !key.starts_with('.'));
    if is_conditions {
        return entry(exports)
            .filter(|_| rest.is_empty())
            .map(str::to_owned);
    }
    let wanted = if rest.is_empty() {
        ".".to_owned()
    } else {
        format!("./{rest}")
    };
    if let Some(exact) = by_key.get(&wanted) {
        return entry(exact).map(str::to_owned);
    }
    by_key.iter().find_map(|(key, value)| {
        let (start, end) = key.split_once('*')?;
        let star = wanted.strip_prefix(start)?.strip_suffix(end)?;
        Some(entry(value)?.replace('*', star))
    })
}

/// The file of the first condition that is not about types alone.
pub(super) fn entry(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(conditions) => {
            let mut chosen = conditions.iter().filter(|(name, _)| *name != "types");
            chosen.find_map(|(_, value)| entry(value))
        }
        Value::Array(several) => several.iter().find_map(entry),
        _ => None,
    }
}
