//! Components: functions and classes with a capital name, at the top level of a module, that return JSX; and Vue's options.

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, BindingPattern, CallExpression, Class,
    ClassElement, Declaration, ExportDefaultDeclarationKind, Expression, Function,
    ObjectExpression, ObjectPropertyKind, Program, Statement, TSNamespaceDeclarationBody,
    VariableDeclaration,
};

use super::decorators::is_decorated;
use super::returns::{Wanted, expression_returns, function_returns};

/// How deep components are looked for in objects, namespaces and calls inside one another.
const MAX_DEPTH: usize = 16;

/// Calls that do something with a list or a promise: what their function returns is no component.
const NO_WRAPPERS: [&str; 9] = [
    "map", "flatMap", "filter", "reduce", "forEach", "find", "from", "then", "replace",
];

/// Calls that make a component of Vue of options or of a setup function.
/// <https://vuejs.org/api/general.html#definecomponent>
const VUE_WRAPPERS: [&str; 4] = [
    "defineComponent",
    "defineNuxtComponent",
    "extend",
    "component",
];

/// How many components `program` declares or exports as its default.
///
/// React tells components from elements by the capital: <https://react.dev/learn/your-first-component>. A function
/// inside `memo`, `forwardRef`, `component$` and their like counts; so does one at a capital key of an object
/// (`Card.Header`), for JSX can name it so; one inside another component does not, nor a generator, which no library
/// renders.
pub(super) fn count(program: &Program<'_>) -> u64 {
    in_statements(&program.body, 0)
}

fn in_statements(statements: &[Statement<'_>], depth: usize) -> u64 {
    statements
        .iter()
        .map(|statement| in_statement(statement, depth))
        .sum()
}

fn in_statement(statement: &Statement<'_>, depth: usize) -> u64 {
    match statement {
        Statement::ExportDeclaration(export) => in_declaration(&export.declaration, depth),
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                u64::from(function_returns(function, Wanted::Jsx))
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                u64::from(is_component_class(class))
            }
            other => other
                .as_expression()
                .map_or(0, |value| in_value(value, true, depth)),
        },
        Statement::ExpressionStatement(statement) => match &statement.expression {
            Expression::AssignmentExpression(assignment) => in_assignment(assignment, depth),
            _ => 0,
        },
        other => other
            .as_declaration()
            .map_or(0, |declaration| in_declaration(declaration, depth)),
    }
}

fn in_declaration(declaration: &Declaration<'_>, depth: usize) -> u64 {
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            let named = function.id.as_ref().is_some_and(|id| is_capital(&id.name));
            u64::from(named && function_returns(function, Wanted::Jsx))
        }
        Declaration::ClassDeclaration(class) => u64::from(is_component_class(class)),
        Declaration::VariableDeclaration(variables) => in_variables(variables, depth),
        Declaration::TSNamespaceDeclaration(namespace) if depth < MAX_DEPTH => {
            match &namespace.body {
                TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                    in_statements(&block.body, depth.saturating_add(1))
                }
                TSNamespaceDeclarationBody::TSNamespaceDeclaration(_) => 0,
            }
        }
        _ => 0,
    }
}

fn in_variables(variables: &VariableDeclaration<'_>, depth: usize) -> u64 {
    let each = variables.declarations.iter().map(|variable| {
        let name = match &variable.id {
            BindingPattern::BindingIdentifier(id) => id.name.as_str(),
            _ => "",
        };
        let value = variable.init.as_ref();
        value.map_or(0, |value| in_value(value, is_capital(name), depth))
    });
    each.sum()
}

/// `Card.Header = …`, `exports.Card = …`, `module.exports = …`, `Card = …`.
fn in_assignment(assignment: &AssignmentExpression<'_>, depth: usize) -> u64 {
    let named = match &assignment.left {
        AssignmentTarget::AssignmentTargetIdentifier(id) => is_capital(&id.name),
        AssignmentTarget::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            let module =
                matches!(&member.object, Expression::Identifier(id) if id.name == "module");
            is_capital(name) || (module && name == "exports")
        }
        _ => false,
    };
    in_value(&assignment.right, named, depth)
}

