//! Which server telemetry goes to, which one answers everything else, and which setting says so.

use std::borrow::Cow;

use reqwest::Url;
use serde::Serialize;

use super::file::{API_URL, TELEMETRY_ENDPOINT};
use super::{ConfigError, ConfigFile, Env};
use crate::base::http::{self, HttpError};

/// Where telemetry goes when nothing says otherwise: this machine, where `decantr ops serve` listens by default.
pub const DEFAULT_ENDPOINT: &str = "http://127.0.0.1:7317";

/// The variable that names the server that takes telemetry.
pub const ENDPOINT_VARIABLE: &str = "DECANTR_TELEMETRY_ENDPOINT";

/// The variable that names the server that answers everything else.
pub const API_URL_VARIABLE: &str = "DECANTR_API_URL";

/// The flag that names it.
pub const API_URL_FLAG: &str = "--api-url";

/// The variable with an API key. It counts only beside an explicit address, so that it goes nowhere by accident.
pub const API_KEY_VARIABLE: &str = "DECANTR_API_KEY";

/// The kind of setting that a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The command line.
    Flag,
    /// The environment.
    Environment,
    /// `config.json`.
    ConfigFile,
    /// Nothing said so: the built-in value.
    Default,
}

/// A server, and the setting that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its base address.
    pub url: Url,
    /// Scheme, host and port: what consent is given to.
    pub origin: String,
    /// The kind of setting that names it.
    pub source: Source,
    /// The flag, variable or key that names it.
    pub key: &'static str,
}

