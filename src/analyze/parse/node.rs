//! A value where it is written: its module, and the parameters of the functions around it.

use std::rc::Rc;

use oxc_ast::ast::{
    BindingPattern, Expression, FormalParameters, FunctionBody, Statement, VariableDeclarationKind,
};
use oxc_span::{GetSpan as _, Span};

use super::modules::Module;
use super::value::Value;

/// The numbers of the parts of an array that are taken apart.
const NUMBERS: [&str; 3] = ["0", "1", "2"];

/// A value, with the module whose names it uses.
#[derive(Clone)]
pub(in crate::analyze) struct Node<'a> {
    pub(super) value: Value<'a>,
    pub(super) module: Rc<Module<'a>>,
    pub(super) scope: Option<Rc<Scope<'a>>>,
    pub(super) steps: usize,
}

/// The parameters and variables of a function that is looked into.
pub(super) struct Scope<'a> {
    names: Vec<(&'a str, Name<'a>)>,
    outer: Option<Rc<Self>>,
}

/// What a name in a function means.
#[derive(Clone)]
enum Name<'a> {
    /// What it is called with.
    Argument(Node<'a>),
    /// What this value has at that key, or by default.
    Part(Node<'a>, &'a str, Option<&'a Expression<'a>>),
    /// A constant in the function.
    Local(&'a Expression<'a>),
    Unknown,
}

/// What a function is called with; none for what is not known.
#[derive(Default)]
pub(super) struct Called<'a> {
    /// The arguments that are known by number.
    pub(super) arguments: Vec<Option<Node<'a>>>,
    /// Whether there are no others.
    pub(super) is_all: bool,
    /// All that it is called with, as one array.
    pub(super) rest: Option<Node<'a>>,
}

/// A name as a parameter or variable of the functions that are looked into.
pub(super) enum Parameter<'a> {
    /// It is one, and this is its value.
    Known(Node<'a>),
    /// It is one: what the node has at that key, or by default.
    Part(Node<'a>, &'a str, Option<Node<'a>>),
    /// It is one, but with something that is not known.
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

    /// The file that it is written in, relative to the project.
    pub(in crate::analyze) fn file(&self) -> &str {
        &self.module.file
    }

    /// As it is written; empty for what is written elsewhere.
    pub(in crate::analyze) fn text(&self) -> &'a str {
        let Span { start, end, .. } = self.span();
        let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        let text = self.module.text.get(at(start)..at(end));
        text.unwrap_or_default()
    }

    /// The line that it is written on, from 1.
    pub(in crate::analyze) fn line(&self) -> usize {
        let start = usize::try_from(self.span().start).unwrap_or(0);
        let before = self.module.text.as_bytes().iter().take(start);
        before
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1)
    }

    /// Whether `inner` is written inside it.
    pub(in crate::analyze) fn holds(&self, inner: &Self) -> bool {
        let (outer, span) = (self.span(), inner.span());
        Rc::ptr_eq(&self.module, &inner.module)
            && (outer.start..outer.end).contains(&span.start)
            && span.end <= outer.end
    }

    /// Where it is written, as findings say it: `src/routes.tsx:12`.
    pub(in crate::analyze) fn place(&self) -> String {
        format!("{}:{}", self.file(), self.line())
    }

    /// Where it is written, told from all other places.
    pub(in crate::analyze) fn place_in_text(&self) -> String {
        format!("{}:{}", self.module.path.display(), self.span().start)
    }

    /// Where it begins in the text, in bytes, when it is inside a function; none when it is outside of all.
    pub(in crate::analyze) fn start_inside(&self) -> Option<u32> {
        self.scope.is_some().then(|| self.span().start)
    }

    pub(super) fn span(&self) -> Span {
        match self.value {
            Value::Expression(value) | Value::Entry(_, value) => {
                value.get_inner_expression().span()
            }
            Value::Function(function) => function.span,
            Value::Class(class) => class.span,
            Value::Enum(one) => one.span,
            Value::Element(element) => element.span,
            Value::Fragment(fragment) => fragment.span,
            Value::Text(text) => text.span,
            Value::Rest(call, _) => call.span,
            Value::Yes(span) | Value::Nothing(span) | Value::Key(_, span) => span,
            Value::Variable(_) | Value::Foreign(..) | Value::Module => Span::default(),
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

    /// The same place inside a function with these `parameters`, as it is `called`.
    pub(super) fn inside(&self, parameters: &'a FormalParameters<'a>, called: &Called<'a>) -> Self {
        let mut names = Vec::new();
        for (number, parameter) in parameters.items.iter().enumerate() {
            let initial = parameter.initializer.as_deref();
            let argument = match called.arguments.get(number) {
                Some(argument) => argument.clone(),
                None if called.is_all => Some(match initial {
                    Some(value) => self.at(value),
                    None => self.with(Value::Nothing(parameter.span)),
                }),
                None => None,
            };
            bind(&parameter.pattern, argument.as_ref(), &mut names);
        }
        if let Some(rest) = &parameters.rest {
            let all = called.rest.as_ref().map(|all| match all.value {
                Value::Rest(call, _) => all.with(Value::Rest(call, parameters.items.len())),
                _ => all.clone(),
            });
            bind(&rest.rest.argument, all.as_ref(), &mut names);
        }
        self.inner(names)
    }

    /// The same place inside `body`, whose variables are those of the function.
    pub(super) fn inside_body(&self, body: &'a FunctionBody<'a>) -> Self {
        let mut names = Vec::new();
        declared(&body.statements, &mut names);
        self.inner(names)
    }

    /// The same place inside a function that is not known to be called.
    pub(super) fn within(
        &self,
        parameters: &'a FormalParameters<'a>,
        body: Option<&'a FunctionBody<'a>>,
    ) -> Self {
        let inner = self.inside(parameters, &Called::default());
        match body.filter(|body| !self.module.knows(body)) {
            Some(body) => inner.inside_body(body),
            None => inner,
        }
    }

    /// Whether both are the same place in the text.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.module, &other.module) && self.span() == other.span()
    }

    fn inner(&self, names: Vec<(&'a str, Name<'a>)>) -> Self {
        let outer = self.scope.clone();
        Self {
            scope: Some(Rc::new(Scope { names, outer })),
            ..self.clone()
        }
    }

    /// What `name` is as a parameter or variable of the functions around.
    pub(super) fn parameter(&self, name: &str) -> Parameter<'a> {
        let mut scope = self.scope.as_ref();
        while let Some(one) = scope {
            // The last of that name counts.
            let found = one.names.iter().rev().find(|(known, _)| *known == name);
            let steps = self.steps;
            let within = |value| Self {
                scope: Some(Rc::clone(one)),
                ..self.at(value)
            };
            match found.map(|(_, name)| name.clone()) {
                Some(Name::Argument(argument)) => {
                    return Parameter::Known(Self { steps, ..argument });
                }
                Some(Name::Part(of, key, default)) => {
                    let default = default.map(within);
                    return Parameter::Part(Self { steps, ..of }, key, default);
                }
                Some(Name::Local(value)) => return Parameter::Known(within(value)),
                Some(Name::Unknown) => return Parameter::Unknown,
                None => scope = one.outer.as_ref(),
            }
        }
        Parameter::None
    }

    pub(super) fn expression(&self) -> Option<&'a Expression<'a>> {
        match self.value {
            Value::Expression(value) => Some(value.get_inner_expression()),
            _ => None,
        }
    }
}

