//! What a script says about styling: utilities of Tailwind's dark mode in its texts, style sheets that it imports.

use oxc_ast::ast::{
    CallExpression, Expression, JSXElement, Program, Statement, StringLiteral, TSType,
    TemplateElement,
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

/// Whether `program` calls what switches to a dark mode. <https://vueuse.org/core/useDark/>,
/// <https://color-mode.nuxtjs.org/usage/basic>
pub(super) fn switches_dark(program: &Program<'_>) -> bool {
    const SWITCHES: [&str; 2] = ["useDark", "useColorMode"];
    let mut calls = Calls::default();
    calls.visit_program(program);
    calls.names.iter().any(|name| SWITCHES.contains(name))
}

/// The names of functions that are called.
#[derive(Default)]
struct Calls<'a> {
    names: Vec<&'a str>,
}

impl<'a> Visit<'a> for Calls<'a> {
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Expression::Identifier(id) = &it.callee {
            self.names.push(id.name.as_str());
        }
        walk::walk_call_expression(self, it);
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
