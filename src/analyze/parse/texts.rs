//! Texts that are known without running code: literals, templates, sums.

use oxc_ast::ast::{BinaryOperator, Expression, TemplateLiteral};

use super::node::Node;
use super::statics::Modules;
use super::value::Value;

impl<'a> Modules<'a> {
    /// The text of a string: a literal, a template or sum of known parts, a constant that is one
    /// of these, what joins them.
    pub(in crate::analyze) fn string(&self, node: &Node<'a>) -> Option<String> {
        let node = self.resolve(node)?;
        match node.value {
            Value::Text(text) => return Some(text.value.to_string()),
            Value::Key(text, _) => return Some(text.to_owned()),
            _ => {}
        }
        match node.expression()? {
            Expression::StringLiteral(text) => Some(text.value.to_string()),
            Expression::TemplateLiteral(text) => self.template(&node, text),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                let left = self.part(&node.at(&sum.left))?;
                Some(left + &self.part(&node.at(&sum.right))?)
            }
            Expression::ConditionalExpression(either) => {
                let chosen = match self.truthy(&node.at(&either.test)) {
                    Some(true) => &either.consequent,
                    Some(false) => &either.alternate,
                    None => {
                        let first = self.string(&node.at(&either.consequent))?;
                        let second = self.string(&node.at(&either.alternate))?;
                        return (first == second).then_some(first);
                    }
                };
                self.string(&node.at(chosen))
            }
            Expression::CallExpression(call) => self.joined(&node, call),
            _ => None,
        }
    }

    fn template(&self, node: &Node<'a>, text: &'a TemplateLiteral<'a>) -> Option<String> {
        let mut out = String::new();
        let mut values = text.expressions.iter();
        for quasi in &text.quasis {
            out.push_str(quasi.value.cooked.as_ref()?.as_str());
            if let Some(value) = values.next() {
                out.push_str(&self.part(&node.at(value))?);
            }
        }
        Some(out)
    }

    /// As [`Modules::string`], for a number as well.
    pub(super) fn part(&self, node: &Node<'a>) -> Option<String> {
        let resolved = self.resolve(node)?;
        match resolved.expression() {
            Some(Expression::NumericLiteral(number)) => Some(number.value.to_string()),
            _ => self.string(&resolved),
        }
    }
}