/// The names in `pattern`, which takes `value` apart.
fn bind<'a>(
    pattern: &'a BindingPattern<'a>,
    value: Option<&Node<'a>>,
    names: &mut Vec<(&'a str, Name<'a>)>,
) {
    let mut part = |pattern: &'a BindingPattern<'a>, key: Option<&'a str>| {
        let (pattern, default) = match pattern {
            BindingPattern::AssignmentPattern(either) => (&either.left, Some(&either.right)),
            other => (other, None),
        };
        match (pattern, key, value) {
            (BindingPattern::BindingIdentifier(id), Some(key), Some(value)) => {
                names.push((id.name.as_str(), Name::Part(value.clone(), key, default)));
            }
            _ => unknown(pattern, names),
        }
    };
    match (pattern, value) {
        (BindingPattern::BindingIdentifier(id), Some(value)) => {
            names.push((id.name.as_str(), Name::Argument(value.clone())));
        }
        (BindingPattern::ObjectPattern(parts), Some(_)) => {
            for one in &parts.properties {
                let key = match one.key.static_name() {
                    Some(std::borrow::Cow::Borrowed(key)) => Some(key),
                    _ => None,
                };
                part(&one.value, key);
            }
            if let Some(rest) = &parts.rest {
                part(&rest.argument, None);
            }
        }
        (BindingPattern::ArrayPattern(parts), Some(_)) => {
            for (number, one) in parts.elements.iter().enumerate() {
                if let Some(one) = one {
                    part(one, NUMBERS.get(number).copied());
                }
            }
        }
        _ => unknown(pattern, names),
    }
}

fn unknown<'a>(pattern: &'a BindingPattern<'a>, names: &mut Vec<(&'a str, Name<'a>)>) {
    let ids = pattern.get_binding_identifiers();
    names.extend(ids.into_iter().map(|id| (id.name.as_str(), Name::Unknown)));
}

/// The variables that `statements` declare; only constants are known.
fn declared<'a>(statements: &'a [Statement<'a>], names: &mut Vec<(&'a str, Name<'a>)>) {
    for statement in statements {
        let Statement::VariableDeclaration(variables) = statement else {
            continue;
        };
        for one in &variables.declarations {
            match (&one.id, &one.init) {
                (BindingPattern::BindingIdentifier(id), Some(value))
                    if variables.kind == VariableDeclarationKind::Const =>
                {
                    names.push((id.name.as_str(), Name::Local(value)));
                }
                (pattern, value) => {
                    unknown(pattern, names);
                    let state = value.as_ref().and_then(|value| state(pattern, value));
                    names.extend(state.map(|(name, initial)| (name, Name::Local(initial))));
                }
            }
        }
    }
}

/// The name of a state of a component that nothing sets later and what it is, where that is written out:
/// `const [a] = useState(value)`. <https://react.dev/reference/react/useState>
pub(super) fn state<'a>(
    pattern: &'a BindingPattern<'a>,
    value: &'a Expression<'a>,
) -> Option<(&'a str, &'a Expression<'a>)> {
    let BindingPattern::ArrayPattern(parts) = pattern else {
        return None;
    };
    let [Some(name)] = parts.elements.as_slice() else {
        return None;
    };
    let name = name.get_identifier_name()?;
    let Expression::CallExpression(call) = value.get_inner_expression() else {
        return None;
    };
    let initial = call.arguments.first()?.as_expression()?;
    let is_written = call.callee_name() == Some("useState") && !initial.is_function();
    is_written.then(|| (name.as_str(), initial))
}
