//! Which framework a project uses, and the table of those whose routes can be read.

mod angular;
mod astro;
mod beside;
mod chosen;
mod detected;
mod expo;
mod flat;
mod found;
mod gatsby;
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

pub(super) use detected::detected;

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
}

const HTML_ENTRY: &[&str] = html::ENTRIES;

/// Meta-frameworks before the libraries they build on: the first whose package is there is the framework.
static KNOWN: [Known; 22] = [
    Known {
        id: "nextjs",
        packages: &["next"],
        ui: Some("react"),
        evidence: nextjs::EVIDENCE,
        reader: nextjs::READER,
    },
    Known {
        id: "nuxt",
        packages: nuxt::PACKAGES,
        ui: Some("vue"),
        evidence: nuxt::EVIDENCE,
        reader: nuxt::READER,
    },
    Known {
        id: "sveltekit",
        packages: &["@sveltejs/kit"],
        ui: Some("svelte"),
        evidence: sveltekit::EVIDENCE,
        reader: sveltekit::READER,
    },
    Known {
        id: "tanstack-start",
        packages: &["@tanstack/react-start", "@tanstack/start"],
        ui: Some("react"),
        evidence: tanstack::EVIDENCE,
        reader: tanstack::READER,
    },
    Known {
        id: "tanstack-start",
        packages: &["@tanstack/solid-start"],
        ui: Some("solid"),
        evidence: tanstack::EVIDENCE,
        reader: tanstack::READER,
    },
    Known {
        id: "tanstack-start",
        packages: &["@tanstack/vue-start"],
        ui: Some("vue"),
        evidence: tanstack::EVIDENCE,
        reader: tanstack::READER,
    },
    Known {
        id: "solid-start",
        packages: &["@solidjs/start", "solid-start"],
        ui: Some("solid"),
        evidence: solid_start::EVIDENCE,
        reader: solid_start::READER,
    },
    Known {
        id: "astro",
        packages: &["astro"],
        ui: Some("astro"),
        evidence: astro::EVIDENCE,
        reader: astro::READER,
    },
    Known {
        id: "qwik",
        packages: &["@qwik.dev/core", "@builder.io/qwik"],
        ui: Some("qwik"),
        evidence: qwik::EVIDENCE,
        reader: qwik::READER,
    },
    Known {
        id: "angular",
        packages: &["@angular/core"],
        ui: Some("angular"),
        evidence: angular::EVIDENCE,
        reader: angular::READER,
    },
    Known {
        id: "remix",
        packages: &["@remix-run/react", "@remix-run/dev"],
        ui: Some("react"),
        evidence: remix::EVIDENCE,
        reader: remix::READER,
    },
    Known {
        id: "react-router",
        packages: &["@react-router/dev"],
        ui: Some("react"),
        evidence: react_router::EVIDENCE,
        reader: react_router::READER,
    },
    Known {
        id: "gatsby",
        packages: &["gatsby"],
        ui: Some("react"),
        evidence: gatsby::EVIDENCE,
        reader: gatsby::READER,
    },
    Known {
        id: "expo",
        packages: &["expo"],
        ui: Some("react-native"),
        evidence: &["app.json", "app.config.ts", "app.config.js"],
        reader: expo::READER,
    },
    Known {
        id: "react-native",
        packages: &["react-native"],
        ui: Some("react-native"),
        evidence: &["app.json", "index.js", "App.tsx"],
        reader: unrouted::READER,
    },
    Known {
        id: "ember",
        packages: &["ember-source", "ember-cli"],
        ui: Some("ember"),
        evidence: &["ember-cli-build.js", "app/router.js"],
        reader: unrouted::READER,
    },
    Known {
        id: "svelte",
        packages: &["svelte"],
        ui: Some("svelte"),
        evidence: HTML_ENTRY,
        reader: unrouted::READER,
    },
    Known {
        id: "vue",
        packages: &["vue"],
        ui: Some("vue"),
        evidence: chosen::VUE,
        reader: vue_router::READER,
    },
    Known {
        id: "preact",
        packages: &["preact"],
        ui: Some("preact"),
        evidence: chosen::PREACT,
        reader: spa::READER,
    },
    Known {
        id: "solid",
        packages: &["solid-js"],
        ui: Some("solid"),
        evidence: HTML_ENTRY,
        reader: spa::READER,
    },
    Known {
        id: "lit",
        packages: &["lit", "lit-element"],
        ui: Some("lit"),
        evidence: HTML_ENTRY,
        reader: unrouted::READER,
    },
    Known {
        id: "react",
        packages: &["react"],
        ui: Some("react"),
        evidence: chosen::REACT,
        reader: spa::READER,
    },
];

/// Pages without a framework.
static HTML: Known = Known {
    id: "html",
    packages: &[],
    ui: None,
    evidence: HTML_ENTRY,
    reader: html::READER,
};

/// Configuration files that name a framework in a project whose dependencies are listed elsewhere (at the root of its workspace).
const PROJECT_FILES: [(&str, &str); 6] = [
    ("next.config.js", "nextjs"),
    ("next.config.mjs", "nextjs"),
    ("next.config.ts", "nextjs"),
    ("nuxt.config.ts", "nuxt"),
    ("nuxt.config.js", "nuxt"),
    ("astro.config.mjs", "astro"),
];

/// The libraries that render, each a framework by itself.
const UI: [&str; 7] = [
    "angular", "svelte", "vue", "preact", "solid", "lit", "react",
];

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

