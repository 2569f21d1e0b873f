//! Which framework a project uses, and the table of those whose routes can be read.

mod angular;
mod astro;
mod beside;
mod bundler;
mod chosen;
mod detected;
mod expo;
mod flat;
mod found;
mod gatsby;
mod globs;
mod html;
mod names;
mod nextjs;
mod nuxt;
mod qwik;
mod react_router;
mod remix;
mod settings;
mod solid_start;
mod spa;
mod sveltekit;
mod tanstack;
mod unrouted;
mod vue_pages;
mod vue_router;

use std::path::{Path, PathBuf};

use super::findings::Findings;
use super::manifest::Manifest;
use super::project::Sources;
use super::report::Routing;

pub(super) use bundler::bundler;
pub(super) use detected::{by_project_file, by_script, detect_app, detected};

/// A framework of the vocabulary.
#[derive(Debug)]
pub(super) struct Known {
    /// Its id.
    pub(super) id: &'static str,
    /// The packages whose presence means it; the first that is there carries its version.
    packages: &'static [&'static str],
    /// The library that renders.
    pub(super) ui: Option<&'static str>,
    /// Files and folders of an application, one of which tells it from a library that only depends on the framework.
    evidence: &'static [&'static str],
    /// The names of its configuration file, which are evidence as well.
    configs: &'static [&'static str],
    /// How its routes are read.
    pub(super) reader: Reader,
}

/// How a framework's routes are read, in two steps around the parallel parsing of all sources.
#[derive(Debug)]
pub(super) struct Reader {
    /// Whether the file at this path may be a route although its extension allows no JSX; a document, whether it is read
    /// for its styles.
    pub(super) wants: fn(&str) -> bool,
    /// Whether the file at this path is the framework's configuration, the reading of which has findings of its own.
    pub(super) configures: fn(&str) -> bool,
    /// Reads routes and endpoints.
    pub(super) read: fn(&Sources<'_>, &mut Findings) -> Routes,
}

/// What a framework's files say.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Routes and endpoints.
    pub(super) routing: Routing,
    /// Files that render a route.
    pub(super) pages: u64,
    /// Feature ids with the files that show them.
    pub(super) features: Vec<(&'static str, String)>,
    /// The files of routes and endpoints that are left out, for their paths are too long.
    pub(super) too_long: Vec<String>,
}

const HTML_ENTRY: &[&str] = html::ENTRIES;

/// Meta-frameworks before the libraries they build on: the first whose package is there is the framework.
static KNOWN: [Known; 22] = [
    Known {
        id: "nextjs",
        packages: &["next"],
        ui: Some("react"),
        evidence: nextjs::EVIDENCE,
        configs: &nextjs::CONFIG,
        reader: nextjs::READER,
    },
    Known {
        id: "nuxt",
        packages: nuxt::PACKAGES,
        ui: Some("vue"),
        evidence: nuxt::EVIDENCE,
        configs: &nuxt::CONFIG,
        reader: nuxt::READER,
    },
    Known {
        id: "sveltekit",
        packages: &["@sveltejs/kit"],
        ui: Some("svelte"),
        evidence: sveltekit::EVIDENCE,
        configs: &sveltekit::CONFIG,
        reader: sveltekit::READER,
    },
    Known {
        id: "tanstack-start",
        packages: &["@tanstack/react-start", "@tanstack/start"],
        ui: Some("react"),
        evidence: tanstack::EVIDENCE,
        configs: &[],
        reader: tanstack::READER,
    },
    Known {
        id: "tanstack-start",
        packages: &["@tanstack/solid-start"],
        ui: Some("solid"),
        evidence: tanstack::EVIDENCE,
        configs: &[],
        reader: tanstack::READER,
    },
    Known {
        id: "tanstack-start",
        packages: &["@tanstack/vue-start"],
        ui: Some("vue"),
        evidence: tanstack::EVIDENCE,
        configs: &[],
        reader: tanstack::READER,
    },
    Known {
        id: "solid-start",
        packages: &["@solidjs/start", "solid-start"],
        ui: Some("solid"),
        evidence: solid_start::EVIDENCE,
        configs: &[],
        reader: solid_start::READER,
    },
    Known {
        id: "astro",
        packages: &["astro"],
        ui: Some("astro"),
        evidence: astro::EVIDENCE,
        configs: &astro::CONFIG,
        reader: astro::READER,
    },
    Known {
        id: "qwik",
        packages: &["@qwik.dev/core", "@builder.io/qwik"],
        ui: Some("qwik"),
        evidence: qwik::EVIDENCE,
        configs: &[],
        reader: qwik::READER,
    },
    Known {
        id: "angular",
        packages: &["@angular/core"],
        ui: Some("angular"),
        evidence: angular::EVIDENCE,
        configs: &[],
        reader: angular::READER,
    },
    Known {
        id: "remix",
        packages: &["@remix-run/react", "@remix-run/dev"],
        ui: Some("react"),
        evidence: remix::EVIDENCE,
        configs: &[],
        reader: remix::READER,
    },
    Known {
        id: "react-router",
        packages: &["@react-router/dev"],
        ui: Some("react"),
        evidence: react_router::EVIDENCE,
        configs: &[],
        reader: react_router::READER,
    },
    Known {
        id: "gatsby",
        packages: &["gatsby"],
        ui: Some("react"),
        evidence: gatsby::EVIDENCE,
        configs: &gatsby::CONFIG,
        reader: gatsby::READER,
    },
    Known {
        id: "expo",
        packages: &["expo"],
        ui: Some("react-native"),
        evidence: &["app.json"],
        configs: &expo::CONFIG,
        reader: expo::READER,
    },
    Known {
        id: "react-native",
        packages: &["react-native"],
        ui: Some("react-native"),
        evidence: &["app.json", "index.js", "App.tsx"],
        configs: &[],
        reader: unrouted::READER,
    },
    Known {
        id: "ember",
        packages: &["ember-source", "ember-cli"],
        ui: Some("ember"),
        evidence: &["ember-cli-build.js", "app/router.js"],
        configs: &[],
        reader: unrouted::READER,
    },
    Known {
        id: "svelte",
        packages: &["svelte"],
        ui: Some("svelte"),
        evidence: HTML_ENTRY,
        configs: &[],
        reader: unrouted::READER,
    },
    Known {
        id: "vue",
        packages: &["vue"],
        ui: Some("vue"),
        evidence: chosen::VUE,
        configs: &[],
        reader: vue_router::READER,
    },
    Known {
        id: "preact",
        packages: &["preact"],
        ui: Some("preact"),
        evidence: chosen::PREACT,
        configs: &[],
        reader: spa::READER,
    },
    Known {
        id: "solid",
        packages: &["solid-js"],
        ui: Some("solid"),
        evidence: HTML_ENTRY,
        configs: &[],
        reader: spa::READER,
    },
    Known {
        id: "lit",
        packages: &["lit", "lit-element"],
        ui: Some("lit"),
        evidence: HTML_ENTRY,
        configs: &[],
        reader: unrouted::READER,
    },
    Known {
        id: "react",
        packages: &["react"],
        ui: Some("react"),
        evidence: chosen::REACT,
        configs: &[],
        reader: spa::READER,
    },
];

/// Pages without a framework.
static HTML: Known = Known {
    id: "html",
    packages: &[],
    ui: None,
    evidence: HTML_ENTRY,
    configs: &[],
    reader: html::READER,
};

/// The scripts of `sources` that use a function or element of a router that `wanted` holds of, as whole paths.
fn using<'s>(
    sources: &'s Sources<'_>,
    wanted: impl Fn(&str) -> bool + 's,
) -> impl Iterator<Item = PathBuf> + 's {
    let paths = sources.facts.keys().filter(move |path| {
        let script = sources.script(path);
        script.is_some_and(|script| script.routers.iter().any(|name| wanted(name)))
    });
    paths.map(|path| sources.root.join(path))
}

