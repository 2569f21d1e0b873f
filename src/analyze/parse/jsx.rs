//! JSX as values: an element's attributes are its keys, its children a list.

use oxc_ast::ast::{
    Expression, JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild, JSXElement,
    JSXElementName, JSXMemberExpression, JSXMemberExpressionObject,
};

use super::imports::Name;
use super::lists::Elements;
use super::node::Node;
use super::statics::{Lookup, Modules};
use super::value::Value;

impl<'a> Modules<'a> {
    /// The name of the JSX element `node`, as `Route` in `<Route path="/" />`; none when it is no element.
    pub(in crate::analyze) fn tag(&self, node: &Node<'a>) -> Option<Name<'a>> {
        match &element_of(node)?.opening_element.name {
            JSXElementName::Identifier(id) => Some(Name::local(id.name.as_str())),
            JSXElementName::IdentifierReference(id) => Some(self.name_of(node, id.name.as_str())),
            JSXElementName::MemberExpression(member) => self.member_name(node, member, 0),
            JSXElementName::NamespacedName(_) | JSXElementName::ThisExpression(_) => None,
        }
    }

    /// What is between the tags of the JSX element `node`, or in a fragment, with fragments and lists inside taken apart.
    /// Nothing when it is neither.
    pub(in crate::analyze) fn children(&self, node: &Node<'a>) -> Elements<'a> {
        let mut out = Elements::default();
        let children = match (element_of(node), node.expression(), node.value) {
            (Some(element), ..) => Some(&element.children),
            (_, Some(Expression::JSXFragment(fragment)), _) => Some(&fragment.children),
            (_, _, Value::Fragment(fragment)) => Some(&fragment.children),
            _ => None,
        };
        if let Some(children) = children {
            self.children_of(node, children, &mut out, false);
        }
        out
    }

    /// The value of the attribute `key` of `element`; the last counts, also one that is spread.
    pub(super) fn get_attribute(
        &self,
        node: &Node<'a>,
        element: &'a JSXElement<'a>,
        key: &str,
    ) -> Lookup<'a> {
        for item in element.opening_element.attributes.iter().rev() {
            match item {
                JSXAttributeItem::Attribute(attribute) => {
                    let JSXAttributeName::Identifier(name) = &attribute.name else {
                        continue;
                    };
                    if name.name != key {
                        continue;
                    }
                    return Lookup::Found(match &attribute.value {
                        None => node.with(Value::Yes(attribute.span)),
                        Some(JSXAttributeValue::StringLiteral(text)) => {
                            node.with(Value::Text(text))
                        }
                        Some(JSXAttributeValue::Element(inner)) => node.with(Value::Element(inner)),
                        Some(JSXAttributeValue::Fragment(inner)) => {
                            node.with(Value::Fragment(inner))
                        }
                        Some(JSXAttributeValue::ExpressionContainer(inner)) => {
                            match inner.expression.as_expression() {
                                Some(value) => node.at(value),
                                None => return Lookup::Absent,
                            }
                        }
                    });
                }
                JSXAttributeItem::SpreadAttribute(spread) => {
                    match self.get(&node.at(&spread.argument), key) {
                        Lookup::Absent => {}
                        other => return other,
                    }
                }
            }
        }
        Lookup::Absent
    }

    fn member_name(
        &self,
        node: &Node<'a>,
        member: &'a JSXMemberExpression<'a>,
        depth: usize,
    ) -> Option<Name<'a>> {
        let object = match &member.object {
            JSXMemberExpressionObject::IdentifierReference(id) => {
                self.name_of(node, id.name.as_str())
            }
            JSXMemberExpressionObject::MemberExpression(inner) if depth < 8 => {
                self.member_name(node, inner, depth.saturating_add(1))?
            }
            _ => return None,
        };
        Some(object.member(member.property.name.as_str()))
    }
}

/// The JSX element that `node` is.
pub(super) fn element_of<'a>(node: &Node<'a>) -> Option<&'a JSXElement<'a>> {
    match (node.value, node.expression()) {
        (Value::Element(element), _) => Some(element),
        (_, Some(Expression::JSXElement(element))) => Some(element),
        _ => None,
    }
}

/// The values among the children of an element, each as a node.
pub(super) fn child<'a>(node: &Node<'a>, child: &'a JSXChild<'a>) -> Option<Node<'a>> {
    match child {
        JSXChild::Text(_) => None,
        JSXChild::Element(element) => Some(node.with(Value::Element(element))),
        JSXChild::Fragment(fragment) => Some(node.with(Value::Fragment(fragment))),
        JSXChild::ExpressionContainer(inner) => {
            inner.expression.as_expression().map(|value| node.at(value))
        }
        JSXChild::Spread(inner) => Some(node.at(&inner.expression)),
    }
}
