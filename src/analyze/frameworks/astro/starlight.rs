//! Starlight: every entry of the collection in `src/content/docs` is a page.
//! <https://starlight.astro.build/guides/pages/>

use oxc_allocator::Allocator;

use super::{PAGES, join, slug};
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::Found;
use crate::analyze::frameworks::names;
use crate::analyze::parse::Lookup;
use crate::analyze::project::Sources;
use crate::analyze::range;
use crate::analyze::report::RouteKind;
use crate::analyze::text::{self, MAX_SOURCE};

const PACKAGE: &str = "@astrojs/starlight";

/// <https://docs.astro.build/en/guides/content-collections/#defining-collections>
const CONFIG: [&str; 5] = [
    "content.config.ts",
    "content.config.mjs",
    "content.config.js",
    "content.config.mts",
    "content/config.ts",
];

/// Finds the pages of the documentation under `src`; whether there are any.
pub(super) fn find(
    sources: &Sources<'_>,
    src: &str,
    found: &mut Found,
    findings: &mut Findings,
) -> bool {
    let folder = loaded(sources, src, findings).unwrap_or_else(|| join(src, "content/docs"));
    let version = sources
        .version(PACKAGE)
        .or_else(|| sources.declared(PACKAGE));
    let version = version.as_deref().and_then(range::minor);
    // Collections without a loader leave out such folders, too:
    // https://docs.astro.build/en/guides/upgrade-to/v5/#legacy-v20-content-collections-api
    let has_loader = version.is_none_or(|version| version >= (0, 30));
    let (mut any, mut unreadable) = (false, Vec::new());
    // Names that mark tests elsewhere are titles of pages here.
    for (file, inside) in names::all_below(sources, &folder) {
        let (stem, ending) = inside.rsplit_once('.').unwrap_or((inside, ""));
        let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let is_page = matches!(ending, "mdx" | "mdoc") || PAGES.contains(&ending);
        let is_hidden = name.starts_with(['_', '.'])
            || folders
                .split('/')
                .any(|folder| folder.starts_with('.') || (!has_loader && folder.starts_with('_')));
        if !is_page || matches!(ending, "astro" | "html") || is_hidden {
            continue;
        }
        let Some(text) = text::read_quietly(&sources.root.join(file), MAX_SOURCE) else {
            unreadable.push(file.to_owned());
            continue;
        };
        let matter = slug::front_matter(&text);
        if matter.draft {
            continue;
        }
        any = true;
        let slug = matter.slug.unwrap_or_else(|| slug::of_path(stem));
        found.route(path(&slug), file, RouteKind::Page);
    }
    findings.warn_of("unreadable_file", "cannot be read as text", &unreadable);
    any
}

/// The folder that the collection is loaded from where another loader than Starlight's own takes it; an id that code makes
/// is a finding. <https://starlight.astro.build/reference/configuration/#configure-content-collections>
fn loaded(sources: &Sources<'_>, src: &str, findings: &mut Findings) -> Option<String> {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let mut files = CONFIG.iter().map(|name| join(src, name));
    let file = files.find(|file| sources.root.join(file).is_file())?;
    let collections = modules.export(&sources.root.join(&file), "collections")?;
    let Lookup::Found(docs) = modules.get(&collections, "docs") else {
        return None;
    };
    let Lookup::Found(loader) = modules.get(&docs, "loader") else {
        return None;
    };
    let call = modules.call(&loader)?;
    let options = call.arguments.first()?;
    if let Lookup::Found(_) = modules.get(options, "generateId") {
        let detail = format!(
            "`generateId` in {file} makes addresses; those by the names of files were taken"
        );
        findings.warn("config_not_static", detail);
    }
    let Lookup::Found(base) = modules.get(options, "base") else {
        return None;
    };
    let base = modules.string(&base)?;
    let base = base.trim_start_matches("./").trim_matches('/');
    (call.name.last() == "glob" && !base.starts_with("..")).then(|| base.to_owned())
}

/// `index` at the top and at the end of a slug is the folder itself.
fn path(slug: &str) -> String {
    let slug = slug.trim_matches('/');
    let slug = slug.strip_suffix("/index").unwrap_or(slug);
    if slug == "index" {
        "/".to_owned()
    } else {
        format!("/{slug}")
    }
}
