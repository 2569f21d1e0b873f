//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.

use std::collections::HashMap;

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
    dependencies: HashMap<String, Package>,
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
            importer: importer.to_owned(),
        })
    }

    /// The version that `name` resolves to from the package, as Node.js looks it up: nearest `node_modules` first.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        let mut from = self.importer.trim_start_matches('.');
        loop {
            let slash = if from.is_empty() { "" } else { "/" };
            let key = format!("{from}{slash}node_modules/{name}");
            if let Some(package) = self.file.packages.get(&key) {
                return self.version_of(package);
            }
            match from.rsplit_once('/') {
                Some((parent, _)) => from = parent,
                None if !from.is_empty() => from = "",
                None => break,
            }
        }
        let package = self.file.dependencies.get(name)?;
        plain_version(package)
    }

    fn version_of(&self, package: &Package) -> Option<String> {
        let target = package.resolved.as_ref().and_then(|place| place.as_str());
        let package = match target.filter(|_| package.link) {
            Some(place) => self.file.packages.get(place)?,
            None => package,
        };
        plain_version(package)
    }
}

/// The version alone: in version 1 of the file an alias has `npm:name@` before it, and what comes from elsewhere than
/// the registry has its address instead.
fn plain_version(package: &Package) -> Option<String> {
    let text = package.version.as_deref()?;
    let text = match text.strip_prefix("npm:") {
        Some(alias) => alias.rsplit_once('@')?.1,
        None => text,
    };
    range::version(text).map(str::to_owned)
}
