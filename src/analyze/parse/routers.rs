//! Whether a script has to do with routes: the functions and elements of routers that it uses.

use oxc_ast::ast::{CallExpression, JSXOpeningElement, NewExpression, Program};
use oxc_ast_visit::{Visit, walk};

use super::finders::{last_name, last_of};

/// Functions and elements that make or hold routes, of all routers whose routes are written as code.
/// <https://reactrouter.com/api/data-routers/createBrowserRouter>
/// <https://router.vuejs.org/api/#createRouter>
/// <https://angular.dev/api/router/provideRouter>, <https://analogjs.org/docs/features/routing/overview>
/// <https://tanstack.com/router/latest/docs/framework/react/routing/code-based-routing>
/// <https://docs.solidjs.com/solid-router/reference/components/router>
/// <https://marmelab.com/react-admin/Resource.html>
const NAMES: [&str; 42] = [
    "BrowserRouter",
    "CustomRoutes",
    "FlatRoutes",
    "HashRouter",
    "MemoryRouter",
    "Redirect",
    "Resource",
    "Route",
    "Router",
    "Routes",
    "Switch",
    "ViteSSG",
    "VueRouter",
    "addRoute",
    "addRoutes",
    "bootstrapModule",
    "createBrowserRouter",
    "createHashRouter",
    "createMemoryRouter",
    "createRootRoute",
    "createRootRouteWithContext",
    "createRoute",
    "createRouter",
    "createRoutesFromChildren",
    "createRoutesFromElements",
    "forChild",
    "forRoot",
    "provideFileRouter",
    "provideRouter",
    "renderRoutes",
    "useRoutes",
    "withSentryReactRouterV6Routing",
    "withSentryReactRouterV7Routing",
    "withSentryRouting",
    "wrapCreateBrowserRouter",
    "wrapCreateBrowserRouterV6",
    "wrapCreateBrowserRouterV7",
    "wrapCreateMemoryRouterV6",
    "wrapCreateMemoryRouterV7",
    "wrapUseRoutes",
    "wrapUseRoutesV6",
    "wrapUseRoutesV7",
];

/// Those of [`NAMES`] that `program` uses, sorted.
pub(super) fn read(program: &Program<'_>) -> Vec<&'static str> {
    let mut names = Names([false; NAMES.len()]);
    names.visit_program(program);
    let used = NAMES.into_iter().zip(names.0);
    used.filter_map(|(name, is_used)| is_used.then_some(name))
        .collect()
}

struct Names([bool; NAMES.len()]);

impl Names {
    fn add(&mut self, name: Option<&str>) {
        let found = name.and_then(|name| NAMES.binary_search(&name).ok());
        if let Some(used) = found.and_then(|at| self.0.get_mut(at)) {
            *used = true;
        }
    }
}

impl<'a> Visit<'a> for Names {
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.add(last_name(&it.callee));
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.add(last_name(&it.callee));
        walk::walk_new_expression(self, it);
    }

    fn visit_jsx_opening_element(&mut self, it: &JSXOpeningElement<'a>) {
        self.add(last_of(&it.name));
        walk::walk_jsx_opening_element(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::super::mentions::{Mention, Mentions};
    use super::super::script;
    use super::*;

    #[test]
    fn names_are_sorted_as_the_search_needs_it() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn each_name_is_a_mention_of_a_router() {
        for name in NAMES {
            assert!(Mentions::of(name).has(Mention::Router), "{name}");
        }
    }

    #[test]
    fn a_script_tells_which_functions_and_elements_of_routers_it_uses() {
        let text =
            "const a = <S.Routes><Route/></S.Routes>; RouterModule.forRoot([]); new Router()";
        let used = script("a.tsx", text).unwrap().routers;
        assert_eq!(used, ["Route", "Router", "Routes", "forRoot"]);
        assert!(
            script("a.tsx", "const Route = 1")
                .unwrap()
                .routers
                .is_empty()
        );
    }
}
