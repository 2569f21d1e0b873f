//! `yarn.lock`, of Yarn 1 and of Yarn 2 and later: which version each range of each package resolves to.

use std::collections::{BTreeMap, HashMap};

use crate::analyze::range;

/// What a lockfile pins, in the order of its entries.
///
/// Both forms are written line by line by one formatter, with two spaces for each level; the later one is YAML as well.
/// <https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>, <https://github.com/yarnpkg/berry/tree/master/packages/yarnpkg-parsers>
#[derive(Debug, Default)]
pub(super) struct Lock {
    entries: Vec<Entry>,
    /// Entries by descriptor: `next@^15.0.0`, `next@npm:^15.0.0`.
    by_descriptor: HashMap<String, usize>,
    /// Ranges that the workspace root puts in the place of others, by package.
    resolutions: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Entry {
    /// The name it is asked for by.
    name: String,
    version: Option<String>,
    /// Whether it is a package of the workspace.
    is_local: bool,
    dependencies: Vec<(String, String)>,
}

/// Which part of an entry a line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Fields,
    Dependencies,
    Other,
}

impl Lock {
    /// Reads a lockfile; else says why not. `resolutions` are those of the workspace root's manifest.
    pub(super) fn parse(
        text: &str,
        resolutions: &BTreeMap<String, String>,
    ) -> Result<Self, &'static str> {
        let mut lock = Self {
            resolutions: resolutions.iter().filter_map(plain_resolution).collect(),
            ..Self::default()
        };
        let mut part = Part::Fields;
        for line in text.lines() {
            let content = line.trim();
            let indent = line
                .len()
                .saturating_sub(line.trim_start_matches(' ').len());
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            match indent {
                0 if content == ":" => {}
                0 => {
                    // YAML begins a long key with a question mark and puts its colon on the next line.
                    let key = content
                        .strip_prefix("? ")
                        .or_else(|| content.strip_suffix(':'));
                    lock.open(key.ok_or("is not a lockfile of yarn")?);
                    part = Part::Fields;
                }
                1..=3 => part = lock.field(content),
                _ if part == Part::Dependencies => lock.dependency(content),
                _ => {}
            }
        }
        Ok(lock)
    }

    /// The version that `name` at the range `declared` resolves to.
    pub(super) fn version(&self, name: &str, declared: Option<&str>) -> Option<String> {
        let found = self
            .resolved(name)
            .or_else(|| self.descriptor(name, declared?));
        match found {
            Some(entry) => entry.plain_version(),
            None => self.only(name),
        }
    }

    /// The version of `name` that `parent` depends on.
    pub(super) fn below(&self, parent: &str, declared: Option<&str>, name: &str) -> Option<String> {
        let parent = declared.and_then(|range| self.descriptor(parent, range))?;
        let (_, range) = parent
            .dependencies
            .iter()
            .find(|(dependency, _)| dependency == name)?;
        self.version(name, Some(range))
    }

    /// The version of `name`, when there is one alone.
    pub(super) fn only(&self, name: &str) -> Option<String> {
        let entries = self.entries.iter().filter(|entry| entry.name == name);
        super::one(entries.filter_map(Entry::plain_version).collect())
    }

    fn resolved(&self, name: &str) -> Option<&Entry> {
        let (_, range) = self.resolutions.iter().find(|(whom, _)| whom == name)?;
        self.descriptor(name, range)
    }

    fn descriptor(&self, name: &str, range: &str) -> Option<&Entry> {
        let range = range.trim();
        let plain = format!("{name}@{range}");
        let at = self
            .by_descriptor
            .get(&plain)
            .or_else(|| self.by_descriptor.get(&format!("{name}@npm:{range}")))?;
        self.entries.get(*at)
    }

    fn open(&mut self, key: &str) {
        let at = self.entries.len();
        let mut entry = Entry::default();
        for descriptor in key.split(", ").map(|text| text.trim().trim_matches('"')) {
            // A scope begins with the same sign as the range.
            let scope = usize::from(descriptor.starts_with('@'));
            let name = descriptor
                .get(scope..)
                .and_then(|rest| rest.split_once('@'));
            if let Some((_, range)) = name {
                let name = descriptor.strip_suffix(range).unwrap_or_default();
                name.trim_end_matches('@').clone_into(&mut entry.name);
                self.by_descriptor
                    .entry(descriptor.to_owned())
                    .or_insert(at);
            }
        }
        self.entries.push(entry);
    }

    fn field(&mut self, content: &str) -> Part {
        let Some(entry) = self.entries.last_mut() else {
            return Part::Other;
        };
        let (name, value) = pair(content);
        match name {
            "version" => entry.version = range::version(value).map(str::to_owned),
            "resolution" => entry.is_local = value.contains("@workspace:"),
            "dependencies" | "optionalDependencies" => return Part::Dependencies,
            "peerDependencies" => return Part::Other,
            _ => {}
        }
        Part::Fields
    }

    fn dependency(&mut self, content: &str) {
        let (name, range) = pair(content);
        if let Some(entry) = self.entries.last_mut() {
            entry.dependencies.push((name.to_owned(), range.to_owned()));
        }
    }
}

impl Entry {
    fn plain_version(&self) -> Option<String> {
        self.version.clone().filter(|_| !self.is_local)
    }
}

