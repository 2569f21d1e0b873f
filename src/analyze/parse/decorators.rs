//! Decorators of classes: what a class is said to be, and with which settings.

use oxc_ast::ast::{Argument, CallExpression, Class, Expression};

use super::node::Node;
use super::statics::Modules;
use super::value::Value;

impl<'a> Modules<'a> {
    /// The arguments of the call `node`, whatever is called, up to the first that is spread.
    pub(in crate::analyze) fn arguments(node: &Node<'a>) -> Vec<Node<'a>> {
        let Some(Expression::CallExpression(call)) = node.expression() else {
            return Vec::new();
        };
        let known = call.arguments.iter().map_while(Argument::as_expression);
        known.map(|argument| node.at(argument)).collect()
    }

    /// What the decorator `name` is called with on the class that `node` names, or that a static method is called on.
    pub(in crate::analyze) fn decorated(&self, node: &Node<'a>, name: &str) -> Option<Node<'a>> {
        let node = self.step(node)?;
        if let Some(Expression::CallExpression(call)) = node.expression() {
            let Expression::StaticMemberExpression(member) = &call.callee else {
                return None;
            };
            return self.decorated(&node.at(&member.object), name);
        }
        let node = self.resolve(&node)?;
        let class = match node.value {
            Value::Class(class) => class,
            _ => match node.expression()? {
                Expression::ClassExpression(class) => class,
                _ => return None,
            },
        };
        let call = decorator(class, name)?;
        Some(node.at(call.arguments.first()?.as_expression()?))
    }
}

/// Whether `class` has the decorator `name`, called as a function.
pub(super) fn is_decorated(class: &Class<'_>, name: &str) -> bool {
    decorator(class, name).is_some()
}

fn decorator<'a, 'p>(class: &'p Class<'a>, name: &str) -> Option<&'p CallExpression<'a>> {
    let mut calls = class
        .decorators
        .iter()
        .filter_map(|one| match &one.expression {
            Expression::CallExpression(call) => Some(&**call),
            _ => None,
        });
    calls.find(|call| call.callee.is_specific_id(name))
}
