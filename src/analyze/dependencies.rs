//! Dependencies of note and the features they show, by a table in `data/dependencies.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::manifest::Manifest;
use super::report::{Dependencies, Feature};

/// Package patterns by category; see the head of the file.
#[derive(Debug, Default, Deserialize)]
struct Table {
    category: BTreeMap<String, BTreeMap<String, String>>,
    feature: BTreeMap<String, BTreeMap<String, String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test holds that the file can be read.
    toml::from_str(include_str!("data/dependencies.toml")).unwrap_or_default()
});

/// The direct dependencies of note.
pub(super) fn categorize(manifest: &Manifest) -> Dependencies {
    let of = |category: &str| {
        let patterns = TABLE.category.get(category);
        matching(manifest, patterns).map(str::to_owned).collect()
    };
    Dependencies {
        ui: of("ui"),
        state: of("state"),
        auth: of("auth"),
        db: of("db"),
        styling: of("styling"),
        data: of("data"),
        forms: of("forms"),
        testing: of("testing"),
    }
}

/// The features that dependencies and `files` (feature ids with paths) show, one piece of evidence each.
pub(super) fn features(manifest: &Manifest, files: Vec<(&'static str, String)>) -> Vec<Feature> {
    let by_dependency = TABLE.feature.iter().filter_map(|(id, patterns)| {
        let name = matching(manifest, Some(patterns)).next()?;
        Some((id.clone(), format!("dependency {name}")))
    });
    let by_file = files
        .into_iter()
        .map(|(id, path)| (id.to_owned(), format!("file {path}")));
    let mut seen = BTreeSet::new();
    let mut features: Vec<_> = by_dependency
        .chain(by_file)
        .filter(|(id, _)| seen.insert(id.clone()))
        .map(|(id, evidence)| Feature { id, evidence })
        .collect();
    features.sort();
    features
}

fn matching<'m>(
    manifest: &'m Manifest,
    patterns: Option<&'static BTreeMap<String, String>>,
) -> impl Iterator<Item = &'m str> {
    let names = manifest.dependencies.keys().map(String::as_str);
    names.filter(move |name| {
        patterns.is_some_and(|all| all.keys().any(|pattern| matches(pattern, name)))
    })
}

/// Whether `name` fits `pattern`, in which one `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() > start.len().saturating_add(end.len())
                && name.starts_with(start)
                && name.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_a_source_for_every_entry() {
        let table: Table = toml::from_str(include_str!("data/dependencies.toml")).unwrap();
        assert_eq!(table.category.len(), 8);
        for (pattern, source) in table
            .category
            .values()
            .chain(table.feature.values())
            .flatten()
        {
            assert!(source.starts_with("https://"), "{pattern}: {source}");
        }
    }

    #[test]
    fn a_star_stands_for_something() {
        assert!(matches("@radix-ui/*", "@radix-ui/react-tabs"));
        assert!(matches("*/ui", "@acme/ui"));
        assert!(!matches("@radix-ui/*", "@radix-ui/"));
        assert!(!matches("next", "next-auth"));
    }
}