/// How many components `value` is or holds; itself it is one only where it is `named` as one.
fn in_value(value: &Expression<'_>, named: bool, depth: usize) -> u64 {
    match value.get_inner_expression() {
        Expression::ObjectExpression(object) if named && is_options(object) => 1,
        Expression::ObjectExpression(object) if depth < MAX_DEPTH => in_object(object, depth),
        value => u64::from(named && is_component(value, depth)),
    }
}

fn in_object(object: &ObjectExpression<'_>, depth: usize) -> u64 {
    let each = object.properties.iter().map(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => {
            let named = property
                .key
                .static_name()
                .is_some_and(|name| is_capital(&name));
            in_value(&property.value, named, depth.saturating_add(1))
        }
        ObjectPropertyKind::SpreadProperty(_) => 0,
    });
    each.sum()
}

/// Whether `value` is a function that returns JSX, a class that renders it, or a call that wraps one of them.
fn is_component(value: &Expression<'_>, depth: usize) -> bool {
    if depth >= MAX_DEPTH {
        return false;
    }
    let depth = depth.saturating_add(1);
    match value.get_inner_expression() {
        Expression::CallExpression(call) => wraps_component(call, depth),
        Expression::ClassExpression(class) => renders(class),
        Expression::ConditionalExpression(either) => {
            is_component(&either.consequent, depth) || is_component(&either.alternate, depth)
        }
        function => expression_returns(function, Wanted::Jsx),
    }
}

fn wraps_component(call: &CallExpression<'_>, depth: usize) -> bool {
    let name = call.callee_name().unwrap_or_default();
    let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
    if VUE_WRAPPERS.contains(&name) {
        return arguments.any(|argument| match argument.get_inner_expression() {
            Expression::ObjectExpression(object) => is_options(object) || has(object, "template"),
            function => expression_returns(function, Wanted::JsxOrRender),
        });
    }
    let first = arguments.next().filter(|_| !NO_WRAPPERS.contains(&name));
    first.is_some_and(|first| is_component(first, depth))
}

/// Whether `object` has the options of a component of Vue that renders itself.
/// <https://vuejs.org/api/options-rendering.html#render>
fn is_options(object: &ObjectExpression<'_>) -> bool {
    object.properties.iter().any(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => match property.key.static_name().as_deref()
        {
            Some("render") => expression_returns(&property.value, Wanted::Jsx),
            Some("setup") => expression_returns(&property.value, Wanted::Render),
            _ => false,
        },
        ObjectPropertyKind::SpreadProperty(_) => false,
    })
}

fn has(object: &ObjectExpression<'_>, key: &str) -> bool {
    object.properties.iter().any(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => property.key.is_specific_static_name(key),
        ObjectPropertyKind::SpreadProperty(_) => false,
    })
}

/// Whether a class that extends another, or is decorated, renders JSX.
/// A class of React, or one of Angular: <https://angular.dev/guide/components>.
fn is_component_class(class: &Class<'_>) -> bool {
    renders(class) || is_decorated(class, "Component")
}

fn renders(class: &Class<'_>) -> bool {
    let is_special = class.heritage.is_some() || !class.decorators.is_empty();
    is_special
        && class.body.body.iter().any(|element| match element {
            ClassElement::MethodDefinition(method) => {
                method.key.is_specific_static_name("render") && returns_jsx(&method.value)
            }
            ClassElement::PropertyDefinition(property) => {
                let value = property.value.as_ref();
                property.key.is_specific_static_name("render")
                    && value.is_some_and(|value| expression_returns(value, Wanted::Jsx))
            }
            _ => false,
        })
}