/// The framework that `manifest` depends on and `folder` shows; else the one that `manifest` depends on.
pub(super) fn detect(manifest: &Manifest, folder: &Path) -> Option<&'static Known> {
    let is_there = |known: &Known| {
        let package = known.package(manifest);
        package.is_some_and(|name| !known.is_only_tried(manifest, name, folder))
    };
    detect_app(manifest, folder).or_else(|| chosen::chosen(manifest, is_there))
}

/// The framework that `manifest` depends on and that `folder` is an application of: the first with files that show it.
pub(super) fn detect_app(manifest: &Manifest, folder: &Path) -> Option<&'static Known> {
    chosen::chosen(manifest, |known| {
        let package = known.package(manifest);
        package.is_some_and(|name| known.is_app(manifest, name, folder))
    })
}

/// The framework of `folder`, a project of a monorepo whose dependencies are those of the manifest `above`: the one that a
/// configuration file names, or the only library that renders which is there.
pub(super) fn by_project_file(folder: &Path, above: &Manifest) -> Option<&'static Known> {
    if !folder.join("project.json").is_file() {
        return None;
    }
    let angular = || angular::is_application(folder).then_some("angular");
    if let Some(id) = configured(folder).or_else(angular) {
        return KNOWN.iter().find(|known| known.id == id);
    }
    let is_rendered = |known: &&Known| UI.contains(&known.id) && known.package(above).is_some();
    let mut rendered = KNOWN.iter().filter(is_rendered);
    let only = rendered.next().filter(|_| rendered.next().is_none());
    only.filter(|known| known.has_evidence(folder) && angular::is_project(folder))
}

/// The framework that a configuration file in `folder` names and a script of `manifest` runs, which another package of the
/// workspace brings along, as a layer of Nuxt does.
pub(super) fn by_script(manifest: &Manifest, folder: &Path) -> Option<&'static Known> {
    let id = configured(folder)?;
    let known = KNOWN.iter().find(|known| known.id == id)?;
    let is_run = known.packages.iter().any(|name| manifest.runs(name));
    is_run.then_some(known)
}

/// The framework that a configuration file in `folder` names.
fn configured(folder: &Path) -> Option<&'static str> {
    let mut files = PROJECT_FILES.iter();
    let named = files.find(|(file, _)| folder.join(file).is_file());
    named.map(|(_, id)| *id)
}

/// Plain HTML, when `folder` has an `index.html` where a server would look.
pub(super) fn html(folder: &Path) -> Option<&'static Known> {
    HTML.has_evidence(folder).then_some(&HTML)
}

/// The bundler of a production build, where dependencies, scripts and the framework's version leave no doubt.
pub(super) fn bundler(
    known: &Known,
    (root, manifest): (&Path, &Manifest),
    major: Option<u32>,
) -> Option<&'static str> {
    if known.id == "nextjs" {
        return nextjs::bundler(manifest, major);
    }
    if known.id == "nuxt" {
        return Some(nuxt::bundler(manifest, major));
    }
    let by_builder = (known.id == "angular").then(|| angular::bundler(root));
    let bundlers = [
        ("vite", "vite"),
        ("astro", "vite"),
        ("@rsbuild/core", "rsbuild"),
        ("@rspack/core", "rspack"),
        ("parcel", "parcel"),
        ("webpack", "webpack"),
        ("react-scripts", "webpack"),
        ("@vue/cli-service", "webpack"),
        ("@quasar/app-vite", "vite"),
        ("@quasar/app-webpack", "webpack"),
        ("vitepress", "vite"),
        ("esbuild", "esbuild"),
        // Each of these frameworks comes with one: https://docs.solidjs.com/solid-start/,
        // https://v2.remix.run/docs/guides/vite, https://docs.expo.dev/guides/customizing-metro/,
        // https://www.gatsbyjs.com/docs/how-to/custom-configuration/
        ("@solidjs/start", "vite"),
        ("vinxi", "vite"),
        ("@remix-run/dev", "esbuild"),
        ("expo", "metro"),
        ("react-native", "metro"),
        ("gatsby", "webpack"),
    ];
    let by = |is_used: &dyn Fn(&str) -> bool| {
        let mut used = bundlers.iter().filter(|(package, _)| is_used(package));
        used.next().map(|(_, id)| *id)
    };
    // A workspace may have the tools of all its apps at its root, or Vite in another package: https://vite.dev/config/
    let by_package =
        || by(&|package| manifest.has(package)).or_else(|| by(&|package| manifest.runs(package)));
    let is_configured = || settings::VITE.iter().any(|name| root.join(name).is_file());
    by_builder
        .unwrap_or_else(by_package)
        .or_else(|| is_configured().then_some("vite"))
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
        let is_configured = || {
            let mut files = self
                .evidence
                .iter()
                .filter(|name| name.contains(".config."));
            files.any(|name| folder.join(name).is_file())
        };
        (self.has_evidence(folder) || self.is_served(manifest, package))
            && (self.id != "nextjs" || manifest.runs_with(package) || is_configured() || is_run())
    }

    /// Whether a package that is published only has `package` to try itself with: a bundler or a linter is developed
    /// with the libraries of interfaces, which are dependencies or peers of what is built on them.
    fn is_only_tried(&self, manifest: &Manifest, package: &str, folder: &Path) -> bool {
        self.is_library()
            && !manifest.is_private
            && manifest.only_develops_with(package)
            && !self.has_evidence(folder)
    }

    /// Whether `folder` looks like an application, not like a library: names with an ending are those of files.
    fn has_evidence(&self, folder: &Path) -> bool {
        let mut names = self.evidence.iter().map(|name| folder.join(name));
        names.any(|path| match path.extension() {
            Some(_) => path.is_file(),
            None => path.is_dir(),
        })
    }
}
