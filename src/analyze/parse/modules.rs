//! The project's modules as tables of names: what each declares, imports, exports and changes later.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, BindingPattern, Declaration,
    ExportDefaultDeclarationKind, Expression, Function, FunctionBody, ImportDeclaration,
    ImportDeclarationSpecifier, ModuleExportName, Program, Statement, VariableDeclaration,
    VariableDeclarator,
};

use super::changes::{Changes, EXPORTS, inside};
use crate::analyze::packages::Packages;
use crate::analyze::text::{self, MAX_SOURCE};

/// How many modules one configuration may import.
const MAX_MODULES: usize = 64;

/// Endings tried after an import's path.
/// <https://www.typescriptlang.org/docs/handbook/modules/reference.html#extensionless-relative-paths>
const ENDINGS: [&str; 9] = [
    "",
    ".ts",
    ".tsx",
    ".mts",
    ".js",
    ".mjs",
    ".cjs",
    "/index.ts",
    "/index.js",
];

/// Reads each module once; all live as long as `allocator`.
pub(super) struct Loader<'a> {
    allocator: &'a Allocator,
    root: PathBuf,
    packages: Packages,
    loaded: RefCell<HashMap<PathBuf, Option<Rc<Module<'a>>>>>,
}

/// The names of a module.
pub(super) struct Module<'a> {
    path: PathBuf,
    /// What each name is declared as or assigned: with several, it depends on the run which one counts.
    bindings: HashMap<&'a str, Vec<Binding<'a>>>,
    exports: HashMap<&'a str, Value<'a>>,
    changes: Changes<'a>,
    /// What properties of `module.exports` are certainly set to.
    set: HashMap<&'a str, Value<'a>>,
    /// How many of the assignments to each name are among its bindings.
    seen: HashMap<&'a str, usize>,
    /// The functions whose variables are among the bindings.
    bodies: HashSet<*const FunctionBody<'a>>,
    /// How many functions and conditions are around the statement that is read.
    functions: usize,
    conditions: usize,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Binding<'a> {
    /// A constant.
    Value(Value<'a>),
    /// A constant inside a function.
    Local(Value<'a>),
    /// What another module exports.
    Import {
        /// The module, as written.
        source: &'a str,
        /// The name there.
        name: &'a str,
    },
    /// Something that is not a constant.
    Unknown,
}

/// A value as it is written.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// An expression.
    Expression(&'a Expression<'a>),
    /// A declared function.
    Function(&'a Function<'a>),
    /// Whatever a variable of the module is.
    Variable(&'a str),
}

impl<'a> Loader<'a> {
    /// A loader that reads nothing outside `root`.
    pub(super) fn new(allocator: &'a Allocator, root: &Path, packages: Packages) -> Self {
        Self {
            allocator,
            root: root.to_owned(),
            packages,
            loaded: RefCell::default(),
        }
    }

    /// The file that `source` means in `from`; none for packages from outside, which are other people's code.
    pub(super) fn find(&self, from: &Module<'a>, source: &str) -> Option<PathBuf> {
        let path = if source.starts_with('.') {
            from.path.parent()?.join(source)
        } else {
            self.packages.locate(source)?
        };
        ENDINGS.iter().find_map(|ending| {
            let mut file = path.clone().into_os_string();
            file.push(ending);
            let file = PathBuf::from(file).canonicalize().ok()?;
            (file.is_file() && file.starts_with(&self.root)).then_some(file)
        })
    }

    /// The module at `path`; none when it cannot be read or parsed, or there are too many.
    pub(super) fn load(&self, path: &Path) -> Option<Rc<Module<'a>>> {
        if let Some(known) = self.loaded.borrow().get(path) {
            return known.clone();
        }
        if self.loaded.borrow().len() >= MAX_MODULES {
            return None;
        }
        let module = self.read(path).map(Rc::new);
        let mut loaded = self.loaded.borrow_mut();
        loaded.insert(path.to_owned(), module.clone());
        module
    }

    fn read(&self, path: &Path) -> Option<Module<'a>> {
        let text = text::read_quietly(path, MAX_SOURCE)?;
        let text = self.allocator.alloc_str(&text);
        let program = super::program(self.allocator, path, text).ok()?;
        let program: &'a Program<'a> = self.allocator.alloc(program);
        let mut module = Module {
            path: path.to_owned(),
            bindings: HashMap::new(),
            exports: HashMap::new(),
            changes: Changes::of(program),
            set: HashMap::new(),
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
        Some(module)
    }
}

