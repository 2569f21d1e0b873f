//! Who is called and what is imported: names by the module they come from, files that are loaded later.

use std::path::{Path, PathBuf};

use oxc_ast::ast::{Argument, Expression, JSXElementName, JSXMemberExpression, Program};
use oxc_ast_visit::Visit as _;

use super::finders::{Imports, Uses};
use super::node::{Node, Parameter};
use super::statics::{Lookup, Modules};
use super::value::{Binding, Value};

/// A name with where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "it is the name among the three")]
pub(in crate::analyze) struct Name<'a> {
    /// The module it is imported from, as written; none for what the module has itself.
    pub(in crate::analyze) source: Option<&'a str>,
    /// The name there (`default`, or `*` for the whole module), else the local one.
    pub(in crate::analyze) name: &'a str,
    /// The property of it that is meant, as `forRoot` in `RouterModule.forRoot`.
    pub(in crate::analyze) member: Option<&'a str>,
}

/// A call or a construction with `new`.
pub(in crate::analyze) struct Call<'a> {
    /// What is called.
    pub(in crate::analyze) name: Name<'a>,
    /// What with, up to the first argument that is spread.
    pub(in crate::analyze) arguments: Vec<Node<'a>>,
}

/// What a value is of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::analyze) struct Target {
    /// The file.
    pub(in crate::analyze) path: PathBuf,
    /// The same as reports show it: relative to the project, with `..` for what lies beside it.
    pub(in crate::analyze) file: String,
    /// The name that it exports it as.
    pub(in crate::analyze) export: String,
}

impl<'a> Name<'a> {
    /// A name of the module itself, or of the language.
    pub(super) fn local(name: &'a str) -> Self {
        Self {
            source: None,
            name,
            member: None,
        }
    }

    pub(super) fn member(self, name: &'a str) -> Self {
        let member = Some(name);
        Self { member, ..self }
    }

