//! What a page says of its own route in a compiler macro: `definePageMeta` of Nuxt, `definePage` of Vue Router.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, Expression, ObjectPropertyKind, Program, PropertyKey,
    Statement,
};

/// The macros. They are no functions, so that only calls by name at the top level count:
/// <https://nuxt.com/docs/api/utils/define-page-meta>, <https://uvr.esm.is/guide/extending-routes>.
const MACROS: [&str; 2] = ["definePageMeta", "definePage"];

/// What a page says of its route. Values are those that are written out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::analyze) struct PageMacro {
    /// The path it has instead of its file's.
    pub(in crate::analyze) path: Option<String>,
    /// Further paths.
    pub(in crate::analyze) aliases: Vec<String>,
    /// Whether it redirects.
    pub(in crate::analyze) redirects: bool,
    /// The keys among `path` and `alias` whose values depend on code.
    pub(in crate::analyze) unknown: Vec<&'static str>,
}

/// Reads the macro in `program`, if there is one.
pub(super) fn read(program: &Program<'_>) -> Option<PageMacro> {
    if !program.source_text.contains("definePage") {
        return None;
    }
    let call = program.body.iter().find_map(|statement| match statement {
        Statement::ExpressionStatement(statement) => {
            match statement.expression.get_inner_expression() {
                Expression::CallExpression(call)
                    if matches!(&call.callee, Expression::Identifier(id) if MACROS.contains(&id.name.as_str())) =>
                {
                    Some(call)
                }
                _ => None,
            }
        }
        _ => None,
    })?;
    let mut page = PageMacro::default();
    let argument = call.arguments.first().and_then(Argument::as_expression)?;
    let Expression::ObjectExpression(object) = argument.get_inner_expression() else {
        return Some(page);
    };
    for property in &object.properties {
        let ObjectPropertyKind::ObjectProperty(property) = property else {
            continue;
        };
        page.add(&property.key, &property.value);
    }
    Some(page)
}

/// The modules that `program` imports from outside with routes or pages in their name, as `~pages`.
pub(super) fn made_routes(program: &Program<'_>) -> Vec<String> {
    let imports = program.body.iter().filter_map(|statement| match statement {
        Statement::ImportDeclaration(import) => Some(import.source.value.as_str()),
        _ => None,
    });
    imports
        .filter(|source| source.contains("rout") || source.contains("pages"))
        .filter(|source| !source.starts_with('.'))
        .map(str::to_owned)
        .collect()
}

impl PageMacro {
    fn add(&mut self, key: &PropertyKey<'_>, value: &Expression<'_>) {
        match key.static_name().as_deref() {
            Some("path") => {
                self.path = text(value);
                if self.path.is_none() {
                    self.unknown.push("path");
                }
            }
            Some("alias") => match texts(value) {
                Some(aliases) => self.aliases = aliases,
                None => self.unknown.push("alias"),
            },
            Some("redirect") => {
                let inner = value.get_inner_expression();
                self.redirects =
                    !matches!(inner, Expression::Identifier(id) if id.name == "undefined");
            }
            _ => {}
        }
    }
}

fn text(value: &Expression<'_>) -> Option<String> {
    match value.get_inner_expression() {
        Expression::StringLiteral(text) => Some(text.value.to_string()),
        Expression::TemplateLiteral(text) => text.single_quasi().map(|text| text.to_string()),
        _ => None,
    }
}

/// A text, or those of an array.
fn texts(value: &Expression<'_>) -> Option<Vec<String>> {
    if let Some(one) = text(value) {
        return Some(vec![one]);
    }
    let Expression::ArrayExpression(list) = value.get_inner_expression() else {
        return None;
    };
    let elements = list.elements.iter();
    elements
        .map(|element: &ArrayExpressionElement<'_>| text(element.as_expression()?))
        .collect()
}
