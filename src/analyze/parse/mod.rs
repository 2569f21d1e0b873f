//! Parsing JavaScript and TypeScript: one place that calls the parser, within bounds that keep its recursion safe.

mod aliases;
mod array_methods;
mod calls;
mod changes;
mod classes;
mod component;
mod components;
mod decorators;
mod document;
mod exports;
mod extents;
mod file_route;
mod finders;
mod follow;
mod gatsby_node;
mod grown;
mod imports;
mod joined;
mod jsx;
mod keys;
mod lists;
mod loader;
mod matched;
mod mentions;
mod modules;
mod node;
mod page_macro;
mod resolve;
mod returns;
mod route_module;
mod route_tree;
mod routers;
mod sfc;
mod statics;
mod texts;
mod value;

#[cfg(test)]
mod evaluation;

use std::cell::{Cell, RefCell};
use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::SourceType;

pub(super) use component::Component;
pub(super) use document::document;
pub(super) use exports::METHODS;
pub(super) use gatsby_node::made_by_code;
pub(super) use imports::{Call, Name, Target};
pub(super) use lists::Elements;
pub(super) use node::Node;
pub(super) use page_macro::PageMacro;
pub(super) use resolve::Resolver;
pub(super) use route_tree::route_tree;
pub(super) use statics::{Lookup, Modules};

use super::walk;
use file_route::FileRoute;
use mentions::{Mention, Mentions};
use sfc::Kind;

/// The stack of a thread that parses, in bytes. Only what is used is ever committed; a test holds that it is enough for
/// whatever passes the bounds below, twice over.
pub(super) const STACK: usize = 512 * 1024 * 1024;

/// The most opening brackets in a script that is parsed. Hand-written files have a tenth of it.
///
/// Brackets are what costs the most stack to nest, and none can be nested deeper than there are. Any count that is less
/// crude would have to know strings from code, which only the parser does.
const MAX_BRACKETS: usize = 20_000;

/// The most tokens in a script that is parsed. Hand-written files have a third of it.
///
/// Operators, arrows, conditionals, types and elements nest without brackets; each level takes at least one token.
const MAX_TOKENS: usize = 150_000;

thread_local! {
    static ALLOCATOR: RefCell<Allocator> = RefCell::new(Allocator::default());
    /// What part of [`STACK`] this thread has: the bounds are narrower by as much.
    static SHARE: Cell<usize> = const { Cell::new(1) };
}

/// Tells that this thread has only a `share`-th of [`STACK`].
pub(super) fn narrow_bounds(share: usize) {
    SHARE.set(share.max(1));
}

/// What a script says about itself.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// Components that are declared at its top level.
    pub(super) components: u64,
    /// The HTTP methods that it exports handlers of, in the order of [`METHODS`].
    pub(super) methods: Vec<&'static str>,
    /// The names that it exports, `default` among them.
    names: Vec<String>,
    /// The modules that it exports everything of.
    pub(super) forwards: Vec<String>,
    /// Whether its default export (or the data its page needs) does nothing but redirect.
    pub(super) redirects: bool,
    /// Whether it uses classes of Tailwind's dark mode.
    pub(super) dark: bool,
    /// Whether it calls what switches to a dark mode, however that is styled.
    pub(super) switches_dark: bool,
    /// What it says as a file route of TanStack Router.
    pub(super) file_route: Option<FileRoute>,
    /// The style sheets that it imports.
    pub(super) styles: Vec<String>,
    /// The functions and elements of routers that it uses, by the last part of their names, sorted: `Routes`, `forRoot`.
    pub(super) routers: Vec<&'static str>,
    /// The modules that it imports which a bundler may make of the files of pages.
    pub(super) made_routes: Vec<String>,
    /// What it says of its own route, as a page of Nuxt or Vue Router.
    pub(super) page: Option<PageMacro>,
}

impl Script {
    /// Whether it exports something as `name`.
    pub(super) fn exports(&self, name: &str) -> bool {
        self.names.iter().any(|one| one == name)
    }

    /// The names that it exports, `default` among them.
    pub(super) fn exported(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// A script that the parser gave up on, or that is nested too deeply to try.
#[derive(Debug)]
pub(super) struct NotParsed;

/// Reads the script `text`; its extension decides its language.
pub(super) fn script(path: &str, text: &str) -> Result<Script, NotParsed> {
    facts(|allocator| program(allocator, Path::new(path), allocator.alloc_str(text)))
}

/// Reads the single-file component `text`, and whether its scripts could be parsed; none when its extension is another's.
pub(super) fn component(path: &str, text: &str) -> Option<(Component, Result<(), NotParsed>)> {
    Some(component::read(text, Kind::of(walk::extension(path))?))
}

/// What the script that `parse` gives says.
fn facts(
    parse: impl for<'a> FnOnce(&'a Allocator) -> Result<Program<'a>, NotParsed>,
) -> Result<Script, NotParsed> {
    ALLOCATOR.with_borrow_mut(|allocator| {
        allocator.reset();
        let program = parse(allocator)?;
        let exports = exports::read(&program);
        let mentions = Mentions::of(program.source_text);
        Ok(Script {
            components: components::count(&program),
            methods: exports.methods,
            names: exports.names,
            forwards: exports.forwards,
            redirects: exports.redirects || route_module::redirects_by_loader(&program),
            file_route: file_route::read(&program),
            dark: mentions.has(Mention::DarkClass) && classes::is_dark(&program),
            switches_dark: mentions.has(Mention::DarkSwitch) && classes::switches_dark(&program),
            styles: classes::styles(&program),
            routers: if mentions.has(Mention::Router) {
                routers::read(&program)
            } else {
                Vec::new()
            },
            made_routes: page_macro::made_routes(&program),
            page: page_macro::read(&program),
        })
    })
}

/// Whether files with this extension are single-file components: Vue's, Svelte's, Astro's.
pub(super) fn is_component(extension: &str) -> bool {
    Kind::of(extension).is_some()
}

/// Whether files with this extension are documents.
pub(super) fn is_document(extension: &str) -> bool {
    matches!(extension, "html" | "htm")
}

/// Whether files with this extension are scripts.
pub(super) fn is_script(extension: &str) -> bool {
    may_hold_jsx(extension) || matches!(extension, "ts" | "mts" | "cts" | "mjs" | "cjs")
}

/// Whether files with this extension may hold JSX and so components.
pub(super) fn may_hold_jsx(extension: &str) -> bool {
    matches!(extension, "tsx" | "jsx" | "js")
}

fn program<'a>(
    allocator: &'a Allocator,
    path: &Path,
    text: &'a str,
) -> Result<Program<'a>, NotParsed> {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    if let Some(kind) = extension.and_then(Kind::of) {
        return component::program(allocator, text, kind);
    }
    let kind = SourceType::from_path(path).map_err(|_unknown| NotParsed)?;
    // Bundlers accept JSX in every JavaScript file: https://nextjs.org/docs/architecture/nextjs-compiler
    let parsed = program_of(
        allocator,
        text,
        kind.with_jsx(kind.is_jsx() || kind.is_javascript()),
    );
    // Flow's annotations are mostly those of TypeScript: https://flow.org/en/docs/usage/
    if parsed.is_err() && kind.is_javascript() && text.contains("@flow") {
        return program_of(allocator, text, SourceType::tsx());
    }
    parsed
}

