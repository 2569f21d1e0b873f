//! What a script says about styling: utilities of Tailwind's dark mode in its texts, style sheets that it imports.

use oxc_ast::ast::{
    CallExpression, Expression, ImportDeclaration, ImportDeclarationSpecifier, JSXElement,
    ObjectProperty, ObjectPropertyKind, Program, Statement, StaticMemberExpression, StringLiteral,
    TSType, TemplateElement,
};
use oxc_ast_visit::{Visit, walk};

/// Endings of style sheets.
const STYLES: [&str; 5] = [".css", ".scss", ".sass", ".less", ".pcss"];

/// The style sheets that `program` imports, and packages it imports without a name, which may be some.
pub(super) fn styles(program: &Program<'_>) -> Vec<String> {
    let imports = program.body.iter().filter_map(|statement| match statement {
        Statement::ImportDeclaration(import) => Some(import),
        _ => None,
    });
    imports
        .filter(|import| {
            let source = import.source.value.as_str();
            let is_unnamed = import.specifiers.is_none() && !source.starts_with('.');
            is_unnamed || STYLES.iter().any(|end| source.ends_with(end))
        })
        .map(|import| import.source.value.to_string())
        .collect()
}

/// Whether a text in `program` has a class such as `dark:bg-black` or `md:dark:hidden`.
/// <https://tailwindcss.com/docs/dark-mode>
pub(super) fn is_dark(program: &Program<'_>) -> bool {
    let mut texts = Texts::default();
    texts.visit_program(program);
    texts.is_dark
}

/// What is called to switch to a dark mode. <https://vueuse.org/core/useDark/>, <https://color-mode.nuxtjs.org/usage/basic>,
/// <https://reactnative.dev/docs/usecolorscheme>, <https://mantine.dev/theming/color-schemes/>,
/// <https://usehooks-ts.com/react-hook/use-dark-mode>
const SWITCHES: [&str; 7] = [
    "useDark",
    "usePreferredDark",
    "useColorMode",
    "useColorScheme",
    "useDarkMode",
    "useMantineColorScheme",
    "useComputedColorScheme",
];

/// The question whether a dark mode is wished for. <https://www.w3.org/TR/mediaqueries-5/#prefers-color-scheme>
const PREFERENCE: &str = "prefers-color-scheme";

/// What a dark theme of a library is taken by from its package. <https://www.naiveui.com/en-US/os-theme/docs/customize-theme>
const THEMES: [(&str, &str); 2] = [("naive-ui", "darkTheme"), ("naive-ui", "useOsTheme")];

/// Whether `program` switches to a dark mode, or asks whether one is wished for: in a query or in styles of its own; or has a
/// dark theme of its library of components.
pub(super) fn switches_dark(program: &Program<'_>) -> bool {
    let mut calls = Calls::default();
    calls.visit_program(program);
    calls.prefers_dark || calls.names.iter().any(|name| SWITCHES.contains(name))
}

/// The names of functions that are called, and whether a text asks for a dark mode.
#[derive(Default)]
struct Calls<'a> {
    names: Vec<&'a str>,
    prefers_dark: bool,
}

impl Calls<'_> {
    /// What a theme of Material UI says: `palette.mode` that is dark or not fixed, `colorSchemes.dark`.
    /// <https://mui.com/material-ui/customization/dark-mode/>
    fn add_theme(&mut self, key: &str, value: &Expression<'_>) {
        let Expression::ObjectExpression(object) = value.get_inner_expression() else {
            return;
        };
        self.prefers_dark |= object.properties.iter().any(|one| match one {
            ObjectPropertyKind::ObjectProperty(one) => {
                let name = one.key.static_name();
                match (key, name.as_deref()) {
                    ("palette", Some("mode" | "type")) => may_be_dark(&one.value),
                    ("colorSchemes", Some("dark")) => true,
                    _ => false,
                }
            }
            ObjectPropertyKind::SpreadProperty(_) => false,
        });
    }

    fn add(&mut self, text: &str) {
        let mut queries = text.split(PREFERENCE).skip(1);
        self.prefers_dark |= queries.any(|rest| {
            let value = rest.trim_start_matches([':', ' ']);
            value.starts_with("dark")
        });
    }
}

impl<'a> Visit<'a> for Calls<'a> {
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Expression::Identifier(id) = &it.callee {
            self.names.push(id.name.as_str());
        }
        walk::walk_call_expression(self, it);
    }

    /// <https://ant.design/docs/react/customize-theme#use-preset-algorithms>
    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        self.prefers_dark |= it.property.name == "darkAlgorithm";
        walk::walk_static_member_expression(self, it);
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        if let Some(key) = it.key.static_name() {
            self.add_theme(&key, &it.value);
        }
        walk::walk_object_property(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let specifiers = it.specifiers.iter().flatten();
        let mut names = specifiers.filter_map(|one| match one {
            ImportDeclarationSpecifier::ImportSpecifier(one) => Some(one.imported.name()),
            _ => None,
        });
        let from = it.source.value.as_str();
        self.prefers_dark |= names.any(|name| THEMES.contains(&(from, name.as_str())));
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.add(&it.value);
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        self.add(&it.value.raw);
    }
}

/// Whether the mode `value` of a theme is dark, or one of two, or a variable.
fn may_be_dark(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::StringLiteral(text) => text.value == "dark",
        Expression::ConditionalExpression(either) => {
            let is_dark = |one: &Expression<'_>| matches!(one.get_inner_expression(), Expression::StringLiteral(text) if text.value == "dark");
            is_dark(&either.consequent) || is_dark(&either.alternate)
        }
        Expression::Identifier(name) => name.name.to_ascii_lowercase().contains("mode"),
        _ => false,
    }
}

/// Whether the markup of a component has such a class, in an attribute or an expression.
pub(super) fn is_dark_markup(markup: &str) -> bool {
    const AROUND: [char; 9] = ['"', '\'', '`', '=', '<', '>', '{', '}', ','];
    markup.contains("dark:")
        && markup
            .split(|c: char| c.is_whitespace() || AROUND.contains(&c))
            .any(is_dark_class)
}

/// Whether one of the variants of `class` is `dark`. The last part is the utility itself.
fn is_dark_class(class: &str) -> bool {
    let mut variants = class.split(':');
    let utility = variants.next_back();
    utility.is_some_and(|utility| !utility.is_empty()) && variants.any(|variant| variant == "dark")
}

#[derive(Default)]
struct Texts {
    is_dark: bool,
}

impl Texts {
    fn add(&mut self, text: &str) {
        let has_variants = text.bytes().any(|byte| byte == b':');
        self.is_dark |= has_variants && text.split_whitespace().any(is_dark_class);
    }
}

impl<'a> Visit<'a> for Texts {
    /// Texts in types are no classes.
    fn visit_ts_type(&mut self, _it: &TSType<'a>) {}

    /// One is enough.
    fn visit_expression(&mut self, it: &Expression<'a>) {
        if !self.is_dark {
            walk::walk_expression(self, it);
        }
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        if !self.is_dark {
            walk::walk_jsx_element(self, it);
        }
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.add(&it.value);
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        self.add(&it.value.raw);
    }
}
