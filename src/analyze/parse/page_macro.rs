//! What a page says of its own route in a compiler macro: `definePageMeta` of Nuxt, `definePage` of Vue Router.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, Expression, ObjectPropertyKind, Program, PropertyKey,
    Statement,
};

use crate::analyze::jsonc;
use crate::analyze::manifest;

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
    /// What the custom block `<route>` with this `text` says: JSON (5), or YAML where `language` says so.
    /// <https://github.com/hannoeru/vite-plugin-pages#sfc-custom-block-for-route-data>
    pub(super) fn of_block(text: &str, language: &str) -> Self {
        let mut page = Self::default();
        if matches!(language, "yaml" | "yml") {
            for line in text.lines() {
                match line.split_once(':') {
                    Some(("path", value)) => {
                        let value = value.trim().trim_matches(['"', '\'']);
                        page.path = Some(value.to_owned());
                    }
                    Some(("redirect", _)) => page.redirects = true,
                    Some(("alias", _)) => page.unknown.push("alias"),
                    _ => {}
                }
            }
            return page;
        }
        let Some(route) = jsonc::parse(text) else {
            page.unknown.push("path");
            return page;
        };
        page.path = manifest::string(route.get("path"));
        page.redirects = route.get("redirect").is_some();
        page.aliases = manifest::strings(route.get("alias"));
        page.aliases.extend(manifest::string(route.get("alias")));
        page
    }

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

#[cfg(test)]
mod tests {
    use super::super::{component, script};
    use super::*;

    #[test]
    fn only_what_is_written_out_in_a_macro_at_the_top_is_known() {
        let text = "const p = '/a'; f(() => definePageMeta({ path: '/no' }));
            definePageMeta({ path: p, alias: ['/b', `/c`], redirect: to, title });";
        let page = script("a.ts", text).unwrap().page.unwrap();
        let expected = PageMacro {
            path: None,
            aliases: vec!["/b".to_owned(), "/c".to_owned()],
            redirects: true,
            unknown: vec!["path"],
        };
        assert_eq!(page, expected);
        assert_eq!(script("a.ts", "f(definePage)").unwrap().page, None);
    }

    #[test]
    fn a_block_of_a_component_says_the_same() {
        for text in [
            "<route lang=\"yaml\">\nname: a\npath: '/a/:id'\nmeta:\n  path: no\n</route>",
            "<route>{ // json5\n \"path\": \"/a/:id\", }</route>",
            "<script setup>definePage({ path: '/a/:id' })</script>",
        ] {
            let (component, _) = component("a.vue", text).unwrap();
            let path = component.script.page.and_then(|page| page.path);
            assert_eq!(path.as_deref(), Some("/a/:id"), "{text}");
        }
    }
}
