//! Lists that are added to after they are made: `routes.push({ … })`, wherever that is.

use oxc_ast::ast::{Argument, Expression};

use super::lists::{Elements, How};
use super::node::{Node, Parameter};
use super::statics::Modules;
use super::value::{Binding, Value};

impl<'a> Modules<'a> {
    /// The elements of the variable that `node` names, when nothing happens to it but that elements are added; those count
    /// as conditional, for whether and when the code runs that adds them is not known.
    pub(super) fn list_grown(&self, node: &Node<'a>, how: How, out: &mut Elements<'a>) {
        let name = match (node.value, node.expression()) {
            (Value::Variable(name), _) => Some(name),
            (_, Some(Expression::Identifier(id))) => match node.parameter(id.name.as_str()) {
                Parameter::None => Some(id.name.as_str()),
                _ => None,
            },
            _ => None,
        };
        if let Some([Binding::Import { source, name }]) =
            name.map(|name| node.module.bindings(name))
            && let Some(there) = self.import(node, source, name)
        {
            return self.list(&there, how, out);
        }
        let Some((first, added)) = name.and_then(|name| node.module.grown(name)) else {
            out.unknown.push(node.clone());
            return;
        };
        self.list(&node.outside(first), how, out);
        let mut how = how;
        how.conditional = true;
        for argument in added {
            match argument {
                Argument::SpreadElement(spread) => {
                    let spread = Value::Expression(&spread.argument);
                    self.list(&node.outside(spread), how, out);
                }
                other => {
                    if let Some(value) = other.as_expression() {
                        self.item(&node.outside(Value::Expression(value)), how, out);
                    }
                }
            }
        }
    }
}
