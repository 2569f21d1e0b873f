//! Values that are known without running code: literals, constants, spreads, imports of the project's own modules.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BinaryOperator, Class, ClassElement, Expression, LogicalOperator, ObjectExpression,
    ObjectPropertyKind, Statement, TSEnumDeclaration, UnaryOperator,
};

use super::changes::{EXPORTS, place};
use super::loader::Loader;
use super::modules::Module;
use super::node::{Called, Node, Parameter};
use super::resolve::Resolver;
use super::value::Value;
use crate::analyze::deadline::Deadline;

/// How many constants, spreads, wrappers and imports are followed from one value; more is a circle.
const MAX_STEPS: usize = 128;

/// How many such steps are taken in all: constants that each use the next one twice would double them. A table of
/// 1,000 routes takes a tenth of it.
const MAX_WORK: usize = 400_000;

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
    /// No module yet; what imports mean, `resolver` knows.
    pub(in crate::analyze) fn new(allocator: &'a Allocator, resolver: Resolver) -> Self {
        Self {
            loader: Loader::new(allocator, resolver),
            work: Cell::new(0),
            open: RefCell::default(),
        }
    }

    /// The same, which reads no more modules once `deadline` is over.
    pub(in crate::analyze) fn until(mut self, deadline: &Deadline) -> Self {
        self.loader.deadline = Some(deadline.clone());
        self
    }

    /// The default export (or `module.exports`) of the module at `path`.
    pub(in crate::analyze) fn default_export(&self, path: &Path) -> Option<Node<'a>> {
        self.export(path, "default")
    }

    /// What the module at `path` (in the project's folder, or one of an import) exports as `name`.
    pub(in crate::analyze) fn export(&self, path: &Path, name: &str) -> Option<Node<'a>> {
        self.exported(path, name, 0)
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
            Value::Foreign(source, name) => self.get_of(self.import(&node, source, name), key),
            Value::Module => {
                let exported = self.exported_of(&node.module, key, node.steps);
                exported.map_or(Lookup::Unknown, Lookup::Found)
            }
            Value::Enum(one) => get_member(&node, one, key),
            Value::Class(class) => get_static(&node, class, key),
            Value::Element(element) => self.get_attribute(&node, element, key),
            Value::Entry(name, value) => match key {
                "0" => Lookup::Found(node.with(Value::Key(name, node.span()))),
                "1" => Lookup::Found(node.at(value)),
                _ => Lookup::Absent,
            },
            Value::Rest(..) => Lookup::Unknown,
            Value::Fragment(_)
            | Value::Text(_)
            | Value::Yes(_)
            | Value::Nothing(_)
            | Value::Key(..) => Lookup::Absent,
        }
    }

    /// The texts of an array of strings; none when one of them is not known.
    pub(in crate::analyze) fn strings(&self, node: &Node<'a>) -> Option<Vec<String>> {
        let all = self.elements(node).certain()?;
        all.iter().map(|one| self.string(one)).collect()
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
        if let Some(Expression::StaticMemberExpression(member)) = node.expression() {
            let key = member.property.name.as_str();
            if let Lookup::Absent = self.get(&node.at(&member.object), key) {
                return Some(false);
            }
        }
        let node = self.resolve(node)?;
        if let Value::Yes(_)
        | Value::Element(_)
        | Value::Fragment(_)
        | Value::Function(_)
        | Value::Class(_) = node.value
        {
            return Some(true);
        }
        if let Value::Nothing(_) = node.value {
            return Some(false);
        }
        match node.expression()? {
            Expression::BooleanLiteral(literal) => Some(literal.value),
            Expression::NullLiteral(_) => Some(false),
            Expression::StringLiteral(text) => Some(!text.value.is_empty()),
            Expression::NumericLiteral(number) => Some(number.value != 0.0),
            Expression::Identifier(id) if id.name == "undefined" => Some(false),
            Expression::UnaryExpression(not) if not.operator == UnaryOperator::LogicalNot => {
                Some(!self.truthy(&node.at(&not.argument))?)
            }
            Expression::ArrayExpression(_)
            | Expression::ObjectExpression(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_)
            | Expression::JSXElement(_)
            | Expression::JSXFragment(_) => Some(true),
            Expression::CallExpression(_) => self.lazy(&node).map(|_| true),
            Expression::LogicalExpression(both) => {
                let left = self.truthy(&node.at(&both.left));
                let right = || self.truthy(&node.at(&both.right));
                match (both.operator, left) {
                    (LogicalOperator::And, Some(true)) | (LogicalOperator::Or, Some(false)) => {
                        right()
                    }
                    (LogicalOperator::And, Some(false)) => Some(false),
                    (LogicalOperator::Or, Some(true)) => Some(true),
                    _ => None,
                }
            }
            Expression::BinaryExpression(test) => {
                let texts = || {
                    let left = self.string(&node.at(&test.left))?;
                    Some((left, self.string(&node.at(&test.right))?))
                };
                match test.operator {
                    BinaryOperator::StrictEquality | BinaryOperator::Equality => {
                        texts().map(|(left, right)| left == right)
                    }
                    BinaryOperator::StrictInequality | BinaryOperator::Inequality => {
                        texts().map(|(left, right)| left != right)
                    }
                    // `list.length > 0`
                    BinaryOperator::GreaterThan => {
                        let length = self.length(&node.at(&test.left))?;
                        Some(length > self.number(&node.at(&test.right))?)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn get_in(&self, node: &Node<'a>, value: &'a Expression<'a>, key: &str) -> Lookup<'a> {
        match value {
            Expression::ObjectExpression(object) => self.get_property(node, object, key),
            Expression::Identifier(id) if id.name == "undefined" => Lookup::Absent,
            Expression::Identifier(id) => match self.parameter(node, id.name.as_str()) {
                Parameter::Known(argument) => self.get(&argument, key),
                Parameter::Part(..) | Parameter::Unknown => Lookup::Unknown,
                Parameter::None => self.get_variable(node, id.name.as_str(), key),
            },
            Expression::StaticMemberExpression(_) => match place(value) {
                Some((EXPORTS, path)) if path.is_empty() => self.get_variable(node, EXPORTS, key),
                _ => self.get_of(self.resolve(node), key),
            },
            Expression::ComputedMemberExpression(_) | Expression::ChainExpression(_) => {
                self.get_of(self.resolve(node), key)
            }
            Expression::ArrayExpression(_) => match key.parse::<usize>() {
                Ok(number) => {
                    let all = self.elements(node).certain();
                    let one = all
                        .and_then(|mut all| (number < all.len()).then(|| all.swap_remove(number)));
                    one.map_or(Lookup::Unknown, Lookup::Found)
                }
                Err(_) => Lookup::Unknown,
            },
            Expression::JSXElement(element) => self.get_attribute(node, element, key),
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
        self.count(object.properties.len() / 16);
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

    /// The same place one step further on; none when there were too many.
    pub(super) fn step(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let steps = node.steps.saturating_add(1);
        self.count(1);
        (steps <= MAX_STEPS && self.work.get() <= MAX_WORK).then(|| Node {
            steps,
            ..node.clone()
        })
    }

    pub(super) fn count(&self, steps: usize) {
        self.work.set(self.work.get().saturating_add(steps));
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
            Some(1) if !is_exports => {
                let set = node.module.set_part(name, key);
                set.map_or(Lookup::Unknown, |value| Lookup::Found(node.outside(value)))
            }
            _ => Lookup::Unknown,
        }
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

/// The text of a member of an enumeration. <https://www.typescriptlang.org/docs/handbook/enums.html>
fn get_member<'a>(node: &Node<'a>, one: &'a TSEnumDeclaration<'a>, key: &str) -> Lookup<'a> {
    let mut members = one.body.members.iter();
    match members.find(|member| member.id.static_name() == key) {
        Some(member) => match &member.initializer {
            Some(value) => Lookup::Found(node.at(value)),
            None => Lookup::Unknown,
        },
        None => Lookup::Absent,
    }
}

/// What a class has at `key` itself, not its instances.
fn get_static<'a>(node: &Node<'a>, class: &'a Class<'a>, key: &str) -> Lookup<'a> {
    for element in &class.body.body {
        if let ClassElement::PropertyDefinition(property) = element
            && property.r#static
            && property.key.is_specific_static_name(key)
            && let Some(value) = &property.value
        {
            return Lookup::Found(node.at(value));
        }
    }
    Lookup::Unknown
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
