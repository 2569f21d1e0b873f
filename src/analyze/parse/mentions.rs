//! Which words that matter a script mentions at all: found in one go, before its syntax tree is searched for them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// What a script may have something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mention {
    /// Classes of a dark mode.
    DarkClass,
    /// Functions that switch to a dark mode, queries for one, and themes of libraries.
    DarkSwitch,
    /// Functions and elements of routers.
    Router,
}

/// A part of every word that is one, and what of.
const WORDS: [(&str, Mention); 19] = [
    ("dark:", Mention::DarkClass),
    ("useDark", Mention::DarkSwitch),
    ("usePreferredDark", Mention::DarkSwitch),
    ("useColorMode", Mention::DarkSwitch),
    ("ColorScheme", Mention::DarkSwitch),
    ("prefers-color-scheme", Mention::DarkSwitch),
    ("darkAlgorithm", Mention::DarkSwitch),
    ("darkTheme", Mention::DarkSwitch),
    ("useOsTheme", Mention::DarkSwitch),
    ("palette", Mention::DarkSwitch),
    ("colorSchemes", Mention::DarkSwitch),
    ("Rout", Mention::Router),
    ("ViteSSG", Mention::Router),
    ("Switch", Mention::Router),
    ("Redirect", Mention::Router),
    ("Resource", Mention::Router),
    ("bootstrapModule", Mention::Router),
    ("forRoot", Mention::Router),
    ("forChild", Mention::Router),
];

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = WORDS.iter().map(|(word, _)| word);
    let mut search = AhoCorasick::builder();
    search
        .match_kind(MatchKind::LeftmostFirst)
        .build(words)
        .ok()
});

/// What a script mentions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mentions {
    found: [bool; 3],
}

impl Mentions {
    /// What `text` mentions, in code, in a text or in a comment.
    pub(super) fn of(text: &str) -> Self {
        let Some(search) = SEARCH.as_ref() else {
            return Self { found: [true; 3] };
        };
        let mut found = [false; 3];
        for word in search.find_iter(text) {
            let mention = WORDS.get(word.pattern().as_usize());
            if let Some(found) = mention.and_then(|(_, it)| found.get_mut(*it as usize)) {
                *found = true;
            }
        }
        Self { found }
    }

    /// Whether `mention` is among them.
    pub(super) fn has(self, mention: Mention) -> bool {
        self.found.get(mention as usize).is_some_and(|found| *found)
    }
}
