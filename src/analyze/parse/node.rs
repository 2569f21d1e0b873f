//! A value where it is written: its module, and the parameters of the functions around it.

use std::rc::Rc;

use oxc_ast::ast::{BindingPattern, Expression, FormalParameters};

use super::modules::{Module, Value};

/// A value, with the module whose names it uses.
#[derive(Clone)]
pub(in crate::analyze) struct Node<'a> {
    pub(super) value: Value<'a>,
    pub(super) module: Rc<Module<'a>>,
    pub(super) scope: Option<Rc<Scope<'a>>>,
    pub(super) steps: usize,
}

/// The parameters of a function that is looked into, with what they are called with.
pub(super) struct Scope<'a> {
    names: Vec<(&'a str, Option<Node<'a>>)>,
    outer: Option<Rc<Self>>,
}

/// A name as a parameter of the functions that are looked into.
pub(super) enum Parameter<'a> {
    /// It is one, called with this.
    Known(Node<'a>),
    /// It is one, called with something that is not known.
    Unknown,
    /// It is none.
    None,
}

impl<'a> Node<'a> {
    /// `value`, written in `module`, reached after `steps`.
    pub(super) fn new(value: Value<'a>, module: Rc<Module<'a>>, steps: usize) -> Self {
        Self {
            value,
            module,
            scope: None,
            steps,
        }
    }

    pub(super) fn at(&self, value: &'a Expression<'a>) -> Self {
        self.with(Value::Expression(value))
    }

    pub(super) fn with(&self, value: Value<'a>) -> Self {
        Self {
            value,
            ..self.clone()
        }
    }

    /// `value`, outside all functions of the module.
    pub(super) fn outside(&self, value: Value<'a>) -> Self {
        Self {
            scope: None,
            ..self.with(value)
        }
    }

    /// The same place inside a function with these `parameters`, called with `arguments`.
    pub(super) fn inside(
        &self,
        parameters: &'a FormalParameters<'a>,
        arguments: &[Option<Self>],
    ) -> Self {
        let mut names = Vec::new();
        for (number, parameter) in parameters.items.iter().enumerate() {
            if let BindingPattern::BindingIdentifier(id) = &parameter.pattern {
                let argument = arguments.get(number).cloned().flatten();
                names.push((id.name.as_str(), argument));
            } else {
                let ids = parameter.pattern.get_binding_identifiers();
                names.extend(ids.into_iter().map(|id| (id.name.as_str(), None)));
            }
        }
        if let Some(rest) = &parameters.rest {
            let ids = rest.rest.argument.get_binding_identifiers();
            names.extend(ids.into_iter().map(|id| (id.name.as_str(), None)));
        }
        let outer = self.scope.clone();
        Self {
            scope: Some(Rc::new(Scope { names, outer })),
            ..self.clone()
        }
    }

    /// What `name` is as a parameter.
    pub(super) fn parameter(&self, name: &str) -> Parameter<'a> {
        let mut scope = self.scope.as_ref();
        while let Some(one) = scope {
            let found = one.names.iter().find(|(known, _)| *known == name);
            if let Some((_, argument)) = found {
                let steps = self.steps;
                return match argument.clone() {
                    Some(argument) => Parameter::Known(Self { steps, ..argument }),
                    None => Parameter::Unknown,
                };
            }
            scope = one.outer.as_ref();
        }
        Parameter::None
    }

    pub(super) fn expression(&self) -> Option<&'a Expression<'a>> {
        match self.value {
            Value::Expression(value) => Some(value.get_inner_expression()),
            Value::Function(_) | Value::Variable(_) => None,
        }
    }
}
