//! Texts that calls join: `['', 'users', ':id'].join('/')`, `'/users'.concat('/new')`, `urlJoin('/users', ':id')`.

use oxc_ast::ast::{Argument, CallExpression, Expression};

use super::lists::{Elements, How, Kind};
use super::node::Node;
use super::statics::Modules;
use super::texts::append;

/// The package whose function joins parts of addresses by one slash each. <https://github.com/jfromaniello/url-join>
const URL_JOIN: [&str; 1] = ["url-join"];

impl<'a> Modules<'a> {
    /// The text that `call` joins; none when it is another call, or one of its parts is not known.
    pub(super) fn joined(&self, node: &Node<'a>, call: &'a CallExpression<'a>) -> Option<String> {
        if let Expression::StaticMemberExpression(member) = call.callee.get_inner_expression() {
            let object = node.at(&member.object);
            return match member.property.name.as_str() {
                "join" => {
                    let between = self.texts_of(node, call)?;
                    let between = between.first().map_or(",", String::as_str);
                    let mut out = String::new();
                    for (number, one) in self.elements(&object).certain()?.iter().enumerate() {
                        append(&mut out, if number == 0 { "" } else { between })?;
                        append(&mut out, &self.part(one)?)?;
                    }
                    Some(out)
                }
                "toString" if call.arguments.is_empty() => self.string(&object),
                "concat" => {
                    let mut out = self.string(&object)?;
                    for text in self.texts_of(node, call)? {
                        append(&mut out, &text)?;
                    }
                    Some(out)
                }
                _ => None,
            };
        }
        let name = self.name(&node.at(&call.callee))?;
        name.is_from(&URL_JOIN)
            .then(|| join(&self.texts_of(node, call)?))?
    }

    fn texts_of(&self, node: &Node<'a>, call: &'a CallExpression<'a>) -> Option<Vec<String>> {
        let mut all = Elements::default();
        let (conditional, kind) = (false, Kind::Plain);
        self.rest(node, (call, 0), How { conditional, kind }, &mut all);
        all.certain()?.iter().map(|one| self.part(one)).collect()
    }

    /// The arguments of a call from a number on.
    pub(super) fn rest(
        &self,
        node: &Node<'a>,
        (call, from): (&'a CallExpression<'a>, usize),
        how: How,
        out: &mut Elements<'a>,
    ) {
        for argument in call.arguments.iter().skip(from) {
            match argument {
                Argument::SpreadElement(spread) => self.list(&node.at(&spread.argument), how, out),
                other => {
                    if let Some(value) = other.as_expression() {
                        self.item(&node.at(value), how, out);
                    }
                }
            }
        }
    }

    /// How many elements the array has whose `length` is asked for.
    pub(super) fn length(&self, node: &Node<'a>) -> Option<f64> {
        let Expression::StaticMemberExpression(member) = node.expression()? else {
            return None;
        };
        let all = self.elements(&node.at(&member.object)).certain()?;
        let length = u32::try_from(all.len()).ok()?;
        (member.property.name == "length").then(|| length.into())
    }
}

/// `parts`, with one slash between two of them; none when that is too long.
fn join(parts: &[String]) -> Option<String> {
    let mut out = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if out.is_empty() {
            append(&mut out, part)?;
        } else {
            out.truncate(out.trim_end_matches('/').len());
            append(&mut out, "/")?;
            append(&mut out, part.trim_start_matches('/'))?;
        }
    }
    Some(out)
}
