//! How the project is styled: approaches by dependency and file, Tailwind's version, dark mode.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;

use super::css::Style;
use super::facts::Facts;
use super::findings::Findings;
use super::parse::{Lookup, Modules, Node};
use super::project::Sources;
use super::report::{Styling, Tailwind};
use super::secondary::is_secondary;
use super::shared_styles;
use super::walk::SourceFile;

/// The packages that mean an approach (those of `css-in-js` beside the widely known: <https://griffel.js.org>,
/// <https://compiledcssinjs.com>, <https://cssinjs.org/react-jss>, <https://theme-ui.com>, <https://github.com/Khan/aphrodite>); `tailwind`, `css-modules`, `scss`, `less` and `css` are seen by files as well.
const PACKAGES: [(&str, &[&str]); 7] = [
    (
        "tailwind",
        &[
            "tailwindcss",
            "@tailwindcss/postcss",
            "@tailwindcss/vite",
            "@tailwindcss/cli",
            "@nuxtjs/tailwindcss",
            "@astrojs/tailwind",
            "@nuxt/ui",
        ],
    ),
    (
        "unocss",
        &[
            "unocss",
            "@unocss/nuxt",
            "@unocss/core",
            "@unocss/postcss",
            "@unocss/vite",
            "@unocss/webpack",
            "@unocss/astro",
            "@unocss/svelte-scoped",
        ],
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
            "@emotion/core",
            "emotion",
            "glamor",
            "@stitches/react",
            "@linaria/core",
            "goober",
            "@stylexjs/stylex",
            "styled-jsx",
            "@linaria/react",
            "@pigment-css/react",
            "@compiled/react",
            "@griffel/react",
            "@fluentui/react-components",
            "@mui/styles",
            "@material-ui/core",
            "@material-ui/styles",
            "react-jss",
            "tss-react",
            "theme-ui",
            "aphrodite",
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

/// <https://unocss.dev/guide/config-file>
const UNO_CONFIGS: [&str; 8] = [
    "uno.config.ts",
    "uno.config.js",
    "uno.config.mts",
    "uno.config.mjs",
    "unocss.config.ts",
    "unocss.config.js",
    "unocss.config.mts",
    "unocss.config.mjs",
];

/// Packages that exist to switch between light and dark, or do so by themselves in what they are the theme of:
/// <https://docusaurus.io/docs/api/themes/configuration#color-mode---dark-mode>,
/// <https://starlight.astro.build/guides/css-and-tailwind/>, <https://vitepress.dev/reference/site-config#appearance>,
/// <https://nextra.site/docs/docs-theme/theme-configuration>, <https://www.fumadocs.dev/docs/ui/layouts/root-provider>,
/// <https://ui.nuxt.com/docs/getting-started/integrations/color-mode/nuxt>
const THEMES: [&str; 15] = [
    "next-themes",
    "remix-themes",
    "svelte-themes",
    "theme-change",
    "@nuxtjs/color-mode",
    "mode-watcher",
    "use-dark-mode",
    "@docusaurus/preset-classic",
    "@astrojs/starlight",
    "vitepress",
    "nextra-theme-docs",
    "nextra-theme-blog",
    "fumadocs-ui",
    "@nuxt/ui",
    "@nuxt/ui-pro",
];

/// How many presets may have presets of their own.
const MAX_PRESETS: usize = 8;

/// Tells how `sources` are styled.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Styling {
    let configs: Vec<_> = TAILWIND_CONFIGS
        .into_iter()
        .filter(|name| sources.root.join(name).is_file())
        .collect();
    let shared = shared_styles::follow(sources, findings);
    let styles: Vec<&Style> = sources
        .styles()
        .chain(shared.iter().map(|(_, style)| style))
        .collect();
    let mut approaches = approaches(sources, findings);
    if !configs.is_empty() || styles.iter().any(|style| style.tailwind) {
        approaches.insert("tailwind");
    }
    if UNO_CONFIGS
        .iter()
        .any(|name| sources.root.join(name).is_file())
    {
        approaches.insert("unocss");
    }
    approaches.extend(shared.iter().filter_map(|(ending, _)| plain(ending)));
    let mut in_use = ORDER.into_iter().filter(|id| approaches.contains(id));
    let approach = in_use.next();
    let properties: BTreeSet<_> = styles.iter().flat_map(|style| &style.properties).collect();
    Styling {
        approach,
        tailwind: (approach == Some("tailwind")).then(|| Tailwind {
            version: tailwind_version(sources),
        }),
        css_variables: u64::try_from(properties.len()).unwrap_or(u64::MAX),
        dark_mode: styles.iter().any(|style| style.dark)
            || sources.scripts().any(|(_, script)| script.switches_dark)
            || THEMES.iter().any(|name| sources.manifest.has(name))
            || (matches!(approach, Some("tailwind" | "unocss")) && has_dark_classes(sources))
            || is_configured_dark(sources, &configs, findings),
        // Every project has a style sheet somewhere; plain CSS tells something only where it is the approach.
        also: in_use.filter(|id| *id != "css").collect(),
    }
}

/// The approach that a style sheet with this ending is by itself.
fn plain(extension: &str) -> Option<&'static str> {
    match extension {
        "scss" | "sass" => Some("scss"),
        "less" => Some("less"),
        "css" | "pcss" => Some("css"),
        _ => None,
    }
}

