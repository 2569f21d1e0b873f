//! Names of events that say where something happened: what their parts mean. Nobody sends the parts beside the name.

use super::EventSpec;

/// The parts of a name of the form `surface.feature.action`, with any operation in front of the action:
/// `racetime.seed.generate.failure` is the failure of `generate` of the feature `seed` on the surface `racetime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameParts<'a> {
    /// Where: the first part.
    pub surface: &'a str,
    /// What was used: the second part.
    pub feature: &'a str,
    /// What happened to it: the last part, for example `invoke`, `success` or `failure`.
    pub action: &'a str,
}

impl<'a> NameParts<'a> {
    /// The parts of a name; `None` when it has fewer than three, or an empty one.
    pub fn of(name: &'a str) -> Option<Self> {
        let parts: Vec<&str> = name.split('.').collect();
        match *parts {
            [surface, feature, .., action] if parts.iter().all(|part| !part.is_empty()) => {
                Some(Self {
                    surface,
                    feature,
                    action,
                })
            }
            _ => None,
        }
    }

    /// How it ended, for an event that says so.
    pub fn ending(self) -> Option<Ending> {
        match self.action {
            "success" => Some(Ending::Success),
            "failure" => Some(Ending::Failure),
            _ => None,
        }
    }
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// Its action is `success`.
    Success,
    /// Its action is `failure`.
    Failure,
}

impl EventSpec {
    /// The parts of its name, if it has them.
    pub fn parts(&self) -> Option<NameParts<'_>> {
        NameParts::of(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_stand_between_feature_and_action() {
        for (name, expected) in [
            (
                "discord.generator.invoke",
                ("discord", "generator", "invoke", None),
            ),
            (
                "api.sglive.seed_generate.success",
                ("api", "sglive", "success", Some(Ending::Success)),
            ),
            (
                "racetime.a.b.c.failure",
                ("racetime", "a", "failure", Some(Ending::Failure)),
            ),
        ] {
            let parts = NameParts::of(name).unwrap();
            let found = (parts.surface, parts.feature, parts.action, parts.ending());
            assert_eq!(found, expected, "{name}");
        }
        for name in ["", "page_viewed", "a.b", "a..b", ".a.b", "a.b."] {
            assert_eq!(NameParts::of(name), None, "{name}");
        }
    }
}
