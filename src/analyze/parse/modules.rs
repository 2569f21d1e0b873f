//! The project's modules as tables of names: what each declares, imports, exports and changes later.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, BindingPattern, Declaration,
    ExportDefaultDeclarationKind, Expression, FunctionBody, ImportDeclaration,
    ImportDeclarationSpecifier, ModuleExportName, Program, Statement, VariableDeclaration,
    VariableDeclarator,
};

use super::changes::{Changes, EXPORTS, inside};
use super::node::state;
use super::value::{Binding, Value};

/// The names of a module.
pub(super) struct Module<'a> {
    pub(super) path: PathBuf,
    /// Its path as reports show it: relative to the project.
    pub(super) file: String,
    pub(super) text: &'a str,
    pub(super) program: &'a Program<'a>,
    /// What each name is declared as or assigned: with several, it depends on the run which one counts.
    bindings: HashMap<&'a str, Vec<Binding<'a>>>,
    exports: HashMap<&'a str, Value<'a>>,
    /// The modules that everything is exported of.
    pub(super) forwards: Vec<&'a str>,
    changes: Changes<'a>,
    /// What properties of `module.exports` are certainly set to.
    set: HashMap<&'a str, Value<'a>>,
    /// What properties of other variables are, as in `Page.path = '/a'`.
    set_parts: HashMap<(&'a str, &'a str), Value<'a>>,
    /// How many of the assignments to each name are among its bindings.
    seen: HashMap<&'a str, usize>,
    /// The functions whose variables are among the bindings.
    bodies: HashSet<*const FunctionBody<'a>>,
    /// How many functions and conditions are around the statement that is read.
    functions: usize,
    conditions: usize,
}

impl<'a> Module<'a> {
    /// The module at `path`, shown as `file`, whose `program` was made of `text`.
    pub(super) fn of(path: &Path, file: String, text: &'a str, program: &'a Program<'a>) -> Self {
        let mut module = Self {
            path: path.to_owned(),
            file,
            text,
            program,
            bindings: HashMap::new(),
            exports: HashMap::new(),
            forwards: Vec::new(),
            changes: Changes::of(program),
            set: HashMap::new(),
            set_parts: HashMap::new(),
            seen: HashMap::new(),
            bodies: HashSet::new(),
            functions: 0,
            conditions: 0,
        };
        module.declare_all(&program.body);
        let seen = |name: &str| module.seen.get(name).copied().unwrap_or(0);
        let wholes = module.changes.wholes.iter();
        let unseen: Vec<&str> = wholes
            .filter(|(name, count)| **count > seen(name))
            .map(|(name, _)| *name)
            .collect();
        for name in unseen {
            module.bind(name, Binding::Unknown);
        }
        module
    }

    /// What `name` may stand for.
    pub(super) fn bindings(&self, name: &str) -> &[Binding<'a>] {
        self.bindings.get(name).map_or(&[], Vec::as_slice)
    }