/// One place that can name a server.
enum Setting<'a> {
    Flag(&'static str, Option<&'a str>),
    Variable(&'static str),
    Key(&'static str),
}

impl Endpoint {
    /// Finds the endpoint: flag, `DECANTR_TELEMETRY_ENDPOINT`, `telemetryEndpoint`, `DECANTR_API_URL`, `apiUrl`, default.
    ///
    /// # Errors
    /// When the first of them that is set is not a usable address; the next one is not tried.
    pub fn resolve(flag: Option<&str>, env: &Env, file: &ConfigFile) -> Result<Self, ConfigError> {
        let order = [
            Setting::Flag("--endpoint", flag),
            Setting::Variable(ENDPOINT_VARIABLE),
            Setting::Key(TELEMETRY_ENDPOINT),
            Setting::Variable(API_URL_VARIABLE),
            Setting::Key(API_URL),
        ];
        Self::first_of(order, env, file)
    }

    /// Finds the server that answers everything but telemetry: flag, `DECANTR_API_URL`, `apiUrl`, `telemetryEndpoint`, default.
    ///
    /// `DECANTR_TELEMETRY_ENDPOINT` does not count: who says where events go has not said where keys go.
    ///
    /// # Errors
    /// As [`Endpoint::resolve`].
    pub fn api(flag: Option<&str>, env: &Env, file: &ConfigFile) -> Result<Self, ConfigError> {
        let order = [
            Setting::Flag(API_URL_FLAG, flag),
            Setting::Variable(API_URL_VARIABLE),
            Setting::Key(API_URL),
            Setting::Key(TELEMETRY_ENDPOINT),
        ];
        Self::first_of(order, env, file)
    }

    fn first_of<'a>(
        order: impl IntoIterator<Item = Setting<'a>>,
        env: &Env,
        file: &ConfigFile,
    ) -> Result<Self, ConfigError> {
        let mut found = (DEFAULT_ENDPOINT.to_owned(), Source::Default, "default");
        for setting in order {
            let (text, source, key) = match setting {
                Setting::Flag(key, text) => (text.map(str::to_owned), Source::Flag, key),
                Setting::Variable(key) => {
                    let text = env.text(key).map(Cow::into_owned);
                    (text, Source::Environment, key)
                }
                Setting::Key(key) => {
                    let text = file.text(key)?.filter(|text| !text.is_empty());
                    (text, Source::ConfigFile, key)
                }
            };
            if let Some(text) = text {
                found = (text, source, key);
                break;
            }
        }
        let (text, source, key) = found;
        let url = http::parse_base_url(&text).map_err(|error| match source {
            Source::ConfigFile => bad(source, format!("{key} in {}", file.path().display()), error),
            _ => bad(source, key.to_owned(), error),
        })?;
        Ok(Self {
            origin: http::origin(&url),
            url,
            source,
            key,
        })
    }

    /// Whether the command line or the environment names it: only then a key from the environment may go there.
    pub fn is_explicit(&self) -> bool {
        matches!(self.source, Source::Flag | Source::Environment)
    }

    /// The base address as a person types it.
    pub fn text(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// How a person hears which setting names it.
    pub fn named_by(&self) -> String {
        match self.source {
            Source::Default => "the default".to_owned(),
            Source::ConfigFile => format!("named by {} in config.json", self.key),
            _ => format!("named by {}", self.key),
        }
    }

    /// The address of `path` (with a leading slash) below the base address.
    pub fn at(&self, path: &str) -> Url {
        http::below(&self.url, path)
    }
}

fn bad(from: Source, origin: String, source: HttpError) -> ConfigError {
    ConfigError::BadEndpoint {
        from,
        origin,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings, strongest first.
    const ORDER: [&str; 5] = [
        "--endpoint",
        ENDPOINT_VARIABLE,
        TELEMETRY_ENDPOINT,
        API_URL_VARIABLE,
        API_URL,
    ];

    /// The same for everything but telemetry.
    const API_ORDER: [&str; 4] = [API_URL_FLAG, API_URL_VARIABLE, API_URL, TELEMETRY_ENDPOINT];

    fn resolve(set: &[(&str, &str)]) -> Result<Endpoint, ConfigError> {
        let (env, file) = settings(set);
        Endpoint::resolve(value_of(set, "--endpoint"), &env, &file)
    }

    fn api(set: &[(&str, &str)]) -> Result<Endpoint, ConfigError> {
        let (env, file) = settings(set);
        Endpoint::api(value_of(set, API_URL_FLAG), &env, &file)
    }

    fn value_of<'a>(set: &[(&str, &'a str)], key: &str) -> Option<&'a str> {
        set.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    fn settings(set: &[(&str, &str)]) -> (Env, ConfigFile) {
        let value = |key| value_of(set, key);
        let env = Env::from_pairs(
            [ENDPOINT_VARIABLE, API_URL_VARIABLE]
                .into_iter()
                .filter_map(|key| Some((key, value(key)?))),
        );
        let folder = tempfile::tempdir().unwrap();
        let mut file = ConfigFile::load(&folder.path().join("config.json")).unwrap();
        for key in [TELEMETRY_ENDPOINT, API_URL] {
            if let Some(value) = value(key) {
                file.set(key, value);
            }
        }
        (env, file)
    }

    #[test]
    fn of_every_pair_the_stronger_wins_and_is_named() {
        check_order(&ORDER, resolve);
        check_order(&API_ORDER, api);
        let elsewhere = [(ENDPOINT_VARIABLE, "https://elsewhere.example")];
        assert_eq!(api(&elsewhere).unwrap().origin, DEFAULT_ENDPOINT);
    }

    type Resolve = fn(&[(&str, &str)]) -> Result<Endpoint, ConfigError>;

    fn check_order(order: &[&str], resolve: Resolve) {
        for (strong, key) in order.iter().enumerate() {
            for weak in &order[strong + 1..] {
                let set = [
                    (*weak, "https://weak.example"),
                    (*key, "https://strong.example"),
                ];
                let found = resolve(&set).unwrap();
                assert_eq!(found.origin, "https://strong.example", "{key} over {weak}");
                assert_eq!(found.key, *key);
                let broken = [
                    (*weak, "https://weak.example"),
                    (*key, "http://far.example"),
                ];
                let error = resolve(&broken).unwrap_err().to_string();
                assert!(error.contains(key), "{error}");
            }
        }
        let default = resolve(&[]).unwrap();
        assert_eq!(
            (default.source, default.origin.as_str()),
            (Source::Default, DEFAULT_ENDPOINT)
        );
    }

    #[test]
    fn paths_are_added_below_the_base() {
        let at = |base| {
            resolve(&[("--endpoint", base)])
                .unwrap()
                .at("/v1/x")
                .to_string()
        };
        assert_eq!(at("https://a.example"), "https://a.example/v1/x");
        assert_eq!(at("https://a.example/deep/"), "https://a.example/deep/v1/x");
    }
}
