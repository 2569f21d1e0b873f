//! Components: functions and classes with a capital name, at the top level of a module, that return JSX.

use std::collections::HashSet;

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, AssignmentExpression, AssignmentTarget, BindingPattern,
    CallExpression, Class, ClassElement, Declaration, ExportDefaultDeclarationKind, Expression,
    Function, FunctionBody, Program, ReturnStatement, Statement, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};

use super::decorators::is_decorated;

/// How many components `program` declares or exports as its default.
///
/// React tells components from elements by the capital: <https://react.dev/learn/your-first-component>. A function
/// inside `memo`, `forwardRef` and their like counts; one inside another component does not.
pub(super) fn count(program: &Program<'_>) -> u64 {
    program.body.iter().map(in_statement).sum()
}

fn in_statement(statement: &Statement<'_>) -> u64 {
    match statement {
        Statement::ExportDeclaration(export) => in_declaration(&export.declaration),
        Statement::ExportDefaultDeclaration(export) => u64::from(match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                function_returns_jsx(function)
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                renders(class) || is_decorated(class, "Component")
            }
            other => other.as_expression().is_some_and(is_component),
        }),
        other => other.as_declaration().map_or(0, in_declaration),
    }
}

fn in_declaration(declaration: &Declaration<'_>) -> u64 {
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            let named = function.id.as_ref().is_some_and(|id| is_capital(&id.name));
            u64::from(named && function_returns_jsx(function))
        }
        // https://angular.dev/guide/components
        Declaration::ClassDeclaration(class) => {
            u64::from(renders(class) || is_decorated(class, "Component"))
        }
        Declaration::VariableDeclaration(variables) => {
            let components = variables.declarations.iter().filter(|variable| {
                name_of(&variable.id).is_some_and(is_capital)
                    && variable.init.as_ref().is_some_and(is_component)
            });
            u64::try_from(components.count()).unwrap_or(u64::MAX)
        }
        _ => 0,
    }
}

/// Whether `value` is a function that returns JSX, or a call whose first argument is one.
fn is_component(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::CallExpression(call) => call
            .arguments
            .first()
            .and_then(Argument::as_expression)
            .is_some_and(is_component),
        Expression::ClassExpression(class) => renders(class),
        function => expression_returns_jsx(function),
    }
}

fn renders(class: &Class<'_>) -> bool {
    class.heritage.is_some()
        && class.body.body.iter().any(|element| match element {
            ClassElement::MethodDefinition(method) => {
                method.key.is_specific_static_name("render") && function_returns_jsx(&method.value)
            }
            _ => false,
        })
}

fn expression_returns_jsx(function: &Expression<'_>) -> bool {
    match function.get_inner_expression() {
        Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => body_returns_jsx(body),
            value => value
                .as_expression()
                .is_some_and(|value| Returns::default().is_jsx(value)),
        },
        Expression::FunctionExpression(function) => function_returns_jsx(function),
        _ => false,
    }
}

fn function_returns_jsx(function: &Function<'_>) -> bool {
    function
        .body
        .as_ref()
        .is_some_and(|body| body_returns_jsx(body))
}

fn body_returns_jsx(body: &FunctionBody<'_>) -> bool {
    let mut returns = Returns::default();
    for statement in &body.statements {
        returns.visit_statement(statement);
    }
    returns.found
}

/// Looks for a return of JSX in one function, not in those inside it.
#[derive(Default)]
struct Returns<'a> {
    /// Variables that hold JSX.
    variables: HashSet<&'a str>,
    found: bool,
}

impl<'a> Returns<'a> {
    fn is_jsx(&self, value: &Expression<'a>) -> bool {
        match value.get_inner_expression() {
            Expression::JSXElement(_) | Expression::JSXFragment(_) => true,
            Expression::ConditionalExpression(either) => {
                self.is_jsx(&either.consequent) || self.is_jsx(&either.alternate)
            }
            Expression::LogicalExpression(either) => {
                self.is_jsx(&either.right) || self.is_jsx(&either.left)
            }
            Expression::SequenceExpression(all) => {
                all.expressions.last().is_some_and(|last| self.is_jsx(last))
            }
            Expression::AwaitExpression(later) => self.is_jsx(&later.argument),
            Expression::ArrayExpression(list) => list
                .elements
                .iter()
                .filter_map(|element| element.as_expression())
                .any(|element| self.is_jsx(element)),
            Expression::Identifier(variable) => self.variables.contains(variable.name.as_str()),
            Expression::CallExpression(call) => self.makes_jsx(call),
            _ => false,
        }
    }

    /// `createElement(…)`, `createPortal(<a/>, …)`, `items.map((item) => <a/>)`, `useMemo(() => <a/>)`.
    fn makes_jsx(&self, call: &CallExpression<'a>) -> bool {
        let name = call.callee_name().unwrap_or_default();
        let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
        match name {
            "createElement" | "cloneElement" => true,
            "createPortal" => arguments.any(|argument| self.is_jsx(argument)),
            _ => arguments.any(expression_returns_jsx),
        }
    }
}

impl<'a> Visit<'a> for Returns<'a> {
    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        let value = it.argument.as_ref();
        self.found = self.found || value.is_some_and(|value| self.is_jsx(value));
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(id), Some(value)) = (&it.id, &it.init)
            && self.is_jsx(value)
        {
            self.variables.insert(id.name.as_str());
        }
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        if let AssignmentTarget::AssignmentTargetIdentifier(id) = &it.left
            && self.is_jsx(&it.right)
        {
            self.variables.insert(id.name.as_str());
        }
        walk::walk_assignment_expression(self, it);
    }

    /// A function inside has returns of its own.
    fn visit_function_body(&mut self, _it: &FunctionBody<'a>) {}

    fn visit_class(&mut self, _it: &Class<'a>) {}
}

fn name_of<'p>(pattern: &'p BindingPattern<'_>) -> Option<&'p str> {
    match pattern {
        BindingPattern::BindingIdentifier(id) => Some(id.name.as_str()),
        _ => None,
    }
}

fn is_capital(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}
