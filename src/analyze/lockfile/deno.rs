//! `deno.lock`, versions 3 to 5: which version each `npm:` specifier resolves to.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::analyze::range;

/// <https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files>
#[derive(Debug, Default, Deserialize)]
struct File {
    /// From version 4: `npm:next@^15.0.0` to `15.1.2_react@19.0.0`.
    #[serde(default)]
    specifiers: HashMap<String, String>,
    /// From version 4: `next@15.1.2_react@19.0.0` to what it is.
    #[serde(default)]
    npm: Keys,
    /// Version 3 has both in here, and `npm:next@15.1.2` as what a specifier resolves to.
    #[serde(default)]
    packages: Packages,
}

#[derive(Debug, Default, Deserialize)]
struct Packages {
    #[serde(default)]
    specifiers: HashMap<String, String>,
    #[serde(default)]
    npm: Keys,
}

/// The names in an object, without what they stand for.
#[derive(Debug, Default)]
struct Keys(BTreeSet<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Keys;

            fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
                form.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Keys, A::Error> {
                let mut keys = BTreeSet::new();
                while let Some((key, _)) = fields.next_entry::<_, IgnoredAny>()? {
                    keys.insert(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// What a lockfile pins.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Reads a lockfile; else says why not.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const REASON: &str = "is not a lockfile of deno";
        let object = Some(text).filter(|text| text.trim_start().starts_with('{'));
        serde_json::from_str(object.ok_or(REASON)?)
            .map(Self)
            .map_err(|_syntax| REASON)
    }

    /// The version that `name` at the range `declared` resolves to.
    pub(super) fn version(&self, name: &str, declared: Option<&str>) -> Option<String> {
        let range = declared.unwrap_or("*").trim();
        let specifier = match range.strip_prefix("npm:") {
            Some(_) => range.to_owned(),
            None => format!("npm:{name}@{range}"),
        };
        let File {
            specifiers,
            packages,
            ..
        } = &self.0;
        match specifiers
            .get(&specifier)
            .or_else(|| packages.specifiers.get(&specifier))
        {
            Some(resolved) => version_of(resolved).map(str::to_owned),
            None => self.only(name),
        }
    }

    /// The version of `name`, when there is one alone.
    pub(super) fn only(&self, name: &str) -> Option<String> {
        let all = self.0.npm.0.iter().chain(&self.0.packages.npm.0);
        let versions = all.filter_map(|key| version_of(key.strip_prefix(name)?.strip_prefix('@')?));
        super::one(versions.map(str::to_owned).collect::<BTreeSet<_>>())
    }
}

/// The version in `15.1.2`, `15.1.2_react@19.0.0` and `npm:next@15.1.2_react@19.0.0`.
fn version_of(resolved: &str) -> Option<&str> {
    let own = resolved.split('_').next()?;
    range::version(own.rsplit('@').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_of_every_version_are_read() {
        for text in [
            r#"{ "version": "3", "packages": { "specifiers": { "npm:@acme/kit@^2.0.0": "npm:@acme/kit@2.1.4_tint@1.0.0",
                "jsr:@std/path@1": "jsr:@std/path@1.0.0" }, "npm": { "@acme/kit@2.1.4_tint@1.0.0": { "integrity": "x" } } } }"#,
            r#"{ "version": "5", "specifiers": { "npm:@acme/kit@^2.0.0": "2.1.4_tint@1.0.0" },
                "npm": { "@acme/kit@2.1.4_tint@1.0.0": { "integrity": "x", "dependencies": ["tint"] } } }"#,
        ] {
            let lock = Lock::parse(text).unwrap();
            for range in ["^2.0.0", "npm:@acme/kit@^2.0.0", "~2.1"] {
                let version = lock.version("@acme/kit", Some(range));
                assert_eq!(version.as_deref(), Some("2.1.4"), "{range}");
            }
            assert_eq!(lock.version("tint", None), None);
        }
    }
}
