//! Searches through what functions and modules are made of: imports that run later, uses of names.

use std::borrow::Cow;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, ArrowFunctionBody, BindingPattern, CallExpression, Expression, FormalParameters,
    ImportExpression, JSXElement, JSXElementName, ObjectPropertyKind, Statement,
    StaticMemberExpression, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};

use super::node::Node;
use super::value::Value;

/// Looks for the one import in a function, and the name that is taken of it.
#[derive(Default)]
pub(super) struct Imports<'a> {
    /// The module.
    pub(super) source: Option<&'a Expression<'a>>,
    /// The name.
    pub(super) export: Option<&'a str>,
}

impl<'a> Visit<'a> for Imports<'a> {
    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if self.source.is_none() {
            self.source = Some(self.alloc(&it.source));
        }
    }

    /// `import('./a').then((module) => module.Name)`, with or without `{ default: … }` around it.
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        walk::walk_call_expression(self, it);
        if self.source.is_some() && self.export.is_none() && it.callee_name() == Some("then") {
            let first = it.arguments.first().and_then(Argument::as_expression);
            self.export = first.and_then(|then| taken(self.alloc(then)));
        }
    }

    /// `(await import('./a')).Name`
    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        walk::walk_static_member_expression(self, it);
        if let Expression::AwaitExpression(later) = it.object.get_inner_expression()
            && matches!(
                later.argument.get_inner_expression(),
                Expression::ImportExpression(_)
            )
        {
            self.export = Some(it.property.name.as_str());
        }
    }

    /// `const { Name } = await import('./a')`
    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        walk::walk_variable_declarator(self, it);
        if let (BindingPattern::ObjectPattern(parts), Some(Expression::AwaitExpression(later))) =
            (&it.id, &it.init)
            && matches!(
                later.argument.get_inner_expression(),
                Expression::ImportExpression(_)
            )
            && let Some(Cow::Borrowed(name)) = parts
                .properties
                .first()
                .and_then(|one| self.alloc(one).key.static_name())
        {
            self.export = Some(name);
        }
    }
}

/// The name that the function `then` takes of its parameter.
fn taken<'a>(then: &'a Expression<'a>) -> Option<&'a str> {
    let Expression::ArrowFunctionExpression(arrow) = then.get_inner_expression() else {
        return None;
    };
    let value = match &arrow.body {
        ArrowFunctionBody::FunctionBody(body) => match body.statements.first()? {
            Statement::ReturnStatement(value) => value.argument.as_ref()?,
            _ => return None,
        },
        value => value.as_expression()?,
    };
    let value = match value.get_inner_expression() {
        Expression::ObjectExpression(object) => {
            object.properties.iter().find_map(|one| match one {
                ObjectPropertyKind::ObjectProperty(one)
                    if ["default", "Component", "component"]
                        .iter()
                        .any(|key| one.key.is_specific_static_name(key)) =>
                {
                    Some(&one.value)
                }
                _ => None,
            })?
        }
        _ => value,
    };
    match value.get_inner_expression() {
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        Expression::Identifier(id) => part_named(&arrow.params, id.name.as_str()),
        _ => None,
    }
}

/// The key that the first parameter is taken apart by to get `local`.
fn part_named<'a>(parameters: &'a FormalParameters<'a>, local: &str) -> Option<&'a str> {
    let BindingPattern::ObjectPattern(parts) = &parameters.items.first()?.pattern else {
        return None;
    };
    parts.properties.iter().find_map(|one| {
        let id = one.value.get_identifier_name()?;
        match one.key.static_name() {
            Some(Cow::Borrowed(key)) if id == local => Some(key),
            _ => None,
        }
    })
}

/// Looks for uses of names, inside functions with their parameters.
pub(super) struct Uses<'n, 'a> {
    /// Which names.
    pub(super) wanted: &'n dyn Fn(&str) -> bool,
    /// The place that is looked at.
    pub(super) at: Node<'a>,
    /// The places around the functions that it is in.
    pub(super) outer: Vec<Node<'a>>,
    /// The calls and elements so far.
    pub(super) found: Vec<Node<'a>>,
}

impl<'a> Visit<'a> for Uses<'_, 'a> {
    fn visit_expression(&mut self, it: &Expression<'a>) {
        let it: &'a Expression<'a> = self.alloc(it);
        let callee = match it {
            Expression::CallExpression(call) => Some(&call.callee),
            Expression::NewExpression(call) => Some(&call.callee),
            _ => None,
        };
        if callee.and_then(last_name).is_some_and(self.wanted) {
            self.found.push(self.at.at(it));
        }
        walk::walk_expression(self, it);
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        let it: &'a JSXElement<'a> = self.alloc(it);
        if last_of(&it.opening_element.name).is_some_and(self.wanted) {
            self.found.push(self.at.with(Value::Element(it)));
        }
        walk::walk_jsx_element(self, it);
    }

    fn enter_node(&mut self, kind: AstKind<'a>) {
        let inner = match kind {
            AstKind::Function(function) => {
                self.at.within(&function.params, function.body.as_deref())
            }
            AstKind::ArrowFunctionExpression(arrow) => {
                self.at.within(&arrow.params, arrow.body.as_function_body())
            }
            _ => return,
        };
        self.outer.push(std::mem::replace(&mut self.at, inner));
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        if let AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) = kind
            && let Some(outer) = self.outer.pop()
        {
            self.at = outer;
        }
    }
}

/// The last part of the name of what is called: `forRoot` in `RouterModule.forRoot(…)`.
pub(super) fn last_name<'p>(callee: &'p Expression<'_>) -> Option<&'p str> {
    match callee.get_inner_expression() {
        Expression::Identifier(id) => Some(id.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        _ => None,
    }
}

/// The last part of the name of an element: `Route` in `<Sentry.Route>`.
pub(super) fn last_of<'p>(name: &'p JSXElementName<'_>) -> Option<&'p str> {
    match name {
        JSXElementName::Identifier(id) => Some(id.name.as_str()),
        JSXElementName::IdentifierReference(id) => Some(id.name.as_str()),
        JSXElementName::MemberExpression(member) => Some(member.property.name.as_str()),
        _ => None,
    }
}
