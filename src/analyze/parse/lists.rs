//! Lists that are known without running code: arrays with what is spread into them, and what JSX holds.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, CallExpression, Expression, JSXChild, LogicalOperator,
};

use super::calls::Callee;
use super::jsx::child;
use super::node::{Called, Node};
use super::statics::Modules;
use super::value::Value;

/// The most elements that a list may come to.
const MAX_ELEMENTS: usize = 20_000;

/// The elements of a list.
#[derive(Default)]
pub(in crate::analyze) struct Elements<'a> {
    /// Those that are written somewhere, in their order, also where a condition decides whether they count.
    pub(in crate::analyze) known: Vec<Node<'a>>,
    /// Those of them that a condition decides on.
    pub(in crate::analyze) conditional: Vec<Node<'a>>,
    /// What makes further elements that are not known: a spread, a call, a part of it, or the whole.
    pub(in crate::analyze) unknown: Vec<Node<'a>>,
}

impl<'a> Elements<'a> {
    /// The elements, if all are known for certain.
    pub(in crate::analyze) fn certain(self) -> Option<Vec<Node<'a>>> {
        (self.conditional.is_empty() && self.unknown.is_empty()).then_some(self.known)
    }
}

/// How a list is read.
#[derive(Clone, Copy)]
pub(super) struct How {
    /// A condition decides on it.
    pub(super) conditional: bool,
    /// What counts.
    pub(super) kind: Kind,
}

/// What counts as an element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each element of an array.
    Plain,
    /// As `flat` has it: elements of arrays in it, too.
    Flat,
    /// As React has it: elements of JSX, however deep in arrays and fragments.
    Content,
}

impl How {
    /// The same, with arrays taken apart.
    pub(super) fn flat(self) -> Self {
        let kind = match self.kind {
            Kind::Plain | Kind::Flat => Kind::Flat,
            Kind::Content => Kind::Content,
        };
        Self { kind, ..self }
    }
}

