//! Which bundler makes what is shipped.

use std::path::Path;

use super::{Known, angular, nextjs, nuxt, settings};
use crate::analyze::manifest::Manifest;

/// The bundler of a production build, where dependencies, scripts and the framework's version leave no doubt.
pub(in crate::analyze) fn bundler(
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
