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
    let is_configured = || settings::VITE.iter().any(|name| root.join(name).is_file());
    let by_file = || is_configured().then_some("vite");
    if known.id == "angular" {
        return angular::bundler(root).or_else(by_file);
    }
    own(known.id, manifest)
        .or_else(|| by_package(manifest))
        .or_else(by_file)
}

/// The bundler that the framework `id` comes with, whatever else the project has for its tests and packages.
fn own(id: &str, manifest: &Manifest) -> Option<&'static str> {
    match id {
        // https://docs.astro.build/en/reference/configuration-reference/#vite, https://docs.solidjs.com/solid-start/
        "astro" | "solid-start" => Some("vite"),
        // https://www.gatsbyjs.com/docs/how-to/custom-configuration/add-custom-webpack-config/
        "gatsby" => Some("webpack"),
        // https://docs.expo.dev/guides/customizing-metro/, https://reactnative.dev/docs/metro; in whose place Re.Pack puts
        // another one: https://re-pack.dev/
        "expo" | "react-native" if !manifest.has("@callstack/repack") => Some("metro"),
        _ => None,
    }
}

/// The bundler that the project depends on or, as a workspace may have the tools of all its apps at its root, or Vite in
/// another package, the one that a script runs. <https://vite.dev/config/>
fn by_package(manifest: &Manifest) -> Option<&'static str> {
    let bundlers = [
        ("vite", "vite"),
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
        // Earlier versions come with one: https://docs.solidjs.com/solid-start/, https://v2.remix.run/docs/guides/vite
        ("vinxi", "vite"),
        ("@remix-run/dev", "esbuild"),
    ];
    let by = |is_used: &dyn Fn(&str) -> bool| {
        let mut used = bundlers.iter().filter(|(package, _)| is_used(package));
        used.next().map(|(_, id)| *id)
    };
    by(&|package| manifest.has(package)).or_else(|| by(&|package| manifest.runs(package)))
}
