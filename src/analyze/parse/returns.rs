//! What functions return: JSX, or functions that return it.

use std::collections::HashSet;

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, AssignmentExpression, AssignmentTarget, BindingPattern,
    CallExpression, Class, Expression, Function, FunctionBody, ReturnStatement, Statement,
    VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};

/// What a function must return to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// JSX, or what JSX is compiled to.
    Jsx,
    /// A function that returns it, as Vue's `setup` does.
    Render,
    /// Either.
    JsxOrRender,
}

/// Whether the value is a function that returns what is wanted.
pub(super) fn expression_returns(function: &Expression<'_>, wanted: Wanted) -> bool {
    match function.get_inner_expression() {
        Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => body_returns(body, wanted),
            value => value
                .as_expression()
                .is_some_and(|value| Returns::of(wanted).is_wanted(value)),
        },
        Expression::FunctionExpression(function) => function_returns(function, wanted),
        _ => false,
    }
}

/// Whether `function` returns what is wanted; a generator never does.
pub(super) fn function_returns(function: &Function<'_>, wanted: Wanted) -> bool {
    let body = function.body.as_ref().filter(|_| !function.generator);
    body.is_some_and(|body| body_returns(body, wanted))
}

fn body_returns(body: &FunctionBody<'_>, wanted: Wanted) -> bool {
    let mut returns = Returns::of(wanted);
    let mut statements = body.statements.iter();
    statements.any(|statement| {
        returns.visit_statement(statement);
        returns.found
    })
}

/// Looks for what is wanted in the returns of one function, not in those inside it.
struct Returns<'a> {
    wanted: Wanted,
    /// Variables that hold JSX.
    variables: HashSet<&'a str>,
    /// Functions inside that return it.
    functions: HashSet<&'a str>,
    found: bool,
}

impl<'a> Returns<'a> {
    fn of(wanted: Wanted) -> Self {
        Self {
            wanted,
            variables: HashSet::new(),
            functions: HashSet::new(),
            found: false,
        }
    }

    fn is_wanted(&self, value: &Expression<'a>) -> bool {
        (self.wanted != Wanted::Render && self.is_jsx(value))
            || (self.wanted != Wanted::Jsx && self.is_render(value))
    }

    fn is_render(&self, value: &Expression<'a>) -> bool {
        match value.get_inner_expression() {
            Expression::Identifier(name) => self.functions.contains(name.name.as_str()),
            function => expression_returns(function, Wanted::Jsx),
        }
    }

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
            // Lit and htm: https://lit.dev/docs/templates/overview/
            Expression::TaggedTemplateExpression(template) => {
                matches!(&template.tag, Expression::Identifier(tag) if tag.name == "html")
            }
            _ => false,
        }
    }

    /// `createElement(…)`, `h(…)`, `createPortal(<a/>, …)`, `items.map((item) => <a/>)`, `useMemo(() => <a/>)`,
    /// `row()` where `row` returns JSX.
    fn makes_jsx(&self, call: &CallExpression<'a>) -> bool {
        let name = call.callee_name().unwrap_or_default();
        let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
        match name {
            "createElement" | "cloneElement" | "createVNode" | "h" => true,
            "createPortal" => arguments.any(|argument| self.is_jsx(argument)),
            _ => {
                let called = matches!(&call.callee, Expression::Identifier(_));
                (called && self.functions.contains(name))
                    || arguments.any(|argument| expression_returns(argument, Wanted::Jsx))
            }
        }
    }
}

impl<'a> Visit<'a> for Returns<'a> {
    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        let value = it.argument.as_ref();
        self.found = self.found || value.is_some_and(|value| self.is_wanted(value));
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(id), Some(value)) = (&it.id, &it.init) {
            if self.is_jsx(value) {
                self.variables.insert(id.name.as_str());
            } else if expression_returns(value, Wanted::Jsx) {
                self.functions.insert(id.name.as_str());
            }
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

    fn visit_statement(&mut self, it: &Statement<'a>) {
        let Statement::FunctionDeclaration(function) = it else {
            return walk::walk_statement(self, it);
        };
        let name = function.id.as_ref();
        if let Some(id) = name.filter(|_| function_returns(function, Wanted::Jsx)) {
            self.functions.insert(id.name.as_str());
        }
    }

    /// A function inside has returns of its own.
    fn visit_function_body(&mut self, _it: &FunctionBody<'a>) {}

    fn visit_class(&mut self, _it: &Class<'a>) {}
}
