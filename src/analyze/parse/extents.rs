//! Where in a file a component is written, through the names and calls that it is exported by.

use std::collections::HashSet;
use std::ops::Range;

use oxc_ast::ast::{Argument, Expression};
use oxc_span::{GetSpan as _, Span};

use super::imports::Target;
use super::modules::Module;
use super::statics::Modules;
use super::value::{Binding, Value};

/// How many names and calls are followed to a component, one after the other.
const MAX_DEPTH: usize = 8;

struct Extents<'m, 'a> {
    module: &'m Module<'a>,
    seen: HashSet<&'a str>,
    found: Vec<Range<u32>>,
}

impl Modules<'_> {
    /// The functions and classes at the top of its file that `target` is or that it is made of, by `connect(…)(Users)` and
    /// its like, in bytes of the file's text. None when there are none.
    pub(in crate::analyze) fn extents(&self, target: &Target) -> Option<Vec<Range<u32>>> {
        let module = self.loader.load(&target.path)?;
        let mut extents = Extents {
            module: &module,
            seen: HashSet::new(),
            found: Vec::new(),
        };
        match module.export(&target.export) {
            Some(value) => extents.value(value, 0),
            None => extents.name(&target.export, 0),
        }
        (!extents.found.is_empty()).then_some(extents.found)
    }
}

impl<'a> Extents<'_, 'a> {
    fn value(&mut self, value: Value<'a>, depth: usize) {
        match value {
            Value::Variable(name) if self.seen.insert(name) => self.name(name, depth),
            Value::Function(function) => self.add(function.span),
            Value::Class(class) => self.add(class.span),
            Value::Expression(value) => self.expression(value, depth),
            _ => {}
        }
    }

    fn expression(&mut self, value: &'a Expression<'a>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let depth = depth.saturating_add(1);
        match value.get_inner_expression() {
            Expression::Identifier(id) => self.value(Value::Variable(id.name.as_str()), depth),
            Expression::CallExpression(call) => {
                for one in call.arguments.iter().filter_map(Argument::as_expression) {
                    self.expression(one, depth);
                }
            }
            inner @ (Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_)
            | Expression::ClassExpression(_)) => self.add(inner.span()),
            _ => {}
        }
    }

    fn name(&mut self, name: &str, depth: usize) {
        let module = self.module;
        for binding in module.bindings(name) {
            if let Binding::Value(value) = binding {
                self.value(*value, depth);
            }
        }
    }

    fn add(&mut self, span: Span) {
        self.found.push(span.start..span.end);
    }
}
