//! The catalogs that come with the program, by name.

use std::sync::{Arc, LazyLock};

use super::Catalog;

/// The file of the conversations catalog.
const CONVERSATIONS: &str = include_str!("data/conversations.toml");

/// The file of the race-bot catalog.
const RACE_BOT: &str = include_str!("data/race-bot.toml");

/// The file of the drift catalog.
const DRIFT: &str = include_str!("data/drift.toml");

impl Catalog {
    /// The names of the embedded catalogs; the first is that of the decantr tools themselves.
    pub const IDS: [&str; 4] = ["decantr", "conversations", "race-bot", "drift"];

    /// The embedded catalog of this name.
    pub fn embedded(id: &str) -> Option<Arc<Self>> {
        static CONVERSATIONS_CATALOG: LazyLock<Arc<Catalog>> =
            LazyLock::new(|| read(CONVERSATIONS));
        static RACE_BOT_CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| read(RACE_BOT));
        static DRIFT_CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| read(DRIFT));
        match id {
            "decantr" => Some(Self::decantr()),
            "conversations" => Some(Arc::clone(&CONVERSATIONS_CATALOG)),
            "race-bot" => Some(Arc::clone(&RACE_BOT_CATALOG)),
            "drift" => Some(Arc::clone(&DRIFT_CATALOG)),
            _ => None,
        }
    }
}

fn read(text: &str) -> Arc<Catalog> {
    Arc::new(super::embedded(Catalog::parse(text)))
}
