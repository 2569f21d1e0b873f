//! What a long-running service says about its telemetry: in its program, and by the variables of the machine it runs on.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::client::{DEFAULT_ENDPOINT, ENDPOINT_VARIABLE};
use super::{ConfigError, Env};
use crate::base::clock::Clock;
use crate::base::http;
use crate::base::secret::Secret;
use crate::model::catalog::{Catalog, PropertyType, TOKEN_MAX};
use crate::model::event::{Environment, RawValue, fit, is_token};

/// The variable that turns a service's telemetry on: `true`, `1`, `yes` or `on`. Without it, it is off.
pub const ENABLED_VARIABLE: &str = "TELEMETRY_ENABLED";

/// The variable with the share of events that is sent: 0 to 1.
pub const SAMPLE_RATE_VARIABLE: &str = "TELEMETRY_SAMPLE_RATE";

/// The variable with the salt of hashed identifiers.
pub const HASH_SALT_VARIABLE: &str = "TELEMETRY_HASH_SALT";

/// The variable that says how many events may wait.
pub const QUEUE_SIZE_VARIABLE: &str = "TELEMETRY_QUEUE_SIZE";

/// The variable with the API key of scope `ingest` by which a service is believed. It counts only beside an explicit address.
pub const INGEST_KEY_VARIABLE: &str = "DECANTR_TELEMETRY_INGEST_KEY";

/// How many events wait at most unless something else is said.
pub const DEFAULT_QUEUE_SIZE: usize = 1_000;

/// The most events that may be allowed to wait: about half a gigabyte.
pub const MAX_QUEUE_SIZE: usize = 1_000_000;

/// How often what waits is sent unless something else is said.
pub const DEFAULT_FLUSH_INTERVAL: Duration = Duration::from_secs(5);

/// How often a kind of loss is logged at most unless something else is said.
pub const DEFAULT_WARN_INTERVAL: Duration = Duration::from_mins(1);

/// The smallest share that a server counts by; 0 sends nothing.
const SMALLEST_RATE: f64 = 1e-6;

/// The settings of a service. One that exists is sound: every step that can go wrong says so, and names what is wrong.
///
/// What the program says comes first, and [`ServiceConfig::with_env`] last, so that the machine's operator has the last word.
#[derive(Debug, Clone)]
pub struct ServiceConfig {
    pub(crate) enabled: bool,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) source: Option<Arc<str>>,
    pub(crate) service: Option<(Box<str>, Box<str>)>,
    pub(crate) environment: Environment,
    /// Where to, if anything says so.
    endpoint: Option<Url>,
    pub(crate) ingest_key: Option<Secret>,
    pub(crate) sample_rate: f64,
    pub(crate) hash_salt: Option<Secret>,
    pub(crate) queue_size: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) warn_interval: Duration,
    pub(crate) clock: Clock,
}

