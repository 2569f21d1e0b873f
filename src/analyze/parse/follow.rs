//! Follows names, members, imports and calls to the values that are written out.

use std::path::Path;
use std::rc::Rc;

use oxc_ast::ast::{Argument, CallExpression, ChainElement, Expression};

use super::calls::Callee;
use super::modules::Module;
use super::node::{Called, Node, Parameter};
use super::statics::{Lookup, Modules};
use super::value::{Binding, Value};

impl<'a> Modules<'a> {
    /// Follows names, members, imports and calls of the project's own functions to a value that is written out.
    pub(in crate::analyze) fn resolve(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let node = self.written(node)?;
        let Some(Expression::CallExpression(call)) = node.expression() else {
            return Some(node);
        };
        match self.call_value(&node, call) {
            Some(value) => self.resolve(&value).or(Some(node)),
            None => Some(node),
        }
    }

    /// As [`Modules::resolve`], but calls stay as they are.
    pub(super) fn written(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let node = self.step(node)?;
        let value = match node.value {
            Value::Expression(value) => value,
            Value::Variable(name) => return self.written(&self.variable(&node, name)?),
            Value::Foreign(source, name) => {
                return self.written(&self.import(&node, source, name)?);
            }
            _ => return Some(node),
        };
        match value.get_inner_expression() {
            inner @ Expression::Identifier(id) => match self.parameter(&node, id.name.as_str()) {
                Parameter::Known(argument) => self.written(&argument),
                Parameter::None if id.name == "undefined" => Some(node.at(inner)),
                Parameter::None => self.written(&self.variable(&node, id.name.as_str())?),
                Parameter::Part(..) | Parameter::Unknown => None,
            },
            Expression::StaticMemberExpression(member) => {
                let key = member.property.name.as_str();
                self.resolve_part(&node.at(&member.object), key)
            }
            Expression::ComputedMemberExpression(member) => {
                let key = match member.expression.get_inner_expression() {
                    Expression::NumericLiteral(number) => number.value.to_string(),
                    key => self.string(&node.at(key))?,
                };
                self.resolve_part(&node.at(&member.object), &key)
            }
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::StaticMemberExpression(member) => {
                    let key = member.property.name.as_str();
                    self.resolve_part(&node.at(&member.object), key)
                }
                _ => None,
            },
            inner @ Expression::CallExpression(call) => {
                if let Some(source) = call.common_js_require() {
                    return self.import(&node, source.value.as_str(), "default");
                }
                Some(node.at(inner))
            }
            Expression::AwaitExpression(later) => self.written(&node.at(&later.argument)),
            inner => Some(node.at(inner)),
        }
    }

    fn resolve_part(&self, object: &Node<'a>, key: &str) -> Option<Node<'a>> {
        self.written(&self.found(object, key)?)
    }

    /// The one value of a call: what a function of the project returns, what is frozen, what a hook keeps.
    fn call_value(&self, node: &Node<'a>, call: &'a CallExpression<'a>) -> Option<Node<'a>> {
        let first = || call.arguments.first().and_then(Argument::as_expression);
        if call.callee.is_specific_member_access("Object", "freeze") {
            return Some(node.at(first()?));
        }
        let (function, called) = match self.callee(node, &call.callee) {
            Callee::Own(function) => (function, Called::by(node, call)),
            Callee::Foreign if call.callee_name() == Some("useMemo") => {
                (node.at(first()?), Called::default())
            }
            _ => return None,
        };
        let mut returned = self.returned(&function, &called);
        let value = returned.pop().filter(|_| returned.is_empty())?;
        Some(Node {
            steps: node.steps,
            ..value
        })
    }

    /// What `name` is as a parameter or variable of the functions around; never a part.
    pub(super) fn parameter(&self, node: &Node<'a>, name: &str) -> Parameter<'a> {
        match node.parameter(name) {
            Parameter::Part(of, key, default) => match (self.get(&of, key), default) {
                (Lookup::Found(value), _) | (Lookup::Absent, Some(value)) => {
                    Parameter::Known(value)
                }
                _ => Parameter::Unknown,
            },
            other => other,
        }
    }

    /// The value of a variable that has but one.
    pub(super) fn variable(&self, node: &Node<'a>, name: &str) -> Option<Node<'a>> {
        match node.module.bindings(name) {
            [binding] => self.bound(node, *binding),
            _ => None,
        }
    }

    pub(super) fn bound(&self, node: &Node<'a>, binding: Binding<'a>) -> Option<Node<'a>> {
        match binding {
            Binding::Value(value) => Some(node.outside(value)),
            Binding::Local(value) => Some(node.with(value)),
            Binding::Import { source, name } => self.import(node, source, name),
            Binding::Part(whole, key) => self.found(&node.outside(Value::Expression(whole)), key),
            Binding::LocalPart(whole, key) => self.found(&node.at(whole), key),
            Binding::Unknown => None,
        }
    }

    /// What `object` certainly has at `key`.
    pub(in crate::analyze) fn found(&self, object: &Node<'a>, key: &str) -> Option<Node<'a>> {
        match self.get(object, key) {
            Lookup::Found(found) => Some(found),
            _ => None,
        }
    }

    /// What the module that `source` means in `from` exports as `name`; `*` for all of it.
    pub(super) fn import(&self, from: &Node<'a>, source: &str, name: &str) -> Option<Node<'a>> {
        let file = self.loader.find(&from.module, source)?;
        self.exported(&file, name, from.steps)
    }

    pub(super) fn exported(&self, path: &Path, name: &str, steps: usize) -> Option<Node<'a>> {
        let module = self.loader.load(path)?;
        if name == "*" {
            return self.step(&Node::new(Value::Module, module, steps));
        }
        self.exported_of(&module, name, steps)
    }

    pub(super) fn exported_of(
        &self,
        module: &Rc<Module<'a>>,
        name: &str,
        steps: usize,
    ) -> Option<Node<'a>> {
        let of = |value| self.step(&Node::new(value, Rc::clone(module), steps));
        if let Some(value) = module.export(name) {
            return of(value);
        }
        if name == "default" {
            return None;
        }
        let whole = of(Value::Module)?;
        let mut forwards = module.forwards.iter();
        forwards.find_map(|source| self.import(&whole, source, name))
    }
}