impl<'a> Module<'a> {
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

    /// What the property `key` of `module.exports` is set to, if that is certain.
    pub(super) fn set_export(&self, key: &str) -> Option<Value<'a>> {
        let is_once = self.changes(EXPORTS, key) == Some(1);
        self.set.get(key).copied().filter(|_| is_once)
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
                Statement::ExportDefaultDeclaration(export) => {
                    let value = match &export.declaration {
                        ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                            Some(Value::Function(function))
                        }
                        other => other.as_expression().map(Value::Expression),
                    };
                    if let Some(value) = value {
                        self.exports.insert("default", value);
                        self.declare_inside(value);
                    }
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

    fn declare(&mut self, declaration: &'a Declaration<'a>, exported: bool) {
        match declaration {
            Declaration::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    self.bind_value(id.name.as_str(), Value::Function(function));
                    if exported {
                        let local = Value::Variable(id.name.as_str());
                        self.exports.insert(id.name.as_str(), local);
                    }
                }
                self.declare_inside(Value::Function(function));
            }
            Declaration::VariableDeclaration(variables) => {
                self.declare_variables(variables, exported);
            }
            _ => {}
        }
    }

    fn declare_variables(&mut self, variables: &'a VariableDeclaration<'a>, exported: bool) {
        for variable in &variables.declarations {
            let (BindingPattern::BindingIdentifier(id), Some(value)) =
                (&variable.id, &variable.init)
            else {
                self.declare_parts(variable);
                continue;
            };
            let value = Value::Expression(value);
            self.bind_value(id.name.as_str(), value);
            if exported {
                self.exports
                    .insert(id.name.as_str(), Value::Variable(id.name.as_str()));
            }
            self.declare_inside(value);
        }
    }

    /// `const { a, b: c } = require(source)` imports; other patterns are not known.
    fn declare_parts(&mut self, variable: &'a VariableDeclarator<'a>) {
        let source = match variable.init.as_ref().map(Expression::get_inner_expression) {
            Some(Expression::CallExpression(call)) => call.common_js_require(),
            _ => None,
        };
        if let (BindingPattern::ObjectPattern(parts), Some(source)) = (&variable.id, source)
            && parts.rest.is_none()
        {
            for part in &parts.properties {
                let ids = part.value.get_binding_identifiers();
                let binding = match (&part.value, part.key.static_name()) {
                    (BindingPattern::BindingIdentifier(_), Some(Cow::Borrowed(name))) => {
                        let source = source.value.as_str();
                        Binding::Import { source, name }
                    }
                    _ => Binding::Unknown,
                };
                for id in ids {
                    self.bind(id.name.as_str(), binding);
                }
            }
            return;
        }
        for id in variable.id.get_binding_identifiers() {
            self.bind(id.name.as_str(), Binding::Unknown);
        }
    }

    /// The names inside a function count for the whole module: what is declared twice is unknown.
    fn declare_inside(&mut self, value: Value<'a>) {
        let body = match value {
            Value::Function(function) => function.body.as_deref(),
            Value::Expression(value) => match value.get_inner_expression() {
                Expression::FunctionExpression(function) => function.body.as_deref(),
                Expression::ArrowFunctionExpression(arrow) => arrow.body.as_function_body(),
                _ => None,
            },
            Value::Variable(_) => None,
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
