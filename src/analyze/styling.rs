//! How the project is styled: approaches by dependency and file, Tailwind's version, dark mode.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;

use super::parse::{Lookup, Modules};
use super::project::Sources;
use super::report::{Styling, Tailwind};

/// The packages that mean an approach; `tailwind`, `css-modules`, `scss`, `less` and `css` are seen by files as well.
const PACKAGES: [(&str, &[&str]); 7] = [
    (
        "tailwind",
        &[
            "tailwindcss",
            "@tailwindcss/postcss",
            "@tailwindcss/vite",
            "@tailwindcss/cli",
        ],
    ),
    (
        "unocss",
        &["unocss", "@unocss/nuxt", "@unocss/core", "@unocss/postcss"],
    ),
    ("panda", &["@pandacss/dev"]),
    ("vanilla-extract", &["@vanilla-extract/css"]),
    (
        "css-in-js",
        &[
            "styled-components",
            "@emotion/react",
            "@emotion/styled",
            "@emotion/css",
            "@stitches/react",
            "@linaria/core",
            "goober",
            "@stylexjs/stylex",
            "styled-jsx",
        ],
    ),
    ("scss", &[]),
    ("less", &[]),
];

/// The main approach is the first of these that is in use.
const ORDER: [&str; 9] = [
    "tailwind",
    "unocss",
    "panda",
    "vanilla-extract",
    "css-in-js",
    "css-modules",
    "scss",
    "less",
    "css",
];

/// <https://tailwindcss.com/docs/upgrade-guide#using-a-javascript-config-file>
const TAILWIND_CONFIGS: [&str; 6] = [
    "tailwind.config.ts",
    "tailwind.config.js",
    "tailwind.config.mjs",
    "tailwind.config.cjs",
    "tailwind.config.mts",
    "tailwind.config.cts",
];

/// Packages that exist to switch between light and dark.
const THEMES: [&str; 5] = [
    "next-themes",
    "remix-themes",
    "@nuxtjs/color-mode",
    "mode-watcher",
    "use-dark-mode",
];

/// Tells how `sources` are styled.
pub(super) fn read(sources: &Sources<'_>) -> Styling {
    let configs: Vec<_> = TAILWIND_CONFIGS
        .into_iter()
        .filter(|name| sources.root.join(name).is_file())
        .collect();
    let approaches = approaches(sources, !configs.is_empty());
    let mut in_use = ORDER.into_iter().filter(|id| approaches.contains(id));
    let approach = in_use.next();
    let properties: BTreeSet<_> = sources
        .styles()
        .flat_map(|style| &style.properties)
        .collect();
    Styling {
        approach,
        tailwind: (approach == Some("tailwind")).then(|| Tailwind {
            version: tailwind_version(sources),
        }),
        css_variables: u64::try_from(properties.len()).unwrap_or(u64::MAX),
        dark_mode: sources.styles().any(|style| style.dark)
            || THEMES.iter().any(|name| sources.manifest.has(name))
            || configs.iter().any(|config| sets_dark_mode(sources, config)),
        // Every project has a style sheet somewhere; plain CSS tells something only where it is the approach.
        also: in_use.filter(|id| *id != "css").collect(),
    }
}

fn approaches(sources: &Sources<'_>, has_tailwind_config: bool) -> BTreeSet<&'static str> {
    let mut found: BTreeSet<&str> = PACKAGES
        .iter()
        .filter(|(_, packages)| packages.iter().any(|name| sources.manifest.has(name)))
        .map(|(id, _)| *id)
        .collect();
    if has_tailwind_config || sources.styles().any(|style| style.tailwind) {
        found.insert("tailwind");
    }
    for file in sources.files {
        let path = &file.path;
        match file.extension() {
            "css" | "scss" | "sass" | "less" | "pcss" if path.contains(".module.") => {
                found.insert("css-modules");
            }
            "ts" if path.ends_with(".css.ts") => {
                found.insert("vanilla-extract");
            }
            "scss" | "sass" => {
                found.insert("scss");
            }
            "less" => {
                found.insert("less");
            }
            "css" | "pcss" => {
                found.insert("css");
            }
            _ => {}
        }
    }
    found
}

/// The version of `tailwindcss`; Tailwind 4's plugins are released with it under the same version.
fn tailwind_version(sources: &Sources<'_>) -> Option<String> {
    let (_, packages) = PACKAGES.first()?;
    packages.iter().find_map(|name| sources.version(name))
}

/// Whether the configuration sets `darkMode` to a strategy.
/// <https://v3.tailwindcss.com/docs/dark-mode>
fn sets_dark_mode(sources: &Sources<'_>, config: &str) -> bool {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let Some(config) = modules.default_export(&sources.root.join(config)) else {
        return false;
    };
    match modules.get(&config, "darkMode") {
        Lookup::Found(value) => modules.truthy(&value).unwrap_or(false),
        Lookup::Absent | Lookup::Unknown | Lookup::Circular => false,
    }
}
