//! What an HTML document says about styling: its style elements, the sheets it links, Tailwind's scripts, its classes.

use super::component::{self, Component};
use super::sfc::{self, Block, Kind};
use super::{Script, classes};
use crate::analyze::css::{self, Dialect};

/// Scripts that make Tailwind's style sheet in the browser.
/// <https://tailwindcss.com/docs/installation/play-cdn>, <https://v3.tailwindcss.com/docs/installation/play-cdn>
const TAILWIND: [&str; 2] = ["@tailwindcss/browser", "cdn.tailwindcss.com"];

/// Reads the document `text`. Its scripts are not looked into.
pub(in crate::analyze) fn document(text: &str) -> Component {
    let blocks = sfc::split(text, Kind::Html);
    let mut document = Component::default();
    for block in &blocks {
        let approach = match block.name {
            "style" => "css",
            "link" if is_style_sheet(block) => "css",
            "script" if is_tailwind(block) => "tailwind",
            _ => continue,
        };
        document.approaches.insert(approach);
        if let Some(text) = text
            .get(block.range.clone())
            .filter(|text| !text.is_empty())
        {
            let dialect = Dialect {
                line_comments: false,
                is_module: false,
            };
            document.styles.push(css::read(text, dialect));
        }
    }
    document.script = Script {
        dark: classes::is_dark_markup(&component::markup(text, &blocks, Kind::Html)),
        ..Script::default()
    };
    document
}

/// <https://html.spec.whatwg.org/multipage/links.html#link-type-stylesheet>
fn is_style_sheet(link: &Block<'_>) -> bool {
    let types = link.attribute("rel").unwrap_or_default();
    types
        .split_whitespace()
        .any(|one| one.eq_ignore_ascii_case("stylesheet"))
}

fn is_tailwind(script: &Block<'_>) -> bool {
    let source = script.attribute("src").unwrap_or_default();
    TAILWIND.iter().any(|one| source.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_styled_by_what_it_holds_and_links() {
        let approaches = |text: &str| -> Vec<&str> {
            let document = document(text);
            document.approaches.into_iter().collect()
        };
        let linked = r#"<link rel="icon" href="a.svg"><link href=a.css rel="preload stylesheet">"#;
        assert_eq!(approaches(linked), ["css"]);
        assert_eq!(approaches("<link rel=icon href=a.svg><p>{a <b"), [""; 0]);
        let script = r#"<script src="https://cdn.tailwindcss.com?plugins=forms"></script>"#;
        assert_eq!(approaches(script), ["tailwind"]);
        assert_eq!(approaches("<!-- <style>a{}</style> -->"), [""; 0]);
    }

    #[test]
    fn braces_of_a_document_are_text() {
        let text = "<p>{{ a }</p><style>@media (prefers-color-scheme: dark){:root{--a:b}}</style>";
        let document = document(text);
        assert!(document.styles.iter().all(|style| style.dark));
        assert_eq!(document.styles.len(), 1);
        assert_eq!(document.script.components, 0);
    }
}