    /// The last part: `forRoot` in `RouterModule.forRoot`, `lazy` in `React.lazy`.
    pub(in crate::analyze) fn last(&self) -> &'a str {
        self.member.unwrap_or(self.name)
    }

    /// Whether it comes from one of the packages `sources`, or one of their entries as in `package/dom`.
    pub(in crate::analyze) fn is_from(&self, sources: &[&str]) -> bool {
        self.source.is_some_and(|source| {
            sources.iter().any(|one| {
                let rest = source.strip_prefix(one);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        })
    }
}

/// How many modules may pass on what one imports.
const MAX_FORWARDS: usize = 16;

impl<'a> Modules<'a> {
    /// The call or construction that `node` is, or that made what it names.
    pub(in crate::analyze) fn call(&self, node: &Node<'a>) -> Option<Call<'a>> {
        let node = self.resolve(node)?;
        let (callee, arguments) = match node.expression()? {
            Expression::CallExpression(call) => (&call.callee, &call.arguments),
            Expression::NewExpression(call) => (&call.callee, &call.arguments),
            _ => return None,
        };
        let name = self.name(&node.at(callee))?;
        let known = arguments.iter().map_while(Argument::as_expression);
        let arguments = known.map(|argument| node.at(argument)).collect();
        Some(Call { name, arguments })
    }

    /// The name that `node` is, by the module it comes from: `Home`, `pages.Home`, `React.lazy`.
    pub(in crate::analyze) fn name(&self, node: &Node<'a>) -> Option<Name<'a>> {
        let node = self.step(node)?;
        match node.expression()? {
            Expression::Identifier(id) => Some(self.name_of(&node, id.name.as_str())),
            Expression::StaticMemberExpression(member) => {
                let object = self.name(&node.at(&member.object))?;
                Some(object.member(member.property.name.as_str()))
            }
            _ => None,
        }
    }

    /// The file that is loaded when `node` is needed: `() => import('./a')` with or without `.then`, in `lazy(…)` or any
    /// other call, or a name for one.
    pub(in crate::analyze) fn lazy(&self, node: &Node<'a>) -> Option<Target> {
        let node = self.written(node)?;
        match node.expression() {
            Some(Expression::CallExpression(call)) => {
                let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
                let is_later = |value: &Expression<'_>| {
                    let inner = value.get_inner_expression();
                    inner.is_function() || matches!(inner, Expression::CallExpression(_))
                };
                let found = arguments.find_map(|argument| {
                    is_later(argument).then(|| self.lazy(&node.at(argument)))?
                });
                found.or_else(|| {
                    let made = self.resolve(&node)?;
                    (!made.is_same(&node)).then(|| self.lazy(&made))?
                })
            }
            Some(Expression::ObjectExpression(_)) => ["Component", "component", "default"]
                .iter()
                .find_map(|key| match self.get(&node, key) {
                    Lookup::Found(value) => self.lazy(&value),
                    _ => None,
                }),
            _ => self.imported_in(&node),
        }
    }

    /// Where the component (or whatever else) that `node` names or is an element of is written, through all modules that
    /// pass it on and files that are loaded later. None for what a package has.
    pub(in crate::analyze) fn origin(&self, node: &Node<'a>) -> Option<Target> {
        let node = self.step(node)?;
        if let Some(target) = self.lazy(&node) {
            return Some(target);
        }
        if let Some(Expression::StaticMemberExpression(member)) = node.expression() {
            let object = node.at(&member.object);
            return self.lazy(&object).or_else(|| {
                match self.get(&object, member.property.name.as_str()) {
                    Lookup::Found(value) => self.origin(&value),
                    _ => None,
                }
            });
        }
        let name = match super::jsx::element_of(&node) {
            Some(element) => match &element.opening_element.name {
                JSXElementName::MemberExpression(member) => {
                    return self.origin_of_member(&node, member);
                }
                name => Some(name.get_identifier()?.name.as_str()),
            },
            None => match node.expression() {
                Some(Expression::Identifier(id)) => Some(id.name.as_str()),
                _ => None,
            },
        };
        match name {
            Some(name) => self.origin_of(&node, name, name),
            None => self.here(&node, "default"),
        }
    }

    /// Every call, construction and JSX element in the module at `path` whose name ends in one of `names`, outer ones first.
    pub(in crate::analyze) fn uses(&self, path: &Path, names: &[&str]) -> Vec<Node<'a>> {
        self.uses_of(path, &|name| names.contains(&name))
    }

    /// As [`Modules::uses`], for the names that `wanted` holds of.
    pub(in crate::analyze) fn uses_of(
        &self,
        path: &Path,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Vec<Node<'a>> {
        let Some(module) = self.loader.load(path) else {
            return Vec::new();
        };
        let program: &'a Program<'a> = module.program;
        let mut uses = Uses {
            wanted,
            at: Node::new(Value::Module, module, 0),
            outer: Vec::new(),
            found: Vec::new(),
        };
        uses.visit_program(program);
        uses.found
    }

    /// The object whose method the call `node` calls, as `a` in `a.b()`.
    pub(in crate::analyze) fn receiver(node: &Node<'a>) -> Option<Node<'a>> {
        let Expression::CallExpression(call) = node.expression()? else {
            return None;
        };
        match call.callee.get_inner_expression() {
            Expression::StaticMemberExpression(member) => Some(node.at(&member.object)),
            Expression::CallExpression(_) => Some(node.at(&call.callee)),
            _ => None,
        }
    }

    /// What is called by the call `node`, or rendered by the JSX element that it is; none for a member such as `<a.B />`.
    pub(in crate::analyze) fn subject(node: &Node<'a>) -> Option<Node<'a>> {
        if let Some(element) = super::jsx::element_of(node) {
            return match &element.opening_element.name {
                JSXElementName::IdentifierReference(id) => {
                    Some(node.with(Value::Variable(id.name.as_str())))
                }
                _ => None,
            };
        }
        match node.expression()? {
            Expression::CallExpression(call) => Some(node.at(&call.callee)),
            Expression::NewExpression(call) => Some(node.at(&call.callee)),
            _ => None,
        }
    }

    pub(super) fn name_of(&self, node: &Node<'a>, local: &'a str) -> Name<'a> {
        match (node.parameter(local), node.module.bindings(local)) {
            (Parameter::None, [Binding::Import { source, name }]) => {
                self.passed_on(node, source, name, 0)
            }
            _ => Name::local(local),
        }
    }

    /// The name in the module that has it, when those between only pass it on.
    fn passed_on(&self, from: &Node<'a>, source: &'a str, name: &'a str, depth: usize) -> Name<'a> {
        let own = Name {
            source: Some(source),
            name,
            member: None,
        };
        let module = self
            .loader
            .find(&from.module, source)
            .and_then(|file| self.loader.load(&file));
        let Some(module) = module.filter(|_| depth < MAX_FORWARDS) else {
            return own;
        };
        let next = match module.export(name) {
            Some(Value::Foreign(source, name)) => Some((source, name)),
            Some(Value::Variable(local)) => match module.bindings(local) {
                [Binding::Import { source, name }] => Some((*source, *name)),
                _ => None,
            },
            _ => None,
        };
        match next {
            Some((source, name)) => {
                let there = Node::new(Value::Module, module, from.steps);
                self.passed_on(&there, source, name, depth.saturating_add(1))
            }
            None => own,
        }
    }

    /// `<route.element />`
    fn origin_of_member(
        &self,
        node: &Node<'a>,
        member: &'a JSXMemberExpression<'a>,
    ) -> Option<Target> {
        let name = member.get_identifier()?.name.as_str();
        let object = match self.parameter(node, name) {
            Parameter::Known(argument) => argument,
            Parameter::None => node.with(Value::Variable(name)),
            Parameter::Part(..) | Parameter::Unknown => return None,
        };
        match self.get(&object, member.property.name.as_str()) {
            Lookup::Found(value) => self.origin(&value),
            _ => None,
        }
    }

    /// As [`Modules::origin`], for what `name` is, which the module exports as `export` if it has it itself.
    fn origin_of(&self, node: &Node<'a>, name: &str, export: &str) -> Option<Target> {
        match self.parameter(node, name) {
            Parameter::Known(argument) => return self.origin(&argument),
            Parameter::None => {}
            Parameter::Part(..) | Parameter::Unknown => return None,
        }
        match node.module.bindings(name) {
            [Binding::Import { source, name }] => self.origin_there(node, source, name),
            [Binding::Value(value)] => {
                let value = node.outside(*value);
                self.lazy(&value).or_else(|| match value.expression() {
                    Some(Expression::Identifier(_)) => self.origin(&value),
                    _ => self.here(node, export),
                })
            }
            _ => self.here(node, export),
        }
    }

    fn origin_there(&self, from: &Node<'a>, source: &str, name: &str) -> Option<Target> {
        let from = self.step(from)?;
        let path = self.loader.find(&from.module, source)?;
        self.origin_at(&from, path, name)
    }

    /// Where what the module at `path` exports as `name` is written.
    fn origin_at(&self, from: &Node<'a>, path: PathBuf, name: &str) -> Option<Target> {
        let from = self.step(from)?;
        let target = self.target(path, name);
        let Some(module) = self.loader.load(&target.path) else {
            return Some(target);
        };
        let there = Node::new(Value::Module, module, from.steps);
        match there.module.export(name) {
            Some(Value::Foreign(source, name)) => self.origin_there(&there, source, name),
            Some(Value::Variable(local)) => self.origin_of(&there, local, name),
            Some(value) => {
                let value = there.with(value);
                self.lazy(&value).or_else(|| match value.expression() {
                    Some(Expression::Identifier(id)) => {
                        self.origin_of(&there, id.name.as_str(), name)
                    }
                    _ => Some(target),
                })
            }
            None => {
                let mut forwards = there.module.forwards.iter();
                let found = forwards.find_map(|source| {
                    let found = self.origin_there(&there, source, name)?;
                    let module = self.loader.load(&found.path)?;
                    (found.export != name || module.export(name).is_some()).then_some(found)
                });
                found.or(Some(target))
            }
        }
    }

    /// The file that `node` is written in.
    fn here(&self, node: &Node<'a>, export: &str) -> Option<Target> {
        let path = node.module.path.clone();
        (!node.file().is_empty()).then(|| self.target(path, export))
    }

    fn target(&self, path: PathBuf, export: &str) -> Target {
        Target {
            file: self.loader.resolver.shown(&path),
            path,
            export: export.to_owned(),
        }
    }

    /// The module that the function `node` imports.
    fn imported_in(&self, node: &Node<'a>) -> Option<Target> {
        let mut imports = Imports::default();
        match (node.value, node.expression()) {
            (Value::Function(function), _) => imports.visit_function_body(function.body.as_ref()?),
            (_, Some(Expression::FunctionExpression(function))) => {
                imports.visit_function_body(function.body.as_ref()?);
            }
            (_, Some(Expression::ArrowFunctionExpression(arrow))) => {
                imports.visit_arrow_function_body(&arrow.body);
            }
            (_, Some(Expression::ImportExpression(import))) => {
                imports.visit_import_expression(import);
            }
            _ => return None,
        }
        let source = self.string(&node.at(imports.source?))?;
        let path = self.loader.find(&node.module, &source)?;
        self.origin_at(node, path, imports.export.unwrap_or("default"))
    }
}
