//! The bundler of `next build`, by its flags and the version's default.

use crate::analyze::manifest::Manifest;

/// The bundler of `next build`: Turbopack by flag, or by default since Next.js 16.
///
/// The script `build` decides; without it, the scripts that build must agree.
/// <https://nextjs.org/docs/app/api-reference/turbopack>
pub(in crate::analyze) fn bundler(manifest: &Manifest, major: Option<u32>) -> Option<&'static str> {
    if manifest.has("next-rspack") {
        return Some("rspack");
    }
    let default = major.map(|major| if major >= 16 { "turbopack" } else { "webpack" });
    let of = |line: &String| Some(by_flag(options(line)?).or(default));
    if let Some(built) = manifest.scripts.get("build").and_then(of) {
        return built;
    }
    let mut builds = manifest.scripts.values().filter_map(of);
    let Some(first) = builds.next() else {
        return default;
    };
    if builds.all(|other| other == first) {
        first
    } else {
        None
    }
}

/// What follows `next build` in a script's line, up to the next command.
fn options(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("next build")?;
    rest.split(['&', '|', ';']).next()
}

fn by_flag(options: &str) -> Option<&'static str> {
    options.split_whitespace().find_map(|word| match word {
        "--webpack" => Some("webpack"),
        "--turbo" | "--turbopack" => Some("turbopack"),
        _ => None,
    })
}