/// Parses `text` as `language`. A `return` outside of functions is allowed, as it is in Astro's code fence.
fn program_of<'a>(
    allocator: &'a Allocator,
    text: &'a str,
    language: SourceType,
) -> Result<Program<'a>, NotParsed> {
    if is_too_deep(text) {
        return Err(NotParsed);
    }
    let options = ParseOptions {
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    let parser = Parser::new(allocator, text, language).with_options(options);
    let ParserReturn {
        program, panicked, ..
    } = parser.parse();
    if panicked {
        Err(NotParsed)
    } else {
        Ok(program)
    }
}

/// Whether parsing `text` might recurse too deeply. Text in strings and comments counts as code.
fn is_too_deep(text: &str) -> bool {
    let is_bracket = |byte: &u8| matches!(byte, b'(' | b'[' | b'{');
    let share = SHARE.get();
    let (max_brackets, max_tokens) = (MAX_BRACKETS / share, MAX_TOKENS / share);
    if text.len() <= max_brackets {
        return false;
    }
    if text.bytes().filter(|byte| is_bracket(byte)).count() > max_brackets {
        return true;
    }
    if text.len() <= max_tokens {
        return false;
    }
    let mut tokens = 0_usize;
    let mut in_word = false;
    for byte in text.bytes() {
        let part_of_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
        let goes_on = byte.is_ascii_whitespace() || (part_of_word && in_word);
        tokens = tokens.saturating_add(usize::from(!goes_on));
        in_word = part_of_word;
    }
    tokens > max_tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst texts that pass the bounds, one for each way a script can nest, on half the stack we give.
    #[test]
    fn the_deepest_text_that_is_parsed_fits_the_stack() {
        let repeat = |part: &str, tokens: usize| part.repeat((MAX_TOKENS - 50) / tokens);
        let nest = |start: &str, open: &str, close: &str| {
            let by_brackets = (MAX_BRACKETS - 5) / open.matches(['(', '[', '{']).count();
            let count = by_brackets.min((MAX_TOKENS - 50) / (open.len() + close.len()));
            format!("{start}{}1{}", open.repeat(count), close.repeat(count))
        };
        let texts = [
            format!("const A = () => {}1;", repeat("!", 1)),
            format!("const A = {}1;", repeat("a=>", 3)),
            format!("const A = {}1;", repeat("a?b:", 4)),
            format!("const A = {}1;", repeat("a+", 2)),
            format!("const A = {}1;", repeat("a**", 3)),
            format!("const A = {}1;", repeat("a=", 2)),
            format!("const A = a{};", repeat(".a", 2)),
            format!("const A = () => {};", repeat("<a>", 3)),
            format!("const A = {}", repeat("new ", 1)),
            nest("", "if(a)", ""),
            format!("{}a()", repeat("a:", 2)),
            format!("type A = {}a;", repeat("a<", 2)),
            nest("x = ", "(", ")"),
            nest("x = ", "[", "]"),
            nest("x = ", "{a:", "}"),
            nest("x = ", "()=>{", "}"),
            nest("x = ", "`${", "}`"),
            nest("x = ", "<a b={", "}/>"),
            nest("", "function a() {", "}"),
            nest("x = ", "class A { a = ", "}"),
            nest("x = ", "a?(", "):1"),
            nest("x = ", "(a=", ")=>1"),
            nest("x = ", "async(", ")"),
            nest("x = ", "f<a>(", ")"),
            nest("x = ", "<a>{", "}</a>"),
        ];
        let thread = std::thread::Builder::new().stack_size(STACK / 2);
        let job = move || {
            for text in &texts {
                assert!(!is_too_deep(text), "{text:.40}");
                drop(script("a.tsx", text));
            }
        };
        thread.spawn(job).unwrap().join().unwrap();
    }

    #[test]
    fn deeper_text_is_refused() {
        let past = |part: &str| part.repeat(MAX_TOKENS);
        for text in [past("!!"), "(".repeat(MAX_BRACKETS + 1), past("a?b:")] {
            assert!(script("a.tsx", &text).is_err());
        }
        assert!(script("a.xyz", "").is_err());
    }
}
