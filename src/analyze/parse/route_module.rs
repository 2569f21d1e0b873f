//! What a module says as a route: the names that it exports, and whether its data does nothing but redirect.

use oxc_ast::ast::{
    ArrowFunctionBody, BindingPattern, Declaration, Expression, FunctionBody, ModuleExportName,
    Program, Statement,
};

/// Functions of Remix and React Router whose answer sends elsewhere.
/// <https://reactrouter.com/api/utils/redirect>, <https://v2.remix.run/docs/utils/redirect>
const REDIRECTS: [&str; 4] = [
    "redirect",
    "redirectDocument",
    "replace",
    "permanentRedirect",
];

/// A module, as a route.
#[derive(Debug, Default)]
pub(in crate::analyze) struct RouteModule {
    names: Vec<Box<str>>,
    /// Whether its `loader` answers every request with a redirect; without one, its `clientLoader`.
    /// <https://reactrouter.com/start/framework/data-loading>
    pub(in crate::analyze) loader_redirects: bool,
}

/// Whether each of the functions that supply a page's data always redirects; none for those that are not there.
#[derive(Default)]
struct Loaders {
    server: Option<bool>,
    client: Option<bool>,
}

impl Loaders {
    fn add(&mut self, name: &str, redirects: impl FnOnce() -> bool) {
        match name {
            "loader" => self.server = Some(redirects()),
            "clientLoader" => self.client = Some(redirects()),
            _ => {}
        }
    }
}

impl RouteModule {
    /// Reads the exports of `program`.
    pub(super) fn of(program: &Program<'_>) -> Self {
        let mut module = Self::default();
        let mut loaders = Loaders::default();
        for statement in &program.body {
            match statement {
                Statement::ExportDeclaration(export) => {
                    module.declare(&export.declaration, &mut loaders);
                }
                Statement::ExportDefaultDeclaration(_) => module.names.push("default".into()),
                Statement::ExportNamedDeclaration(export) => {
                    let exported = export.specifiers.iter().map(|one| &one.exported);
                    module.names.extend(exported.filter_map(text));
                }
                Statement::ExportFromDeclaration(export) => {
                    let exported = export.specifiers.iter().map(|one| &one.exported);
                    module.names.extend(exported.filter_map(text));
                }
                _ => {}
            }
        }
        module.names.sort_unstable();
        module.loader_redirects = loaders.server.or(loaders.client) == Some(true);
        module
    }

    /// Whether it exports `name`, itself or from another module by that name; `default` for its default export.
    pub(in crate::analyze) fn exports(&self, name: &str) -> bool {
        self.names.binary_search_by(|one| (**one).cmp(name)).is_ok()
    }

    fn declare(&mut self, declaration: &Declaration<'_>, loaders: &mut Loaders) {
        match declaration {
            Declaration::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    let body = function.body.as_ref();
                    loaders.add(&id.name, || body.is_some_and(|body| redirects(body)));
                    self.names.push(id.name.as_str().into());
                }
            }
            Declaration::VariableDeclaration(variables) => {
                for variable in &variables.declarations {
                    if let (BindingPattern::BindingIdentifier(id), Some(value)) =
                        (&variable.id, &variable.init)
                    {
                        loaders.add(&id.name, || value_redirects(value));
                    }
                    let ids = variable.id.get_binding_identifiers();
                    let names = ids.into_iter().map(|id| id.name.as_str().into());
                    self.names.extend(names);
                }
            }
            Declaration::ClassDeclaration(class) => {
                let id = class.id.as_ref();
                self.names.extend(id.map(|id| id.name.as_str().into()));
            }
            _ => {}
        }
    }
}

fn text(name: &ModuleExportName<'_>) -> Option<Box<str>> {
    match name {
        ModuleExportName::IdentifierName(name) => Some(name.name.as_str().into()),
        ModuleExportName::IdentifierReference(name) => Some(name.name.as_str().into()),
        ModuleExportName::StringLiteral(_) => None,
    }
}

fn value_redirects(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => redirects(body),
            value => value.as_expression().is_some_and(is_redirect),
        },
        Expression::FunctionExpression(function) => {
            let body = function.body.as_ref();
            body.is_some_and(|body| redirects(body))
        }
        _ => false,
    }
}

/// Whether `body` works out a target and ends with a redirect to it.
fn redirects(body: &FunctionBody<'_>) -> bool {
    let Some((last, before)) = body.statements.split_last() else {
        return false;
    };
    let ends = match last {
        Statement::ReturnStatement(answer) => answer.argument.as_ref().is_some_and(is_redirect),
        Statement::ThrowStatement(answer) => is_redirect(&answer.argument),
        _ => false,
    };
    ends && before
        .iter()
        .all(|one| matches!(one, Statement::VariableDeclaration(_)))
}

fn is_redirect(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::CallExpression(call) => {
            matches!(&call.callee, Expression::Identifier(id) if REDIRECTS.contains(&id.name.as_str()))
        }
        _ => false,
    }
}
