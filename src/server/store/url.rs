//! Store addresses: `sqlite:PATH`. An address can hold a password, so errors repeat its scheme only.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Which store, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreUrl {
    /// One SQLite file on this machine.
    Sqlite(PathBuf),
}

/// An address that names no store of a known form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// There is no scheme, as in a bare path.
    #[error("a store address has the form sqlite:PATH")]
    NoScheme,
    /// The scheme is not one that this version knows.
    #[error(
        "no stores of the form {scheme}:… in this version; a store address has the form sqlite:PATH"
    )]
    UnknownScheme {
        /// The scheme given.
        scheme: String,
    },
    /// What follows `sqlite:` is not a path to a file.
    #[error(
        "sqlite: is followed by the path of a file, for example sqlite:/var/lib/decantr/decantr.db"
    )]
    NoPath,
}

impl FromStr for StoreUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once(':').ok_or(UrlError::NoScheme)?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if scheme.is_empty() || !scheme.chars().all(is_scheme) {
            return Err(UrlError::NoScheme);
        }
        if scheme != "sqlite" {
            return Err(UrlError::UnknownScheme {
                scheme: scheme.to_owned(),
            });
        }
        // `sqlite://host/…` means a host elsewhere, and `:memory:` and an empty name mean no file at all.
        let is_host = rest.starts_with("//") && !rest.starts_with("///");
        if rest.is_empty() || rest.starts_with(':') || rest.ends_with('/') || is_host {
            return Err(UrlError::NoPath);
        }
        Ok(Self::Sqlite(PathBuf::from(rest)))
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_is_a_sqlite_store() {
        for good in ["sqlite:a.db", "sqlite:/a/b.db", "sqlite:///a/b.db"] {
            assert!(good.parse::<StoreUrl>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a.db",
            "/a/b.db",
            "sqlite:",
            "sqlite::memory:",
            "sqlite://host/a.db",
            "sqlite:folder/",
            "mysql://me@db",
        ] {
            assert!(bad.parse::<StoreUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_never_repeats_a_password() {
        let error = "mysql://me:hunter2@db/x".parse::<StoreUrl>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
