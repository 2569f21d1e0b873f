//! Dependencies of note and the features they show, by a table in `data/dependencies.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use super::manifest::Manifest;
use super::report::{Dependencies, Feature};

/// Package patterns by category; see the head of the file.
#[derive(Debug, Default, Deserialize)]
struct Table {
    category: BTreeMap<String, BTreeMap<String, String>>,
    feature: BTreeMap<String, BTreeMap<String, String>>,
    file: BTreeMap<String, BTreeMap<String, String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test holds that the file can be read.
    toml::from_str(include_str!("data/dependencies.toml")).unwrap_or_default()
});

/// The direct dependencies of note.
pub(super) fn categorize(manifest: &Manifest) -> Dependencies {
    let of = |category: &str| {
        let patterns = TABLE.category.get(category);
        matching(manifest, patterns)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let testing = of("testing");
    let mut ui = of("ui");
    // `*/ui` is a package of the workspace; test runners have packages of that name, too.
    ui.retain(|name| !testing.contains(name));
    Dependencies {
        ui,
        state: of("state"),
        auth: of("auth"),
        db: of("db"),
        styling: of("styling"),
        data: of("data"),
        forms: of("forms"),
        testing,
    }
}

/// The features that dependencies, `files` (feature ids with paths) and the files in `root` show, one piece of evidence
/// each, in this order.
pub(super) fn features(
    manifest: &Manifest,
    files: Vec<(&'static str, String)>,
    root: &Path,
) -> Vec<Feature> {
    let by_dependency = TABLE.feature.iter().filter_map(|(id, patterns)| {
        let name = matching(manifest, Some(patterns)).next()?;
        Some((id.clone(), format!("dependency {name}")))
    });
    let by_file = files
        .into_iter()
        .map(|(id, path)| (id.to_owned(), format!("file {path}")));
    let by_name = TABLE.file.iter().filter_map(|(id, names)| {
        let name = names.keys().find(|name| root.join(name).is_file())?;
        Some((id.clone(), format!("file {name}")))
    });
    let mut seen = BTreeSet::new();
    let mut features: Vec<_> = by_dependency
        .chain(by_file)
        .chain(by_name)
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
    let open: Vec<_> = patterns
        .into_iter()
        .flat_map(BTreeMap::keys)
        .filter(|pattern| pattern.contains('*'))
        .collect();
    let names = manifest.dependencies.keys().map(String::as_str);
    names.filter(move |name| {
        patterns.is_some_and(|all| all.contains_key(*name))
            || open.iter().any(|pattern| matches(pattern, name))
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
            .chain(table.file.values())
            .flatten()
        {
            assert!(source.starts_with("https://"), "{pattern}: {source}");
        }
    }

    /// Packages that carry what an application of each ecosystem is made of, with their categories.
    #[test]
    fn packages_of_every_ecosystem_are_in_their_categories() {
        for (names, category) in [
            (
                "@radix-ui/react-tabs vuetify bits-ui @angular/material @kobalte/core react-native-paper @acme/ui",
                "ui",
            ),
            (
                "zustand pinia @ngrx/store nanostores @tanstack/svelte-query vuex jotai",
                "state",
            ),
            (
                "next-auth nuxt-auth-utils @auth/sveltekit keycloak-angular @clerk/astro better-auth expo-auth-session",
                "auth",
            ),
            (
                "@prisma/client drizzle-orm mongoose typeorm @astrojs/db @nuxthub/core @angular/fire expo-sqlite pg",
                "db",
            ),
            (
                "tailwindcss nativewind @vanilla-extract/css @nuxtjs/tailwindcss unocss sass",
                "styling",
            ),
            (
                "@trpc/server apollo-angular @nuxt/content graphql axios swr @apollo/client",
                "data",
            ),
            (
                "react-hook-form vee-validate sveltekit-superforms @angular/forms @modular-forms/qwik",
                "forms",
            ),
            (
                "vitest @vue/test-utils jest-expo karma @playwright/test jasmine-core",
                "testing",
            ),
        ] {
            let patterns = TABLE.category.get(category);
            let mut manifest = Manifest::default();
            for name in names.split(' ') {
                manifest
                    .dependencies
                    .insert(name.to_owned(), "*".to_owned());
            }
            let found = matching(&manifest, patterns).count();
            assert_eq!(found, names.split(' ').count(), "{category}");
        }
        let mut manifest = Manifest::default();
        for name in ["@vitest/ui", "rxjs", "next", "react", "convex-x"] {
            manifest
                .dependencies
                .insert(name.to_owned(), "*".to_owned());
        }
        let all = categorize(&manifest);
        assert_eq!(all.testing, ["@vitest/ui"]);
        assert!(all.ui.is_empty() && all.state.is_empty() && all.db.is_empty());
    }

    #[test]
    fn a_star_stands_for_something() {
        assert!(matches("@radix-ui/*", "@radix-ui/react-tabs"));
        assert!(matches("*/ui", "@acme/ui"));
        assert!(!matches("@radix-ui/*", "@radix-ui/"));
        assert!(!matches("next", "next-auth"));
    }
}
