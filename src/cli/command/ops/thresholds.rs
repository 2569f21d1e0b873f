//! Where the alerts of reports begin to apply, as the operator's configuration says.

use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::Env;
use crate::server::report::Thresholds;

/// Failures of the window, from which on they are a warning.
const FAILURES: &str = "TELEMETRY_FAILURE_ALERT_THRESHOLD";

/// Failure rate of the window, from which on it is a warning.
const FAILURE_RATE: &str = "TELEMETRY_FAILURE_RATE_ALERT_THRESHOLD";

/// Decline of customer events, from which on it is a warning.
const CUSTOMER_DROP_RATE: &str = "TELEMETRY_CUSTOMER_DROP_RATE_ALERT_THRESHOLD";

/// The thresholds: each from its variable, else as when nothing is said.
///
/// # Errors
/// Exit code 3 when a variable is no whole number from 1 on, or no rate above 0 and up to 1.
pub(super) fn read(env: &Env) -> Result<Thresholds, CommandError> {
    let usual = Thresholds::default();
    Ok(Thresholds {
        failures: number(env, FAILURES)?.unwrap_or(usual.failures),
        failure_rate: rate(env, FAILURE_RATE)?.unwrap_or(usual.failure_rate),
        customer_drop_rate: rate(env, CUSTOMER_DROP_RATE)?.unwrap_or(usual.customer_drop_rate),
        ..usual
    })
}

fn number(env: &Env, variable: &str) -> Result<Option<u64>, CommandError> {
    let Some(text) = env.text(variable) else {
        return Ok(None);
    };
    let number = text.trim().parse().ok().filter(|number| *number > 0);
    let refusal = || {
        let message = format!("{variable} is not a whole number from 1 on");
        CommandError::new(exit::CONFIG, message)
    };
    number.map(Some).ok_or_else(refusal)
}

fn rate(env: &Env, variable: &str) -> Result<Option<f64>, CommandError> {
    let Some(text) = env.text(variable) else {
        return Ok(None);
    };
    let rate = text.trim().parse().ok();
    let rate = rate.filter(|rate: &f64| *rate > 0.0 && *rate <= 1.0);
    let refusal = || {
        let message = format!("{variable} is not a rate above 0 and up to 1");
        CommandError::new(exit::CONFIG, message).hint("0.05 is 5 %")
    };
    rate.map(Some).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_sets_its_threshold_and_leaves_the_others() {
        assert_eq!(read(&Env::default()).unwrap(), Thresholds::default());
        let env = Env::from_pairs([
            (FAILURES, " 10 "),
            (FAILURE_RATE, "0.2"),
            (CUSTOMER_DROP_RATE, "1"),
        ]);
        let expected = Thresholds {
            failures: 10,
            failure_rate: 0.2,
            customer_drop_rate: 1.0,
            ..Thresholds::default()
        };
        assert_eq!(read(&env).unwrap(), expected);
    }

    #[test]
    fn what_is_no_threshold_is_refused_by_its_name() {
        let wrong = [
            (FAILURES, "0"),
            (FAILURES, "-3"),
            (FAILURES, "three"),
            (FAILURES, "1.5"),
            (FAILURE_RATE, "0"),
            (FAILURE_RATE, "5%"),
            (FAILURE_RATE, "5"),
            (FAILURE_RATE, "NaN"),
            (CUSTOMER_DROP_RATE, "-0.1"),
            (CUSTOMER_DROP_RATE, "inf"),
        ];
        for (variable, text) in wrong {
            let error = read(&Env::from_pairs([(variable, text)])).unwrap_err();
            assert_eq!(error.exit, exit::CONFIG, "{variable}={text}");
            assert!(error.message.contains(variable), "{}", error.message);
        }
    }
}