impl Known {
    /// The package that carries the version.
    pub(super) fn package(&self, manifest: &Manifest) -> Option<&'static str> {
        self.packages
            .iter()
            .copied()
            .find(|name| manifest.has(name))
    }

    /// Whether `folder` looks like an application. A library may have folders of the same names, and the framework to be
    /// tested with: what is only developed with it must also configure or run it.
    fn is_app(&self, manifest: &Manifest, package: &str, folder: &Path) -> bool {
        let is_run = || manifest.runs(package);
        (self.has_evidence(folder)
            || self.is_made_with_umi(manifest, folder)
            || self.is_served(manifest, package))
            && (self.id != "nextjs"
                || manifest.runs_with(package)
                || self.is_configured(folder)
                || is_run())
    }

    /// Whether a package that is published only has `package` to try itself with: a bundler or a linter is developed
    /// with the libraries of interfaces, which are dependencies or peers of what is built on them.
    fn is_only_tried(&self, manifest: &Manifest, package: &str, folder: &Path) -> bool {
        self.is_library()
            && !manifest.is_private
            && manifest.only_develops_with(package)
            && !self.has_evidence(folder)
            && !self.is_made_with_umi(manifest, folder)
    }

    /// Whether `folder` looks like an application, not like a library: names with an ending are those of files.
    fn has_evidence(&self, folder: &Path) -> bool {
        let mut names = self.evidence.iter().map(|name| folder.join(name));
        self.is_configured(folder)
            || names.any(|path| match path.extension() {
                Some(_) => path.is_file(),
                None => path.is_dir(),
            })
    }

    /// Whether `folder` has a configuration file of the framework.
    fn is_configured(&self, folder: &Path) -> bool {
        self.configs.iter().any(|name| folder.join(name).is_file())
    }
}
