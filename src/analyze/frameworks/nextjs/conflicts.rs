//! Files that claim the same path, which Next.js refuses or chooses among: one of them counts, and a finding names them.

use std::collections::{BTreeMap, HashSet};

use super::{Found, Place, Router};
use crate::analyze::findings::Findings;

/// How many paths the finding names.
const NAMED: usize = 5;

/// Leaves one page or endpoint for each path: those of the app router before those of the pages router, pages before
/// endpoints, then the first by name. Slots and intercepting routes share a path by design.
///
/// <https://nextjs.org/docs/messages/conflicting-app-page-error>
/// <https://nextjs.org/docs/app/api-reference/file-conventions/route-groups#caveats>
/// <https://nextjs.org/docs/app/getting-started/route-handlers#route-resolution>
pub(super) fn settle<'s>(app: &mut Router<'s>, pages: &mut Router<'s>, findings: &mut Findings) {
    let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let all = [&app.pages, &app.endpoints, &pages.pages, &pages.endpoints];
    for found in all
        .into_iter()
        .flatten()
        .filter(|one| one.place == Place::Own)
    {
        by_path.entry(&found.path).or_default().push(found.file);
    }
    by_path.retain(|_, files| files.len() > 1);
    if by_path.is_empty() {
        return;
    }
    let count = by_path.len();
    let mut named: Vec<String> = by_path
        .iter()
        .take(NAMED)
        .map(|(path, files)| format!("{path} ({})", files.join(", ")))
        .collect();
    if count > NAMED {
        named.push(format!("and {} more", count.saturating_sub(NAMED)));
    }
    let detail = format!("several files claim the same path: {}", named.join("; "));
    findings.warn("conflicting_routes", detail);
    let lost: HashSet<String> = by_path
        .into_values()
        .flat_map(|files| files.into_iter().skip(1).map(str::to_owned))
        .collect();
    let keep = |found: &Found<'_>| !lost.contains(found.file);
    for router in [app, pages] {
        router.pages.retain(keep);
        router.endpoints.retain(keep);
    }
}
