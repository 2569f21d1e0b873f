//! Whatever the bytes of a project's files are, analyzing it ends without a panic.

use proptest::prelude::*;

use super::support::{NEXT, PAGE, project};

/// Pieces that the formats are made of, so that some texts get past the first character.
pub(crate) const PIECES: [&str; 52] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "`",
    "${",
    ":",
    ",",
    ";",
    "\n",
    "  ",
    "- ",
    "/*",
    "*/",
    "//",
    "=>",
    "=",
    "<",
    ">",
    "</",
    ".",
    "...",
    "@",
    "--a",
    "next",
    "\"dependencies\"",
    "pageExtensions",
    "module.exports",
    "export default ",
    "const a",
    "function A()",
    "return ",
    "<script lang='ts'>",
    "</script>",
    "<style lang=scss>",
    "---",
    "importers",
    "defineNuxtConfig(",
    "extends",
    "pages",
    "path",
    "children",
    "createRouter(",
    "routes",
    "definePageMeta(",
    "packages",
    "&a",
    "*a",
];

/// Some of these pieces and some other bytes.
pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A manifest of an application of Nuxt.
const NUXT: &str = r#"{ "dependencies": { "nuxt": "4.0.0" } }"#;

/// A manifest of an application of Vue alone.
const VUE: &str = r#"{ "dependencies": { "vue": "3.5.0", "vue-router": "4.5.0" } }"#;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(
        name in prop::sample::select(&[
            "package.json", "package-lock.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "tsconfig.json", "rush.json",
            "lerna.json", "deno.json", ".gitignore", "next.config.js", "next.config.ts", "tailwind.config.js", "app/a.css",
            "app/a.scss", "app/a.vue", "app/a.svelte", "app/a.astro", "app/x/page.tsx", "app/x/route.ts", "pages/b.jsx",
        ][..]),
        bytes in text(),
    ) {
        let project = project(&[("package.json", NEXT), ("app/page.tsx", PAGE)]);
        project.write(name, &bytes);
        match project.try_analyze(".") {
            Ok(analysis) => prop_assert!(analysis.framework.is_some() || analysis.workspace.is_some()),
            Err(error) => prop_assert!(name == "package.json", "{name}: {error}"),
        }
    }

    #[test]
    fn any_bytes_in_a_project_of_vue_are_survived(
        manifest in prop::sample::select(&[NUXT, VUE][..]),
        name in prop::sample::select(&[
            "nuxt.config.ts", "app/pages/[[a]]/b.vue", "layers/a/nuxt.config.ts", ".nuxtignore", "app/router.options.ts",
            "server/api/a.get.ts", "vite.config.ts", "src/router.ts", "src/routes.js",
        ][..]),
        bytes in text(),
    ) {
        let router = "import { createRouter } from 'vue-router'; import routes from './routes'; createRouter({ routes })";
        let project = project(&[("package.json", manifest), ("src/main.ts", router)]);
        project.write(name, &bytes);
        prop_assert!(project.try_analyze(".").is_ok());
    }
}
