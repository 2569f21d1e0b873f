//! Which source files are no part of what a project shows: tests, stories, fixtures and what is generated.

/// Whether `path` (relative, with `/`) is a test, a story, a fixture or generated, by the names the tools look for:
/// [Vitest](https://vitest.dev/config/include), [Jest](https://jestjs.io/docs/configuration#testmatch-arraystring),
/// [Storybook](https://storybook.js.org/docs/configure).
pub(super) fn is_secondary(path: &str) -> bool {
    const MARKS: [&str; 9] = [
        "test",
        "spec",
        "stories",
        "story",
        "cy",
        "e2e",
        "d",
        "gen",
        "generated",
    ];
    const ANYWHERE: [&str; 5] = [
        "__tests__",
        "__mocks__",
        "__fixtures__",
        "__snapshots__",
        "__generated__",
    ];
    const AT_TOP: [&str; 12] = [
        "test",
        "tests",
        "e2e",
        "cypress",
        "playwright",
        "fixtures",
        "stories",
        ".storybook",
        "spec",
        "mock",
        "mocks",
        "generated",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let top = inner.split_once('/').map_or("", |(top, _)| top);
    AT_TOP.contains(&top)
        || folders.split('/').any(|folder| ANYWHERE.contains(&folder))
        || name.split('.').skip(1).any(|mark| MARKS.contains(&mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_stories_and_fixtures_are_secondary_and_routes_that_sound_like_them_are_not() {
        for path in [
            "app/page.test.tsx",
            "components/button.stories.tsx",
            "components/__tests__/button.tsx",
            "tests/page.tsx",
            "src/tests/page.tsx",
            "types/index.d.ts",
            "src/routeTree.gen.ts",
        ] {
            assert!(is_secondary(path), "{path}");
        }
        for path in [
            "app/test/page.tsx",
            "src/pages/tests/index.tsx",
            "app/test.tsx",
        ] {
            assert!(!is_secondary(path), "{path}");
        }
    }
}
