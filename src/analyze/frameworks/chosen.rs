//! Which of several frameworks that a project depends on is the one it is made with.

use std::path::Path;

use super::detected::UI;
use super::{KNOWN, Known};
use crate::analyze::manifest::Manifest;

/// What applications of React without an `index.html` have: <https://docusaurus.io/docs/configuration>,
/// <https://rsbuild.rs/guide/configuration/rsbuild>, <https://umijs.org/docs/guides/directory-structure>,
/// <https://modernjs.dev/configure/app/usage>, <https://electron-vite.org/config/>, <https://wxt.dev/guide/essentials/config/>
pub(super) const REACT: &[&str] = &[
    "index.html",
    "public/index.html",
    "src/index.html",
    "src/renderer/index.html",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "docusaurus.config.mjs",
    "docusaurus.config.cjs",
    "rsbuild.config.ts",
    "rsbuild.config.js",
    "rsbuild.config.mjs",
    "modern.config.ts",
    "modern.config.js",
    ".umirc.ts",
    ".umirc.js",
    "electron.vite.config.ts",
    "electron.vite.config.js",
    "wxt.config.ts",
];

/// The same for Vue: <https://vitepress.dev/reference/site-config>, <https://quasar.dev/quasar-cli-vite/quasar-config-file>
pub(super) const VUE: &[&str] = &[
    "index.html",
    "public/index.html",
    "src/index.html",
    "src/renderer/index.html",
    ".vitepress/config.ts",
    ".vitepress/config.mts",
    ".vitepress/config.js",
    ".vitepress/config.mjs",
    "quasar.config.js",
    "quasar.config.ts",
    "quasar.conf.js",
    "vue.config.js",
    "rsbuild.config.ts",
    "rsbuild.config.js",
    "rsbuild.config.mjs",
    "electron.vite.config.ts",
    "electron.vite.config.js",
    "wxt.config.ts",
];

/// The same for Preact, the second half for Fresh: <https://fresh.deno.dev/docs/concepts/file-routing>
pub(super) const PREACT: &[&str] = &[
    "index.html",
    "public/index.html",
    "src/index.html",
    "preact.config.js",
    "fresh.config.ts",
    "fresh.gen.ts",
    "routes/_app.tsx",
    "routes/index.tsx",
];

/// What compiles the components of a library; where several libraries are there, the one that is compiled is the framework.
const COMPILERS: [(&str, &[&str]); 5] = [
    (
        "svelte",
        &[
            "@sveltejs/vite-plugin-svelte",
            "svelte-loader",
            "rollup-plugin-svelte",
            "esbuild-svelte",
            "@rsbuild/plugin-svelte",
        ],
    ),
    (
        "vue",
        &[
            "@vitejs/plugin-vue",
            "@vitejs/plugin-vue2",
            "@vue/cli-service",
            "vue-loader",
            "@rsbuild/plugin-vue",
            "@wxt-dev/module-vue",
        ],
    ),
    (
        "preact",
        &[
            "@preact/preset-vite",
            "preact-cli",
            "@rsbuild/plugin-preact",
            "@prefresh/vite",
        ],
    ),
    (
        "solid",
        &[
            "vite-plugin-solid",
            "babel-preset-solid",
            "@rsbuild/plugin-solid",
            "@wxt-dev/module-solid",
        ],
    ),
    (
        "react",
        &[
            "@vitejs/plugin-react",
            "@vitejs/plugin-react-swc",
            "react-scripts",
            "@rsbuild/plugin-react",
            "@wxt-dev/module-react",
        ],
    ),
];

/// Programs that serve an application while it is developed; libraries have no use for them.
const SERVERS: [&str; 12] = [
    "react-scripts",
    "craco",
    "react-app-rewired",
    "vue-cli-service",
    "webpack-dev-server",
    "rsbuild",
    "umi",
    "max",
    "docusaurus",
    "parcel",
    "snowpack",
    "farm",
];

/// The first of the frameworks that `fits` holds of. Of libraries that render, one that is only used beside another (a web
/// component in a page of React) gives way to that.
pub(super) fn chosen(manifest: &Manifest, fits: impl Fn(&Known) -> bool) -> Option<&'static Known> {
    let first = KNOWN.iter().find(|known| fits(known))?;
    if !first.is_library() {
        return Some(first);
    }
    let mut others = KNOWN
        .iter()
        .filter(|known| known.is_library() && fits(known));
    let compiled = others.clone().find(|known| known.is_compiled(manifest));
    let is_beside_react =
        matches!(first.id, "preact" | "solid" | "lit") && renders_with_react(manifest);
    compiled
        .or_else(|| others.find(|known| is_beside_react && known.id == "react"))
        .or(Some(first))
}

/// Whether the application itself needs React's renderer, and not what an alias puts in its place.
/// <https://preactjs.com/guide/v10/getting-started#aliasing-in-node>
fn renders_with_react(manifest: &Manifest) -> bool {
    let is_alias = manifest
        .range("react-dom")
        .is_some_and(|range| range.contains("preact"));
    manifest.runs_with("react-dom") && !is_alias
}

impl Known {
    /// Whether it is a library that renders and leaves all else to others.
    pub(super) fn is_library(&self) -> bool {
        UI.contains(&self.id)
    }

    /// Whether it is the library that Umi renders with, whose configuration may have a name that says nothing alone.
    /// <https://umijs.org/docs/guides/directory-structure>
    pub(super) fn is_made_with_umi(&self, manifest: &Manifest, folder: &Path) -> bool {
        let is_there = ["umi", "@umijs/max"].iter().any(|name| manifest.has(name));
        self.id == "react" && is_there && folder.join("config/config.ts").is_file()
    }

    fn is_compiled(&self, manifest: &Manifest) -> bool {
        let own = COMPILERS.iter().find(|(id, _)| *id == self.id);
        own.is_some_and(|(_, packages)| packages.iter().any(|name| manifest.has(name)))
    }

    /// Whether a script of `manifest` serves an application that needs it, whatever its files are called.
    pub(super) fn is_served(&self, manifest: &Manifest, package: &str) -> bool {
        let mut words = manifest
            .scripts
            .values()
            .flat_map(|line| line.split_whitespace());
        self.is_library()
            && manifest.runs_with(package)
            && words.any(|word| SERVERS.contains(&word))
    }
}
