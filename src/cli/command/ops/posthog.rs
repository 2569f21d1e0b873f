//! What every command that talks to PostHog reads from the environment, and what it says when PostHog says no.

use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::{Env, Host};
use crate::server::posthog::capture::{self, Capture, TOKEN_VARIABLE};
use crate::server::posthog::{
    self, Client, ENVIRONMENT_VARIABLE, HOST_VARIABLE, KEY_VARIABLE, PROJECT_VARIABLE,
    PostHogError, Settings, SettingsError, Values, Waiter,
};

/// The settings that the environment holds.
///
/// # Errors
/// Exit code 5 when there is no key, or one that cannot be right; 3 for everything else that is missing or wrong.
pub(super) fn settings(env: &Env) -> Result<Settings, CommandError> {
    Settings::parse(&values(env)).map_err(|error| refused(&error))
}

/// As [`settings`], but nothing where there is no key.
pub(super) fn settings_if_any(env: &Env) -> Result<Option<Settings>, CommandError> {
    match Settings::parse(&values(env)) {
        Ok(settings) => Ok(Some(settings)),
        Err(SettingsError::NoKey) => Ok(None),
        Err(error) => Err(refused(&error)),
    }
}

/// A client that really waits.
pub(super) fn client(host: &Host, settings: Settings) -> Result<Client, CommandError> {
    Client::new(settings, host.clock.clone(), Waiter::real()).map_err(|error| failed(&error))
}

/// A request that failed: exit code 5 where the key is the cause, else 6.
pub(super) fn failed(error: &PostHogError) -> CommandError {
    if !error.is_about_access() {
        return CommandError::from_error(exit::REMOTE, error);
    }
    let hint = match error.missing_scope() {
        Some(scope) => {
            format!("add the scope {scope} to the key, in PostHog's settings, Personal API keys")
        }
        None => format!(
            "make a personal API key in PostHog's settings and put it into {KEY_VARIABLE}; keys of one region are unknown in the other, see {HOST_VARIABLE}"
        ),
    };
    CommandError::from_error(exit::ACCESS, error).hint(hint)
}

/// Where events are sent to, by the environment.
///
/// # Errors
/// Exit code 5 without a project token, 3 for a host that cannot be right.
pub(super) fn capture(env: &Env) -> Result<Capture, CommandError> {
    let app = posthog::parse_host(env.text(HOST_VARIABLE).as_deref());
    let app = app.map_err(|error| refused(&error))?;
    let token = capture::parse_token(env.secret(TOKEN_VARIABLE)).map_err(|error| {
        let hint = "it is in PostHog's settings, Project, and begins with phc_; it is read from the environment only";
        CommandError::from_error(exit::ACCESS, &error).hint(hint)
    })?;
    Capture::new(&app, token).map_err(|error| CommandError::from_error(exit::REMOTE, &error))
}

fn values(env: &Env) -> Values {
    let text = |variable: &str| env.text(variable).map(std::borrow::Cow::into_owned);
    Values {
        host: text(HOST_VARIABLE),
        environment_id: text(ENVIRONMENT_VARIABLE),
        project_id: text(PROJECT_VARIABLE),
        key: env.secret(KEY_VARIABLE),
    }
}

fn refused(error: &SettingsError) -> CommandError {
    let code = match error {
        SettingsError::NoKey | SettingsError::TokenAsKey | SettingsError::BadKey => exit::ACCESS,
        _ => exit::CONFIG,
    };
    let failed = CommandError::from_error(code, error);
    match error {
        SettingsError::NoKey => failed.hint(
            "make a personal API key in PostHog's settings and set the variable; it is read from the environment only",
        ),
        SettingsError::NoEnvironment => failed.hint(format!(
            "set {ENVIRONMENT_VARIABLE} to the number in the address of the project's pages (/project/12345)"
        )),
        _ => failed,
    }
}
