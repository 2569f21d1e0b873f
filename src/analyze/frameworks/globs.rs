//! Patterns of file names in configurations, read within bounds.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// The longest pattern that is read, in bytes: that of the longest path.
const MAX_PATTERN: usize = 4_096;

/// How many letters of a pattern that is not read are told.
const MAX_SHOWN: usize = 100;

/// How many patterns are read as one list.
pub(super) const MAX_PATTERNS: usize = 100;

/// The matcher of `pattern`, whose `*` is within a folder; none when it is no pattern, or one that is too long or too much.
pub(super) fn one(pattern: &str) -> Option<GlobSet> {
    // Unlike the matcher of one, a set tells when it would be too large.
    GlobSetBuilder::new().add(glob(pattern)?).build().ok()
}

/// The matcher of `patterns`, as [`one`], and the beginnings of those that it is not for: of what is no pattern, and of all
/// after the first [`MAX_PATTERNS`].
pub(super) fn all(patterns: &[String]) -> (GlobSet, Vec<String>) {
    let mut set = GlobSetBuilder::new();
    let mut unread = Vec::new();
    for (number, pattern) in patterns.iter().enumerate() {
        match glob(pattern).filter(|_| number < MAX_PATTERNS) {
            Some(glob) => drop(set.add(glob)),
            None => unread.push(pattern.chars().take(MAX_SHOWN).collect()),
        }
    }
    if let Ok(set) = set.build() {
        return (set, unread);
    }
    let all = patterns.iter();
    let all = all.map(|pattern| pattern.chars().take(MAX_SHOWN).collect());
    (GlobSet::empty(), all.collect())
}

fn glob(pattern: &str) -> Option<Glob> {
    let mut builder = GlobBuilder::new(pattern);
    let is_short = pattern.len() <= MAX_PATTERN;
    is_short.then(|| builder.literal_separator(true).build().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_are_too_long_or_too_much_are_none() {
        assert!(one("src/**/*.ts").is_some_and(|set| set.is_match("src/a/b.ts")));
        let many = "?".repeat(4_000);
        for text in ["[bad", &"a".repeat(900_000), &format!("{{{many},{many}*}}")] {
            assert!(one(text).is_none(), "{}", text.len());
        }
        // Whatever the set makes of it, it does not panic.
        one(&many);
        one(&"[!a-z]".repeat(600));
    }

    #[test]
    fn patterns_that_are_not_read_are_told_apart() {
        let mut texts: Vec<String> = ["a/*", "[bad"].map(str::to_owned).into();
        let (set, unread) = all(&texts);
        assert!(set.is_match("a/b") && !set.is_match("a/b/c"));
        assert_eq!(unread, ["[bad"]);
        texts.resize(MAX_PATTERNS + 5, "b".to_owned());
        let (set, unread) = all(&texts);
        assert_eq!((set.is_match("b"), unread.len()), (true, 6));
    }
}
