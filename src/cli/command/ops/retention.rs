//! How long raw events are kept, as the operator's configuration says.

use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::Env;
use crate::model::catalog::Catalog;

/// The variable that goes before the catalog.
const VARIABLE: &str = "TELEMETRY_RETENTION_DAYS";

/// The most days, about a century.
const MOST: u32 = 36_500;

/// How many days: `TELEMETRY_RETENTION_DAYS`, else the catalog's.
///
/// # Errors
/// Exit code 3 when the variable is no number of days from 1 to 36,500.
pub(super) fn days(env: &Env, catalog: &Catalog) -> Result<u32, CommandError> {
    let Some(text) = env.text(VARIABLE) else {
        return Ok(catalog.retention_days);
    };
    let days = text.trim().parse().ok();
    days.filter(|days| (1..=MOST).contains(days))
        .ok_or_else(|| {
            let message = format!("{VARIABLE} is not a number of days from 1 to {MOST}");
            CommandError::new(exit::CONFIG, message)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_goes_before_the_catalog_and_must_be_a_number_of_days() {
        let catalog = Catalog::decantr();
        let read = |text: &str| days(&Env::from_pairs([(VARIABLE, text)]), &catalog);
        assert_eq!(
            days(&Env::default(), &catalog).unwrap(),
            catalog.retention_days
        );
        assert_eq!(read(" 30 ").unwrap(), 30);
        for wrong in ["0", "-1", "ninety", "36501", "1.5"] {
            assert_eq!(read(wrong).unwrap_err().exit, exit::CONFIG, "{wrong}");
        }
    }
}
