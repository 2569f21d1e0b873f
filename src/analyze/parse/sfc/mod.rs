//! Splitting single-file components (Vue, Svelte, Astro) and documents into their blocks; each stays where it is in the text.
//!
//! None of the first three is HTML: `<textarea />` ends there, `{a > b}` is no end of a tag, and only Vue's own blocks are at
//! its root. So they are scanned by their own rules, in one pass, each byte a bounded number of times:
//! <https://vuejs.org/api/sfc-spec.html>, <https://svelte.dev/docs/svelte/svelte-files>,
//! <https://docs.astro.build/en/basics/astro-components/>.

mod markup;
mod scan;
#[cfg(test)]
mod tests;
mod vue;

use std::ops::Range;

use scan::Scanner;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Vue,
    Svelte,
    Astro,
    /// A document, which is no component.
    Html,
}

impl Kind {
    /// The kind of file with this extension.
    pub(super) fn of(extension: &str) -> Option<Self> {
        match extension {
            "vue" => Some(Self::Vue),
            "svelte" => Some(Self::Svelte),
            "astro" => Some(Self::Astro),
            _ => None,
        }
    }
}

/// A block of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block<'t> {
    /// `script`, `style`, in Vue also `template` and custom blocks; `---` for Astro's code fence; `link` in documents.
    pub(super) name: &'t str,
    /// Names and values of its attributes as written, without quotes or braces; empty for those without a value.
    pub(super) attributes: Vec<(&'t str, &'t str)>,
    /// Where its content is in the text, in bytes.
    pub(super) range: Range<usize>,
}

impl<'t> Block<'t> {
    /// The value of the attribute `name`.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name)?;
        Some(found.1)
    }

    /// The language that it names, as `ts` or as a media type.
    pub(super) fn language(&self) -> Option<&'t str> {
        self.attribute("lang").or(self.attribute("type"))
    }
}

/// The blocks of `text`, in order.
pub(super) fn split(text: &str, kind: Kind) -> Vec<Block<'_>> {
    let mut scanner = Scanner::new(text, kind);
    match kind {
        Kind::Vue => scanner.vue(),
        Kind::Html => {
            scanner.trusts_braces = false;
            scanner.markup();
        }
        Kind::Svelte | Kind::Astro => {
            scanner.markup();
            if scanner.braces > 0 && kind == Kind::Svelte {
                // What looked like an expression never ended, so it was none.
                scanner = Scanner::new(text, kind);
                scanner.trusts_braces = false;
                scanner.markup();
            }
        }
    }
    scanner.blocks
}

/// `text` with everything outside `blocks` blanked out, so that offsets and lines stay true; each block ends its last
/// statement.
pub(super) fn blanked<'b, 't: 'b>(
    text: &str,
    blocks: impl Iterator<Item = &'b Block<'t>>,
) -> String {
    let mut out: Vec<u8> = text
        .bytes()
        .map(|byte| match byte {
            b'\n' | b'\r' => byte,
            _ => b' ',
        })
        .collect();
    for block in blocks {
        let range = block.range.clone();
        let end = range.end;
        if let (Some(from), Some(to)) = (text.get(range.clone()), out.get_mut(range)) {
            to.copy_from_slice(from.as_bytes());
        }
        if let Some(after) = out.get_mut(end).filter(|byte| **byte == b' ') {
            *after = b';';
        }
    }
    // Whole blocks were copied and everything else is ASCII, so it is text.
    String::from_utf8(out).unwrap_or_default()
}
