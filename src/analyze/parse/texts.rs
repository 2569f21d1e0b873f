//! Texts that are known without running code: literals, templates, sums.

use oxc_ast::ast::{BinaryOperator, Expression, LogicalOperator, TemplateLiteral};

use super::node::{Node, Parameter};
use super::statics::{Lookup, Modules};
use super::value::Value;

/// The longest text that is known, in bytes: no path and no setting is longer.
const MAX_TEXT: usize = 64 * 1024;

/// How many bytes of a text are as much work as a step.
const BYTES_A_STEP: usize = 64;

impl<'a> Modules<'a> {
    /// The text of a string: a literal, a template or sum of known parts, a constant that is one
    /// of these, what joins them. None for one of more than 64 KiB.
    pub(in crate::analyze) fn string(&self, node: &Node<'a>) -> Option<String> {
        let text = self.text(node)?;
        // Short constants that are used again and again make long lists of long texts.
        self.count(text.len() / BYTES_A_STEP);
        Some(text)
    }

    fn text(&self, node: &Node<'a>) -> Option<String> {
        let node = self.resolve(node)?;
        match node.value {
            Value::Text(text) => return short(text.value.as_str()),
            Value::Key(text, _) => return short(text),
            _ => {}
        }
        match node.expression()? {
            Expression::StringLiteral(text) => short(text.value.as_str()),
            Expression::TemplateLiteral(text) => self.template(&node, text),
            Expression::TaggedTemplateExpression(text) if text.tag.is_specific_id("$localize") => {
                localized(&text.quasi)
            }
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                let mut out = self.part(&node.at(&sum.left))?;
                append(&mut out, &self.part(&node.at(&sum.right))?)?;
                Some(out)
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
            Expression::LogicalExpression(either) if either.operator != LogicalOperator::And => {
                let left = node.at(&either.left);
                match self.string(&left) {
                    Some(text) if either.operator == LogicalOperator::Or && text.is_empty() => {}
                    Some(text) => return Some(text),
                    None if self.is_absent(&left) => {}
                    None => return None,
                }
                self.string(&node.at(&either.right))
            }
            Expression::CallExpression(call) => self.joined(&node, call),
            _ => None,
        }
    }

    /// Whether `node` is what an object certainly does not have: `a.b`, or a parameter that is taken apart to get it.
    fn is_absent(&self, node: &Node<'a>) -> bool {
        let lookup = match node.expression() {
            Some(Expression::StaticMemberExpression(member)) => {
                self.get(&node.at(&member.object), member.property.name.as_str())
            }
            Some(Expression::Identifier(id)) => match node.parameter(id.name.as_str()) {
                Parameter::Part(of, key, None) => self.get(&of, key),
                _ => return false,
            },
            _ => return false,
        };
        matches!(lookup, Lookup::Absent)
    }

    fn template(&self, node: &Node<'a>, text: &'a TemplateLiteral<'a>) -> Option<String> {
        let mut out = String::new();
        let mut values = text.expressions.iter();
        for quasi in &text.quasis {
            append(&mut out, quasi.value.cooked.as_ref()?.as_str())?;
            if let Some(value) = values.next() {
                append(&mut out, &self.part(&node.at(value))?)?;
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

/// The text of Angular's `$localize` in the language that it is written in: without what it says of itself at the start,
/// as in `:meaning@@id:text`. <https://angular.dev/api/localize/init/$localize>
fn localized(text: &TemplateLiteral<'_>) -> Option<String> {
    let text = text.single_quasi()?;
    let said = text.strip_prefix(':').and_then(|rest| rest.split_once(':'));
    short(said.map_or(text.as_str(), |(_, text)| text))
}

/// `text`, unless it is too long.
fn short(text: &str) -> Option<String> {
    (text.len() <= MAX_TEXT).then(|| text.to_owned())
}

/// Adds `text` to `out`; none when that would be too long.
pub(super) fn append(out: &mut String, text: &str) -> Option<()> {
    let is_short = out.len().saturating_add(text.len()) <= MAX_TEXT;
    is_short.then(|| out.push_str(text))
}
