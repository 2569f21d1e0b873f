//! Telling texts that were made to be secret from texts that name something: the former are not taken for names.

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
