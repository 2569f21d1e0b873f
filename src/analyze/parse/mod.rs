//! Parsing JavaScript and TypeScript: one place that calls the parser, within bounds that keep its recursion safe.

mod components;
mod exports;
mod modules;
mod statics;

use std::cell::RefCell;
use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{Parser, ParserReturn};
use oxc_span::SourceType;

pub(super) use exports::METHODS;
pub(super) use statics::{Lookup, Modules, Node};

/// The stack of a thread that parses, in bytes. Only what is used is ever committed.
pub(super) const STACK: usize = 512 * 1024 * 1024;

/// The deepest nesting of brackets that is parsed: far more than people write.
const MAX_BRACKETS: usize = 1_000;

/// The longest run of tokens without a separator, over all open brackets, that is parsed.
///
/// Operators, arrows, conditionals and elements nest without brackets; each level takes at least one token.
const MAX_RUN: usize = 100_000;

thread_local! {
    static ALLOCATOR: RefCell<Allocator> = RefCell::new(Allocator::default());
}

/// What a script says about itself.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// Components that are declared at its top level.
    pub(super) components: u64,
    /// The HTTP methods that it exports handlers of, in the order of [`METHODS`].
    pub(super) methods: Vec<&'static str>,
    /// The modules that it exports everything of.
    pub(super) forwards: Vec<String>,
    /// Whether its default export (or the data its page needs) does nothing but redirect.
    pub(super) redirects: bool,
}

/// A script that the parser gave up on, or that is nested too deeply to try.
#[derive(Debug)]
pub(super) struct NotParsed;

/// Reads the script `text`; its extension decides its language.
pub(super) fn script(path: &str, text: &str) -> Result<Script, NotParsed> {
    ALLOCATOR.with_borrow_mut(|allocator| {
        allocator.reset();
        let program = program(allocator, Path::new(path), text)?;
        let exports = exports::read(&program);
        Ok(Script {
            components: components::count(&program),
            methods: exports.methods,
            forwards: exports.forwards,
            redirects: exports.redirects,
        })
    })
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
    if is_too_deep(text) {
        return Err(NotParsed);
    }
    let kind = SourceType::from_path(path).map_err(|_unknown| NotParsed)?;
    // Bundlers accept JSX in every JavaScript file: https://nextjs.org/docs/architecture/nextjs-compiler
    let kind = kind.with_jsx(kind.is_jsx() || kind.is_javascript());
    let ParserReturn {
        program, panicked, ..
    } = Parser::new(allocator, text, kind).parse();
    if panicked {
        Err(NotParsed)
    } else {
        Ok(program)
    }
}

/// Whether parsing `text` might recurse too deeply, by a count that never says less than the true depth in code; text
/// in strings and comments counts as code, which real files can afford.
fn is_too_deep(text: &str) -> bool {
    let openers = text
        .bytes()
        .filter(|byte| matches!(byte, b'(' | b'[' | b'{'));
    if text.len() <= MAX_RUN && openers.count() <= MAX_BRACKETS {
        return false;
    }
    let mut open: Vec<usize> = Vec::new();
    let mut here = 0_usize;
    let mut outer = 0_usize;
    let mut in_word = false;
    for byte in text.bytes() {
        let part_of_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
        match byte {
            b'(' | b'[' | b'{' => {
                open.push(here);
                outer = outer.saturating_add(here);
                here = 0;
            }
            b')' | b']' | b'}' => {
                here = open.pop().unwrap_or(0).saturating_add(1);
                outer = outer.saturating_sub(here.saturating_sub(1));
            }
            b';' | b',' => here = 0,
            _ if part_of_word && in_word || byte.is_ascii_whitespace() => {}
            _ => here = here.saturating_add(1),
        }
        in_word = part_of_word;
        if open.len() > MAX_BRACKETS || outer.saturating_add(here) > MAX_RUN {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst texts that pass the bounds, one for each way a script can nest, on a stack of the size we give.
    #[test]
    fn the_deepest_text_that_is_parsed_fits_the_stack() {
        let repeat = |part: &str, tokens: usize| part.repeat((MAX_RUN - 50) / tokens);
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
            format!("{}a()", repeat("if(a)", 2)),
            format!("{}a()", repeat("a:", 2)),
            format!("type A = {}a;", repeat("a<", 2)),
            format!("{}1{}", "(".repeat(999), ")".repeat(999)),
            format!("const A = {}1{}", "[".repeat(999), "]".repeat(999)),
            format!("const A = {}1{}", "{a:".repeat(999), "}".repeat(999)),
            format!("{}1{}", "()=>{".repeat(999), "}".repeat(999)),
            format!("const A = {}1{}", "`${".repeat(999), "}`".repeat(999)),
            format!("const A = {}1{}", "<a b={".repeat(999), "}/>".repeat(999)),
            format!("{}{}", "function a() {".repeat(999), "}".repeat(999)),
            format!("x = {}1{}", "a?(".repeat(999), "):1".repeat(999)),
            format!("x = {}1{}", "(a=".repeat(999), ")=>1".repeat(999)),
            format!("x = {}1{}", "async(".repeat(999), ")".repeat(999)),
            format!("x = {}1{}", "f<a>(".repeat(999), ")".repeat(999)),
            format!("x = {}1{}", "({a:".repeat(499), "})".repeat(499)),
        ];
        let thread = std::thread::Builder::new().stack_size(STACK);
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
        let past = |part: &str| part.repeat(MAX_RUN);
        for text in [past("!!"), "(".repeat(2_000), past("a?b:")] {
            assert!(script("a.tsx", &text).is_err());
        }
        assert!(script("a.xyz", "").is_err());
    }
}
