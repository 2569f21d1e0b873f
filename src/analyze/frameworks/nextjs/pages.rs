//! The pages router: every file under `pages/` is a page, those under `pages/api/` are endpoints.

use super::{Found, Place, Router, segment};
use crate::analyze::project::Sources;
use crate::analyze::secondary::is_secondary;

/// Paths that are no routes: what frames or replaces the pages.
/// <https://nextjs.org/docs/pages/building-your-application/routing/custom-error>
const SPECIAL: [&str; 5] = ["/_app", "/_document", "/_error", "/404", "/500"];

/// Next.js 12.0 and 12.1 had middleware in files of this name in any folder of pages.
/// <https://nextjs.org/docs/messages/nested-middleware>
const MIDDLEWARE: &str = "_middleware";

/// Finds the pages and endpoints under `folder` (`pages` or `src/pages`).
pub(super) fn find<'s>(sources: &Sources<'s>, folder: &str, extensions: &[String]) -> Router<'s> {
    let mut router = Router::default();
    for file in sources
        .files
        .iter()
        .filter(|file| !is_secondary(&file.path))
    {
        let inside = file.path.strip_prefix(folder);
        let Some(inside) = inside.and_then(|path| path.strip_prefix('/')) else {
            continue;
        };
        let stem = extensions.iter().find_map(|extension| {
            let stem = inside.strip_suffix(extension.as_str())?;
            stem.strip_suffix('.')
        });
        let Some(stem) = stem else {
            continue;
        };
        let path = path(stem);
        if stem.rsplit('/').next() == Some(MIDDLEWARE) {
            router.middleware = router.middleware.or(Some(&file.path));
            continue;
        }
        if SPECIAL.contains(&path.as_str()) {
            continue;
        }
        let found = Found {
            path,
            file: &file.path,
            place: Place::Own,
        };
        if stem == "api" || stem.starts_with("api/") {
            router.endpoints.push(found);
        } else {
            router.pages.push(found);
        }
    }
    router
}

/// `index` stands for its folder, once: `index/index` is the page `/index`.
/// <https://nextjs.org/docs/pages/building-your-application/routing/pages-and-layouts#index-routes>
fn path(stem: &str) -> String {
    let mut segments: Vec<String> = stem.split('/').map(segment::in_pages).collect();
    if segments.last().is_some_and(|last| last == "index") {
        segments.pop();
    }
    segment::path(&segments)
}
