//! Calls in configurations: own functions are looked into, wrappers from packages pass their configuration on.

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, CallExpression, Expression, FormalParameters, FunctionBody,
    Statement,
};

use super::node::{Called, Node, Parameter};
use super::statics::{Lookup, Modules, agreed, returns};
use super::value::{Binding, Value};

/// Functions of packages that put several objects together, one key of which may come from any of them.
const MERGES: [&str; 6] = [
    "merge",
    "deepmerge",
    "deepMerge",
    "mergeWith",
    "defu",
    "extend",
];

/// What is called.
pub(super) enum Callee<'a> {
    /// A function of the project.
    Own(Node<'a>),
    /// A function of a package.
    Foreign,
    /// One or the other, or something made by code.
    Unknown,
}

/// A function's parameters and what it is made of.
enum Body<'a> {
    Statements(&'a FormalParameters<'a>, &'a FunctionBody<'a>),
    Value(&'a FormalParameters<'a>, &'a Expression<'a>),
}

impl<'a> Called<'a> {
    pub(super) fn by(node: &Node<'a>, call: &'a CallExpression<'a>) -> Self {
        let mut called = Self {
            arguments: Vec::new(),
            is_all: true,
            rest: Some(node.with(Value::Rest(call, 0))),
        };
        for argument in &call.arguments {
            if let Some(value) = argument.as_expression() {
                called.arguments.push(Some(node.at(value)));
            } else {
                // What is spread moves all that follow.
                called.is_all = false;
                break;
            }
        }
        called
    }
}

