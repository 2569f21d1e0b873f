//! Which PostHog, which project, which key: values in, checked settings out. Reading the environment is not done here.

use reqwest::Url;

use crate::base::http::{HttpError, parse_base_url};
use crate::base::secret::Secret;

/// Names the app host.
pub const HOST_VARIABLE: &str = "POSTHOG_HOST";
/// Names the environment by number.
pub const ENVIRONMENT_VARIABLE: &str = "POSTHOG_ENVIRONMENT_ID";
/// The older name of [`ENVIRONMENT_VARIABLE`].
pub const PROJECT_VARIABLE: &str = "POSTHOG_PROJECT_ID";
/// Holds the personal API key.
pub const KEY_VARIABLE: &str = "POSTHOG_PERSONAL_API_KEY";
/// The app host when nothing is said: PostHog's cloud in the United States.
pub const DEFAULT_HOST: &str = "https://us.posthog.com";

/// The settings of everything but sending events.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The app host, for example `https://eu.posthog.com`; may have a path, where PostHog is mounted below one.
    pub host: Url,
    /// The number of the environment (PostHog says project, too) as in the address of its pages.
    pub environment_id: u64,
    /// A personal API key (`phx_…`).
    pub key: Secret,
}

/// The values as they were given, before anything is known about them.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// [`HOST_VARIABLE`].
    pub host: Option<String>,
    /// [`ENVIRONMENT_VARIABLE`].
    pub environment_id: Option<String>,
    /// [`PROJECT_VARIABLE`]; counts where the other is absent.
    pub project_id: Option<String>,
    /// [`KEY_VARIABLE`].
    pub key: Option<Secret>,
}

/// Settings that are not there or cannot be right.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// There is no key.
    #[error("{KEY_VARIABLE} is not set")]
    NoKey,
    /// The key is one that can only send events.
    #[error(
        "{KEY_VARIABLE} holds a project token (phc_…), which can only send events; a personal API key begins with phx_"
    )]
    TokenAsKey,
    /// The key has characters that no key has.
    #[error(
        "{KEY_VARIABLE} is not a key: it holds white space or other characters that no key has"
    )]
    BadKey,
    /// There is no environment.
    #[error("neither {ENVIRONMENT_VARIABLE} nor {PROJECT_VARIABLE} is set")]
    NoEnvironment,
    /// The environment is not a number.
    #[error(
        "{variable} is not a number; it is the number in the address of the project's pages (/project/12345)"
    )]
    BadEnvironment {
        /// Which variable.
        variable: &'static str,
    },
    /// The environment is a project token.
    #[error(
        "{variable} holds a project token (phc_…); put the project's number there (/project/12345 in the address of its pages), and the token into POSTHOG_PROJECT_TOKEN"
    )]
    TokenAsEnvironment {
        /// Which variable.
        variable: &'static str,
    },
    /// The host takes events and answers nothing else.
    #[error("{HOST_VARIABLE} names {host}, which only takes events; name the app host, {app}")]
    IngestHost {
        /// The host.
        host: String,
        /// The host to name instead.
        app: String,
    },
    /// The host is no usable address.
    #[error("{HOST_VARIABLE} is not usable")]
    BadHost(#[source] HttpError),
}

impl Settings {
    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that is wrong: the host, then the environment, then the key; [`SettingsError::NoKey`] only when all else
    /// is right or absent.
    pub fn parse(values: &Values) -> Result<Self, SettingsError> {
        let host = parse_host(values.host.as_deref())?;
        let environment = environment_id(values)?;
        let key = values.key.clone().filter(|key| !key.is_empty());
        let key = key.ok_or(SettingsError::NoKey)?;
        check_key(&key)?;
        Ok(Self {
            host,
            environment_id: environment.ok_or(SettingsError::NoEnvironment)?,
            key,
        })
    }
}

