//! The keys of an object that are written out, with those of objects that are spread into it.

use oxc_ast::ast::{Expression, ObjectPropertyKind};

use super::node::Node;
use super::statics::Modules;

impl<'a> Modules<'a> {
    /// The keys of `object` that are known, in the order they are written, and whether these are all.
    pub(in crate::analyze) fn keys(&self, object: &Node<'a>) -> (Vec<String>, bool) {
        let resolved = self.step(object).and_then(|node| self.resolve(&node));
        let Some(node) = resolved else {
            return (Vec::new(), false);
        };
        let Some(Expression::ObjectExpression(object)) = node.expression() else {
            return (Vec::new(), false);
        };
        let (mut keys, mut all) = (Vec::new(), true);
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => match property.key.static_name() {
                    Some(name) => keys.push(name.into_owned()),
                    None => all = false,
                },
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let (more, are_all) = self.keys(&node.at(&spread.argument));
                    keys.extend(more);
                    all &= are_all;
                }
            }
        }
        (keys, all)
    }
}