impl<'a> Modules<'a> {
    /// The elements of an array: written out, spread, put together by `concat`, `flat`, `filter`, `map` and `flatMap`, made
    /// by functions of the project, the `Object.values`, `keys` and `entries` of an object.
    pub(in crate::analyze) fn elements(&self, node: &Node<'a>) -> Elements<'a> {
        self.list_of(node, Kind::Plain)
    }

    /// Whether `node` is an array that is written out.
    pub(in crate::analyze) fn is_list(&self, node: &Node<'a>) -> bool {
        let found = self.resolve(node);
        let value = found.as_ref().and_then(Node::expression);
        matches!(value, Some(Expression::ArrayExpression(_)))
    }

    /// What `node` comes to as content of JSX: one element, or all of a fragment or array, and of those inside.
    pub(in crate::analyze) fn content(&self, node: &Node<'a>) -> Elements<'a> {
        self.list_of(node, Kind::Content)
    }

    /// What the function that is written at `node` itself renders; nothing when that is none.
    pub(in crate::analyze) fn inline(&self, node: &Node<'a>) -> Elements<'a> {
        let mut out = Elements::default();
        if Self::is_function(node) {
            for value in self.results(node) {
                let (conditional, kind) = (false, Kind::Content);
                self.list(&value, How { conditional, kind }, &mut out);
            }
        }
        out
    }

    /// Whether a function is written at `node` itself.
    pub(in crate::analyze) fn is_function(node: &Node<'a>) -> bool {
        node.expression().is_some_and(Expression::is_function)
    }

    fn list_of(&self, node: &Node<'a>, kind: Kind) -> Elements<'a> {
        let mut out = Elements::default();
        let conditional = false;
        self.list(node, How { conditional, kind }, &mut out);
        out
    }

    pub(super) fn list(&self, node: &Node<'a>, how: How, out: &mut Elements<'a>) {
        let Some(node) = self.step(node).filter(|_| out.known.len() < MAX_ELEMENTS) else {
            out.unknown.push(node.clone());
            return;
        };
        match node.value {
            Value::Element(_) if how.kind == Kind::Content => return push(node, how, out),
            Value::Fragment(fragment) => {
                return self.children_of(&node, &fragment.children, out, how.conditional);
            }
            Value::Rest(call, from) => return self.rest(&node, (call, from), how, out),
            Value::Nothing(_) => return,
            _ => {}
        }
        let either = How {
            conditional: true,
            ..how
        };
        match node.expression() {
            Some(Expression::ArrayExpression(list)) => {
                for element in &list.elements {
                    match element {
                        ArrayExpressionElement::SpreadElement(spread) => {
                            self.list(&node.at(&spread.argument), how, out);
                        }
                        other => {
                            if let Some(value) = other.as_expression() {
                                self.item(&node.at(value), how, out);
                            }
                        }
                    }
                }
            }
            Some(Expression::ConditionalExpression(choice)) => {
                match self.truthy(&node.at(&choice.test)) {
                    Some(true) => self.list(&node.at(&choice.consequent), how, out),
                    Some(false) => self.list(&node.at(&choice.alternate), how, out),
                    None => {
                        self.list(&node.at(&choice.consequent), either, out);
                        self.list(&node.at(&choice.alternate), either, out);
                    }
                }
            }
            Some(Expression::LogicalExpression(choice)) => {
                let (left, right) = (node.at(&choice.left), node.at(&choice.right));
                match (choice.operator, self.truthy(&left)) {
                    (LogicalOperator::And, Some(false)) => {}
                    (LogicalOperator::And, None) => self.list(&right, either, out),
                    (LogicalOperator::And, Some(true)) | (_, Some(false)) => {
                        self.list(&right, how, out);
                    }
                    _ => self.list(&left, how, out),
                }
            }
            Some(Expression::CallExpression(call)) => self.list_call(&node, call, how, out),
            Some(Expression::NullLiteral(_) | Expression::BooleanLiteral(_)) => {}
            Some(Expression::StringLiteral(_) | Expression::NumericLiteral(_))
                if how.kind == Kind::Content => {}
            Some(Expression::JSXElement(_)) if how.kind == Kind::Content => push(node, how, out),
            Some(
                Expression::ObjectExpression(_)
                | Expression::StringLiteral(_)
                | Expression::TemplateLiteral(_),
            ) if how.kind == Kind::Flat => push(node, how, out),
            Some(Expression::JSXFragment(fragment)) => {
                self.children_of(&node, &fragment.children, out, how.conditional);
            }
            _ => self.list_resolved(&node, how, out),
        }
    }

    /// A name, or something that is no list.
    fn list_resolved(&self, node: &Node<'a>, how: How, out: &mut Elements<'a>) {
        match self.written(node) {
            Some(found) if !found.is_same(node) => self.list(&found, how, out),
            Some(found) if found.expression().is_some_and(is_nothing) => {}
            _ => self.list_grown(node, how, out),
        }
    }

    /// One element of an array, which is left out when it is nothing.
    pub(super) fn item(&self, node: &Node<'a>, how: How, out: &mut Elements<'a>) {
        let either = How {
            conditional: true,
            ..how
        };
        match node.expression() {
            _ if how.kind != Kind::Plain => self.list(node, how, out),
            Some(nothing) if is_nothing(nothing) => {}
            Some(Expression::ConditionalExpression(choice)) => {
                match self.truthy(&node.at(&choice.test)) {
                    Some(true) => self.item(&node.at(&choice.consequent), how, out),
                    Some(false) => self.item(&node.at(&choice.alternate), how, out),
                    None => {
                        self.item(&node.at(&choice.consequent), either, out);
                        self.item(&node.at(&choice.alternate), either, out);
                    }
                }
            }
            Some(Expression::LogicalExpression(choice))
                if choice.operator == LogicalOperator::And =>
            {
                match self.truthy(&node.at(&choice.left)) {
                    Some(false) => {}
                    Some(true) => self.item(&node.at(&choice.right), how, out),
                    None => self.item(&node.at(&choice.right), either, out),
                }
            }
            _ => push(node.clone(), how, out),
        }
    }

    /// The values among the children of an element.
    pub(super) fn children_of(
        &self,
        node: &Node<'a>,
        children: &'a [JSXChild<'a>],
        out: &mut Elements<'a>,
        conditional: bool,
    ) {
        let kind = Kind::Content;
        for one in children.iter().filter_map(|one| child(node, one)) {
            self.list(&one, How { conditional, kind }, out);
        }
    }

    fn list_call(
        &self,
        node: &Node<'a>,
        call: &'a CallExpression<'a>,
        how: How,
        out: &mut Elements<'a>,
    ) {
        let first = call.arguments.first().and_then(Argument::as_expression);
        if let Expression::StaticMemberExpression(member) = call.callee.get_inner_expression() {
            let method = member.property.name.as_str();
            if call.callee.is_specific_member_access("Object", method)
                || call.callee.is_specific_member_access("Array", method)
            {
                if let Some(first) = first {
                    return self.list_static(&node.at(first), method, how, out);
                }
            } else if self.list_foreign(node, (&member.object, method), call, how, out)
                || self.list_method(&node.at(&member.object), method, call, how, out)
            {
                return;
            }
        }
        let returned = match self.callee(node, &call.callee) {
            Callee::Own(function) => self.returned(&function, &Called::by(node, call)),
            Callee::Foreign => match first {
                Some(first) if call.callee_name() == Some("useMemo") => {
                    self.returned(&node.at(first), &Called::default())
                }
                _ => Vec::new(),
            },
            Callee::Unknown => Vec::new(),
        };
        let conditional = how.conditional || returned.len() > 1;
        let is_nothing = returned.is_empty();
        let mut made = Elements::default();
        for value in returned {
            let steps = node.steps;
            let how = How { conditional, ..how };
            self.list(&Node { steps, ..value }, how, &mut made);
        }
        let is_unknown = !made.unknown.is_empty();
        if is_nothing || (made.known.is_empty() && is_unknown && how.kind != Kind::Content) {
            // What it is called with says more than the place in the function that is not known.
            out.unknown.push(node.clone());
        } else {
            out.known.append(&mut made.known);
            out.conditional.append(&mut made.conditional);
            out.unknown.append(&mut made.unknown);
        }
    }
}

fn push<'a>(node: Node<'a>, how: How, out: &mut Elements<'a>) {
    if how.conditional {
        out.conditional.push(node.clone());
    }
    out.known.push(node);
}

/// Whether `value` is nothing as an element.
fn is_nothing(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::NullLiteral(_) | Expression::BooleanLiteral(_) => true,
        Expression::Identifier(id) => id.name == "undefined",
        _ => false,
    }
}
