//! The blocks of Svelte's and Astro's files and of documents: scripts and styles in markup with expressions.

use super::scan::Scanner;
use super::{Block, Kind};

/// The most elements that are open at once in a Svelte file, as far as is remembered.
const MAX_OPEN: usize = 256;

/// Elements without an end tag. <https://html.spec.whatwg.org/multipage/syntax.html#void-elements>
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

impl<'t> Scanner<'t> {
    /// Scripts and styles: in Svelte those outside all elements, elsewhere all outside strings and comments.
    ///
    /// Tags are none inside the expressions of Svelte; those of Astro hold elements.
    pub(super) fn markup(&mut self) {
        if self.kind == Kind::Astro {
            self.fence();
        }
        let mut open: Vec<&'t str> = Vec::new();
        while let Some(byte) = self.byte(self.at) {
            let in_braces = self.braces > 0;
            match byte {
                b'{' if self.trusts_braces => self.braces = self.braces.saturating_add(1),
                b'}' => self.braces = self.braces.saturating_sub(1),
                b'<' if !in_braces || self.kind == Kind::Astro => {
                    self.at = self.element(self.at, &mut open);
                    continue;
                }
                _ if in_braces => self.at = self.string(self.at),
                _ => {}
            }
            self.at = self.at.saturating_add(1);
        }
    }

    /// Past what begins with `<` at `at`; `open` are the elements around it.
    fn element(&mut self, at: usize, open: &mut Vec<&'t str>) -> usize {
        if let Some(end) = self.comment(at) {
            return end;
        }
        if self.starts(at, "</") {
            let start = at.saturating_add(2);
            let rest = self.text.get(start..).unwrap_or_default();
            if let Some(depth) = open.iter().rposition(|name| is_tag(rest, name)) {
                open.truncate(depth);
            }
            return start;
        }
        let Some(tag) = self.tag(at) else {
            return self.past(at);
        };
        if matches!(tag.name, "script" | "style") {
            let end = if tag.is_closed {
                tag.end
            } else {
                self.close(tag.end, tag.name)
            };
            if self.kind != Kind::Svelte || open.is_empty() {
                self.push(tag, end);
            }
            return end;
        }
        if self.kind == Kind::Html && tag.name == "link" {
            let end = tag.end;
            self.push(tag, end);
            return end;
        }
        let is_open = self.kind == Kind::Svelte && !tag.is_closed && !VOID.contains(&tag.name);
        if is_open && open.len() < MAX_OPEN {
            open.push(tag.name);
        }
        tag.end
    }

    /// The code fence: between a first line of `---`, with nothing but space before it, and the next `---` outside of
    /// strings and comments that begins a line. Later ones are text.
    fn fence(&mut self) {
        let start = self
            .text
            .len()
            .saturating_sub(self.text.trim_start().len())
            .saturating_add(3);
        if !self.text.trim_start().starts_with("---") {
            return;
        }
        let mut at = start;
        let mut is_line = false;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\n' => is_line = true,
                b'-' if is_line && self.starts(at, "---") => {
                    self.fence_to(start, at);
                    return;
                }
                byte if byte.is_ascii_whitespace() => {}
                b'/' if self.starts(at, "/*") => {
                    let end = self.find(at.saturating_add(2), "*/");
                    at = end.map_or(at, |end| end.saturating_add(1));
                }
                b'/' if self.starts(at, "//") => {
                    let rest = self.text.get(at..).unwrap_or_default();
                    let line = rest.find('\n').unwrap_or(rest.len());
                    at = at.saturating_add(line);
                    continue;
                }
                _ => {
                    is_line = false;
                    at = self.string(at);
                }
            }
            at = at.saturating_add(1);
        }
        // A string that never ended hid the end.
        let rest = self.text.get(start..).unwrap_or_default();
        if let Some(line) = rest.find("\n---") {
            self.fence_to(start, start.saturating_add(line).saturating_add(1));
        }
    }

    fn fence_to(&mut self, start: usize, end: usize) {
        self.blocks.push(Block {
            name: "---",
            attributes: Vec::new(),
            range: start..end,
        });
        self.at = end.saturating_add(3);
    }
}

/// Whether `text` begins with the tag name `name`.
fn is_tag(text: &str, name: &str) -> bool {
    let rest = text.strip_prefix(name);
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "-:._".contains(c)))
}
