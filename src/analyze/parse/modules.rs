//! The project's modules as tables of names: what each declares, imports, exports and changes later.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, BindingPattern, Declaration,
    ExportDefaultDeclarationKind, Expression, Function, ImportDeclaration,
    ImportDeclarationSpecifier, ModuleExportName, Program, SimpleAssignmentTarget, Statement,
    UpdateExpression, VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk};

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
    loaded: RefCell<HashMap<PathBuf, Option<Rc<Module<'a>>>>>,
}

/// The names of a module.
pub(super) struct Module<'a> {
    path: PathBuf,
    /// What each name is declared as or assigned: with several, it depends on the run which one counts.
    bindings: HashMap<&'a str, Vec<Binding<'a>>>,
    /// How often each name is assigned to in a place that is not seen as a binding.
    unseen: HashMap<&'a str, i64>,
    exports: HashMap<&'a str, Export<'a>>,
    /// Properties that are assigned after their object was made, with the object's variable.
    changed: HashSet<(&'a str, &'a str)>,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Binding<'a> {
    /// A constant.
    Value(Value<'a>),
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

#[derive(Clone, Copy)]
enum Export<'a> {
    Value(Value<'a>),
    Local(&'a str),
}

/// A value as it is written.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// An expression.
    Expression(&'a Expression<'a>),
    /// A declared function.
    Function(&'a Function<'a>),
}

impl<'a> Loader<'a> {
    /// A loader that reads nothing outside `root`.
    pub(super) fn new(allocator: &'a Allocator, root: &Path) -> Self {
        Self {
            allocator,
            root: root.to_owned(),
            loaded: RefCell::default(),
        }
    }

    /// The file that `source` means in `from`; none for packages, which are other people's code.
    pub(super) fn find(&self, from: &Module<'a>, source: &str) -> Option<PathBuf> {
        if !source.starts_with('.') {
            return None;
        }
        let path = from.path.parent()?.join(source);
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
            unseen: HashMap::new(),
            exports: HashMap::new(),
            changed: HashSet::new(),
        };
        module.declare_all(&program.body);
        module.visit_program(program);
        let unseen = std::mem::take(&mut module.unseen);
        for (name, _) in unseen.into_iter().filter(|(_, count)| *count != 0) {
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
        match *self.exports.get(name)? {
            Export::Value(value) => Some(value),
            Export::Local(local) => match self.bindings(local) {
                [Binding::Value(value)] => Some(*value),
                _ => None,
            },
        }
    }

    /// Whether the property `key` of the variable `name` is assigned somewhere.
    pub(super) fn changes(&self, name: &str, key: &str) -> bool {
        self.changed.contains(&(name, key))
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
                            self.exports.insert(name, Export::Local(local));
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
                    self.export_default(value);
                }
                Statement::ExpressionStatement(statement) => {
                    if let Expression::AssignmentExpression(assignment) = &statement.expression {
                        self.assign(assignment);
                    }
                }
                Statement::BlockStatement(block) => self.declare_all(&block.body),
                Statement::IfStatement(choice) => {
                    self.declare_all(std::slice::from_ref(&choice.consequent));
                    if let Some(otherwise) = &choice.alternate {
                        self.declare_all(std::slice::from_ref(otherwise));
                    }
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
                    self.bind(id.name.as_str(), Binding::Value(Value::Function(function)));
                    if exported {
                        let local = Export::Local(id.name.as_str());
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
                for id in variable.id.get_binding_identifiers() {
                    self.bind(id.name.as_str(), Binding::Unknown);
                }
                continue;
            };
            let value = Value::Expression(value);
            self.bind(id.name.as_str(), Binding::Value(value));
            if exported {
                self.exports
                    .insert(id.name.as_str(), Export::Local(id.name.as_str()));
            }
            self.declare_inside(value);
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
        };
        if let Some(body) = body {
            self.declare_all(&body.statements);
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

    fn export_default(&mut self, value: Option<Value<'a>>) {
        if let Some(value) = value {
            self.exports.insert("default", Export::Value(value));
            self.declare_inside(value);
        }
    }

    /// `name = value`, `module.exports = value` and `exports.name = value`.
    fn assign(&mut self, assignment: &'a AssignmentExpression<'a>) {
        if let AssignmentTarget::AssignmentTargetIdentifier(id) = &assignment.left
            && assignment.operator.is_assign()
        {
            let value = Value::Expression(&assignment.right);
            self.bind(id.name.as_str(), Binding::Value(value));
            *self.unseen.entry(id.name.as_str()).or_default() -= 1;
            return;
        }
        let AssignmentTarget::StaticMemberExpression(member) = &assignment.left else {
            return;
        };
        let property = member.property.name.as_str();
        let value = Value::Expression(&assignment.right);
        if member.object.is_specific_id("module") && property == "exports" {
            self.export_default(Some(value));
        } else if member.object.is_specific_id("exports")
            || member.object.is_specific_member_access("module", "exports")
        {
            self.exports.insert(property, Export::Value(value));
        }
    }

    fn bind(&mut self, name: &'a str, binding: Binding<'a>) {
        self.bindings.entry(name).or_default().push(binding);
    }
}

/// Finds what is assigned to after its declaration.
impl<'a> Visit<'a> for Module<'a> {
    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        if let AssignmentTarget::AssignmentTargetIdentifier(id) = &it.left {
            *self.unseen.entry(id.name.as_str()).or_default() += 1;
        }
        if let AssignmentTarget::StaticMemberExpression(member) = &it.left
            && let Expression::Identifier(object) = &member.object
        {
            let property = member.property.name.as_str();
            self.changed.insert((object.name.as_str(), property));
        }
        walk::walk_assignment_expression(self, it);
    }

    fn visit_update_expression(&mut self, it: &UpdateExpression<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(id) = &it.argument {
            *self.unseen.entry(id.name.as_str()).or_default() += 1;
        }
    }
}

fn name<'a>(name: &'a ModuleExportName<'a>) -> Option<&'a str> {
    match name {
        ModuleExportName::IdentifierName(name) => Some(name.name.as_str()),
        ModuleExportName::IdentifierReference(name) => Some(name.name.as_str()),
        ModuleExportName::StringLiteral(_) => None,
    }
}
