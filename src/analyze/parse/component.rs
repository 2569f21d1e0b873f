//! What a single-file component says: its scripts as one module, its styles each in its language, its markup's classes.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_span::SourceType;

use super::sfc::{self, Block, Kind};
use super::{NotParsed, PageMacro, Script, classes};
use crate::analyze::css::{self, Dialect, Style};

/// What a single-file component says about itself.
#[derive(Debug, Default)]
pub(in crate::analyze) struct Component {
    /// Its scripts; the component itself is the one that they count.
    pub(in crate::analyze) script: Script,
    /// Its styles, as far as they can be read.
    pub(in crate::analyze) styles: Vec<Style>,
    /// The approaches that its styles mean: `css`, `scss`, `less`, `css-modules`.
    pub(in crate::analyze) approaches: BTreeSet<&'static str>,
    /// Whether it has styles in indented Sass.
    pub(in crate::analyze) has_sass: bool,
}

/// Reads the component `text`. With no script that can be parsed, what the rest says is still right.
pub(super) fn read(text: &str, kind: Kind) -> (Component, Result<(), NotParsed>) {
    let blocks = sfc::split(text, kind);
    let mut component = Component::default();
    for block in blocks.iter().filter(|block| block.name == "style") {
        component.add_style(block, text, kind);
    }
    let parsed = if blocks.iter().any(is_code) {
        super::facts(|allocator| program(allocator, text, kind))
    } else {
        Ok(Script::default())
    };
    let (script, outcome) = match parsed {
        Ok(script) => (script, Ok(())),
        Err(error) => (Script::default(), Err(error)),
    };
    let dark = script.dark || classes::is_dark_markup(&markup(text, &blocks, kind));
    let route = blocks.iter().find(|block| block.name == "route");
    let said = route.and_then(|block| {
        let text = text.get(block.range.clone())?;
        Some(PageMacro::of_block(
            text,
            block.language().unwrap_or_default(),
        ))
    });
    component.script = Script {
        // The file is the component, whatever functions its scripts have.
        components: 1,
        dark,
        page: script.page.or(said),
        ..script
    };
    (component, outcome)
}

/// The scripts of `text` as one module, each where it is.
pub(super) fn program<'a>(
    allocator: &'a Allocator,
    text: &str,
    kind: Kind,
) -> Result<Program<'a>, NotParsed> {
    let blocks = sfc::split(text, kind);
    let scripts = || blocks.iter().filter(|block| is_code(block));
    let code = allocator.alloc_str(&sfc::blanked(text, scripts()));
    let is = |end: &str| {
        let mut languages = scripts().filter_map(Block::language);
        languages.any(|language| language.ends_with(end))
    };
    let language = if is("tsx") {
        SourceType::tsx()
    } else if kind == Kind::Astro || is("ts") || is("typescript") {
        SourceType::ts()
    } else {
        SourceType::jsx()
    };
    super::program_of(allocator, code, language)
}

/// Whether `block` is a script of the module, not data and not served as it is.
///
/// Astro leaves scripts with attributes other than `src` alone:
/// <https://docs.astro.build/en/guides/client-side-scripts/#unprocessed-scripts>
fn is_code(block: &Block<'_>) -> bool {
    let spoken = ["", "js", "jsx", "ts", "tsx", "module", "typescript"];
    let spoken_types = [
        "text/javascript",
        "application/javascript",
        "text/typescript",
        "text/babel",
    ];
    let is_spoken = |lang: &str| spoken.contains(&lang) || spoken_types.contains(&lang);
    let languages = ["lang", "type"].map(|name| block.attribute(name).unwrap_or_default());
    match block.name {
        "---" => true,
        "script" => {
            block.attribute("src").is_none()
                && block.attribute("is:inline").is_none()
                && languages.into_iter().all(is_spoken)
        }
        _ => false,
    }
}

/// The text without scripts and styles; of a Vue file only its templates.
pub(super) fn markup(text: &str, blocks: &[Block<'_>], kind: Kind) -> String {
    if kind == Kind::Vue {
        let templates = blocks.iter().filter(|block| block.name == "template");
        return templates
            .filter_map(|block| text.get(block.range.clone()))
            .collect();
    }
    let mut markup = String::new();
    let mut from = 0;
    for block in blocks {
        markup.push_str(text.get(from..block.range.start).unwrap_or_default());
        from = block.range.end;
    }
    markup.push_str(text.get(from..).unwrap_or_default());
    markup
}

impl Component {
    fn add_style(&mut self, block: &Block<'_>, text: &str, kind: Kind) {
        // What `src` names is a file of its own.
        if block.attribute("src").is_some() {
            return;
        }
        let language = block.language().unwrap_or("css");
        let language = language.trim_start_matches("text/");
        let approach = match language {
            "" | "css" | "postcss" | "pcss" => "css",
            "scss" | "sass" => "scss",
            "less" => "less",
            _ => return,
        };
        let is_module = block.attribute("module").is_some();
        self.approaches
            .insert(if is_module { "css-modules" } else { approach });
        if language == "sass" {
            self.has_sass = true;
            return;
        }
        // Vue marks only the last of the elements a selector names, Svelte and Astro all:
        // https://vuejs.org/api/sfc-css-features.html#scoped-css, https://svelte.dev/docs/svelte/scoped-styles,
        // https://docs.astro.build/en/guides/styling/#scoped-styles
        let is_global = || {
            ["is:global", "global"]
                .into_iter()
                .any(|name| block.attribute(name).is_some())
        };
        let dialect = Dialect {
            line_comments: approach != "css",
            is_module: is_module || (kind != Kind::Vue && !is_global()),
        };
        if let Some(text) = text.get(block.range.clone()) {
            self.styles.push(css::read(text, dialect));
        }
    }
}
