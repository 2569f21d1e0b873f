//! What a style sheet says, by its tokens: custom properties, dark mode, Tailwind's own rules.

use std::collections::BTreeSet;

use cssparser::{ParseError, Parser, Token};

/// The deepest nesting of blocks that is looked into.
const MAX_DEPTH: usize = 64;

/// Class names that stand for a dark mode. <https://tailwindcss.com/docs/dark-mode>,
/// <https://quasar.dev/style/dark-mode>, <https://vuetifyjs.com/en/features/theme/>, <https://blueprintjs.com/docs/#core/colors>
const DARK_CLASSES: [&str; 6] = [
    "dark",
    "darkmode",
    "darktheme",
    "body--dark",
    "bp5-dark",
    "bp6-dark",
];

/// Whether the class `name`, in small letters, stands for a dark mode: a well-known one, or one that says so in words.
fn is_dark_class(name: &str) -> bool {
    let has = |word: &str| name.split(['-', '_']).any(|part| part == word);
    DARK_CLASSES.contains(&name)
        || (has("dark") && ["theme", "mode", "scheme"].into_iter().any(has))
}

/// In which language a style sheet is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Whether `//` begins a comment, as in SCSS and Less.
    pub(super) line_comments: bool,
    /// Whether its class names are its own, so that `.dark` means nothing outside.
    pub(super) is_module: bool,
}

impl Dialect {
    /// The dialect of the style sheet at `path`.
    pub(super) fn of(path: &str) -> Self {
        let extension = path.rsplit('.').next().unwrap_or_default();
        Self {
            line_comments: matches!(extension, "scss" | "less"),
            is_module: path.contains(".module."),
        }
    }
}

/// What a style sheet says about itself.
#[derive(Debug, Default)]
pub(super) struct Style {
    /// The custom properties it declares. <https://www.w3.org/TR/css-variables-1/>
    pub(super) properties: BTreeSet<String>,
    /// Whether it has rules or values for a dark mode.
    pub(super) dark: bool,
    /// Whether it is written for Tailwind CSS.
    pub(super) tailwind: bool,
    /// The style sheets that it imports.
    pub(super) imports: Vec<String>,
    /// Whether class names are its own, where the parser is.
    is_scoped: bool,
}

/// Reads the style sheet `text`: CSS, or a dialect with the same tokens (SCSS, Less).
pub(super) fn read(text: &str, dialect: Dialect) -> Style {
    let mut style = Style {
        is_scoped: dialect.is_module,
        ..Style::default()
    };
    let plain;
    let text = if dialect.line_comments {
        plain = without_line_comments(text);
        &plain
    } else {
        text
    };
    style.block(&mut Parser::new(text), 0);
    style
}

