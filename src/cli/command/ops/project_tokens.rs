//! The project tokens that clients of PostHog's may come with, when the operator says which.

use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::Env;
use crate::server::access::ProjectTokens;

/// Holds them, with commas or white space between.
const VARIABLE: &str = "DECANTR_POSTHOG_TOKENS";

/// Reads them; without the variable any token is let in.
///
/// # Errors
/// Exit code 3, naming the place of a value that can be no project token, or for a list of none. No value is repeated.
pub(super) fn read(env: &Env) -> Result<ProjectTokens, CommandError> {
    let Some(list) = env.text(VARIABLE).filter(|list| !list.trim().is_empty()) else {
        return Ok(ProjectTokens::default());
    };
    ProjectTokens::parse(&list).map_err(|place| {
        let message = match place {
            0 => format!("{VARIABLE} holds no token"),
            place => format!("value {place} of {VARIABLE} is not a project token"),
        };
        CommandError::new(exit::CONFIG, message).hint(
            "project tokens have at most 64 characters, with commas or spaces between them, and are no personal API keys (phx_…)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_a_wrong_value_is_named_by_its_place() {
        let read = |list: &str| read(&Env::from_pairs([(VARIABLE, list)]));
        assert_eq!(read(" ").unwrap(), ProjectTokens::default());
        let list = read("phc_1, phc_2").unwrap();
        assert!(list.admit("phc_2").is_ok() && list.admit("phc_3").is_err());
        for (bad, start) in [
            (",", "DECANTR"),
            ("phc_1,phx_secret", "value 2"),
            ("\u{fffd}", "value 1"),
        ] {
            let error = read(bad).unwrap_err();
            assert_eq!(error.exit, exit::CONFIG);
            assert!(error.message.starts_with(start), "{}", error.message);
            assert!(!error.message.contains("secret"), "{}", error.message);
        }
    }
}
