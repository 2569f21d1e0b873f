//! The address of an entry of a content collection: its own `slug`, or its path as Astro slugs it.

/// The front matter of a Markdown file that decides its address.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    /// `slug`
    pub(super) slug: Option<String>,
    /// `draft: true`
    pub(super) draft: bool,
}

/// Reads the YAML between the first two lines of `---`, of which only plain top-level values matter.
/// <https://starlight.astro.build/reference/frontmatter/>
pub(super) fn front_matter(text: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    let mut lines = text
        .lines()
        .map(str::trim_end)
        .skip_while(|line| line.is_empty());
    if lines.next() != Some("---") {
        return matter;
    }
    for line in lines.take_while(|line| *line != "---") {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = scalar(value);
        match key {
            "slug" if !value.is_empty() => matter.slug = Some(value.to_owned()),
            "draft" => matter.draft = matches!(value, "true" | "True" | "TRUE"),
            _ => {}
        }
    }
    matter
}

/// A plain or quoted value on one line, without its comment.
fn scalar(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        let inside = value.strip_prefix(quote);
        if let Some((text, _)) = inside.and_then(|inside| inside.split_once(quote)) {
            return text;
        }
    }
    value
        .split_once(" #")
        .map_or(value, |(value, _)| value)
        .trim()
}

/// The slug of the entry at `stem`, a path without its ending.
/// <https://docs.astro.build/en/guides/content-collections/#defining-custom-ids>
pub(super) fn of_path(stem: &str) -> String {
    let segments: Vec<String> = stem.split('/').map(github_slug).collect();
    let slug = segments.join("/");
    slug.strip_suffix("/index").unwrap_or(&slug).to_owned()
}

/// Small letters, spaces as `-`, no punctuation. <https://github.com/Flet/github-slugger>
fn github_slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let kept = lower.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ if letter.is_alphanumeric() || is_mark(letter) => Some(letter),
        _ => None,
    });
    kept.collect()
}

/// Combining marks that are no letters by themselves, which are kept.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_slugged_segment_by_segment() {
        for (stem, slug) in [
            ("index", "index"),
            ("guides/index", "guides"),
            ("Guides/Getting Started", "guides/getting-started"),
            ("v1.2/intro", "v12/intro"),
            ("zh-CN/über_uns", "zh-cn/über_uns"),
            ("what's new?", "whats-new"),
        ] {
            assert_eq!(of_path(stem), slug, "{stem}");
        }
    }

    #[test]
    fn front_matter_is_what_stands_between_the_first_lines_of_dashes() {
        let text = "---\ntitle: A\nslug: 'my/page' # here\ndraft: true\n---\nslug: not\n";
        let matter = front_matter(text);
        assert_eq!(matter.slug.as_deref(), Some("my/page"));
        assert!(matter.draft);
        assert_eq!(front_matter("slug: a\n---\n"), FrontMatter::default());
        assert_eq!(
            front_matter("---\nhero:\n  slug: a\n---\n"),
            FrontMatter::default()
        );
    }
}
