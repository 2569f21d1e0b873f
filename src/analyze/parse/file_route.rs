//! What a module says as a file route of TanStack Router: a component, handlers of requests, or only a redirect.

use oxc_ast::ast::{
    ArrowFunctionBody, CallExpression, Declaration, Expression, FunctionBody, ObjectExpression,
    ObjectPropertyKind, Program, Statement,
};

use super::exports::METHODS;

/// The functions that make a route.
/// <https://tanstack.com/router/latest/docs/framework/react/api/router/createFileRouteFunction>
const PAGES: [&str; 2] = ["createFileRoute", "createLazyFileRoute"];

/// Those that make a route that only answers requests, in versions of TanStack Start before 1.132.
/// <https://tanstack.com/start/latest/docs/framework/react/guide/server-routes>
const SERVERS: [&str; 2] = ["createServerFileRoute", "createAPIFileRoute"];

/// A file route.
#[derive(Debug, Default)]
pub(in crate::analyze) struct FileRoute {
    /// Whether it has a component of its own.
    pub(in crate::analyze) component: bool,
    /// Whether it answers requests.
    pub(in crate::analyze) handles: bool,
    /// The methods it answers; empty for all, and where they are not written out.
    pub(in crate::analyze) methods: Vec<&'static str>,
    /// Whether it has no component and always leads elsewhere.
    pub(in crate::analyze) redirects: bool,
}

/// The file route in `program`.
pub(super) fn read(program: &Program<'_>) -> Option<FileRoute> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDeclaration(export) => of_declaration(&export.declaration),
        other => of_declaration(other.as_declaration()?),
    })
}

fn of_declaration(declaration: &Declaration<'_>) -> Option<FileRoute> {
    let Declaration::VariableDeclaration(variables) = declaration else {
        return None;
    };
    let mut values = variables
        .declarations
        .iter()
        .filter_map(|one| one.init.as_ref());
    values.find_map(|value| match value.get_inner_expression() {
        Expression::CallExpression(call) => of_call(call),
        _ => None,
    })
}

/// `createFileRoute(path)(options)`, also with `.update(options)` or `.methods(handlers)` after it.
fn of_call(call: &CallExpression<'_>) -> Option<FileRoute> {
    let mut route = FileRoute::default();
    let mut call = call;
    // A chain of more calls than that makes something else.
    for _ in 0..8 {
        if let Expression::Identifier(id) = &call.callee {
            let name = id.name.as_str();
            route.handles |= SERVERS.contains(&name);
            return (PAGES.contains(&name) || SERVERS.contains(&name)).then_some(route);
        }
        let argument = call.arguments.first().and_then(|one| one.as_expression());
        let (inner, method) = match &call.callee {
            Expression::CallExpression(inner) => (inner, None),
            Expression::StaticMemberExpression(member) => match &member.object {
                Expression::CallExpression(inner) => (inner, Some(member.property.name.as_str())),
                _ => return None,
            },
            _ => return None,
        };
        match (argument, method) {
            (Some(handlers), Some("methods")) => route.handle(handlers),
            (Some(options), _) => route.read_options(options),
            (None, _) => {}
        }
        call = inner;
    }
    None
}

impl FileRoute {
    fn read_options(&mut self, options: &Expression<'_>) {
        let Some(Expression::ObjectExpression(options)) = object_of(options) else {
            // Options that are made elsewhere may have a component.
            self.component = true;
            return;
        };
        let mut leads_away = false;
        for property in &options.properties {
            let ObjectPropertyKind::ObjectProperty(property) = property else {
                self.component = true;
                continue;
            };
            match property.key.static_name().as_deref() {
                Some("component") => self.component = true,
                Some("server") => {
                    if let Some(handlers) = value_at(&property.value, "handlers") {
                        self.handle(handlers);
                    }
                }
                // The handlers of an API route are its options.
                Some(name) if METHODS.contains(&name) => self.add(options),
                Some("beforeLoad" | "loader") => leads_away |= value_redirects(&property.value),
                _ => {}
            }
        }
        self.redirects = leads_away && !self.component && !self.handles;
    }

    /// Adds handlers: an object of them, or a function that returns one through a helper.
    fn handle(&mut self, handlers: &Expression<'_>) {
        self.handles = true;
        if let Some(Expression::ObjectExpression(object)) = object_of(handlers) {
            self.add(object);
        }
    }

    fn add(&mut self, handlers: &ObjectExpression<'_>) {
        let has = |method: &str| {
            handlers.properties.iter().any(|one| match one {
                ObjectPropertyKind::ObjectProperty(one) => one.key.is_specific_static_name(method),
                ObjectPropertyKind::SpreadProperty(_) => false,
            })
        };
        if !has("ANY") {
            self.methods = METHODS.into_iter().filter(|one| has(one)).collect();
        }
    }
}

/// The object that `value` is, that a function returns, or that a helper in it is called with.
fn object_of<'p, 'a>(value: &'p Expression<'a>) -> Option<&'p Expression<'a>> {
    let mut value = value;
    for _ in 0..4 {
        value = match value.get_inner_expression() {
            object @ Expression::ObjectExpression(_) => return Some(object),
            Expression::CallExpression(call) => call.arguments.first()?.as_expression()?,
            Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => match body.statements.last()? {
                    Statement::ReturnStatement(answer) => answer.argument.as_ref()?,
                    _ => return None,
                },
                body => body.as_expression()?,
            },
            _ => return None,
        };
    }
    None
}

fn value_at<'p, 'a>(object: &'p Expression<'a>, key: &str) -> Option<&'p Expression<'a>> {
    let Expression::ObjectExpression(object) = object.get_inner_expression() else {
        return None;
    };
    object.properties.iter().find_map(|one| match one {
        ObjectPropertyKind::ObjectProperty(one) if one.key.is_specific_static_name(key) => {
            Some(&one.value)
        }
        _ => None,
    })
}

/// Whether `value` is a function that does nothing but throw a redirect.
/// <https://tanstack.com/router/latest/docs/framework/react/api/router/redirectFunction>
fn value_redirects(value: &Expression<'_>) -> bool {
    let redirects = |body: &FunctionBody<'_>| {
        let Some((last, before)) = body.statements.split_last() else {
            return false;
        };
        let plain = |one: &Statement<'_>| matches!(one, Statement::VariableDeclaration(_));
        let ends = match last {
            Statement::ThrowStatement(thrown) => is_redirect(&thrown.argument),
            Statement::ExpressionStatement(call) => is_redirect(&call.expression),
            Statement::ReturnStatement(answer) => answer.argument.as_ref().is_some_and(is_redirect),
            _ => false,
        };
        ends && before.iter().all(plain)
    };
    match value.get_inner_expression() {
        Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => redirects(body),
            value => value.as_expression().is_some_and(is_redirect),
        },
        Expression::FunctionExpression(function) => {
            function.body.as_ref().is_some_and(|body| redirects(body))
        }
        _ => false,
    }
}

fn is_redirect(value: &Expression<'_>) -> bool {
    matches!(value.get_inner_expression(), Expression::CallExpression(call)
        if matches!(&call.callee, Expression::Identifier(id) if id.name == "redirect"))
}
