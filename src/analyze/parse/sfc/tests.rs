//! What is a block, what only looks like one, and that any text is survived.

use proptest::prelude::*;

use super::*;

/// Name and content of every block.
fn blocks(text: &str, kind: Kind) -> Vec<(&str, &str)> {
    let blocks = split(text, kind).into_iter();
    blocks
        .map(|block| (block.name, text.get(block.range).unwrap().trim()))
        .collect()
}

#[test]
fn the_elements_at_the_root_of_a_vue_file_are_its_blocks() {
    let text = r#"<!-- <script>no</script> -->
<script lang="ts">export const a = "<style>"</script>
<script
  setup
  lang='ts'
  generic="T extends Record<string, Array<number>>"
>const b = a < 1</script>
<template>
  <textarea v-model="a" />
  <template v-if="a > b"><b title="</template>"/>{{ "</template>" }}</template>
  <component :is="'script'"><script>inner()</script></component>
</template>
<i18n>{ "a": "<script>no</script>" }</i18n>
<style scoped>/* <script>no</script> */ a { b: c }</style>
<script src="./a.ts" />
<style lang="scss">d</style>"#;
    let found = blocks(text, Kind::Vue);
    let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "script", "script", "template", "i18n", "style", "script", "style"
        ]
    );
    assert_eq!(found[0].1, "export const a = \"<style>\"");
    assert_eq!(found[1].1, "const b = a < 1");
    assert!(found[2].1.ends_with("</component>"));
    assert_eq!(found[5].1, "");
    let setup = &split(text, Kind::Vue)[1];
    assert_eq!(setup.attribute("setup"), Some(""));
    assert_eq!(setup.language(), Some("ts"));
    let generic = setup.attribute("generic");
    assert_eq!(generic, Some("T extends Record<string, Array<number>>"));
}

#[test]
fn a_template_in_another_language_is_text_up_to_its_end() {
    let text = "<template lang=\"pug\">\ntemplate\n  p <template>\n</template>\n<script>a</script>";
    let names = blocks(text, Kind::Vue).into_iter().map(|(name, _)| name);
    assert_eq!(names.collect::<Vec<_>>(), ["template", "script"]);
}

#[test]
fn expressions_and_elements_of_svelte_hide_what_is_no_block() {
    let text = r#"<script context="module">export const prerender = true</script>
<script lang="ts">let a: number = 1</script>
<svelte:head>{@html "<script>no()</script>"}<script>inner()</script></svelte:head>
<button on:click={() => { if (a > 1) a = "}" }} class="{a ? "x" : '>'}" {...rest}>don't</button>
<input bind:value={a}><br>
{#if a < b}<p>{'<style>'}</p>{/if}
<Script>component</Script>
<!-- <style>no</style> -->
<style global>b { c: d }</style>"#;
    assert_eq!(
        blocks(text, Kind::Svelte),
        [
            ("script", "export const prerender = true"),
            ("script", "let a: number = 1"),
            ("style", "b { c: d }"),
        ]
    );
}

#[test]
fn a_brace_that_is_never_closed_hides_nothing() {
    let text = "<p>{ a</p>\n<script>b</script>";
    assert_eq!(blocks(text, Kind::Svelte), [("script", "b")]);
}

#[test]
fn only_the_first_fence_of_astro_is_code() {
    let text = "\n---\nconst a = `\n---\n`; // '---\nconst b = '---'; /*\n---\n*/\n---\n<p>---</p>\n---\nno\n---\n\
                {a && <p>it's <script>c</script></p>}\n<head><style define:vars={{ x: 1 > 0 }}>d</style></head>";
    let found = blocks(text, Kind::Astro);
    assert_eq!(found.len(), 3);
    assert!(found[0].1.starts_with("const a") && found[0].1.ends_with("*/"));
    assert_eq!(found[1..], [("script", "c"), ("style", "d")]);
    let none = "<h1>a</h1>\n---\nno\n---\n<script>b</script>";
    assert_eq!(blocks(none, Kind::Astro), [("script", "b")]);
    assert_eq!(
        blocks("---\nit's\n---\n<p/>", Kind::Astro),
        [("---", "it's")]
    );
}

#[test]
fn blanking_keeps_the_place_of_everything() {
    let text = "<script>a</script>\r\n<p>ü</p>\n<script>b</script>";
    let blocks = split(text, Kind::Svelte);
    let blank = blanked(text, blocks.iter());
    assert_eq!(blank.len(), text.len());
    assert_eq!(blank.lines().count(), 3);
    for block in &blocks {
        assert_eq!(
            blank.get(block.range.clone()),
            text.get(block.range.clone())
        );
    }
    assert_eq!(blank.split_whitespace().collect::<String>(), "a;b;");
}

/// Pieces that components are made of.
const PIECES: [&str; 30] = [
    "<script>",
    "<script setup",
    "</script>",
    "<style>",
    "</style>",
    "<template>",
    "</template>",
    "<template/>",
    "---",
    "\n",
    "<!--",
    "-->",
    "{",
    "}",
    "{{",
    "}}",
    "'",
    "\"",
    "`",
    "/*",
    "*/",
    "//",
    "\\",
    "<a ",
    "</a>",
    ">",
    "/>",
    "=",
    "lang=\"ts\"",
    "ü",
];

proptest! {
    #[test]
    fn any_text_is_split_into_blocks_that_lie_inside_it(
        pieces in prop::collection::vec(prop_oneof![4 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<String>()], 0..40),
    ) {
        let text = pieces.concat();
        for kind in [Kind::Vue, Kind::Svelte, Kind::Astro] {
            let blocks = split(&text, kind);
            let mut from = 0;
            for block in &blocks {
                prop_assert!(from <= block.range.start && block.range.start <= block.range.end);
                prop_assert!(text.get(block.range.clone()).is_some());
                from = block.range.end;
            }
            let blank = blanked(&text, blocks.iter());
            prop_assert_eq!(blank.len(), text.len());
            prop_assert!(blocks.iter().all(|block| blank.get(block.range.clone()) == text.get(block.range.clone())));
        }
    }
}

#[test]
fn a_megabyte_of_openings_takes_no_longer_than_a_megabyte_of_text() {
    let started = std::time::Instant::now();
    for piece in [
        "<a ", "<a {", "{", "{{", "<!--", "'", "`", "\"\\", "<a b='", "</a", "<a b=\"{", "/*",
        "<a>", "</b>", "<script>", "---\n", "{/*", "<a={`", "{'",
    ] {
        for start in ["", "---\n", "<template>", "{", "<a>"] {
            let text = format!("{start}{}", piece.repeat(1024 * 1024 / piece.len()));
            for kind in [Kind::Vue, Kind::Svelte, Kind::Astro] {
                drop(split(&text, kind));
            }
        }
    }
    assert!(started.elapsed().as_secs() < 60);
}
