//! Values that are known without running code: literals, constants, spreads, imports of the project's own modules.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    ArrayExpressionElement, Expression, LogicalOperator, ObjectExpression, ObjectPropertyKind,
    Statement,
};

use super::calls::Called;
use super::changes::{EXPORTS, place};
use super::modules::{Binding, Loader, Module, Value};
use super::node::{Node, Parameter};
use crate::analyze::packages::Packages;

/// How many constants, spreads, wrappers and imports are followed from one value; more is a circle.
const MAX_STEPS: usize = 48;

/// How many such steps are taken in all: constants that each use the next one twice would double them.
const MAX_WORK: usize = 20_000;

/// The modules that have been looked into.
pub(in crate::analyze) struct Modules<'a> {
    pub(super) loader: Loader<'a>,
    work: Cell<usize>,
    /// The variables that are being looked into.
    open: RefCell<Vec<(*const Module<'a>, &'a str)>>,
}

/// What an object says about one of its keys.
pub(in crate::analyze) enum Lookup<'a> {
    /// It has it.
    Found(Node<'a>),
    /// It certainly does not have it.
    Absent,
    /// That depends on code that would have to run.
    Unknown,
    /// It is what is being looked up already.
    Circular,
}

impl<'a> Modules<'a> {
    /// No module yet; none outside `root` will be read.
    pub(in crate::analyze) fn new(
        allocator: &'a Allocator,
        root: &Path,
        packages: Packages,
    ) -> Self {
        Self {
            loader: Loader::new(allocator, root, packages),
            work: Cell::new(0),
            open: RefCell::default(),
        }
    }

