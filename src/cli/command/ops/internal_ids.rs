//! The ids that the operator's configuration calls internal: five variables, one for each kind of id.

use std::collections::BTreeSet;

use crate::base::ids::OpaqueId;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::Env;

/// Each variable with the prefixes of its ids.
const VARIABLES: [(&str, &[&str]); 5] = [
    ("DECANTR_INTERNAL_USER_IDS", &["user"]),
    ("DECANTR_INTERNAL_ORG_IDS", &["org"]),
    ("DECANTR_INTERNAL_INSTALL_IDS", &["install", "inst"]),
    ("DECANTR_INTERNAL_PROJECT_IDS", &["project", "proj"]),
    ("DECANTR_INTERNAL_ANONYMOUS_IDS", &["anon"]),
];

/// Reads all of them.
///
/// # Errors
/// Exit code 3, naming the variable and which of its values is wrong. The value itself is not repeated: it may be an e-mail
/// address.
pub(super) fn read(env: &Env) -> Result<BTreeSet<OpaqueId>, CommandError> {
    let mut ids = BTreeSet::new();
    for (variable, prefixes) in VARIABLES {
        let text = env.text(variable).unwrap_or_default();
        let values = text.split(|c: char| c == ',' || c.is_whitespace());
        for (at, value) in values.filter(|value| !value.is_empty()).enumerate() {
            let id = OpaqueId::parse(value)
                .ok()
                .filter(|id| prefixes.contains(&id.prefix()));
            ids.insert(id.ok_or_else(|| wrong(variable, at + 1, prefixes))?);
        }
    }
    Ok(ids)
}

fn wrong(variable: &str, at: usize, prefixes: &[&str]) -> CommandError {
    let forms: Vec<String> = prefixes
        .iter()
        .map(|prefix| format!("{prefix}_ID"))
        .collect();
    let message = format!(
        "value {at} of {variable} is not an id of the form {}",
        forms.join(" or ")
    );
    CommandError::new(exit::CONFIG, message)
        .hint("separate ids with commas or spaces; `decantr ops alias candidates` shows ids as they are stored")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_and_a_wrong_value_is_named_by_its_place() {
        let env = Env::from_pairs([
            ("DECANTR_INTERNAL_USER_IDS", "user_1, user_2"),
            ("DECANTR_INTERNAL_INSTALL_IDS", "inst_1\ninstall_2,,"),
            ("DECANTR_INTERNAL_ANONYMOUS_IDS", " "),
        ]);
        let ids: Vec<String> = read(&env).unwrap().into_iter().map(String::from).collect();
        assert_eq!(ids, ["inst_1", "install_2", "user_1", "user_2"]);
        for bad in [
            "user_1 someone@example.com",
            "user_1,install_2",
            "user_1\u{fffd} x",
        ] {
            let env = Env::from_pairs([("DECANTR_INTERNAL_USER_IDS", bad)]);
            let error = read(&env).unwrap_err();
            assert_eq!(error.exit, exit::CONFIG);
            let place = if bad.contains('\u{fffd}') {
                "value 1"
            } else {
                "value 2"
            };
            assert!(error.message.starts_with(place), "{}", error.message);
            assert!(!error.message.contains("example"), "{}", error.message);
        }
    }
}