/// `text` without comments of either kind; those that begin with `//` may hold quotes and openings of the other kind.
/// <https://sass-lang.com/documentation/syntax/comments/>
fn without_line_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut quote = None;
    let mut in_url = false;
    while let Some(at) = rest.next() {
        let next = rest.peek().copied();
        match (quote, at) {
            (Some(_), '\\') => {
                out.push(at);
                out.extend(rest.next());
                continue;
            }
            (Some(open), _) if at == open || at == '\n' => quote = None,
            (None, '"' | '\'') => quote = Some(at),
            (None, '(') => in_url = out.ends_with("url"),
            (None, ')') => in_url = false,
            (None, '/') if next == Some('/') && !in_url => {
                while rest.next_if(|&c| c != '\n').is_some() {}
                continue;
            }
            (None, '/') if next == Some('*') && !in_url => {
                let mut before = ' ';
                rest.next();
                while let Some(c) = rest.next().filter(|&c| (before, c) != ('*', '/')) {
                    before = c;
                }
                out.push(' ');
                continue;
            }
            _ => {}
        }
        out.push(at);
    }
    out
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
    /// Inside `@apply`; whether the last name was `dark`.
    Apply(bool),
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
                let was_scoped = self.is_scoped;
                let is_call = |of: &str| matches!(&token, Token::Function(name) if &**name == of);
                let is_global = is_call("global");
                let is_mode = is_call("color-mode");
                self.is_scoped = was_scoped && !is_global;
                let inside = parser.parse_nested_block(|inside| {
                    if token == Token::SquareBracketBlock {
                        self.attribute(inside);
                    } else if is_mode {
                        // https://getbootstrap.com/docs/5.3/customize/color-modes/#building-with-sass
                        let mode = inside.next();
                        self.dark |= matches!(mode, Ok(Token::Ident(name)) if &**name == "dark");
                    } else {
                        self.block(inside, depth.saturating_add(1));
                    }
                    Ok::<(), ParseError<()>>(())
                });
                drop(inside);
                self.is_scoped = was_scoped;
            }
        }
    }

    fn token(&mut self, token: &Token<'_>, before: &Before) -> Before {
        match token {
            Token::Semicolon | Token::CurlyBracketBlock => Before::Start,
            // Utilities of Tailwind CSS: https://tailwindcss.com/docs/dark-mode
            _ if is_apply(before) => {
                let was_dark = *before == Before::Apply(true);
                self.dark |= was_dark && *token == Token::Colon;
                Before::Apply(matches!(token, Token::Ident(name) if &**name == "dark"))
            }
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
                self.dark |= match before {
                    Before::Dot => is_dark_class(&name) && !self.is_scoped,
                    _ => name == "dark" && says_dark(before),
                };
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
                if imports {
                    self.imports.push(text.to_string());
                }
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
            "data-theme"
                | "data-mode"
                | "data-color-scheme"
                | "data-color-mode"
                | "data-bs-theme"
                | "data-coreui-theme"
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

/// Whether `dark` after this means a dark mode: `@custom-variant dark`, `@variant dark`, `(prefers-color-scheme: dark)`,
/// `color-scheme: light dark`.
fn says_dark(before: &Before) -> bool {
    match before {
        Before::At(at) => matches!(&**at, "custom-variant" | "variant"),
        Before::Name(name) => matches!(&**name, "prefers-color-scheme" | "color-scheme"),
        _ => false,
    }
}

fn is_apply(before: &Before) -> bool {
    matches!(before, Before::Apply(_)) || matches!(before, Before::At(at) if at == "apply")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Style {
        super::read(text, Dialect::default())
    }

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
            "body.dark-mode a { a: b }",
            ".app { &.theme--dark { a: b } }",
            "html.dark a { a: b }",
            ":is(.dark *) {}",
            "[data-theme=dark] {}",
            "[data-theme='dark'] {}",
            "[data-theme] {}",
            "@media (prefers-color-scheme: dark) { a { b: c } }",
            "@media screen and (prefers-color-scheme:dark) {}",
            ":root { color-scheme: light dark }",
            "a { color: light-dark(#000, #fff) }",
            "@include color-mode(dark) { a { b: c } }",
            "@custom-variant dark (&:is(.dark *));",
            "a { @apply bg-white md:dark:bg-black/50 !p-1; }",
        ] {
            assert!(read(text).dark, "{text}");
        }
        for text in [
            "",
            ".darker {}",
            ".navbar-dark {}",
            "[data-theme=light] {}",
            "@media (prefers-color-scheme: light) {}",
            ":root { color-scheme: light }",
            "/* .dark {} */",
            "a { animation: dark }",
            "@include color-mode(light) { a { b: c } }",
            "a { @apply bg-dark; } dark:hover {}",
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

    #[test]
    fn class_names_of_a_module_mean_no_dark_mode() {
        let module = |text| super::read(text, Dialect::of("a.module.css")).dark;
        assert!(!module(".dark { color: red }"));
        for text in [
            ":global(.dark) .a {}",
            "[data-theme=dark] .a {}",
            "@media (prefers-color-scheme: dark) {}",
        ] {
            assert!(module(text), "{text}");
        }
    }

    #[test]
    fn line_comments_of_scss_hide_what_they_hold() {
        let text = "// it's /* not open\n:root { --a: url(http://x/*.png); --b: \"//\"; } /* --c: 1; // */ a { --d: 1 }";
        let style = super::read(text, Dialect::of("a.scss"));
        let names: Vec<_> = style.properties.iter().map(String::as_str).collect();
        assert_eq!(names, ["--a", "--b", "--d"]);
    }
}
