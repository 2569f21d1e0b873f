//! Which server telemetry goes to, and which setting says so.

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

/// The server that telemetry goes to.
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

impl Endpoint {
    /// Finds the endpoint: flag, `DECANTR_TELEMETRY_ENDPOINT`, `telemetryEndpoint`, `DECANTR_API_URL`, `apiUrl`, default.
    ///
    /// # Errors
    /// When the first of them that is set is not a usable address; the next one is not tried.
    pub fn resolve(flag: Option<&str>, env: &Env, file: &ConfigFile) -> Result<Self, ConfigError> {
        let in_env = |key| {
            env.text(key)
                .map(|text| (text.into_owned(), Source::Environment, key))
        };
        let in_file = |key| {
            let text = file.text(key)?.filter(|text| !text.is_empty());
            Ok::<_, ConfigError>(text.map(|text| (text, Source::ConfigFile, key)))
        };
        let found = if let Some(flag) = flag {
            (flag.to_owned(), Source::Flag, "--endpoint")
        } else if let Some(found) = in_env(ENDPOINT_VARIABLE) {
            found
        } else if let Some(found) = in_file(TELEMETRY_ENDPOINT)? {
            found
        } else if let Some(found) = in_env(API_URL_VARIABLE) {
            found
        } else if let Some(found) = in_file(API_URL)? {
            found
        } else {
            (DEFAULT_ENDPOINT.to_owned(), Source::Default, "default")
        };
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

    /// The address of `path` (with a leading slash) below the base address.
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
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

    fn resolve(set: &[(&str, &str)]) -> Result<Endpoint, ConfigError> {
        let value = |key| set.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
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
        Endpoint::resolve(value("--endpoint"), &env, &file)
    }

    #[test]
    fn of_every_pair_the_stronger_wins_and_is_named() {
        for (strong, key) in ORDER.iter().enumerate() {
            for weak in &ORDER[strong + 1..] {
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
