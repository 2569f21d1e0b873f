//! What a style sheet says, by its tokens: custom properties, dark mode, Tailwind's own rules.

use std::collections::BTreeSet;

use cssparser::{ParseError, Parser, Token};

/// The deepest nesting of blocks that is looked into.
const MAX_DEPTH: usize = 64;

/// What a style sheet says about itself.
#[derive(Debug, Default)]
pub(super) struct Style {
    /// The custom properties it declares. <https://www.w3.org/TR/css-variables-1/>
    pub(super) properties: BTreeSet<String>,
    /// Whether it has rules or values for a dark mode.
    pub(super) dark: bool,
    /// Whether it is written for Tailwind CSS.
    pub(super) tailwind: bool,
}

/// Reads the style sheet `text`: CSS, or a dialect with the same tokens (SCSS, Less).
pub(super) fn read(text: &str) -> Style {
    let mut style = Style::default();
    style.block(&mut Parser::new(text), 0);
    style
}

/// What stands before a token, as far as it matters to the next.
#[derive(Debug, Default, Clone, PartialEq)]
enum Before {
    /// A statement begins here.
    #[default]
    Start,
    /// A name that would be a declaration's if a colon followed.
    Custom(String),
    Dot,
    At(String),
    Name(String),
    Other,
}

impl Style {
    fn block(&mut self, parser: &mut Parser<'_>, depth: usize) {
        let mut before = Before::Start;
        while let Ok(token) = parser.next() {
            let token = token.clone();
            before = self.token(&token, &before);
            let opens = matches!(
                token,
                Token::Function(_)
                    | Token::ParenthesisBlock
                    | Token::SquareBracketBlock
                    | Token::CurlyBracketBlock
            );
            if opens && depth < MAX_DEPTH {
                let inside = parser.parse_nested_block(|inside| {
                    if token == Token::SquareBracketBlock {
                        self.attribute(inside);
                    } else {
                        self.block(inside, depth.saturating_add(1));
                    }
                    Ok::<(), ParseError<()>>(())
                });
                drop(inside);
            }
        }
    }

    fn token(&mut self, token: &Token<'_>, before: &Before) -> Before {
        match token {
            Token::Semicolon | Token::CurlyBracketBlock => Before::Start,
            Token::AtKeyword(name) => {
                self.tailwind |=
                    matches!(&**name, "tailwind" | "theme" | "custom-variant" | "utility");
                Before::At(name.to_ascii_lowercase())
            }
            Token::Ident(name) if name.starts_with("--") && *before == Before::Start => {
                Before::Custom(name.to_string())
            }
            Token::Ident(name) => {
                let name = name.to_ascii_lowercase();
                self.dark |= name == "dark" && says_dark(before);
                match before {
                    Before::Name(earlier) if earlier == "color-scheme" => before.clone(),
                    _ => Before::Name(name),
                }
            }
            Token::Colon => {
                if let Before::Custom(name) = before {
                    self.properties.insert(name.clone());
                }
                match before {
                    Before::Name(_) => before.clone(),
                    _ => Before::Other,
                }
            }
            Token::QuotedString(text) | Token::UnquotedUrl(text) => {
                let imports = matches!(before, Before::At(at) if at == "import" || at == "use");
                self.tailwind |=
                    imports && (**text == *"tailwindcss" || text.starts_with("tailwindcss/"));
                Before::Other
            }
            Token::Function(name) => {
                self.dark |= name.eq_ignore_ascii_case("light-dark");
                Before::Other
            }
            Token::Delim('.') => Before::Dot,
            _ => Before::Other,
        }
    }

    /// `[data-theme]`, `[data-theme="dark"]` and their kin.
    fn attribute(&mut self, parser: &mut Parser<'_>) {
        let Ok(Token::Ident(name)) = parser.next() else {
            return;
        };
        let is_theme = matches!(
            &*name.to_ascii_lowercase(),
            "data-theme" | "data-mode" | "data-color-scheme" | "data-color-mode" | "data-bs-theme"
        );
        let mut value = None;
        while let Ok(token) = parser.next() {
            if let Token::Ident(text) | Token::QuotedString(text) = token {
                value = Some(text.to_ascii_lowercase());
            }
        }
        self.dark |= is_theme && value.is_none_or(|value| value.contains("dark"));
    }
}

/// Whether `dark` after this means a dark mode: `.dark`, `@custom-variant dark`, `@variant dark`,
/// `(prefers-color-scheme: dark)`, `color-scheme: light dark`.
fn says_dark(before: &Before) -> bool {
    match before {
        Before::Dot => true,
        Before::At(at) => matches!(&**at, "custom-variant" | "variant"),
        Before::Name(name) => matches!(&**name, "prefers-color-scheme" | "color-scheme"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_properties_are_counted_where_they_are_declared() {
        let style = read(
            ":root { --a: 1; --b: var(--c); color: var(--d) } @theme inline { --color-x: red }
             .x { --a: 2; /* --e: 1 */ content: \"--f: 1\" } @media (width > 1px) { a { --g:; } }",
        );
        let names: Vec<_> = style.properties.iter().map(String::as_str).collect();
        assert_eq!(names, ["--a", "--b", "--color-x", "--g"]);
        assert!(style.tailwind && !style.dark);
    }

    #[test]
    fn dark_mode_is_seen_in_each_of_its_forms() {
        for text in [
            ".dark { a: b }",
            "html.dark a { a: b }",
            ":is(.dark *) {}",
            "[data-theme=dark] {}",
            "[data-theme='dark'] {}",
            "[data-theme] {}",
            "@media (prefers-color-scheme: dark) { a { b: c } }",
            "@media screen and (prefers-color-scheme:dark) {}",
            ":root { color-scheme: light dark }",
            "a { color: light-dark(#000, #fff) }",
            "@custom-variant dark (&:is(.dark *));",
        ] {
            assert!(read(text).dark, "{text}");
        }
        for text in [
            "",
            ".darker {}",
            "[data-theme=light] {}",
            "@media (prefers-color-scheme: light) {}",
            ":root { color-scheme: light }",
            "/* .dark {} */",
            "a { animation: dark }",
        ] {
            assert!(!read(text).dark, "{text}");
        }
    }

    #[test]
    fn tailwind_is_seen_by_import_and_directive() {
        for text in [
            "@import \"tailwindcss\";",
            "@import 'tailwindcss' prefix(tw);",
            "@import url(tailwindcss);",
            "@import \"tailwindcss/theme.css\" layer(theme);",
            "@tailwind base;",
        ] {
            assert!(read(text).tailwind, "{text}");
        }
        assert!(!read("@import \"./tailwindcss-like.css\"; a { b: \"tailwindcss\" }").tailwind);
    }

    #[test]
    fn any_depth_of_nesting_is_survived() {
        for opener in ["{", "(", "[", "a(", "@media ("] {
            drop(read(&opener.repeat(200_000)));
        }
    }
}
