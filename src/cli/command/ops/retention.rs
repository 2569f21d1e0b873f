//! How long raw events are kept, as the operator's configuration says.

use std::sync::Arc;

use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::Env;
use crate::model::catalog::{Catalog, TOKEN_MAX};
use crate::model::event::is_token;

/// The variable that goes before the catalog.
const VARIABLE: &str = "TELEMETRY_RETENTION_DAYS";

/// The most days, about a century.
const MOST: u32 = 36_500;

/// How many days: what `TELEMETRY_RETENTION_DAYS` says for this catalog or for all, else the catalog's. It holds a number of days,
/// or one for each of some catalogs (`decantr=60, race-bot=14`), or both.
///
/// # Errors
/// Exit code 3 when the variable holds anything else; days are from 1 to 36,500.
pub(super) fn days(env: &Env, catalog: &Catalog) -> Result<u32, CommandError> {
    let Some(text) = env.text(VARIABLE) else {
        return Ok(catalog.retention_days);
    };
    let (mut all, mut own) = (None, None);
    for part in text.split(',').map(str::trim) {
        let (days, place) = match part.split_once('=') {
            Some((id, days)) if is_token(id.trim(), TOKEN_MAX) => {
                let is_own = *id.trim() == *catalog.id;
                (days.trim(), is_own.then_some(&mut own))
            }
            Some(_) => return Err(invalid()),
            None => (part, Some(&mut all)),
        };
        let days = days.parse().ok().filter(|days| (1..=MOST).contains(days));
        let days = days.ok_or_else(invalid)?;
        if place.is_some_and(|place| place.replace(days).is_some()) {
            return Err(invalid());
        }
    }
    Ok(own.or(all).unwrap_or(catalog.retention_days))
}

/// A warning for each catalog that the variable names and that is not among `served`: its name may be misspelt, and then what it was meant
/// for is kept longer than its operator thinks.
pub(super) fn warnings(env: &Env, served: &[Arc<Catalog>]) -> Vec<String> {
    let text = env.text(VARIABLE).unwrap_or_default();
    let named = text.split(',').filter_map(|part| part.split_once('='));
    let named = named.map(|(id, _days)| id.trim());
    named
        .filter(|id| !served.iter().any(|catalog| *catalog.id == **id))
        .map(|id| format!("{VARIABLE} names {id}, which is no catalog of this server"))
        .collect()
}

fn invalid() -> CommandError {
    let message = format!("{VARIABLE} is not a number of days from 1 to {MOST}");
    let hint = "or one for each of some catalogs, for example decantr=60,race-bot=14";
    CommandError::new(exit::CONFIG, message).hint(hint)
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
        assert_eq!(read("race-bot=7, decantr = 60").unwrap(), 60);
        assert_eq!(read("decantr=60,30").unwrap(), 60);
        assert_eq!(read("race-bot=7,30").unwrap(), 30);
        assert_eq!(read("race-bot=7").unwrap(), catalog.retention_days);
        for wrong in [
            "0",
            "-1",
            "ninety",
            "36501",
            "1.5",
            "race-bot=0",
            "race-bot=",
            "=9",
            "30,60",
            "decantr=1,decantr=2",
            "30,",
        ] {
            assert_eq!(read(wrong).unwrap_err().exit, exit::CONFIG, "{wrong}");
        }
    }

    #[test]
    fn a_catalog_that_is_not_served_is_pointed_out() {
        let served = [Catalog::decantr()];
        let of = |text: &str| warnings(&Env::from_pairs([(VARIABLE, text)]), &served);
        assert_eq!(of("60, decantr = 30"), Vec::<String>::new());
        assert_eq!(warnings(&Env::default(), &served), Vec::<String>::new());
        let told = of("decantr=60, racebot=14");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("names racebot,"), "{}", told[0]);
    }
}
