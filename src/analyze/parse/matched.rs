//! Paths that version 5 of React Router puts together from the one it matched: `${match.path}/edit`.

use oxc_ast::ast::{BinaryOperator, Expression, TemplateLiteral};

use super::finders::last_name;
use super::node::{Node, Parameter};
use super::statics::Modules;
use super::texts::append;
use super::value::{Binding, Value};

/// The properties of a match that are the path of the route, and the part of the address that it matched.
/// <https://v5.reactrouter.com/web/api/match>
const PATHS: [&str; 2] = ["path", "url"];

impl<'a> Modules<'a> {
    /// What follows the path of the route around in the text `node`: `/edit` in `${match.path}/edit`. None when it does not
    /// begin with that, or the rest is not known.
    pub(in crate::analyze) fn after_match(&self, node: &Node<'a>) -> Option<String> {
        let node = self.step(node)?;
        let value = node.expression()?;
        if is_matched(&node, value) {
            return Some(String::new());
        }
        match value {
            Expression::TemplateLiteral(text) => self.after_in(&node, text),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                let mut out = self.after_match(&node.at(&sum.left))?;
                append(&mut out, &self.string(&node.at(&sum.right))?)?;
                Some(out)
            }
            Expression::Identifier(id) => match self.parameter(&node, id.name.as_str()) {
                Parameter::Known(argument) => self.after_match(&argument),
                Parameter::None => self.after_match(&self.variable(&node, id.name.as_str())?),
                Parameter::Part(..) | Parameter::Unknown => None,
            },
            _ => None,
        }
    }

    fn after_in(&self, node: &Node<'a>, text: &'a TemplateLiteral<'a>) -> Option<String> {
        let cooked = |place: usize| Some(text.quasis.get(place)?.value.cooked.as_ref()?.as_str());
        let mut values = text.expressions.iter();
        let mut out = self.after_match(&node.at(values.next()?))?;
        if !cooked(0)?.is_empty() {
            return None;
        }
        append(&mut out, cooked(1)?)?;
        for (value, place) in values.zip(2..) {
            append(&mut out, &self.string(&node.at(value))?)?;
            append(&mut out, cooked(place)?)?;
        }
        Some(out)
    }
}

/// `match.path`, `props.match.path`, `useRouteMatch().path`, or a variable that is taken from one of these.
fn is_matched<'a>(node: &Node<'a>, value: &'a Expression<'a>) -> bool {
    match value {
        Expression::StaticMemberExpression(member) => {
            PATHS.contains(&member.property.name.as_str()) && is_match(node, &member.object)
        }
        Expression::Identifier(id) => match node.module.bindings(id.name.as_str()) {
            [Binding::LocalPart(whole, key)] => PATHS.contains(key) && is_match(node, whole),
            _ => false,
        },
        _ => false,
    }
}

/// `match`, `props.match`, `useRouteMatch()`, or a variable that is that.
fn is_match<'a>(node: &Node<'a>, value: &'a Expression<'a>) -> bool {
    let is_hook = |value: &Expression<'_>| match value.get_inner_expression() {
        Expression::CallExpression(call) => {
            call.arguments.is_empty() && last_name(&call.callee) == Some("useRouteMatch")
        }
        _ => false,
    };
    let value = value.get_inner_expression();
    match value {
        Expression::StaticMemberExpression(member) => member.property.name == "match",
        Expression::Identifier(id) if id.name == "match" => true,
        Expression::Identifier(id) => match node.module.bindings(id.name.as_str()) {
            [Binding::Local(Value::Expression(value))] => is_hook(value),
            _ => false,
        },
        other => is_hook(other),
    }
}
