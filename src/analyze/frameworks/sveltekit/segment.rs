//! One folder of a SvelteKit route, and what it means for the URL.

use crate::analyze::frameworks::names;

/// The path of a route in these `folders`: groups add nothing.
/// <https://svelte.dev/docs/kit/advanced-routing>
pub(super) fn path(folders: &str) -> String {
    let segments = folders.split('/').filter(|name| !name.is_empty());
    let segments: Vec<String> = segments
        .filter(|name| !names::is_group(name))
        .map(segment)
        .collect();
    format!("/{}", segments.join("/"))
}

/// `[id]`, `[id=matcher]`, `[[optional]]`, `[...rest]`, `x-[id]`, and characters written as `[x+3a]` or `[u+d83e-dd2a]`.
fn segment(name: &str) -> String {
    names::brackets(name, |inner, is_double| {
        if let Some(text) = escaped(inner) {
            return text;
        }
        let name = inner.split_once('=').map_or(inner, |(name, _)| name);
        names::parameter(name, is_double)
    })
}

/// The characters that an escape stands for. <https://svelte.dev/docs/kit/advanced-routing#Encoding>
fn escaped(inner: &str) -> Option<String> {
    let codes = inner
        .strip_prefix("x+")
        .or_else(|| inner.strip_prefix("u+"))?;
    let units: Result<Vec<u32>, _> = codes
        .split('-')
        .map(|code| u32::from_str_radix(code, 16))
        .collect();
    let units = units.ok()?;
    let whole: Option<String> = units.iter().map(|unit| char::from_u32(*unit)).collect();
    whole.or_else(|| {
        let halves: Option<Vec<u16>> = units.iter().map(|unit| u16::try_from(*unit).ok()).collect();
        String::from_utf16(&halves?).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_paths() {
        for (folders, expected) in [
            ("", "/"),
            ("(app)", "/"),
            ("(app)/blog/[slug]", "/blog/:slug"),
            ("@[user]", "/@:user"),
            ("[[lang]]/about", "/:lang?/about"),
            ("[[lang=locale]]", "/:lang?"),
            ("[...rest]/edit", "/:rest*/edit"),
            ("[page=integer]", "/:page"),
            ("x-[id]", "/x-:id"),
            ("smileys/[x+3a]-[x+29]", "/smileys/:-)"),
            ("[u+1f92a]", "/\u{1f92a}"),
            ("[u+d83e-dd2a]", "/\u{1f92a}"),
            ("[x+2e]well-known", "/.well-known"),
            ("not(agroup)", "/not(agroup)"),
        ] {
            assert_eq!(path(folders), expected, "{folders}");
        }
    }
}
