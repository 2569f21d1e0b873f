//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use crate::analyze::range;

/// <https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json>
#[derive(Debug, Deserialize)]
struct File {
    /// Version 2 and 3: installed packages by their place in `node_modules`.
    #[serde(default)]
    packages: HashMap<String, Package>,
    /// Version 1 (and, doubled, 2): installed packages by name.
    #[serde(default)]
    dependencies: HashMap<String, Nested>,
}

#[derive(Debug, Deserialize)]
struct Package {
    #[serde(default)]
    version: Option<String>,
    /// Where a linked workspace package lies.
    #[serde(default)]
    resolved: Option<serde_json::Value>,
    #[serde(default)]
    link: bool,
}

/// A package of version 1 with those that are installed below it.
#[derive(Debug, Deserialize)]
struct Nested {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    dependencies: HashMap<String, Nested>,
}

/// What a lockfile pins for one package of the project.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    importer: String,
}

impl Lock {
    /// Reads a lockfile for the package at `importer`, relative to the lockfile (`.` beside it); else says why not.
    pub(super) fn parse(text: &str, importer: &str) -> Result<Self, &'static str> {
        const REASON: &str = "is not a lockfile of npm";
        // An array would do for a struct, but is no lockfile.
        let object = Some(text).filter(|text| text.trim_start().starts_with('{'));
        let file = serde_json::from_str(object.ok_or(REASON)?).map_err(|_syntax| REASON)?;
        Ok(Self {
            file,
            importer: importer.trim_start_matches('.').to_owned(),
        })
    }

    /// The version that `name` resolves to from the package.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        if let Some(place) = self.place(&self.importer, name) {
            return self.version_at(&place);
        }
        let package = self.file.dependencies.get(name)?;
        plain_version(package.version.as_deref()?)
    }

    /// The version of `name` that `parent` depends on.
    pub(super) fn below(&self, parent: &str, name: &str) -> Option<String> {
        if let Some(parent) = self.place(&self.importer, parent) {
            return self.version_at(&self.place(&parent, name)?);
        }
        let all = &self.file.dependencies;
        let nested = all.get(parent)?.dependencies.get(name);
        let package = nested.or_else(|| all.get(name))?;
        plain_version(package.version.as_deref()?)
    }

    /// The version of `name`, when there is one alone.
    pub(super) fn only(&self, name: &str) -> Option<String> {
        let ending = format!("node_modules/{name}");
        let is_same = |place: &&String| {
            let before = place.strip_suffix(&ending);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let places = self.file.packages.keys().filter(is_same);
        let versions: BTreeSet<_> = places.filter_map(|place| self.version_at(place)).collect();
        super::one(versions)
    }

    /// Where `name` is found from the folder `from`, as Node.js looks it up: nearest `node_modules` first.
    fn place(&self, from: &str, name: &str) -> Option<String> {
        let mut from = from;
        loop {
            let slash = if from.is_empty() { "" } else { "/" };
            let key = format!("{from}{slash}node_modules/{name}");
            if self.file.packages.contains_key(&key) {
                return Some(key);
            }
            match from.rsplit_once('/') {
                Some((parent, _)) => from = parent,
                None if !from.is_empty() => from = "",
                None => return None,
            }
        }
    }

    fn version_at(&self, place: &str) -> Option<String> {
        let package = self.file.packages.get(place)?;
        let target = package.resolved.as_ref().and_then(|place| place.as_str());
        let package = match target.filter(|_| package.link) {
            Some(place) => self.file.packages.get(place)?,
            None => package,
        };
        plain_version(package.version.as_deref()?)
    }
}

/// The version alone: in version 1 of the file an alias has `npm:name@` before it, and what comes from elsewhere than
/// the registry has its address instead.
fn plain_version(text: &str) -> Option<String> {
    let text = match text.strip_prefix("npm:") {
        Some(alias) => alias.rsplit_once('@')?.1,
        None => text,
    };
    range::version(text).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_of_a_dependency_is_the_nearest() {
        for text in [
            r#"{ "lockfileVersion": 3, "packages": { "node_modules/kit": { "version": "2.0.0" },
                "node_modules/kit/node_modules/tint": { "version": "3.4.1" }, "node_modules/tint": { "version": "4.0.0" } } }"#,
            r#"{ "lockfileVersion": 1, "dependencies": { "tint": { "version": "4.0.0" },
                "kit": { "version": "2.0.0", "requires": { "tint": "^3.0.0" }, "dependencies": { "tint": { "version": "3.4.1" } } } } }"#,
        ] {
            let lock = Lock::parse(text, ".").unwrap();
            assert_eq!(lock.below("kit", "tint").as_deref(), Some("3.4.1"));
            assert_eq!(lock.version("tint").as_deref(), Some("4.0.0"));
            assert_eq!(lock.below("absent", "tint"), None);
            assert_eq!(lock.only("tint"), None);
        }
    }
}