impl ServiceConfig {
    /// Settings for events of `catalog`: off, from no particular source, in production, to a server on this machine, without a
    /// key, all events, no salt, [`DEFAULT_QUEUE_SIZE`], [`DEFAULT_FLUSH_INTERVAL`], [`DEFAULT_WARN_INTERVAL`], the system's clock.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            enabled: false,
            catalog,
            source: None,
            service: None,
            environment: Environment::Production,
            endpoint: None,
            ingest_key: None,
            sample_rate: 1.0,
            hash_salt: None,
            queue_size: DEFAULT_QUEUE_SIZE,
            flush_interval: DEFAULT_FLUSH_INTERVAL,
            warn_interval: DEFAULT_WARN_INTERVAL,
            clock: Clock::system(),
        }
    }

    /// Takes over what the variables say: [`ENABLED_VARIABLE`], [`SAMPLE_RATE_VARIABLE`], [`HASH_SALT_VARIABLE`],
    /// [`QUEUE_SIZE_VARIABLE`], [`ENDPOINT_VARIABLE`] and [`INGEST_KEY_VARIABLE`]. An absent or empty one leaves what was said before.
    ///
    /// # Errors
    /// When one of them has a value that cannot be meant, by its name; never with its value. A service that wants to run in any
    /// case uses [`Recorder::off`](crate::client::recorder::Recorder::off) then.
    pub fn with_env(mut self, env: &Env) -> Result<Self, ConfigError> {
        let text = |key| env.text(key).map(|text| text.trim().to_owned());
        if let Some(text) = text(ENABLED_VARIABLE) {
            self.enabled = switch(&text)?;
        }
        if let Some(text) = text(SAMPLE_RATE_VARIABLE) {
            let rate = text.parse().unwrap_or(f64::NAN);
            self.sample_rate = checked_rate(SAMPLE_RATE_VARIABLE, rate)?;
        }
        if let Some(text) = text(QUEUE_SIZE_VARIABLE) {
            let size = text.parse().unwrap_or_default();
            self.queue_size = checked_size(QUEUE_SIZE_VARIABLE, size)?;
        }
        if let Some(salt) = env.secret(HASH_SALT_VARIABLE) {
            self.hash_salt = Some(salt);
        }
        if let Some(text) = text(ENDPOINT_VARIABLE) {
            self.endpoint = Some(address(ENDPOINT_VARIABLE, &text)?);
        }
        if let Some(key) = env.secret(INGEST_KEY_VARIABLE) {
            if self.endpoint.is_none() {
                let expected =
                    "used without DECANTR_TELEMETRY_ENDPOINT, which says where the key goes";
                return Err(bad(INGEST_KEY_VARIABLE, expected));
            }
            self = self.ingest_key(key)?;
        }
        Ok(self)
    }

    /// Turns telemetry on or off. A service decides by [`ENABLED_VARIABLE`], not by this; a test may.
    #[must_use]
    pub fn enabled(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }

    /// The one source of all events. Without it, an event comes from the only source that may send it, which suits a program
    /// with several surfaces; an event that several may send is dropped then.
    ///
    /// # Errors
    /// When the catalog has no such source.
    pub fn source(mut self, source: &str) -> Result<Self, ConfigError> {
        let known = self.catalog.source(source).cloned();
        self.source = Some(known.ok_or_else(|| bad("source", "one of the catalog's sources"))?);
        Ok(self)
    }

    /// What the service is called, a token, and its version.
    ///
    /// # Errors
    /// When the name is no token or the version no version.
    pub fn service(mut self, name: &str, version: &str) -> Result<Self, ConfigError> {
        if !is_token(name, TOKEN_MAX) {
            let expected =
                "a token: a small letter, then small letters, digits, - and _, at most 32";
            return Err(bad("the service's name", expected));
        }
        let fitted = fit(&RawValue::from(version), &PropertyType::Version);
        let fitted = fitted.and_then(|fitted| fitted.value.as_str().map(Into::into));
        let version = fitted.ok_or_else(|| bad("the service's version", "like 1.4.2"))?;
        self.service = Some((name.into(), version));
        Ok(self)
    }

    /// Where it runs. Staging is [`Environment::Preview`].
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        Self {
            environment,
            ..self
        }
    }

    /// The server's base address: https, or plain http to this machine.
    ///
    /// # Errors
    /// When it is none.
    pub fn endpoint(mut self, text: &str) -> Result<Self, ConfigError> {
        self.endpoint = Some(address("the endpoint", text)?);
        Ok(self)
    }

    /// The API key of scope `ingest`, sent to the endpoint's origin only. Without one, users and sample rates do not count, and
    /// events that are not public are dropped.
    ///
    /// # Errors
    /// When it holds anything but visible ASCII characters, which no key does.
    pub fn ingest_key(mut self, key: Secret) -> Result<Self, ConfigError> {
        let is_sendable = !key.is_empty() && key.expose().bytes().all(|b| b.is_ascii_graphic());
        if !is_sendable {
            return Err(bad(
                INGEST_KEY_VARIABLE,
                "a key of `decantr ops key create`",
            ));
        }
        self.ingest_key = Some(key);
        Ok(self)
    }

    /// The share of events that is sent: 0 (none) or 0.000001 to 1 (all). A server counts each as the inverse.
    ///
    /// # Errors
    /// When it is another number.
    pub fn sample_rate(mut self, rate: f64) -> Result<Self, ConfigError> {
        self.sample_rate = checked_rate("the sample rate", rate)?;
        Ok(self)
    }

    /// The salt of hashed identifiers, a secret that all processes of the service share and that stays the same: with another
    /// salt every group and user is a new one. Who knows it can try identifiers out, so let it be long and random.
    #[must_use]
    pub fn hash_salt(self, salt: Secret) -> Self {
        let hash_salt = (!salt.is_empty()).then_some(salt);
        Self { hash_salt, ..self }
    }

    /// How many events may wait in memory, from 1 to [`MAX_QUEUE_SIZE`]; further ones are dropped and counted.
    ///
    /// # Errors
    /// When it is another number.
    pub fn queue_size(mut self, size: usize) -> Result<Self, ConfigError> {
        self.queue_size = checked_size("the queue size", size)?;
        Ok(self)
    }

    /// How often what waits is sent, at least; a hundred events are sent at once.
    #[must_use]
    pub fn flush_interval(self, flush_interval: Duration) -> Self {
        Self {
            flush_interval,
            ..self
        }
    }

    /// How often each kind of loss is logged, at most.
    #[must_use]
    pub fn warn_interval(self, warn_interval: Duration) -> Self {
        Self {
            warn_interval,
            ..self
        }
    }

    /// The time of events.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The server's base address: the one that was said, or a server on this machine.
    pub(crate) fn server(&self) -> Result<Url, ConfigError> {
        let said = self.endpoint.clone();
        said.map_or_else(|| address("the default", DEFAULT_ENDPOINT), Ok)
    }

    /// Whether telemetry is on, as far as settings say so.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }
}