    /// The default export (or `module.exports`) of the module at `path`.
    pub(in crate::analyze) fn default_export(&self, path: &Path) -> Option<Node<'a>> {
        self.export(path, "default", 0)
    }

    /// What `object` has at `key`. Functions are seen through to what they return, calls to their configuration.
    pub(in crate::analyze) fn get(&self, object: &Node<'a>, key: &str) -> Lookup<'a> {
        let Some(node) = self.step(object) else {
            return Lookup::Unknown;
        };
        match node.value {
            Value::Function(_) => self.get_called(&node, &Called::default(), key),
            Value::Variable(name) => self.get_variable(&node, name, key),
            Value::Expression(value) => self.get_in(&node, value.get_inner_expression(), key),
        }
    }

    /// The text of a string.
    pub(in crate::analyze) fn string(&self, node: &Node<'a>) -> Option<String> {
        let node = self.resolve(node)?;
        match node.expression()? {
            Expression::StringLiteral(text) => Some(text.value.to_string()),
            Expression::TemplateLiteral(text) => text.single_quasi().map(|text| text.to_string()),
            _ => None,
        }
    }

    /// The elements of an array; none when it is not written out.
    pub(in crate::analyze) fn elements(&self, node: &Node<'a>) -> Option<Vec<Node<'a>>> {
        let node = self.resolve(node)?;
        let Expression::ArrayExpression(list) = node.expression()? else {
            return None;
        };
        let elements = list.elements.iter();
        elements
            .map(|element| Some(node.at(element.as_expression()?)))
            .collect()
    }

    /// The texts of an array of strings, with arrays that are spread into it.
    pub(in crate::analyze) fn strings(&self, node: &Node<'a>) -> Option<Vec<String>> {
        let node = self.resolve(node)?;
        let Expression::ArrayExpression(list) = node.expression()? else {
            return None;
        };
        let mut texts = Vec::new();
        for element in &list.elements {
            match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    texts.extend(self.strings(&node.at(&spread.argument))?);
                }
                other => texts.push(self.string(&node.at(other.as_expression()?))?),
            }
        }
        Some(texts)
    }

    /// A number.
    pub(in crate::analyze) fn number(&self, node: &Node<'a>) -> Option<f64> {
        match self.resolve(node)?.expression()? {
            Expression::NumericLiteral(number) => Some(number.value),
            _ => None,
        }
    }

    /// Whether the value is one that JavaScript takes for true; none when that is not known.
    pub(in crate::analyze) fn truthy(&self, node: &Node<'a>) -> Option<bool> {
        match self.resolve(node)?.expression()? {
            Expression::BooleanLiteral(literal) => Some(literal.value),
            Expression::NullLiteral(_) => Some(false),
            Expression::StringLiteral(text) => Some(!text.value.is_empty()),
            Expression::ArrayExpression(_) | Expression::ObjectExpression(_) => Some(true),
            _ => None,
        }
    }

    /// Follows names, members and imports to a value that is written out.
    pub(super) fn resolve(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let node = self.step(node)?;
        let value = match node.value {
            Value::Expression(value) => value,
            Value::Variable(name) => return self.resolve(&self.variable(&node, name)?),
            Value::Function(_) => return Some(node),
        };
        match value.get_inner_expression() {
            Expression::Identifier(id) => match node.parameter(id.name.as_str()) {
                Parameter::Known(argument) => self.resolve(&argument),
                Parameter::Unknown => None,
                Parameter::None => self.resolve(&self.variable(&node, id.name.as_str())?),
            },
            Expression::StaticMemberExpression(member) => {
                match self.get(&node.at(&member.object), member.property.name.as_str()) {
                    Lookup::Found(found) => self.resolve(&found),
                    _ => None,
                }
            }
            Expression::CallExpression(call) => {
                let source = call.common_js_require()?.value.as_str();
                self.import(&node, source, "default")
            }
            inner => Some(node.at(inner)),
        }
    }

    fn get_in(&self, node: &Node<'a>, value: &'a Expression<'a>, key: &str) -> Lookup<'a> {
        match value {
            Expression::ObjectExpression(object) => self.get_property(node, object, key),
            Expression::Identifier(id) if id.name == "undefined" => Lookup::Absent,
            Expression::Identifier(id) => match node.parameter(id.name.as_str()) {
                Parameter::Known(argument) => self.get(&argument, key),
                Parameter::Unknown => Lookup::Unknown,
                Parameter::None => self.get_variable(node, id.name.as_str(), key),
            },
            Expression::StaticMemberExpression(_) => match place(value) {
                Some((EXPORTS, path)) if path.is_empty() => self.get_variable(node, EXPORTS, key),
                _ => self.get_of(self.resolve(node), key),
            },
            Expression::AwaitExpression(later) => self.get(&node.at(&later.argument), key),
            Expression::ConditionalExpression(either) => {
                let first = self.get(&node.at(&either.consequent), key);
                agreed(first, self.get(&node.at(&either.alternate), key))
            }
            Expression::LogicalExpression(either) => {
                let right = self.get(&node.at(&either.right), key);
                let left = match either.operator {
                    LogicalOperator::And => Lookup::Absent,
                    LogicalOperator::Or | LogicalOperator::Coalesce => {
                        self.get(&node.at(&either.left), key)
                    }
                };
                agreed(left, right)
            }
            Expression::BooleanLiteral(_) | Expression::NullLiteral(_) => Lookup::Absent,
            Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => {
                self.get_called(&node.at(value), &Called::default(), key)
            }
            Expression::CallExpression(call) => self.get_call(node, call, key),
            _ => Lookup::Unknown,
        }
    }

    pub(super) fn get_of(&self, node: Option<Node<'a>>, key: &str) -> Lookup<'a> {
        node.map_or(Lookup::Unknown, |node| self.get(&node, key))
    }

    /// The last property of that name counts; a spread after it may have replaced it.
    fn get_property(
        &self,
        node: &Node<'a>,
        object: &'a ObjectExpression<'a>,
        key: &str,
    ) -> Lookup<'a> {
        for property in object.properties.iter().rev() {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => match property.key.static_name() {
                    Some(name) if name == key => return Lookup::Found(node.at(&property.value)),
                    Some(_) => {}
                    None => return Lookup::Unknown,
                },
                ObjectPropertyKind::SpreadProperty(spread) => {
                    match self.get(&node.at(&spread.argument), key) {
                        Lookup::Absent => {}
                        found => return found,
                    }
                }
            }
        }
        Lookup::Absent
    }

    /// What `statements` return: every `return` must agree.
    pub(super) fn get_returned(
        &self,
        node: &Node<'a>,
        statements: &'a [Statement<'a>],
        key: &str,
    ) -> Lookup<'a> {
        let mut returned = Vec::new();
        returns(statements, &mut returned);
        let lookups = returned
            .into_iter()
            .map(|value| self.get(&node.at(value), key));
        lookups.reduce(agreed).unwrap_or(Lookup::Unknown)
    }

    /// The same place one step further on; none when there were too many.
    pub(super) fn step(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let steps = node.steps.saturating_add(1);
        self.work.set(self.work.get().saturating_add(1));
        (steps <= MAX_STEPS && self.work.get() <= MAX_WORK).then(|| Node {
            steps,
            ..node.clone()
        })
    }

    /// What `key` is in all the values the variable may have. One that is made of the variable itself, as in
    /// `config = withX(config)`, adds nothing.
    fn get_variable(&self, node: &Node<'a>, name: &'a str, key: &str) -> Lookup<'a> {
        let at = (Rc::as_ptr(&node.module), name);
        if self.open.borrow().contains(&at) {
            return Lookup::Circular;
        }
        self.open.borrow_mut().push(at);
        let values = node.module.bindings(name).iter();
        let lookups = values.map(|binding| self.get_of(self.bound(node, *binding), key));
        let lookup = lookups.reduce(agreed);
        self.open.borrow_mut().pop();
        let is_exports = name == EXPORTS;
        let lookup = lookup.unwrap_or(if is_exports {
            Lookup::Absent
        } else {
            Lookup::Unknown
        });
        match node.module.changes(name, key) {
            Some(0) => lookup,
            Some(_) if is_exports && matches!(lookup, Lookup::Absent) => {
                let set = node.module.set_export(key);
                set.map_or(Lookup::Unknown, |value| Lookup::Found(node.outside(value)))
            }
            _ => Lookup::Unknown,
        }
    }

    /// The value of a variable that has but one.
    pub(super) fn variable(&self, node: &Node<'a>, name: &str) -> Option<Node<'a>> {
        match node.module.bindings(name) {
            [binding] => self.bound(node, *binding),
            _ => None,
        }
    }

    fn bound(&self, node: &Node<'a>, binding: Binding<'a>) -> Option<Node<'a>> {
        match binding {
            Binding::Value(value) => Some(node.outside(value)),
            Binding::Local(value) => Some(node.with(value)),
            Binding::Import { source, name } => self.import(node, source, name),
            Binding::Unknown => None,
        }
    }

    pub(super) fn import(&self, from: &Node<'a>, source: &str, name: &str) -> Option<Node<'a>> {
        let file = self.loader.find(&from.module, source)?;
        self.export(&file, name, from.steps)
    }

    fn export(&self, path: &Path, name: &str, steps: usize) -> Option<Node<'a>> {
        let module = self.loader.load(path)?;
        let value = module.export(name)?;
        self.step(&Node::new(value, module, steps))
    }
}

