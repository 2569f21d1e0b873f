//! What a route's module exports: handlers of HTTP methods, everything of other modules, pages that only redirect.

use oxc_ast::ast::{
    ArrowFunctionBody, BindingPattern, Declaration, ExportDefaultDeclarationKind, Expression,
    Function, FunctionBody, ImportOrExportKind, ModuleExportName, ObjectPropertyKind, Program,
    Statement,
};

/// The methods a route handler may export.
/// <https://nextjs.org/docs/app/api-reference/file-conventions/route>
pub(in crate::analyze) const METHODS: [&str; 7] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/// Functions of `next/navigation` that never return to the page.
/// <https://nextjs.org/docs/app/api-reference/functions/redirect>
const REDIRECTS: [&str; 2] = ["redirect", "permanentRedirect"];

/// Functions of the pages router that supply a page's data, or redirect instead.
/// <https://nextjs.org/docs/pages/api-reference/functions/get-server-side-props#redirect>
const SUPPLIERS: [&str; 2] = ["getServerSideProps", "getStaticProps"];

/// Functions of Qwik City that answer a request for a page.
/// <https://qwik.dev/docs/endpoints/>
const HANDLERS: [&str; 2] = ["onGet", "onRequest"];

/// The exports that matter.
#[derive(Debug, Default)]
pub(super) struct Exports {
    pub(super) names: Vec<String>,
    pub(super) methods: Vec<&'static str>,
    pub(super) forwards: Vec<String>,
    pub(super) redirects: bool,
}

/// Reads the exports of `program`.
pub(super) fn read(program: &Program<'_>) -> Exports {
    let mut names: Vec<&str> = Vec::new();
    let mut exports = Exports::default();
    for statement in &program.body {
        match statement {
            Statement::ExportDeclaration(export) => {
                declared(&export.declaration, &mut names);
                exports.redirects |= supplies_redirect(&export.declaration)
                    || HANDLERS
                        .iter()
                        .any(|name| declares_redirect(&export.declaration, name));
            }
            Statement::ExportNamedDeclaration(export) => {
                names.extend(
                    export
                        .specifiers
                        .iter()
                        .filter_map(|one| exported(&one.exported)),
                );
            }
            Statement::ExportFromDeclaration(export) => {
                names.extend(
                    export
                        .specifiers
                        .iter()
                        .filter_map(|one| exported(&one.exported)),
                );
            }
            Statement::ExportAllDeclaration(all)
                if all.exported.is_none() && all.export_kind == ImportOrExportKind::Value =>
            {
                exports.forwards.push(all.source.value.to_string());
            }
            Statement::ExportDefaultDeclaration(export) => {
                names.push("default");
                exports.redirects |= default_redirects(&export.declaration, program);
            }
            _ => {}
        }
    }
    exports.redirects |= script_redirects(program);
    let has = |method: &&str| names.contains(method);
    exports.methods = METHODS.into_iter().filter(has).collect();
    exports.names = names.into_iter().map(str::to_owned).collect();
    exports
}

fn exported<'p>(name: &'p ModuleExportName<'_>) -> Option<&'p str> {
    match name {
        ModuleExportName::IdentifierName(name) => Some(name.name.as_str()),
        ModuleExportName::IdentifierReference(name) => Some(name.name.as_str()),
        ModuleExportName::StringLiteral(_) => None,
    }
}

/// The names that a declaration binds, those of `const { GET, POST } = handlers` included.
fn declared<'p>(declaration: &'p Declaration<'_>, names: &mut Vec<&'p str>) {
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            names.extend(function.id.as_ref().map(|id| id.name.as_str()));
        }
        Declaration::VariableDeclaration(variables) => {
            for variable in &variables.declarations {
                let ids = variable.id.get_binding_identifiers();
                names.extend(ids.into_iter().map(|id| id.name.as_str()));
            }
        }
        Declaration::ClassDeclaration(class) => {
            names.extend(class.id.as_ref().map(|id| id.name.as_str()));
        }
        _ => {}
    }
}

/// Whether the default export, or the declaration that it names, is a function that only redirects.
fn default_redirects(export: &ExportDefaultDeclarationKind<'_>, program: &Program<'_>) -> bool {
    match export {
        ExportDefaultDeclarationKind::FunctionDeclaration(function) => function_redirects(function),
        ExportDefaultDeclarationKind::Identifier(id) => program
            .body
            .iter()
            .filter_map(Statement::as_declaration)
            .any(|declaration| declares_redirect(declaration, id.name.as_str())),
        other => other.as_expression().is_some_and(value_redirects),
    }
}