/// Reads the app host; [`DEFAULT_HOST`] when there is none. A missing scheme is https.
///
/// # Errors
/// For an ingest host (`us.i.posthog.com`), plain http to another machine, and what is no address.
pub fn parse_host(text: Option<&str>) -> Result<Url, SettingsError> {
    let text = text
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .unwrap_or(DEFAULT_HOST);
    let url = if text.contains("://") {
        parse_base_url(text)
    } else {
        parse_base_url(&format!("https://{text}"))
    };
    let url = url.map_err(SettingsError::BadHost)?;
    let host = url.host_str().unwrap_or_default();
    if let Some(region) = host.strip_suffix(".i.posthog.com") {
        return Err(SettingsError::IngestHost {
            host: host.to_owned(),
            app: format!("https://{region}.posthog.com"),
        });
    }
    Ok(url)
}

fn environment_id(values: &Values) -> Result<Option<u64>, SettingsError> {
    let given = [
        (ENVIRONMENT_VARIABLE, &values.environment_id),
        (PROJECT_VARIABLE, &values.project_id),
    ];
    let given = given
        .into_iter()
        .filter_map(|(variable, text)| Some((variable, text.as_deref()?.trim())))
        .find(|(_, text)| !text.is_empty());
    let Some((variable, text)) = given else {
        return Ok(None);
    };
    if text.starts_with("phc_") {
        return Err(SettingsError::TokenAsEnvironment { variable });
    }
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(id) if is_number && id > 0 => Ok(Some(id)),
        _ => Err(SettingsError::BadEnvironment { variable }),
    }
}

fn check_key(key: &Secret) -> Result<(), SettingsError> {
    if key.expose().starts_with("phc_") {
        return Err(SettingsError::TokenAsKey);
    }
    if key.expose().bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(SettingsError::BadKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            environment_id: Some(" 42 ".to_owned()),
            key: Some(Secret::new("phx_1")),
            ..Values::default()
        }
    }

    #[test]
    fn what_is_not_said_has_defaults_or_is_named() {
        let settings = Settings::parse(&values()).unwrap();
        assert_eq!(
            (settings.host.as_str(), settings.environment_id),
            ("https://us.posthog.com/", 42)
        );
        let said = |values: Values| Settings::parse(&values).unwrap_err().to_string();
        assert!(
            said(Values {
                key: None,
                ..values()
            })
            .contains(KEY_VARIABLE)
        );
        let none = Values {
            environment_id: None,
            ..values()
        };
        assert!(said(none.clone()).contains(PROJECT_VARIABLE));
        let old = Values {
            project_id: Some("7".to_owned()),
            ..none
        };
        assert_eq!(Settings::parse(&old).unwrap().environment_id, 7);
    }

    #[test]
    fn a_token_in_the_wrong_place_is_told_where_it_belongs() {
        let token = Values {
            environment_id: Some("phc_secret".to_owned()),
            ..values()
        };
        let said = Settings::parse(&token).unwrap_err().to_string();
        assert!(
            said.contains("POSTHOG_PROJECT_TOKEN") && !said.contains("secret"),
            "{said}"
        );
        let key = Values {
            key: Some(Secret::new("phc_secret")),
            ..values()
        };
        let said = Settings::parse(&key).unwrap_err().to_string();
        assert!(said.contains("phx_") && !said.contains("secret"), "{said}");
        for bad in ["0", "-1", "+5", "abc", "1.5", "99999999999999999999999"] {
            let values = Values {
                environment_id: Some(bad.to_owned()),
                ..values()
            };
            assert!(Settings::parse(&values).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_ingest_host_is_refused_with_the_host_to_name_instead() {
        for host in ["https://eu.i.posthog.com", "eu.i.posthog.com"] {
            let said = parse_host(Some(host)).unwrap_err().to_string();
            assert!(said.contains("https://eu.posthog.com"), "{said}");
        }
        for (host, read) in [
            ("eu.posthog.com", "https://eu.posthog.com/"),
            ("http://127.0.0.1:8000/ph", "http://127.0.0.1:8000/ph"),
        ] {
            assert_eq!(parse_host(Some(host)).unwrap().as_str(), read);
        }
        for bad in [
            "http://posthog.example.com",
            "https://u:p@a.example",
            "ftp://a.example",
        ] {
            assert!(parse_host(Some(bad)).is_err(), "{bad}");
        }
    }
}
