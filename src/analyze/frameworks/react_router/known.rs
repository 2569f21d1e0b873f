//! What the functions and elements of React Router are, also by another name or in a wrapper.

use crate::analyze::parse::{Modules, Name, Node};

/// The packages that have them, in all their versions.
const PACKAGES: [&str; 4] = [
    "react-router",
    "react-router-dom",
    "react-router-native",
    "react-router-dom-v5-compat",
];

/// Routers with the same elements, whose names come from version 5 of React Router:
/// <https://github.com/molefrog/wouter>, <https://docs.solidjs.com/solid-router>, <https://reach.tech/router/>,
/// <https://preactjs.com/guide/v10/preact-iso/>, <https://github.com/preactjs/preact-router>
const LIKE: [&str; 6] = [
    "wouter",
    "wouter-preact",
    "@solidjs/router",
    "@reach/router",
    "preact-iso",
    "preact-router",
];

/// Those whose `<Router>` holds the routes itself.
const IN_ROUTER: [&str; 3] = ["@reach/router", "preact-iso", "preact-router"];

/// The routers of Solid, which hold routes as elements or as objects, also in `<Routes>` inside:
/// <https://docs.solidjs.com/solid-router/getting-started/config>
const SOLID: [&str; 3] = ["Router", "HashRouter", "MemoryRouter"];

/// A part of React Router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// `<Route>`.
    Route,
    /// `<Routes>`, whose routes are relative to the one it is rendered in: <https://reactrouter.com/api/components/Routes>
    Routes,
    /// `<Switch>` of version 5: <https://v5.reactrouter.com/web/api/Switch>
    Switch,
    /// `<BrowserRouter>` and its like.
    Router,
    /// `<Navigate>`, and `<Redirect>` of version 5: <https://v5.reactrouter.com/web/api/Redirect>
    Redirect,
    /// `createBrowserRouter` and its like: <https://reactrouter.com/api/data-routers/createBrowserRouter>
    Create,
    /// `createMemoryRouter`, whose paths are no addresses: <https://reactrouter.com/api/data-routers/createMemoryRouter>
    Memory,
    /// `useRoutes`: <https://reactrouter.com/api/hooks/useRoutes>
    Use,
    /// `createRoutesFromElements`: <https://reactrouter.com/api/utils/createRoutesFromElements>
    FromElements,
    /// `redirect` and its like: <https://reactrouter.com/api/utils/redirect>
    Redirecting,
}

/// What the call or element `node` is of React Router: by where its name comes from; else, as with
/// `Sentry.withSentryReactRouterV7Routing(Routes)`, by what the function that made it was given.
/// <https://docs.sentry.io/platforms/javascript/guides/react/features/react-router/>
pub(super) fn part<'a>(modules: &Modules<'a>, node: &Node<'a>) -> Option<Part> {
    let subject = Modules::subject(node);
    let name = modules
        .tag(node)
        .or_else(|| modules.name(subject.as_ref()?));
    if let Some(name) = name {
        if name.is_from(&PACKAGES) {
            return of_name(&name);
        }
        if name.is_from(&LIKE) {
            return if name.last() == "Router" && name.is_from(&IN_ROUTER) {
                Some(Part::Switch)
            } else if SOLID.contains(&name.last()) && name.is_from(&["@solidjs/router"]) {
                Some(Part::Routes)
            } else {
                of_name(&name)
            };
        }
    }
    let made = modules.call(&subject?)?;
    let mut arguments = made.arguments.iter();
    arguments.find_map(|argument| {
        let name = modules.name(argument)?;
        of_name(&name).filter(|_| name.is_from(&PACKAGES))
    })
}

/// Whether the part that `node` is belongs to a router that is only like React Router.
pub(super) fn is_alike<'a>(modules: &Modules<'a>, node: &Node<'a>) -> bool {
    let name = modules
        .tag(node)
        .or_else(|| modules.name(&Modules::subject(node)?));
    name.is_some_and(|name| name.is_from(&LIKE))
}

/// Whether this may be the name of a part, as it is written.
pub(super) fn is_likely(name: &str) -> bool {
    matches!(name, "Switch" | "Redirect") || name.contains("Route") || name.contains("route")
}

fn of_name(name: &Name<'_>) -> Option<Part> {
    Some(match name.last() {
        "Route" | "CompatRoute" => Part::Route,
        "Routes" => Part::Routes,
        "Switch" => Part::Switch,
        "Redirect" | "Navigate" => Part::Redirect,
        "createBrowserRouter"
        | "createHashRouter"
        | "createMemoryRouter"
        | "createStaticRouter" => Part::Create,
        "useRoutes" => Part::Use,
        "createRoutesFromElements" | "createRoutesFromChildren" => Part::FromElements,
        "redirect" | "replace" | "redirectDocument" => Part::Redirecting,
        other if other.ends_with("Router") => Part::Router,
        _ => return None,
    })
}
