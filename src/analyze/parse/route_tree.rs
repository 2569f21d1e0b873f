//! The route tree that TanStack Router generates and projects commit: its paths, and the modules that they come from.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Declaration, Expression, ImportExpression, Program, Statement, TSInterfaceDeclaration,
    TSSignature, TSType, TSTypeQueryExprName,
};
use oxc_ast_visit::{Visit, walk};

/// A generated route tree.
#[derive(Debug, Default)]
pub(in crate::analyze) struct RouteTree {
    /// The paths that links lead to, each with the variable of its route; none in the trees of versions before 1.30.
    pub(in crate::analyze) paths: Vec<(String, String)>,
    /// The names of imports with their modules, as written.
    pub(in crate::analyze) imports: Vec<(String, String)>,
    /// The modules of all imports, also of those at the time of a visit.
    pub(in crate::analyze) modules: Vec<String>,
}

/// Reads the tree `text`, which lies at `path`; none when it cannot be parsed.
pub(in crate::analyze) fn route_tree(path: &Path, text: &str) -> Option<RouteTree> {
    let allocator = Allocator::default();
    let program = super::program(&allocator, path, text).ok()?;
    let mut tree = RouteTree::default();
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                let source = import.source.value.as_str();
                for one in import.specifiers.iter().flatten() {
                    let name = one.local().name.as_str();
                    tree.imports.push((name.to_owned(), source.to_owned()));
                }
                tree.modules.push(source.to_owned());
            }
            Statement::ExportDeclaration(export) => {
                if let Declaration::TSInterfaceDeclaration(interface) = &export.declaration
                    && interface.id.name == "FileRoutesByTo"
                {
                    tree.paths = paths(interface);
                }
            }
            _ => {}
        }
    }
    tree.visit_lazy(&program);
    Some(tree)
}

fn paths(interface: &TSInterfaceDeclaration<'_>) -> Vec<(String, String)> {
    let properties = interface.body.body.iter().filter_map(|one| match one {
        TSSignature::TSPropertySignature(property) => Some(property),
        _ => None,
    });
    properties
        .filter_map(|property| {
            let key = property.key.static_name()?;
            let annotation = property.type_annotation.as_ref()?;
            let TSType::TSTypeQuery(query) = &annotation.type_annotation else {
                return None;
            };
            let TSTypeQueryExprName::IdentifierReference(variable) = &query.expr_name else {
                return None;
            };
            Some((key.to_string(), variable.name.to_string()))
        })
        .collect()
}

impl RouteTree {
    fn visit_lazy(&mut self, program: &Program<'_>) {
        struct Lazy<'t>(&'t mut Vec<String>);
        impl<'a> Visit<'a> for Lazy<'_> {
            fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
                if let Expression::StringLiteral(source) = &it.source {
                    self.0.push(source.value.to_string());
                }
                walk::walk_import_expression(self, it);
            }
        }
        Lazy(&mut self.modules).visit_program(program);
    }
}
