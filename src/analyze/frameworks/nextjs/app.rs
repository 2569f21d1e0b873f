//! The app router: `page` and `route` files under `app/`.

use super::segment::{self, Segment};
use super::{Found, Place, Router};
use crate::analyze::project::Sources;
use crate::analyze::secondary::is_secondary;

/// Finds the pages and endpoints under `folder` (`app` or `src/app`).
///
/// Only `page` and `route` files make a folder visitable; layouts, `not-found`, `default`, metadata files such as
/// `sitemap.ts` and their like do not. <https://nextjs.org/docs/app/api-reference/file-conventions/page>
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
        let (folders, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        let is = |stem: &str| {
            let extension = name
                .strip_prefix(stem)
                .and_then(|rest| rest.strip_prefix('.'));
            extension.is_some_and(|found| extensions.iter().any(|wanted| wanted == found))
        };
        let (is_page, is_route) = (is("page"), is("route"));
        if !(is_page || is_route) {
            continue;
        }
        let Some((path, place)) = place(folders) else {
            continue;
        };
        let found = Found {
            path,
            file: &file.path,
            place,
        };
        if is_page {
            router.pages.push(found);
        } else if place == Place::Own {
            router.endpoints.push(found);
        }
    }
    router
}

/// The path that a page in `folders` is visited by; none in a private folder.
fn place(folders: &str) -> Option<(String, Place)> {
    let mut segments = Vec::new();
    let mut place = Place::Own;
    for name in folders.split('/').filter(|name| !name.is_empty()) {
        match segment::in_app(name) {
            Segment::Path(text) => segments.push(text),
            Segment::Group => {}
            Segment::Slot => place = place.max(Place::Slot),
            Segment::Intercepting => place = Place::Intercepting,
            Segment::Private => return None,
        }
    }
    Some((segment::path(&segments), place))
}