    /// What the module exports as `name`.
    pub(super) fn export(&self, name: &str) -> Option<Value<'a>> {
        self.exports.get(name).copied()
    }

    /// How often the property `key` of the variable `name` is changed after it was made; none when that is not known.
    pub(super) fn changes(&self, name: &str, key: &str) -> Option<usize> {
        self.changes.count(name, key)
    }

    /// What the variable `name` is made of, and what is added to it later, if nothing else happens to it.
    pub(super) fn grown(&self, name: &str) -> Option<(Value<'a>, &[&'a Argument<'a>])> {
        let [Binding::Value(first), Binding::Unknown] = self.bindings(name) else {
            return None;
        };
        let added = self.changes.additions.get(name)?;
        let count = self.changes.wholes.get(name).copied();
        (count == Some(added.calls)).then_some((*first, &*added.arguments))
    }

    /// What the property `key` of `module.exports` is set to, if that is certain.
    pub(super) fn set_export(&self, key: &str) -> Option<Value<'a>> {
        let is_once = self.changes(EXPORTS, key) == Some(1);
        self.set.get(key).copied().filter(|_| is_once)
    }

    /// What the property `key` of the variable `name` is set to after it was made, if that is certain.
    pub(super) fn set_part(&self, name: &'a str, key: &str) -> Option<Value<'a>> {
        let is_once = self.changes(name, key) == Some(1);
        let part = self
            .set_parts
            .iter()
            .find(|((of, at), _)| *of == name && *at == key);
        part.map(|(_, value)| *value).filter(|_| is_once)
    }

    /// Whether the variables of the function `body` are among the bindings.
    pub(super) fn knows(&self, body: &FunctionBody<'a>) -> bool {
        self.bodies.contains(&std::ptr::from_ref(body))
    }

    fn declare_all(&mut self, statements: &'a [Statement<'a>]) {
        for statement in statements {
            match statement {
                Statement::ImportDeclaration(import) => self.declare_import(import),
                Statement::ExportDeclaration(export) => {
                    self.declare(&export.declaration, true);
                }
                Statement::ExportNamedDeclaration(export) => {
                    for one in &export.specifiers {
                        if let (Some(local), Some(name)) = (name(&one.local), name(&one.exported)) {
                            self.exports.insert(name, Value::Variable(local));
                        }
                    }
                }
                Statement::ExportFromDeclaration(export) => {
                    let source = export.source.value.as_str();
                    for one in &export.specifiers {
                        if let (Some(there), Some(name)) = (name(&one.local), name(&one.exported)) {
                            self.exports.insert(name, Value::Foreign(source, there));
                        }
                    }
                }
                Statement::ExportAllDeclaration(export) => {
                    let source = export.source.value.as_str();
                    match export.exported.as_ref().and_then(name) {
                        Some(name) => {
                            self.exports.insert(name, Value::Foreign(source, "*"));
                        }
                        None => self.forwards.push(source),
                    }
                }
                Statement::ExportDefaultDeclaration(export) => {
                    self.declare_default(&export.declaration);
                }
                Statement::ExpressionStatement(statement) => {
                    if let Expression::AssignmentExpression(assignment) = &statement.expression {
                        self.assign(assignment);
                    }
                }
                Statement::BlockStatement(block) => self.declare_all(&block.body),
                Statement::IfStatement(choice) => {
                    self.conditions = self.conditions.saturating_add(1);
                    self.declare_all(std::slice::from_ref(&choice.consequent));
                    if let Some(otherwise) = &choice.alternate {
                        self.declare_all(std::slice::from_ref(otherwise));
                    }
                    self.conditions = self.conditions.saturating_sub(1);
                }
                other => {
                    if let Some(declaration) = other.as_declaration() {
                        self.declare(declaration, false);
                    }
                }
            }
        }
    }

    fn declare_default(&mut self, declaration: &'a ExportDefaultDeclarationKind<'a>) {
        let (id, value) = match declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                (function.id.as_ref(), Some(Value::Function(function)))
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                (class.id.as_ref(), Some(Value::Class(class)))
            }
            other => (None, other.as_expression().map(Value::Expression)),
        };
        if let Some(value) = value {
            self.exports.insert("default", value);
            self.declare_inside(value);
            if let Some(id) = id {
                self.bind_value(id.name.as_str(), value);
            }
        }
    }

    fn declare(&mut self, declaration: &'a Declaration<'a>, exported: bool) {
        match declaration {
            Declaration::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    self.declare_one(id.name.as_str(), Value::Function(function), exported);
                }
                self.declare_inside(Value::Function(function));
            }
            Declaration::VariableDeclaration(variables) => {
                self.declare_variables(variables, exported);
            }
            Declaration::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    self.declare_one(id.name.as_str(), Value::Class(class), exported);
                }
            }
            Declaration::TSEnumDeclaration(one) => {
                self.declare_one(one.id.name.as_str(), Value::Enum(one), exported);
            }
            _ => {}
        }
    }

    fn declare_one(&mut self, name: &'a str, value: Value<'a>, exported: bool) {
        self.bind_value(name, value);
        if exported {
            self.exports.insert(name, Value::Variable(name));
        }
    }

    fn declare_variables(&mut self, variables: &'a VariableDeclaration<'a>, exported: bool) {
        for variable in &variables.declarations {
            let (BindingPattern::BindingIdentifier(id), Some(value)) =
                (&variable.id, &variable.init)
            else {
                self.declare_parts(variable, exported);
                continue;
            };
            let value = Value::Expression(value);
            self.declare_one(id.name.as_str(), value, exported);
            self.declare_inside(value);
        }
    }

    /// `const { a, b: c } = require(source)` imports, `const { a } = object` takes parts; other patterns are not known.
    fn declare_parts(&mut self, variable: &'a VariableDeclarator<'a>, exported: bool) {
        if let (BindingPattern::ObjectPattern(parts), Some(whole)) = (&variable.id, &variable.init)
            && parts.rest.is_none()
        {
            let source = match whole.get_inner_expression() {
                Expression::CallExpression(call) => call.common_js_require(),
                _ => None,
            };
            for part in &parts.properties {
                let ids = part.value.get_binding_identifiers();
                let is_whole = matches!(part.value, BindingPattern::BindingIdentifier(_));
                let binding = match (part.key.static_name(), source) {
                    (Some(Cow::Borrowed(name)), Some(source)) if is_whole => Binding::Import {
                        source: source.value.as_str(),
                        name,
                    },
                    (Some(Cow::Borrowed(name)), None) if is_whole && self.functions == 0 => {
                        Binding::Part(whole, name)
                    }
                    (Some(Cow::Borrowed(name)), None) if is_whole => {
                        Binding::LocalPart(whole, name)
                    }
                    _ => Binding::Unknown,
                };
                for id in ids {
                    self.bind(id.name.as_str(), binding);
                    if exported {
                        let name = id.name.as_str();
                        self.exports.insert(name, Value::Variable(name));
                    }
                }
            }
            return;
        }
        let state = variable
            .init
            .as_ref()
            .and_then(|value| state(&variable.id, value));
        for id in variable.id.get_binding_identifiers() {
            let begins = state.filter(|(name, _)| id.name == *name);
            let begins = begins.map(|(_, initial)| Binding::Local(Value::Expression(initial)));
            self.bind(id.name.as_str(), begins.unwrap_or(Binding::Unknown));
        }
    }

    /// The names inside a function count for the whole module: what is declared twice is unknown.
    fn declare_inside(&mut self, value: Value<'a>) {
        let body = match value {
            Value::Function(function) => function.body.as_deref(),
            Value::Expression(value) => match value.get_inner_expression() {
                Expression::FunctionExpression(function) => function.body.as_deref(),
                Expression::ArrowFunctionExpression(arrow) => arrow.body.as_function_body(),
                // `memo(function App() { … })`
                Expression::CallExpression(call) => {
                    let functions = call.arguments.iter().filter_map(Argument::as_expression);
                    for one in functions.filter(|one| one.is_function()) {
                        self.declare_inside(Value::Expression(one));
                    }
                    None
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(body) = body {
            self.bodies.insert(std::ptr::from_ref(body));
            self.functions = self.functions.saturating_add(1);
            self.declare_all(&body.statements);
            self.functions = self.functions.saturating_sub(1);
        }
    }

    fn declare_import(&mut self, import: &'a ImportDeclaration<'a>) {
        for one in import.specifiers.iter().flatten() {
            let (local, imported) = match one {
                ImportDeclarationSpecifier::ImportSpecifier(one) => {
                    (&one.local, name(&one.imported).unwrap_or_default())
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => (&one.local, "default"),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, "*"),
            };
            let source = import.source.value.as_str();
            let binding = Binding::Import {
                source,
                name: imported,
            };
            self.bind(local.name.as_str(), binding);
        }
    }

    /// `name = value`, `module.exports = value` and `exports.name = value`.
    fn assign(&mut self, assignment: &'a AssignmentExpression<'a>) {
        let value = Value::Expression(&assignment.right);
        if !assignment.operator.is_assign() {
            return;
        }
        if let AssignmentTarget::AssignmentTargetIdentifier(id) = &assignment.left {
            self.bind_value(id.name.as_str(), value);
            *self.seen.entry(id.name.as_str()).or_default() += 1;
            return;
        }
        let AssignmentTarget::StaticMemberExpression(member) = &assignment.left else {
            return;
        };
        let target = inside(&member.object, Some(member.property.name.as_str()));
        let Some((EXPORTS, path)) = target else {
            if let Some((name, path)) = target
                && let [Some(key)] = *path
                && self.functions == 0
                && self.conditions == 0
            {
                self.set_parts.insert((name, key), value);
            }
            return;
        };
        self.exports.insert("default", Value::Variable(EXPORTS));
        match *path {
            [] => {
                // What was set before is lost.
                self.set.clear();
                self.bind_value(EXPORTS, value);
                *self.seen.entry(EXPORTS).or_default() += 1;
                self.declare_inside(value);
            }
            [Some(key)] => {
                self.exports.insert(key, value);
                if self.functions == 0 && self.conditions == 0 {
                    self.set.insert(key, value);
                }
            }
            _ => {}
        }
    }

    fn bind_value(&mut self, name: &'a str, value: Value<'a>) {
        let binding = if self.functions == 0 {
            Binding::Value(value)
        } else {
            Binding::Local(value)
        };
        self.bind(name, binding);
    }

    fn bind(&mut self, name: &'a str, binding: Binding<'a>) {
        self.bindings.entry(name).or_default().push(binding);
    }
}

fn name<'a>(name: &'a ModuleExportName<'a>) -> Option<&'a str> {
    match name {
        ModuleExportName::IdentifierName(name) => Some(name.name.as_str()),
        ModuleExportName::IdentifierReference(name) => Some(name.name.as_str()),
        ModuleExportName::StringLiteral(_) => None,
    }
}