impl<'a> Modules<'a> {
    /// What the result of `call` has at `key`.
    ///
    /// `require` of an own module is that module; a function of the project is looked into; `Object.assign` is a list of
    /// spreads. A wrapper from a package such as `withX(config)`, `withX(options)(config)` or `withPlugins([…], config)`
    /// passes its configuration on: the first argument that is no list.
    pub(super) fn get_call(
        &self,
        node: &Node<'a>,
        call: &'a CallExpression<'a>,
        key: &str,
    ) -> Lookup<'a> {
        if call.common_js_require().is_some() {
            return self.get_of(self.resolve(node), key);
        }
        if call.callee.is_specific_member_access("Object", "assign") {
            return self.get_spread(node, call, key);
        }
        if call.callee_name() == Some("reduce") {
            return self.get_reduced(node, call, key);
        }
        match self.callee(node, &call.callee) {
            Callee::Own(function) => self.get_called(&function, &Called::by(node, call), key),
            Callee::Foreign => self.get_wrapped(node, call, key),
            Callee::Unknown => Lookup::Unknown,
        }
    }

    /// What the function `node` returns has at `key`.
    pub(super) fn get_called(&self, node: &Node<'a>, called: &Called<'a>, key: &str) -> Lookup<'a> {
        let returned = self.returned(node, called);
        let lookups = returned.into_iter().map(|value| self.get(&value, key));
        lookups.reduce(agreed).unwrap_or(Lookup::Unknown)
    }

    /// All that the function `node` may return, whatever it is called with.
    pub(in crate::analyze) fn results(&self, node: &Node<'a>) -> Vec<Node<'a>> {
        match self.callee_of(node) {
            Callee::Own(function) => self.returned(&function, &Called::default()),
            Callee::Foreign | Callee::Unknown => Vec::new(),
        }
    }

    /// What the function `node` throws at its end, which it then never returns from; none when it does not end so.
    pub(in crate::analyze) fn thrown(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let Callee::Own(function) = self.callee_of(node) else {
            return None;
        };
        match body_of(&function)? {
            Body::Statements(parameters, body) => match body.statements.last()? {
                Statement::ThrowStatement(thrown) => {
                    let inner = function.within(parameters, Some(body));
                    Some(inner.at(&thrown.argument))
                }
                _ => None,
            },
            Body::Value(..) => None,
        }
    }

    /// All that the function `node` may return as it is `called`; nothing when it is none, or returns nothing.
    pub(super) fn returned(&self, node: &Node<'a>, called: &Called<'a>) -> Vec<Node<'a>> {
        match body_of(node) {
            Some(Body::Value(parameters, value)) => vec![node.inside(parameters, called).at(value)],
            Some(Body::Statements(parameters, body)) => {
                let mut inner = node.inside(parameters, called);
                // Where its variables are among those of the module, their changes are known, too.
                if !node.module.knows(body) {
                    inner = inner.inside_body(body);
                }
                let mut values = Vec::new();
                self.reached(&inner, &body.statements, &mut values);
                values.into_iter().map(|value| inner.at(value)).collect()
            }
            None => Vec::new(),
        }
    }

    /// The values that `statements` return, without those that a known condition rules out; whether they certainly return.
    fn reached(
        &self,
        inner: &Node<'a>,
        statements: &'a [Statement<'a>],
        found: &mut Vec<&'a Expression<'a>>,
    ) -> bool {
        for statement in statements {
            let ends = match statement {
                Statement::IfStatement(choice) => {
                    let yes = std::slice::from_ref(&choice.consequent);
                    let no = choice.alternate.as_slice();
                    match self.truthy(&inner.at(&choice.test)) {
                        Some(true) => self.reached(inner, yes, found),
                        Some(false) => self.reached(inner, no, found),
                        None => {
                            let first = self.reached(inner, yes, found);
                            self.reached(inner, no, found) && first
                        }
                    }
                }
                Statement::BlockStatement(block) => self.reached(inner, &block.body, found),
                Statement::ThrowStatement(_) => true,
                other => {
                    returns(std::slice::from_ref(other), found);
                    matches!(other, Statement::ReturnStatement(_))
                }
            };
            if ends {
                return true;
            }
        }
        false
    }

    fn get_wrapped(&self, node: &Node<'a>, call: &'a CallExpression<'a>, key: &str) -> Lookup<'a> {
        let arguments = || call.arguments.iter().map(Argument::as_expression);
        if call
            .callee_name()
            .is_some_and(|name| MERGES.contains(&name))
        {
            return self.get_merged(node, call, key);
        }
        if call.arguments.is_empty() {
            // A plugin without a configuration wraps an empty one.
            let is_plugin = matches!(
                call.callee.get_inner_expression(),
                Expression::CallExpression(_)
            ) || call
                .callee_name()
                .is_some_and(|name| name.starts_with("with"));
            return if is_plugin {
                Lookup::Absent
            } else {
                Lookup::Unknown
            };
        }
        let is_list = |value: &&Expression<'_>| matches!(value, Expression::ArrayExpression(_));
        match arguments().find(|argument| !argument.as_ref().is_some_and(is_list)) {
            Some(Some(config)) => self.get(&node.at(config), key),
            _ => Lookup::Unknown,
        }
    }

    /// `Object.assign(a, b)`: the last that has the key counts.
    fn get_spread(&self, node: &Node<'a>, call: &'a CallExpression<'a>, key: &str) -> Lookup<'a> {
        for argument in call.arguments.iter().rev() {
            let Some(value) = argument.as_expression() else {
                return Lookup::Unknown;
            };
            match self.get(&node.at(value), key) {
                Lookup::Absent => {}
                other => return other,
            }
        }
        Lookup::Absent
    }

    /// A merge: how it treats a key that several have is its own affair.
    fn get_merged(&self, node: &Node<'a>, call: &'a CallExpression<'a>, key: &str) -> Lookup<'a> {
        let mut merged = Lookup::Absent;
        for argument in &call.arguments {
            let lookup = match argument.as_expression() {
                Some(value) => self.get(&node.at(value), key),
                None => Lookup::Unknown,
            };
            merged = match (merged, lookup) {
                (Lookup::Absent, other) | (other, Lookup::Absent) => other,
                _ => return Lookup::Unknown,
            };
        }
        merged
    }

    /// `plugins.reduce((config, plugin) => plugin(config), config)` wraps its configuration once for each plugin.
    fn get_reduced(&self, node: &Node<'a>, call: &'a CallExpression<'a>, key: &str) -> Lookup<'a> {
        let mut arguments = call.arguments.iter().map(Argument::as_expression);
        let (Some(Some(step)), Some(Some(config))) = (arguments.next(), arguments.next()) else {
            return Lookup::Unknown;
        };
        if wraps(&node.at(step)) {
            self.get(&node.at(config), key)
        } else {
            Lookup::Unknown
        }
    }

    /// What `callee` is.
    pub(super) fn callee(&self, node: &Node<'a>, callee: &'a Expression<'a>) -> Callee<'a> {
        let Some(node) = self.step(node) else {
            return Callee::Unknown;
        };
        match callee.get_inner_expression() {
            Expression::Identifier(id) => match self.parameter(&node, id.name.as_str()) {
                Parameter::Known(argument) => self.callee_of(&argument),
                Parameter::None => self.callee_by_name(&node, id.name.as_str()),
                Parameter::Part(..) | Parameter::Unknown => Callee::Unknown,
            },
            Expression::CallExpression(call) => {
                if let Some(source) = call.common_js_require() {
                    return self.callee_from(&node, source.value.as_str(), "default");
                }
                match self.callee(&node, &call.callee) {
                    Callee::Own(function) => self.callee_returned(&function, &node, call),
                    other => other,
                }
            }
            Expression::StaticMemberExpression(member) => {
                match self.get(&node.at(&member.object), member.property.name.as_str()) {
                    Lookup::Found(found) => self.callee_of(&found),
                    _ => match self.callee(&node, &member.object) {
                        Callee::Foreign => Callee::Foreign,
                        _ => Callee::Unknown,
                    },
                }
            }
            function @ (Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_)) => Callee::Own(node.at(function)),
            _ => Callee::Unknown,
        }
    }

    fn callee_by_name(&self, node: &Node<'a>, name: &str) -> Callee<'a> {
        match node.module.bindings(name) {
            [] => Callee::Foreign,
            [Binding::Import { source, name }] => self.callee_from(node, source, name),
            _ => match self.variable(node, name) {
                Some(value) => self.callee_of(&value),
                None => Callee::Unknown,
            },
        }
    }

    fn callee_from(&self, node: &Node<'a>, source: &str, name: &str) -> Callee<'a> {
        if self.loader.find(&node.module, source).is_none() && !source.starts_with('.') {
            return Callee::Foreign;
        }
        match self.import(node, source, name) {
            Some(value) => self.callee_of(&value),
            None => Callee::Unknown,
        }
    }

    pub(super) fn callee_of(&self, node: &Node<'a>) -> Callee<'a> {
        match node.value {
            Value::Function(_) => Callee::Own(node.clone()),
            Value::Variable(name) => self.callee_by_name(node, name),
            Value::Expression(value) => self.callee(node, value),
            Value::Foreign(source, name) => self.callee_from(node, source, name),
            _ => Callee::Unknown,
        }
    }

    /// The function that `function` returns, as in `withX(options)(config)`.
    fn callee_returned(
        &self,
        function: &Node<'a>,
        node: &Node<'a>,
        call: &'a CallExpression<'a>,
    ) -> Callee<'a> {
        match &*self.returned(function, &Called::by(node, call)) {
            [one] => self.callee_of(one),
            _ => Callee::Unknown,
        }
    }
}

fn body_of<'a>(node: &Node<'a>) -> Option<Body<'a>> {
    match node.value {
        Value::Function(function) => {
            Some(Body::Statements(&function.params, function.body.as_ref()?))
        }
        _ => match node.expression()? {
            Expression::FunctionExpression(function) => {
                Some(Body::Statements(&function.params, function.body.as_ref()?))
            }
            Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => {
                    Some(Body::Statements(&arrow.params, body))
                }
                value => Some(Body::Value(&arrow.params, value.as_expression()?)),
            },
            _ => None,
        },
    }
}

/// Whether the function `step` does nothing but hand its first parameter to a call.
fn wraps(step: &Node<'_>) -> bool {
    let (parameters, value) = match body_of(step) {
        Some(Body::Value(parameters, value)) => (parameters, value),
        Some(Body::Statements(parameters, body)) => {
            let mut returned = Vec::new();
            returns(&body.statements, &mut returned);
            match *returned {
                [value] if body.statements.len() == 1 => (parameters, value),
                _ => return false,
            }
        }
        None => return false,
    };
    let Some(first) = parameters
        .items
        .first()
        .and_then(|one| one.pattern.get_identifier_name())
    else {
        return false;
    };
    match value.get_inner_expression() {
        Expression::CallExpression(call) => call
            .arguments
            .iter()
            .filter_map(Argument::as_expression)
            .any(|argument| argument.is_specific_id(&first)),
        _ => false,
    }
}
