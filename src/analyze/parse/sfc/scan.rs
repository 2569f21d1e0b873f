//! Tags, strings, braces and comments of single-file components, each byte looked at a bounded number of times.

use std::ops::Range;

use super::{Block, Kind};

/// An opening tag.
pub(super) struct Tag<'t> {
    /// Its name as written.
    pub(super) name: &'t str,
    /// Names and values of its attributes.
    pub(super) attributes: Vec<(&'t str, &'t str)>,
    /// Whether it ends with `/>`.
    pub(super) is_closed: bool,
    /// Where what follows begins.
    pub(super) end: usize,
}

/// A place in a text, and what was found before it.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) blocks: Vec<Block<'t>>,
    /// How many braces are open in the markup.
    pub(super) braces: usize,
    /// Whether braces hide tags from the markup; not if they do not match.
    pub(super) trusts_braces: bool,
    /// Openings whose ends were looked for up to the end of the text in vain.
    endless: Vec<&'static str>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, kind: Kind) -> Self {
        Self {
            text,
            kind,
            at: 0,
            blocks: Vec::new(),
            braces: 0,
            trusts_braces: true,
            endless: Vec::new(),
        }
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn starts(&self, at: usize, with: &str) -> bool {
        let rest = self.text.as_bytes().get(at..);
        rest.is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    /// Where `end` is, at or after `from`; looked for in vain but once.
    pub(super) fn find(&mut self, from: usize, end: &'static str) -> Option<usize> {
        if self.endless.contains(&end) {
            return None;
        }
        let found = self.text.get(from..).and_then(|rest| rest.find(end));
        if found.is_none() {
            self.endless.push(end);
        }
        found.map(|offset| from.saturating_add(offset))
    }

    /// Past the comment at `at`, if there is one; what is never closed reaches to the end.
    pub(super) fn comment(&mut self, at: usize) -> Option<usize> {
        if !self.starts(at, "<!--") {
            return None;
        }
        let end = self.find(at.saturating_add(4), "-->");
        Some(end.map_or(self.text.len(), |end| end.saturating_add(3)))
    }

    /// Where the end tag of `name` begins, at or after `from`.
    pub(super) fn close(&self, from: usize, name: &str) -> usize {
        let mut at = from;
        while let Some(offset) = self.text.get(at..).and_then(|rest| rest.find("</")) {
            let start = at.saturating_add(offset);
            at = start.saturating_add(2);
            let end = at.saturating_add(name.len());
            let is_name = self
                .text
                .get(at..end)
                .is_some_and(|found| found.eq_ignore_ascii_case(name));
            if is_name && self.byte(end).is_none_or(ends_name) {
                return start;
            }
        }
        self.text.len()
    }

    /// The opening tag at `at`. When the text ends inside it, none, and there is nothing more.
    pub(super) fn tag(&mut self, at: usize) -> Option<Tag<'t>> {
        let start = at.saturating_add(1);
        if self.byte(at) != Some(b'<') || !self.byte(start)?.is_ascii_alphabetic() {
            return None;
        }
        let mut at = start;
        while !ends_name(self.byte(at)?) {
            at = at.saturating_add(1);
        }
        let name = self.text.get(start..at)?;
        let mut attributes = Vec::new();
        loop {
            match self.byte(at)? {
                b'>' => {
                    return Some(Tag {
                        name,
                        attributes,
                        is_closed: false,
                        end: at.saturating_add(1),
                    });
                }
                b'/' if self.byte(at.saturating_add(1)) == Some(b'>') => {
                    return Some(Tag {
                        name,
                        attributes,
                        is_closed: true,
                        end: at.saturating_add(2),
                    });
                }
                b'{' if !matches!(self.kind, Kind::Vue | Kind::Html) => at = self.braces_end(at),
                byte if byte.is_ascii_whitespace() || byte == b'/' => at = at.saturating_add(1),
                _ => {
                    let (attribute, end) = self.attribute(at)?;
                    attributes.push(attribute);
                    at = end;
                }
            }
        }
    }

    /// The attribute at `from`, and where it ends.
    fn attribute(&mut self, from: usize) -> Option<((&'t str, &'t str), usize)> {
        // A name is never empty, so that something is always read.
        let mut at = from.saturating_add(1);
        while !matches!(self.byte(at)?, b'=') && !ends_name(self.byte(at)?) {
            at = at.saturating_add(1);
        }
        let name = self.text.get(from..at).unwrap_or_default();
        let spaces = |scanner: &Self, mut at: usize| {
            while scanner.byte(at)?.is_ascii_whitespace() {
                at = at.saturating_add(1);
            }
            Some(at)
        };
        let equals = spaces(self, at)?;
        if self.byte(equals)? != b'=' {
            return Some(((name, ""), at));
        }
        let start = spaces(self, equals.saturating_add(1))?;
        let (inner, end) = match self.byte(start)? {
            quote @ (b'"' | b'\'') => self.quoted(start, quote)?,
            b'`' if self.kind == Kind::Astro => self.quoted(start, b'`')?,
            b'{' if !matches!(self.kind, Kind::Vue | Kind::Html) => {
                let end = self.braces_end(start);
                (start.saturating_add(1)..end.saturating_sub(1), end)
            }
            _ => {
                let mut end = start;
                while !self.byte(end)?.is_ascii_whitespace() && self.byte(end)? != b'>' {
                    end = end.saturating_add(1);
                }
                (start..end, end)
            }
        };
        Some(((name, self.text.get(inner).unwrap_or_default()), end))
    }

    /// What is between the quote at `start` and the next; in Svelte, expressions inside may have quotes of their own.
    fn quoted(&mut self, start: usize, quote: u8) -> Option<(Range<usize>, usize)> {
        let inner = start.saturating_add(1);
        let mut at = inner;
        loop {
            match self.byte(at)? {
                byte if byte == quote => return Some((inner..at, at.saturating_add(1))),
                b'{' if self.kind == Kind::Svelte => at = self.braces_end(at),
                _ => at = at.saturating_add(1),
            }
        }
    }

    /// Past the brace that closes the one at `from`; past that one alone when there is none.
    pub(super) fn braces_end(&mut self, from: usize) -> usize {
        let inner = from.saturating_add(1);
        if self.endless.contains(&"{") {
            return inner;
        }
        let (mut at, mut depth) = (inner, 1_usize);
        while let Some(byte) = self.byte(at) {
            match byte {
                b'{' => depth = depth.saturating_add(1),
                b'}' => depth = depth.saturating_sub(1),
                b'/' if self.starts(at, "/*") => {
                    let end = self.find(at.saturating_add(2), "*/");
                    at = end.unwrap_or(at).saturating_add(1);
                }
                _ => at = self.string(at),
            }
            at = at.saturating_add(1);
            if depth == 0 {
                return at;
            }
        }
        self.endless.push("{");
        inner
    }

    /// The last byte of the string that begins at `at`, or of what is escaped there; `at` itself for anything else.
    pub(super) fn string(&mut self, at: usize) -> usize {
        let next = at.saturating_add(1);
        let quote = match self.byte(at) {
            Some(b'\\') => return next,
            Some(quote @ (b'"' | b'\'' | b'`')) => quote,
            _ => return at,
        };
        if quote == b'`' && self.endless.contains(&"`") {
            return at;
        }
        let mut end = next;
        loop {
            match self.byte(end) {
                Some(b'\\') => end = end.saturating_add(1),
                Some(byte) if byte == quote => return end,
                Some(b'\n') if quote != b'`' => return at,
                Some(_) => {}
                None => {
                    if quote == b'`' {
                        self.endless.push("`");
                    }
                    return at;
                }
            }
            end = end.saturating_add(1);
        }
    }

    pub(super) fn push(&mut self, tag: Tag<'t>, end: usize) {
        self.blocks.push(Block {
            name: tag.name,
            attributes: tag.attributes,
            range: tag.end.min(end)..end,
        });
    }

    /// After `<` at `at` that opens no tag.
    pub(super) fn past(&self, at: usize) -> usize {
        let next = at.saturating_add(1);
        let opens = self
            .byte(next)
            .is_some_and(|byte| byte.is_ascii_alphabetic());
        if opens { self.text.len() } else { next }
    }

    /// The next of `bytes`.
    pub(super) fn next_of(&self, bytes: &[u8]) -> Option<usize> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let offset = rest.iter().position(|byte| bytes.contains(byte))?;
        Some(self.at.saturating_add(offset))
    }
}

/// Whether a name of a tag or attribute ends before `byte`.
fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}