fn approaches(sources: &Sources<'_>, findings: &mut Findings) -> BTreeSet<&'static str> {
    let mut found: BTreeSet<&str> = PACKAGES
        .iter()
        .filter(|(_, packages)| packages.iter().any(|name| sources.manifest.has(name)))
        .map(|(id, _)| *id)
        .collect();
    // What is served as it is styles other pages: https://nextjs.org/docs/app/api-reference/file-conventions/public-folder
    let own = |file: &&SourceFile| !file.path.starts_with("public/");
    let mut indented = Vec::new();
    for file in sources.files.iter().filter(own) {
        let path = &file.path;
        if file.extension() == "sass" && !is_secondary(path) {
            indented.push(path.clone());
        }
        match file.extension() {
            "css" | "scss" | "sass" | "less" | "pcss" if path.contains(".module.") => {
                found.insert("css-modules");
            }
            "ts" if path.ends_with(".css.ts") => {
                found.insert("vanilla-extract");
            }
            other => found.extend(plain(other)),
        }
    }
    for (path, facts) in sources.facts {
        if let Facts::Component(component) = facts {
            found.extend(&component.approaches);
            indented.extend(component.has_sass.then(|| path.clone()));
        }
    }
    let what = "variables and dark mode in indented Sass are not read";
    findings.warn_of("sass_not_read", what, &indented);
    found
}

/// The version of `tailwindcss`, which most of the others depend on; Tailwind 4's plugins are released with it under the
/// same version.
fn tailwind_version(sources: &Sources<'_>) -> Option<String> {
    let (_, packages) = PACKAGES.first()?;
    let same = packages
        .iter()
        .filter(|name| name.starts_with("@tailwindcss/"));
    sources
        .version_through("tailwindcss", packages)
        .or_else(|| same.copied().find_map(|name| sources.version(name)))
}

fn has_dark_classes(sources: &Sources<'_>) -> bool {
    sources.scripts().any(|(_, script)| script.dark)
}

/// Whether a configuration sets `darkMode` to a strategy; where that depends on code it is a finding.
/// <https://v3.tailwindcss.com/docs/dark-mode>
fn is_configured_dark(sources: &Sources<'_>, configs: &[&str], findings: &mut Findings) -> bool {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    for file in configs {
        let config = modules.default_export(&sources.root.join(file));
        match config.and_then(|config| sets_dark_mode(&modules, &config, 0)) {
            Some(true) => return true,
            Some(false) => {}
            None => {
                let detail = format!("whether {file} sets a dark mode is not static");
                findings.warn("dark_mode_not_static", detail);
            }
        }
    }
    false
}

/// Whether `config`, or else one of its presets, sets `darkMode`; none when that is not known.
/// <https://v3.tailwindcss.com/docs/presets>
fn sets_dark_mode<'a>(modules: &Modules<'a>, config: &Node<'a>, depth: usize) -> Option<bool> {
    match modules.get(config, "darkMode") {
        Lookup::Found(value) => return modules.truthy(&value),
        Lookup::Unknown | Lookup::Circular => return None,
        Lookup::Absent => {}
    }
    let presets = match modules.get(config, "presets") {
        Lookup::Found(presets) if depth < MAX_PRESETS => modules.elements(&presets).certain()?,
        Lookup::Absent => return Some(false),
        _ => return None,
    };
    let mut sets = Some(false);
    for preset in &presets {
        match sets_dark_mode(modules, preset, depth.saturating_add(1)) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => sets = None,
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_means_one_approach_and_stands_there_once() {
        let mut seen = BTreeSet::new();
        let all = PACKAGES.iter().flat_map(|(_, packages)| *packages);
        let doubled: Vec<_> = all.filter(|name| !seen.insert(**name)).collect();
        assert!(doubled.is_empty(), "{doubled:?}");
    }
}
