//! Lists that methods of arrays and objects make.

use oxc_ast::ast::{Argument, CallExpression, Expression, ObjectPropertyKind};

use super::calls::Callee;
use super::lists::{Elements, How, Kind};
use super::node::{Called, Node};
use super::statics::Modules;
use super::value::Value;

/// The packages that Lodash is in.
const LODASH: [&str; 2] = ["lodash", "lodash-es"];

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

    /// `_.map(list, each)` of Lodash and `Children.toArray(list)` of React; false when it is none of them.
    /// <https://lodash.com/docs/4.17.15#map>, <https://react.dev/reference/react/Children#children-toarray>
    pub(super) fn list_foreign(
        &self,
        node: &Node<'a>,
        (object, method): (&'a Expression<'a>, &str),
        call: &'a CallExpression<'a>,
        how: How,
        out: &mut Elements<'a>,
    ) -> bool {
        let argument = |place: usize| call.arguments.get(place).and_then(Argument::as_expression);
        let (Some(first), Some(name)) = (argument(0), self.name(&node.at(object))) else {
            return false;
        };
        match (method, argument(1).map(|each| self.callee(node, each))) {
            ("map", Some(Callee::Own(each))) if name.is_from(&LODASH) => {
                self.list_mapped(&node.at(first), &each, how, out);
            }
            ("toArray", None) if name.last() == "Children" => {
                self.list(&node.at(first), how, out);
            }
            _ => return false,
        }
        true
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
                            self.list(&of.at(&spread.argument), how.flat(), out);
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
