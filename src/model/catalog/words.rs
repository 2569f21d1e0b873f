//! What a property can hold, in words for the people who decide about it.

use super::{EnumValue, PropertyType};

impl PropertyType {
    /// What values it can have, as the end of a sentence: `one of a, b; else other`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Int { min, max, unit } => format!("a whole number from {min} to {max} ({unit})"),
            Self::Number { min, max, unit } => format!("a number from {min} to {max} ({unit})"),
            Self::Enum { values } => format!("one of {}; else other", listed(values)),
            Self::Token { max } => format!("a word of at most {max} of a-z, 0-9, _ and -"),
            Self::Version => "a version such as 1.2.3 or 1.2.3-beta.1".to_owned(),
            Self::Domain => "the name of a domain".to_owned(),
            Self::PathTemplate { segments } => {
                let segments: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
                format!(
                    "a path with each part :x, except for {}",
                    segments.join(", ")
                )
            }
            Self::Hash { length } => format!("a hash of {length} hexadecimal digits"),
            Self::List { of, max } => format!("a list of at most {max}, each {}", of.in_words()),
            Self::Map { of, max } => {
                format!("at most {max} values under names, each {}", of.in_words())
            }
        }
    }
}

fn listed(values: &[EnumValue]) -> String {
    let values: Vec<&str> = values.iter().map(|value| &**value).collect();
    values.join(", ")
}
