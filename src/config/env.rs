//! The environment as an immutable snapshot: read once, then handed around like any other value.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use crate::base::secret::Secret;

/// The variables of one process, as they were when it started. A variable that is set but empty counts as absent.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// This process's environment; the only place that reads it.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader")]
    pub fn from_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// An environment of exactly these variables.
    pub fn from_pairs<K: Into<OsString>, V: Into<OsString>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// This environment with further variables below it: what is set here, and not empty, stays. Of two that are the same the
    /// later counts.
    #[must_use]
    pub fn over(&self, below: impl IntoIterator<Item = (String, String)>) -> Self {
        let below = below
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()));
        let mut variables: BTreeMap<OsString, OsString> = below.collect();
        let own = self.0.iter().filter(|(_, value)| !value.is_empty());
        variables.extend(own.map(|(key, value)| (key.clone(), value.clone())));
        Self(variables)
    }

    /// All of them, for a child that is to find the same ones.
    pub fn all(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// The value of `key`, byte for byte.
    pub fn raw(&self, key: &str) -> Option<&OsStr> {
        self.0
            .get(OsStr::new(key))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// The value of `key` as text; what is not UTF-8 becomes U+FFFD, which no setting accepts.
    pub fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        self.raw(key).map(OsStr::to_string_lossy)
    }

    /// The value of `key` as a path.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        self.raw(key).map(PathBuf::from)
    }

    /// The value of `key`, wrapped before anybody can print it; white space alone counts as absent.
    pub fn secret(&self, key: &str) -> Option<Secret> {
        let secret = Secret::new(&self.text(key)?);
        (!secret.is_empty()).then_some(secret)
    }

    /// Whether `key` is set to anything but nothing, `0` or `false`.
    pub fn is_on(&self, key: &str) -> bool {
        self.text(key).is_some_and(|value| {
            let value = value.trim();
            !(value.is_empty() || value == "0" || value.eq_ignore_ascii_case("false"))
        })
    }
}

/// The values may be secrets, so only their number is shown.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Env({} variables)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_absent_and_off_has_three_spellings() {
        let env = Env::from_pairs([
            ("A", ""),
            ("B", "0"),
            ("C", "False"),
            ("D", "no"),
            ("E", " "),
        ]);
        assert_eq!(env.raw("A"), None);
        for off in ["A", "B", "C", "E", "MISSING"] {
            assert!(!env.is_on(off), "{off}");
        }
        assert!(env.is_on("D"));
        assert_eq!(format!("{env:?}"), "Env(5 variables)");
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let env = Env::from_pairs([("KEY", " dcr_1 \n"), ("BLANK", " ")]);
        let secret = env.secret("KEY").unwrap();
        assert_eq!(
            (secret.expose(), format!("{secret:?}")),
            ("dcr_1", "Secret(..)".to_owned())
        );
        assert_eq!(env.secret("BLANK"), None);
    }

    #[test]
    fn a_file_fills_in_what_the_process_does_not_say() {
        let file = [("A", "file"), ("B", "first"), ("B", "file"), ("C", "file")];
        let file = file.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let env = Env::from_pairs([("A", "process"), ("C", "")]).over(file);
        let value = |key| env.text(key).unwrap().into_owned();
        assert_eq!(
            [value("A"), value("B"), value("C")],
            ["process", "file", "file"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn keys_and_values_need_not_be_utf_8() {
        use std::os::unix::ffi::OsStrExt as _;
        let odd = OsStr::from_bytes(b"\xff\xfe");
        let env = Env::from_pairs([(odd.to_owned(), "x".into()), ("P".into(), odd.to_owned())]);
        assert_eq!(env.path("P").unwrap().as_os_str(), odd);
        assert!(env.is_on("P"));
    }
}
