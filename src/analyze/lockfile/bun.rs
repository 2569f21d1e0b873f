//! `bun.lock`: the packages that Bun has installed, by their place. The older binary `bun.lockb` is not read.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::analyze::{jsonc, range};

/// <https://bun.com/docs/pm/lockfile>
#[derive(Debug, Deserialize)]
struct File {
    /// By folder, relative to the lockfile; empty for the one beside it.
    #[serde(default)]
    workspaces: HashMap<String, Workspace>,
    /// By place: `next` at the top, `web/next` below the package `web`.
    #[serde(default)]
    packages: HashMap<String, Installed>,
}

#[derive(Debug, Deserialize)]
struct Workspace {
    #[serde(default)]
    name: Option<String>,
}

/// `next@15.1.2`, the first item of a list.
#[derive(Debug)]
struct Installed(String);

impl<'de> Deserialize<'de> for Installed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Installed;

            fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
                form.write_str("a list that begins with a package and its version")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Installed, A::Error> {
                let first = items.next_element()?.unwrap_or_default();
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Installed(first))
            }
        }
        deserializer.deserialize_seq(First)
    }
}

impl Installed {
    /// Its version; none for packages of the workspace and those from elsewhere than a registry.
    fn version(&self) -> Option<String> {
        let (_, version) = self.0.rsplit_once('@')?;
        range::version(version).map(str::to_owned)
    }
}

/// What a lockfile pins for one package of the project.
#[derive(Debug)]
pub(super) struct Lock {
    packages: HashMap<String, Installed>,
    /// The name of the package that asks, when it is a member of the workspace.
    member: Option<String>,
}

impl Lock {
    /// Reads a lockfile for the package at `importer`, relative to the lockfile (`.` beside it); else says why not.
    pub(super) fn parse(text: &str, importer: &str) -> Result<Self, &'static str> {
        const REASON: &str = "is not a lockfile of bun";
        let object = Some(text).filter(|text| text.trim_start().starts_with('{'));
        let mut file: File = object.and_then(jsonc::parse_as).ok_or(REASON)?;
        let member = file.workspaces.remove(importer.trim_start_matches('.'));
        Ok(Self {
            packages: file.packages,
            member: member
                .and_then(|member| member.name)
                .filter(|_| importer != "."),
        })
    }

    /// The version of `name` that the package gets.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        self.at(&[name])?.version()
    }

    /// The version of `name` that `parent` depends on.
    pub(super) fn below(&self, parent: &str, name: &str) -> Option<String> {
        self.at(&[parent])?;
        self.at(&[parent, name])
            .or_else(|| self.at(&[name]))?
            .version()
    }

    /// The version of `name`, when there is one alone.
    pub(super) fn only(&self, name: &str) -> Option<String> {
        let is_same = |one: &&Installed| one.0.rsplit_once('@').is_some_and(|(n, _)| n == name);
        let all = self.packages.values().filter(is_same);
        super::one(all.filter_map(Installed::version).collect::<BTreeSet<_>>())
    }

    /// What is installed at `place`: the member's own before that of all.
    fn at(&self, place: &[&str]) -> Option<&Installed> {
        let shared = place.join("/");
        let own = self.member.as_ref().map(|name| format!("{name}/{shared}"));
        own.and_then(|own| self.packages.get(&own))
            .or_else(|| self.packages.get(&shared))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
      "lockfileVersion": 1,
      "workspaces": { "": { "name": "all" }, "apps/web": { "name": "web", "dependencies": { "tint": "^1.0.0" } } },
      // comments are allowed
      "packages": {
        "@acme/kit": ["@acme/kit@2.1.4", "", { "dependencies": { "tint": "^3.0.0" } }, "sha512-aa=="],
        "@acme/kit/tint": ["tint@3.0.1", "", {}, "sha512-aa=="],
        "shade": ["tint@1.9.0", "", {}, "sha512-aa=="],
        "tint": ["tint@2.0.0", "", {}, "sha512-aa=="],
        "edge": ["edge@github:acme/edge#abc", {}, "acme-edge-abc"],
        "web": ["web@workspace:apps/web"],
        "web/tint": ["tint@1.9.0", "", {}, "sha512-aa=="],
      }
    }"#;

    #[test]
    fn a_member_gets_its_own_version_before_the_shared_one() {
        let version =
            |importer: &str, name: &str| Lock::parse(TEXT, importer).unwrap().version(name);
        assert_eq!(version(".", "tint").as_deref(), Some("2.0.0"));
        assert_eq!(version("apps/web", "tint").as_deref(), Some("1.9.0"));
        assert_eq!(version("apps/web", "@acme/kit").as_deref(), Some("2.1.4"));
        assert_eq!(version(".", "shade").as_deref(), Some("1.9.0"), "an alias");
        for other in ["edge", "web", "absent"] {
            assert_eq!(version(".", other), None, "{other}");
        }
        let lock = Lock::parse(TEXT, ".").unwrap();
        assert_eq!(lock.below("@acme/kit", "tint").as_deref(), Some("3.0.1"));
        assert_eq!(lock.only("@acme/kit").as_deref(), Some("2.1.4"));
        assert_eq!(lock.only("tint"), None);
    }

    #[test]
    fn what_is_no_lockfile_is_refused() {
        for text in ["", "[]", "{ \"packages\": { \"a\": 1 } }", "{"] {
            assert!(Lock::parse(text, ".").is_err(), "{text}");
        }
    }
}