/// Absent when both are, found when both are the same; else it depends on which of the two counts.
pub(super) fn agreed<'a>(first: Lookup<'a>, second: Lookup<'a>) -> Lookup<'a> {
    match (first, second) {
        (Lookup::Circular, other) | (other, Lookup::Circular) => other,
        (Lookup::Absent, Lookup::Absent) => Lookup::Absent,
        (Lookup::Found(one), Lookup::Found(other)) if matches!((one.expression(), other.expression()), (Some(a), Some(b)) if std::ptr::eq(a, b)) => {
            Lookup::Found(one)
        }
        _ => Lookup::Unknown,
    }
}

/// The values that `statements` return, without those of functions inside.
pub(super) fn returns<'a>(statements: &'a [Statement<'a>], found: &mut Vec<&'a Expression<'a>>) {
    for statement in statements {
        match statement {
            Statement::ReturnStatement(value) => found.extend(value.argument.as_ref()),
            Statement::BlockStatement(block) => returns(&block.body, found),
            Statement::IfStatement(choice) => {
                returns(std::slice::from_ref(&choice.consequent), found);
                if let Some(otherwise) = &choice.alternate {
                    returns(std::slice::from_ref(otherwise), found);
                }
            }
            Statement::TryStatement(attempt) => returns(&attempt.block.body, found),
            Statement::SwitchStatement(switch) => {
                for case in &switch.cases {
                    returns(&case.consequent, found);
                }
            }
            _ => {}
        }
    }
}