/// `name "value"` (1) or `name: "value"` (2 and later), quoted where needed.
fn pair(content: &str) -> (&str, &str) {
    let (name, value) = match content.strip_prefix('"') {
        Some(rest) => rest.split_once('"').unwrap_or((rest, "")),
        None => content.split_once([' ', ':']).unwrap_or((content, "")),
    };
    let value = value.trim_start_matches([':', ' ']);
    (name, value.trim_matches('"'))
}

/// A resolution that is about a package wherever it is depended on; those for one place only are left out.
/// <https://yarnpkg.com/configuration/manifest#resolutions>
fn plain_resolution((pattern, range): (&String, &String)) -> Option<(String, String)> {
    let name = pattern.strip_prefix("**/").unwrap_or(pattern);
    let levels = name.split('/').count();
    let is_plain = levels == 1 || (levels == 2 && name.starts_with('@'));
    let is_for_any = !name.trim_start_matches('@').contains('@');
    (is_plain && is_for_any).then(|| (name.to_owned(), range.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSIC: &str = "# yarn lockfile v1\n\n\n\"@acme/kit@^2.0.0\", \"@acme/kit@^2.1.0\":\n  version \"2.1.4\"\n  \
                           dependencies:\n    tint \"^1.0.0\"\n    \"@acme/edge\" \">=1\"\n\ntint@^1.0.0, tint@^1.2.0:\n  \
                           version \"1.9.0\"\n\ntint@^3.0.0:\n  version \"3.0.1\"\n\n\"shade@npm:tint@^3.0.0\":\n  version \
                           \"3.0.1\"\n";

    const BERRY: &str = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"@acme/kit@npm:^2.0.0, @acme/kit@npm:^2.1.0\":\n  \
                         version: 2.1.4\n  resolution: \"@acme/kit@npm:2.1.4\"\n  dependencies:\n    tint: \"npm:^1.0.0\"\n  \
                         peerDependencies:\n    edge: 1\n  checksum: 10c0/aa\n  languageName: node\n  linkType: \
                         hard\n\n\"tint@npm:^1.0.0\":\n  version: 1.9.0\n  resolution: \"tint@npm:1.9.0\"\n\n\"tint@npm:^3.0.0\":\n  \
                         version: 3.0.1\n\n\"web@workspace:apps/web\":\n  version: 0.0.0-use.local\n  resolution: \
                         \"web@workspace:apps/web\"\n\n? \"wide@npm:^1.0.0, wide@npm:^1.0.1\"\n:\n  version: 1.0.2\n";

    fn none() -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    #[test]
    fn both_forms_answer_by_the_range_that_is_asked_for() {
        for text in [CLASSIC, BERRY] {
            let lock = Lock::parse(text, &none()).unwrap();
            let version = |name, range| lock.version(name, Some(range));
            assert_eq!(version("@acme/kit", "^2.1.0").as_deref(), Some("2.1.4"));
            assert_eq!(version("tint", "^1.0.0").as_deref(), Some("1.9.0"));
            assert_eq!(version("tint", "^3.0.0").as_deref(), Some("3.0.1"));
            assert_eq!(version("tint", "^9.0.0"), None, "which of two is not known");
            assert_eq!(
                version("@acme/kit", "*").as_deref(),
                Some("2.1.4"),
                "the only one"
            );
            let below = lock.below("@acme/kit", Some("^2.0.0"), "tint");
            assert_eq!(below.as_deref(), Some("1.9.0"));
        }
        let classic = Lock::parse(CLASSIC, &none()).unwrap();
        let alias = classic.version("shade", Some("npm:tint@^3.0.0"));
        assert_eq!(alias.as_deref(), Some("3.0.1"));
    }

    #[test]
    fn packages_of_the_workspace_have_no_installed_version_and_long_keys_are_read() {
        let lock = Lock::parse(BERRY, &none()).unwrap();
        assert_eq!(lock.version("web", Some("workspace:apps/web")), None);
        assert_eq!(
            lock.version("wide", Some("^1.0.1")).as_deref(),
            Some("1.0.2")
        );
    }

    #[test]
    fn a_resolution_takes_the_place_of_a_range() {
        let resolution =
            |pattern: &str, range: &str| BTreeMap::from([(pattern.to_owned(), range.to_owned())]);
        for pattern in ["tint", "**/tint"] {
            let lock = Lock::parse(BERRY, &resolution(pattern, "^3.0.0")).unwrap();
            assert_eq!(
                lock.version("tint", Some("^1.0.0")).as_deref(),
                Some("3.0.1")
            );
        }
        let lock = Lock::parse(BERRY, &resolution("other/tint", "^3.0.0")).unwrap();
        assert_eq!(
            lock.version("tint", Some("^1.0.0")).as_deref(),
            Some("1.9.0")
        );
    }

    #[test]
    fn a_file_with_conflicts_or_of_another_kind_is_refused() {
        for text in ["<<<<<<< HEAD\na@1:\n  version \"1.0.0\"\n", "{ }", "hello"] {
            assert!(Lock::parse(text, &none()).is_err(), "{text}");
        }
        assert!(Lock::parse("# yarn lockfile v1\n", &none()).is_ok());
    }
}
