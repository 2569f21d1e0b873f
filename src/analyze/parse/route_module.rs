//! Whether the data of a route's module does nothing but redirect.

use oxc_ast::ast::{
    ArrowFunctionBody, BindingPattern, Declaration, Expression, FunctionBody, Program, Statement,
};

/// Functions of Remix and React Router whose answer sends elsewhere.
/// <https://reactrouter.com/api/utils/redirect>, <https://v2.remix.run/docs/utils/redirect>
const REDIRECTS: [&str; 4] = [
    "redirect",
    "redirectDocument",
    "replace",
    "permanentRedirect",
];

/// Whether each of the functions that supply a page's data always redirects; none for those that are not there.
#[derive(Default)]
struct Loaders {
    server: Option<bool>,
    client: Option<bool>,
}

impl Loaders {
    fn declare(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    let body = function.body.as_ref();
                    self.add(&id.name, || body.is_some_and(|body| redirects(body)));
                }
            }
            Declaration::VariableDeclaration(variables) => {
                for variable in &variables.declarations {
                    if let (BindingPattern::BindingIdentifier(id), Some(value)) =
                        (&variable.id, &variable.init)
                    {
                        self.add(&id.name, || value_redirects(value));
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, name: &str, redirects: impl FnOnce() -> bool) {
        match name {
            "loader" => self.server = Some(redirects()),
            "clientLoader" => self.client = Some(redirects()),
            _ => {}
        }
    }
}

/// Whether the `loader` of the route's module `program` answers every request with a redirect; without one, its
/// `clientLoader`. <https://reactrouter.com/start/framework/data-loading>
pub(super) fn redirects_by_loader(program: &Program<'_>) -> bool {
    let mut loaders = Loaders::default();
    for statement in &program.body {
        if let Statement::ExportDeclaration(export) = statement {
            loaders.declare(&export.declaration);
        }
    }
    loaders.server.or(loaders.client) == Some(true)
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
