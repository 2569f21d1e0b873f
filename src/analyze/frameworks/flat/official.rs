//! Remix 2's convention: a file or a folder with `route` for each route, dots between segments.

use std::collections::BTreeMap;

use globset::GlobSet;

use super::{EXTENSIONS, FlatRoute, Module, Options, escapes};

/// <https://v2.remix.run/docs/file-conventions/routes>, in folders: `#folders-for-organization`.
pub(super) fn routes(
    modules: &[Module<'_>],
    options: &Options,
    ignored: &GlobSet,
) -> Vec<FlatRoute> {
    // The module of each name: a folder's `route` before its `index`, then by ending.
    let mut by_id: BTreeMap<&str, ((bool, usize), &str)> = BTreeMap::new();
    for module in modules {
        let Some((id, is_index)) = name_of(module, options, ignored) else {
            continue;
        };
        let ending = super::walk::extension(module.file);
        let ending = EXTENSIONS.iter().position(|one| *one == ending);
        let rank = (is_index, ending.unwrap_or(EXTENSIONS.len()));
        let known = by_id.entry(id).or_insert((rank, module.file));
        if rank < known.0 {
            *known = (rank, module.file);
        }
    }
    let ids: Vec<&str> = by_id.keys().copied().collect();
    by_id
        .iter()
        .map(|(id, (_, file))| {
            let index = id.ends_with("_index");
            let mut segments = escapes::segments(id, options.param);
            if index {
                segments.pop();
            }
            FlatRoute {
                path: escapes::path(&segments),
                file: (*file).to_owned(),
                index,
                parent: parent(&ids, id),
            }
        })
        .collect()
}

/// The name of the route whose module this is, and whether it is its folder's `index`; none when it is beside a route.
fn name_of<'s>(
    module: &Module<'s>,
    options: &Options,
    ignored: &GlobSet,
) -> Option<(&'s str, bool)> {
    let Some((folder, name)) = module.inside.split_once('/') else {
        let stem = module.inside.rsplit_once('.')?.0;
        return (!module.inside.starts_with('.')).then_some((stem, false));
    };
    let stem = name.rsplit_once('.')?.0;
    let place = format!("{}/{folder}", options.folder);
    let is_hidden = folder.starts_with('.') || ignored.is_match(place);
    (!is_hidden && matches!(stem, "route" | "index")).then_some((folder, stem == "index"))
}

/// The longest other name that `id` goes on from.
fn parent(ids: &[&str], id: &str) -> Option<usize> {
    let mut ends: Vec<usize> = id.match_indices(['.', '/']).map(|(at, _)| at).collect();
    ends.reverse();
    let mut above = ends.into_iter().filter_map(|end| id.get(..end));
    above.find_map(|name| ids.binary_search(&name).ok())
}
