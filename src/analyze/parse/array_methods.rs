//! Lists that methods of arrays and objects make.

use oxc_ast::ast::{Argument, CallExpression, Expression, ObjectPropertyKind};

use super::calls::Callee;
use super::lists::{Elements, How, Kind};
use super::node::{Called, Node};
use super::statics::Modules;
use super::value::Value;

impl<'a> Modules<'a> {
    /// `Object.values(…)` and its like.
    pub(super) fn list_static(
        &self,
        of: &Node<'a>,
        method: &str,
        how: How,
        out: &mut Elements<'a>,
    ) {
        let object = match method {
            "freeze" | "from" => return self.list(of, how, out),
            "values" | "keys" | "entries" => self.resolve(of),
            _ => None,
        };
        let Some(Expression::ObjectExpression(properties)) =
            object.as_ref().and_then(Node::expression)
        else {
            out.unknown.push(of.clone());
            return;
        };
        let node = object.as_ref().unwrap_or(of);
        for property in &properties.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    let key = match property.key.static_name() {
                        Some(std::borrow::Cow::Borrowed(key)) => key,
                        _ => "",
                    };
                    let one = match method {
                        "keys" => node.with(Value::Key(key, property.span)),
                        "entries" => node.with(Value::Entry(key, &property.value)),
                        _ => node.at(&property.value),
                    };
                    if key.is_empty() && method != "values" {
                        out.unknown.push(one);
                    } else {
                        self.item(&one, how, out);
                    }
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    self.list_static(&node.at(&spread.argument), method, how, out);
                }
            }
        }
    }

    /// A method of the array `of`; false when it is none that is known.
    pub(super) fn list_method(
        &self,
        of: &Node<'a>,
        method: &str,
        call: &'a CallExpression<'a>,
        how: How,
        out: &mut Elements<'a>,
    ) -> bool {
        match method {
            "concat" => {
                self.list(of, how, out);
                for argument in &call.arguments {
                    match argument {
                        Argument::SpreadElement(spread) => {
                            out.unknown.push(of.at(&spread.argument));
                        }
                        other => {
                            if let Some(value) = other.as_expression() {
                                self.list(&of.at(value), how.flat(), out);
                            }
                        }
                    }
                }
            }
            "flat" => self.list(of, how.flat(), out),
            "filter" => {
                let first = call.arguments.first().and_then(Argument::as_expression);
                let is_boolean = first.is_some_and(|first| first.is_specific_id("Boolean"));
                let conditional = how.conditional || !is_boolean;
                self.list(of, How { conditional, ..how }, out);
            }
            "sort" | "reverse" | "toSorted" | "toReversed" => self.list(of, how, out),
            "map" | "flatMap" => {
                let Some(Callee::Own(function)) = call
                    .arguments
                    .first()
                    .and_then(Argument::as_expression)
                    .map(|first| self.callee(of, first))
                else {
                    return false;
                };
                let how = if method == "flatMap" { how.flat() } else { how };
                self.list_mapped(of, &function, how, out);
            }
            _ => return false,
        }
        true
    }

    fn list_mapped(&self, of: &Node<'a>, function: &Node<'a>, how: How, out: &mut Elements<'a>) {
        let mut base = Elements::default();
        let whole = How {
            kind: Kind::Plain,
            ..how
        };
        self.list(of, whole, &mut base);
        out.unknown.append(&mut base.unknown);
        for element in base.known {
            let is_conditional = base.conditional.iter().any(|one| one.is_same(&element));
            let called = Called {
                arguments: vec![Some(element)],
                is_all: false,
                rest: None,
            };
            let returned = self.returned(function, &called);
            let conditional = how.conditional || is_conditional || returned.len() > 1;
            for value in returned {
                let value = Node {
                    steps: of.steps,
                    ..value
                };
                self.item(&value, How { conditional, ..how }, out);
            }
        }
    }
}
