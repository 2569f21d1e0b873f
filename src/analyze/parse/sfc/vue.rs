//! The blocks of Vue's files: the elements at the root. <https://vuejs.org/api/sfc-spec.html>

use super::scan::Scanner;

impl Scanner<'_> {
    /// Every element at the root is a block, and text up to its end tag; only templates are looked into for their end.
    pub(super) fn vue(&mut self) {
        while let Some(at) = self.next_of(b"<") {
            if let Some(end) = self.comment(at) {
                self.at = end;
            } else if let Some(tag) = self.tag(at) {
                let lang = tag.attributes.iter().find(|(name, _)| *name == "lang");
                let is_html = lang.is_none_or(|(_, lang)| *lang == "html");
                let end = if tag.is_closed {
                    tag.end
                } else if tag.name == "template" && is_html {
                    self.template_end(tag.end)
                } else {
                    self.close(tag.end, tag.name)
                };
                self.at = end;
                self.push(tag, end);
            } else {
                self.at = self.past(at);
            }
        }
    }

    /// Where the end tag is of the template whose content begins at `from`.
    fn template_end(&mut self, from: usize) -> usize {
        self.at = from;
        let mut depth = 1_usize;
        while let Some(at) = self.next_of(b"<{") {
            if self.starts(at, "{{") {
                let end = self.find(at, "}}");
                self.at = end
                    .map_or(at, |end| end.saturating_add(1))
                    .saturating_add(1);
            } else if let Some(end) = self.comment(at) {
                self.at = end;
            } else if self.starts(at, "</template") {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
                self.at = at.saturating_add(1);
            } else if let Some(tag) = self.tag(at) {
                self.at = tag.end;
                match tag.name {
                    _ if tag.is_closed => {}
                    "template" => depth = depth.saturating_add(1),
                    "script" | "style" | "textarea" | "title" => {
                        self.at = self.close(tag.end, tag.name);
                    }
                    _ => {}
                }
            } else {
                self.at = self.past(at);
            }
        }
        self.text.len()
    }
}