fn returns_jsx(function: &Function<'_>) -> bool {
    function_returns(function, Wanted::Jsx)
}

fn is_capital(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use crate::analyze::parse::script;

    fn count(text: &str) -> u64 {
        script("a.tsx", text).unwrap().components
    }

    #[test]
    fn each_way_of_writing_one_component_counts_it() {
        for text in [
            "export const Card = { Header: () => <a />, count: 1 }",
            "export const Card = { Header() { return <a /> } }",
            "const parts = { deep: { Header: memo(() => <a />) } }",
            "export default { Header: () => <a /> }",
            "Card.Header = function () { return <a /> }",
            "let Card; Card = () => <a />",
            "exports.Card = () => <a />",
            "module.exports = () => <a />",
            "namespace Ui { export function Card() { return <a /> } }",
            "export const Card = old ? () => null : () => <a />",
            "export const Card = component$(() => <a />)",
            "export default component$<Props>((props) => { return <a /> })",
            "export const Card = connect(state)(({ a }) => <a />)",
            "export const Card = React.memo(React.forwardRef(function Card(props, ref) { return <a /> }))",
            "export const Card: Component = (props) => <a />",
            "export const Card = withTheme(class extends Component { render = () => <a /> })",
            "@Component({}) export class Card { render() { return <a /> } }",
            "export class Card extends LitElement { render() { return html`<a></a>` } }",
            "export default defineComponent({ setup() { return () => <a /> } })",
            "export const Card = defineComponent({ props: {}, render() { return h('a') } })",
            "export const Card = defineComponent((props) => { return () => <a /> })",
            "export const Card = defineComponent({ template: '<a></a>' })",
            "export default { name: 'card', render() { return <a /> } }",
            "export default { setup: () => () => h('a') }",
            "export default Vue.extend({ render: (h) => h('a') })",
            "export async function Card() { return <a /> }",
            "function Card() { const row = () => <a />; return row() }",
            "function Card() { function row() { return <a /> } return row() }",
            "function Card() { switch (a) { case 1: return null; default: return <a /> } }",
            "function Card() { for (;;) { if (a) { return <a /> } } }",
            "function Card() { let all = []; all = xs.map((x) => <a />); return all }",
            "const Card = () => <a />; export default Card",
            "const Card = () => <a />; export default memo(Card)",
        ] {
            assert_eq!(count(text), 1, "{text}");
        }
    }

    #[test]
    fn what_returns_no_jsx_or_has_no_name_of_a_component_is_none() {
        for text in [
            "export const useCard = () => <a />",
            "export const columns = [{ Cell: () => <a /> }]",
            "export const column = { cell: () => <a /> }",
            "export const Route = createRoute('/')({ component: () => <a /> })",
            "export const Rows = rows.map((row) => <a />)",
            "export function* Card() { yield <a />; return <a /> }",
            "export const Card = lazy(() => import('./card'))",
            "export const Card = connect(state)(View)",
            "export function withCard(Inner) { return function Card() { return <Inner /> } }",
            "export default { name: 'card', data() { return { a: <a /> } } }",
            "export default { setup() { return { a: 1 } } }",
            "export default defineConfig({ plugins: [] })",
            "export const Card = styled.div`color: red`",
            "export const Sizes = { Large: 'lg' }",
            "export class Card { render() { return <a /> } }",
            "describe('Card', () => <a />)",
            "declare module 'x' { function Card(): JSX.Element }",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
        assert_eq!(
            count("const A = { B: () => <a />, C: () => <a /> }; A.D = () => <a />"),
            3
        );
    }

    #[test]
    fn deep_nests_end() {
        for (open, close) in [("{ A: ", " }"), ("memo(", ")"), ("a ? b : ", "")] {
            let text = format!(
                "export const A = {}() => <a />{}",
                open.repeat(200),
                close.repeat(200)
            );
            assert!(count(&text) <= 1, "{open}");
        }
    }
}
