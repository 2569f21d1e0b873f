//! Telling texts that were made to be secret from texts that name something: the former are not taken for names.

use super::raw::RawValue;
use crate::model::catalog::PropertyType;

/// From how many letters and digits in one run on no name is so long and has a digit in it. Names of models, versions, scenarios and
/// pages are made of shorter parts; keys, tokens and random ids are not.
const RANDOM_RUN: usize = 16;

/// Marks of the ids of AWS access keys, and how long one is; it need not have a digit
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>).
const ACCESS_KEYS: [&str; 2] = ["akia", "asia"];
const ACCESS_KEY: usize = 20;

/// Whether a token has the shape of a key or of a random id. A short one can still be spelled, and so can what looks like words.
pub(super) fn is_credential(token: &str) -> bool {
    token.split(['-', '_']).any(|run| {
        let is_random = run.len() >= RANDOM_RUN && run.bytes().any(|b| b.is_ascii_digit());
        let is_marked = ACCESS_KEYS.iter().any(|mark| run.starts_with(mark));
        is_random || (is_marked && run.len() == ACCESS_KEY)
    })
}

/// The most digits of the number of a card or an account (ISO/IEC 7812).
const LONGEST_ACCOUNT: usize = 19;

/// Whether what should be a short hash has nothing but digits, as the numbers of cards and accounts have. Hardly any hash does; such a
/// one is hashed again, and is still the same each time.
pub(super) fn could_be_an_account(value: &RawValue<'_>, kind: &PropertyType) -> bool {
    let (PropertyType::Hash { length }, RawValue::Text(text)) = (kind, value) else {
        return false;
    };
    *length <= LONGEST_ACCOUNT && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_random_ids_are_no_names() {
        for key in [
            "sk_live_4ec39hqlyjwdarjtt1zdp7dc",
            "akiaiosfodnnsexample",
            "aiza0000000000000000",
            "c0ffee254729296a45a3885639ac7e10",
            "x-0123456789abcdef",
        ] {
            assert!(is_credential(key), "{key}");
        }
    }

    #[test]
    fn a_card_is_no_hash() {
        let is =
            |text: &str, length| could_be_an_account(&text.into(), &PropertyType::Hash { length });
        assert!(is("4111111111111111", 16));
        assert!(!is("411111111111111a", 16));
        assert!(!is(&"1".repeat(32), 32));
        assert!(!could_be_an_account(
            &"4111111111111111".into(),
            &PropertyType::Bool
        ));
    }

    #[test]
    fn names_are_names() {
        for name in [
            "example",
            "claude-3-5-sonnet-20241022",
            "gpt-4o-mini-2024-07-18",
            "internationalization",
            "0123456789abcde",
            "akia",
            "job_interview_2",
            "copy_install_command",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