fn bad(key: &'static str, expected: &'static str) -> ConfigError {
    ConfigError::BadSetting { key, expected }
}

fn address(key: &str, text: &str) -> Result<Url, ConfigError> {
    http::parse_base_url(text).map_err(|source| ConfigError::BadEndpoint {
        from: super::Source::Environment,
        origin: key.to_owned(),
        source,
    })
}

fn switch(text: &str) -> Result<bool, ConfigError> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match text {
        _ if is_one_of(["true", "1", "yes", "on"]) => Ok(true),
        text if text.is_empty() || is_one_of(["false", "0", "no", "off"]) => Ok(false),
        _ => Err(bad(ENABLED_VARIABLE, "true or false")),
    }
}

fn checked_rate(key: &'static str, rate: f64) -> Result<f64, ConfigError> {
    // Minus zero is zero, too.
    if rate == 0.0 || (SMALLEST_RATE..=1.0).contains(&rate) {
        Ok(rate.abs())
    } else {
        Err(bad(key, "0, or a number from 0.000001 to 1"))
    }
}

fn checked_size(key: &'static str, size: usize) -> Result<usize, ConfigError> {
    if (1..=MAX_QUEUE_SIZE).contains(&size) {
        Ok(size)
    } else {
        Err(bad(key, "a whole number from 1 to 1000000"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Result<ServiceConfig, ConfigError> {
        ServiceConfig::new(Catalog::decantr()).with_env(&Env::from_pairs(set.iter().copied()))
    }

    #[test]
    fn nothing_said_is_off_whole_unsalted_and_a_thousand() {
        let config = with(&[]).unwrap();
        assert!(!config.is_enabled());
        assert_eq!((config.sample_rate, config.queue_size), (1.0, 1000));
        assert_eq!((&config.hash_salt, &config.ingest_key), (&None, &None));
        assert!(!format!("{config:?}").contains("dcr_"));
    }

    #[test]
    fn each_variable_has_the_last_word() {
        let set = [
            (ENABLED_VARIABLE, " True "),
            (SAMPLE_RATE_VARIABLE, "0.25"),
            (HASH_SALT_VARIABLE, "pepper"),
            (QUEUE_SIZE_VARIABLE, "7"),
            (ENDPOINT_VARIABLE, "https://t.example"),
            (INGEST_KEY_VARIABLE, "dcr_1"),
        ];
        let config = with(&set).unwrap();
        assert!(config.is_enabled());
        assert_eq!((config.sample_rate, config.queue_size), (0.25, 7));
        assert_eq!(config.server().unwrap().as_str(), "https://t.example/");
        assert_eq!(config.hash_salt.unwrap().expose(), "pepper");
        assert_eq!(config.ingest_key.unwrap().expose(), "dcr_1");
    }

    #[test]
    fn a_value_that_cannot_be_meant_names_its_variable_and_not_itself() {
        let secret = "hunter2 \u{7f}x";
        let endpoint = (ENDPOINT_VARIABLE, "https://t.example");
        for (key, values) in [
            (ENABLED_VARIABLE, &["maybe", "2", "yess"][..]),
            (
                SAMPLE_RATE_VARIABLE,
                &["1.5", "-0.1", "NaN", "inf", "half", "1e-7"],
            ),
            (QUEUE_SIZE_VARIABLE, &["0", "-1", "1.5", "1000001", "many"]),
            (ENDPOINT_VARIABLE, &["http://far.example", "nonsense"]),
            (INGEST_KEY_VARIABLE, &[secret]),
        ] {
            for value in values {
                let set = [endpoint, (key, *value)];
                let error = with(&set).unwrap_err().to_string();
                assert!(error.contains(key), "{key}: {error}");
                assert!(!error.contains("hunter2"), "{error}");
            }
        }
        let error = with(&[(INGEST_KEY_VARIABLE, "dcr_1")])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(INGEST_KEY_VARIABLE) && error.contains(ENDPOINT_VARIABLE),
            "{error}"
        );
        for (zero, expected) in [("0", 0.0), ("-0.0", 0.0), ("0.000001", 1e-6), ("1", 1.0)] {
            let rate = with(&[(SAMPLE_RATE_VARIABLE, zero)]).unwrap().sample_rate;
            assert!(rate.is_sign_positive() && (rate - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn what_the_program_says_is_checked_too() {
        let config = || ServiceConfig::new(Catalog::decantr());
        assert!(config().source("cli").is_ok());
        assert!(config().source("nowhere").is_err());
        assert!(config().service("seed-bot", "1.4.2").is_ok());
        assert!(config().service("Seed Bot", "1.4.2").is_err());
        assert!(config().service("seed-bot", "latest").is_err());
        assert!(config().sample_rate(f64::NAN).is_err());
        assert!(config().queue_size(0).is_err());
        assert!(config().endpoint("http://far.example").is_err());
        assert!(config().ingest_key(Secret::new("")).is_err());
        assert!(config().hash_salt(Secret::new(" ")).hash_salt.is_none());
    }
}
