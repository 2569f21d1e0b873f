//! Whatever the bytes of a project's files are, analyzing it ends without a panic.

use proptest::prelude::*;

use super::support::{NEXT, PAGE, project};

/// Pieces that the formats are made of, so that some texts get past the first character.
const PIECES: [&str; 44] = [
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
    "packages",
    "&a",
    "*a",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

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
}