fn declares_redirect(declaration: &Declaration<'_>, name: &str) -> bool {
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            function.id.as_ref().is_some_and(|id| id.name == name) && function_redirects(function)
        }
        Declaration::VariableDeclaration(variables) => variables.declarations.iter().any(|one| {
            matches!(&one.id, BindingPattern::BindingIdentifier(id) if id.name == name)
                && one.init.as_ref().is_some_and(value_redirects)
        }),
        _ => false,
    }
}

fn value_redirects(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::FunctionExpression(function) => function_redirects(function),
        Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => only_redirects(&body.statements),
            value => value.as_expression().is_some_and(is_redirect),
        },
        _ => false,
    }
}

fn function_redirects(function: &Function<'_>) -> bool {
    let body = function.body.as_ref();
    body.is_some_and(|body| only_redirects(&body.statements))
}

/// Whether `statements` do nothing but work out a target and go there, on every way through them.
fn only_redirects(statements: &[Statement<'_>]) -> bool {
    let Some((last, before)) = statements.split_last() else {
        return false;
    };
    always_redirects(last)
        && before.iter().all(|statement| match statement {
            Statement::VariableDeclaration(_) | Statement::EmptyStatement(_) => true,
            Statement::IfStatement(choice) if choice.alternate.is_none() => {
                always_redirects(&choice.consequent)
            }
            _ => false,
        })
}

/// Whether the script of a page of Astro does nothing but return a redirect.
/// <https://docs.astro.build/en/guides/routing/#dynamic-redirects>
fn script_redirects(program: &Program<'_>) -> bool {
    let is_empty = |statement: &&Statement<'_>| matches!(statement, Statement::EmptyStatement(_));
    let mut statements = program.body.iter().filter(|one| !is_empty(one));
    let Some(last) = statements.next_back() else {
        return false;
    };
    matches!(last, Statement::ReturnStatement(_))
        && always_redirects(last)
        && statements.all(|statement| {
            matches!(
                statement,
                Statement::ImportDeclaration(_)
                    | Statement::ExportDeclaration(_)
                    | Statement::VariableDeclaration(_)
            )
        })
}

fn always_redirects(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ExpressionStatement(call) => is_redirect(&call.expression),
        Statement::ReturnStatement(value) => value.argument.as_ref().is_some_and(is_redirect),
        Statement::ThrowStatement(thrown) => is_redirect(&thrown.argument),
        Statement::BlockStatement(block) => only_redirects(&block.body),
        Statement::IfStatement(choice) => {
            let otherwise = choice.alternate.as_ref();
            always_redirects(&choice.consequent) && otherwise.is_some_and(always_redirects)
        }
        _ => false,
    }
}

fn is_redirect(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::CallExpression(call) => {
            matches!(&call.callee, Expression::Identifier(id) if REDIRECTS.contains(&id.name.as_str()))
                || call.callee.is_specific_member_access("Astro", "redirect")
        }
        Expression::AwaitExpression(later) => is_redirect(&later.argument),
        // https://docs.expo.dev/router/reference/redirects/
        Expression::JSXElement(element) => element
            .opening_element
            .name
            .get_identifier_name()
            .is_some_and(|name| name == "Redirect"),
        _ => false,
    }
}

/// Whether this is a data function of the pages router whose every answer is a redirect.
fn supplies_redirect(declaration: &Declaration<'_>) -> bool {
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            let named = |id: &str| SUPPLIERS.contains(&id);
            function.id.as_ref().is_some_and(|id| named(&id.name))
                && function.body.as_ref().is_some_and(|body| returns_redirect(body))
        }
        Declaration::VariableDeclaration(variables) => variables.declarations.iter().any(|one| {
            matches!(&one.id, BindingPattern::BindingIdentifier(id) if SUPPLIERS.contains(&id.name.as_str()))
                && one.init.as_ref().is_some_and(|value| match value.get_inner_expression() {
                    Expression::FunctionExpression(function) => {
                        function.body.as_ref().is_some_and(|body| returns_redirect(body))
                    }
                    Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
                        ArrowFunctionBody::FunctionBody(body) => returns_redirect(body),
                        value => value.as_expression().is_some_and(is_redirect_answer),
                    },
                    _ => false,
                })
        }),
        _ => false,
    }
}

fn returns_redirect(body: &FunctionBody<'_>) -> bool {
    let Some((last, before)) = body.statements.split_last() else {
        return false;
    };
    matches!(last, Statement::ReturnStatement(answer) if answer.argument.as_ref().is_some_and(is_redirect_answer))
        && before
            .iter()
            .all(|statement| matches!(statement, Statement::VariableDeclaration(_)))
}

fn is_redirect_answer(value: &Expression<'_>) -> bool {
    let Expression::ObjectExpression(answer) = value.get_inner_expression() else {
        return false;
    };
    answer.properties.iter().any(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => {
            property.key.is_specific_static_name("redirect")
        }
        ObjectPropertyKind::SpreadProperty(_) => false,
    })
}
