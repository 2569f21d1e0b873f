//! The calls of a `gatsby-node` file that make pages and redirects, as far as their paths are written out, and the modules
//! that it has its parts in.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    CallExpression, ExportFromDeclaration, Expression, ImportDeclaration, ObjectPropertyKind,
};
use oxc_ast_visit::{Visit, walk};

/// The pages and redirects that code makes.
#[derive(Debug, Default)]
pub(in crate::analyze) struct MadeByCode {
    /// The paths of pages.
    pub(in crate::analyze) pages: Vec<String>,
    /// The paths that lead elsewhere.
    pub(in crate::analyze) redirects: Vec<String>,
    /// The lines, from 1, of calls whose path is not written out.
    pub(in crate::analyze) unknown: Vec<usize>,
    /// The modules it imports or requires by a relative path, as written.
    pub(in crate::analyze) modules: Vec<String>,
}

/// Reads the calls in `text`, which lies at `path`; none when it cannot be parsed.
/// <https://www.gatsbyjs.com/docs/reference/config-files/actions/#createPage>
pub(in crate::analyze) fn made_by_code(path: &Path, text: &str) -> Option<MadeByCode> {
    let allocator = Allocator::default();
    let program = super::program(&allocator, path, text).ok()?;
    let mut calls = Calls {
        text,
        made: MadeByCode::default(),
    };
    calls.visit_program(&program);
    Some(calls.made)
}

struct Calls<'t> {
    text: &'t str,
    made: MadeByCode,
}

impl<'a> Visit<'a> for Calls<'_> {
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Some(module) = it.common_js_require() {
            self.add_module(&module.value);
        }
        let (key, is_page) = match it.callee_name() {
            Some("createPage") => ("path", true),
            Some("createRedirect") => ("fromPath", false),
            _ => return walk::walk_call_expression(self, it),
        };
        let options = it.arguments.first().and_then(|one| one.as_expression());
        match options.and_then(|options| text_at(options, key)) {
            Some(path) if is_page => self.made.pages.push(path),
            Some(path) => self.made.redirects.push(path),
            None => {
                let start = usize::try_from(it.span.start).unwrap_or(0);
                let before = self.text.as_bytes().iter().take(start);
                let lines = before.filter(|byte| **byte == b'\n').count();
                self.made.unknown.push(lines.saturating_add(1));
            }
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.add_module(&it.source.value);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.add_module(&it.source.value);
    }
}

impl Calls<'_> {
    fn add_module(&mut self, source: &str) {
        if source.starts_with('.') {
            self.made.modules.push(source.to_owned());
        }
    }
}

/// The text that the object `options` has at `key`.
fn text_at(options: &Expression<'_>, key: &str) -> Option<String> {
    let Expression::ObjectExpression(object) = options.get_inner_expression() else {
        return None;
    };
    object.properties.iter().find_map(|one| match one {
        ObjectPropertyKind::ObjectProperty(one) if one.key.is_specific_static_name(key) => {
            match one.value.get_inner_expression() {
                Expression::StringLiteral(text) => Some(text.value.to_string()),
                Expression::TemplateLiteral(text) => Some(text.single_quasi()?.to_string()),
                _ => None,
            }
        }
        _ => None,
    })
}
