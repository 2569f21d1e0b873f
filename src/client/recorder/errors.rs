//! What class an error is of: told by its type and by HTTP statuses, never by its text, and said in the words that a catalog has.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;

use crate::base::http::HttpError;
use crate::model::catalog::{EventSpec, PropertySpec, PropertyType};
use crate::model::event::{OTHER, RawValue};

/// The class of an error: what an operator does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ErrorClass {
    /// Something outside is down or overloaded: wait, or ask its operator.
    Unavailable,
    /// Something outside did not answer in time.
    Timeout,
    /// Somebody is not allowed to do this.
    Denied,
    /// What somebody asked for does not exist or cannot be meant. Nothing is told to be that by itself: a program says so.
    Invalid,
    /// Everything else: look at the program.
    #[default]
    Unexpected,
}

/// Whose question an HTTP server has answered, which decides what a 4xx means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The program's own: if it is wrong, the program is.
    Own,
    /// What a user asked for (a preset, a slug): if it is wrong, the user is.
    Users,
}

impl ErrorClass {
    /// What an HTTP status means: 401 and 403 deny, 408 and 504 are timeouts, 429, 502 and 503 are outages; 400, 404 and 422 are a
    /// user's mistake if it was the user's question. Everything else is unexpected.
    pub fn of_status(status: u16, question: Question) -> Self {
        match status {
            401 | 403 => Self::Denied,
            408 | 504 => Self::Timeout,
            429 | 502 | 503 => Self::Unavailable,
            400 | 404 | 422 if question == Question::Users => Self::Invalid,
            _ => Self::Unexpected,
        }
    }

    /// The words for it, the best first. A catalog has one of them, or none.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Unavailable => &["provider_unavailable", "unavailable", "network"],
            Self::Timeout => &["provider_timeout", "timeout"],
            Self::Denied => &["permission_denied", "denied", "unauthorized"],
            Self::Invalid => &["invalid_preset", "invalid_input", "invalid"],
            Self::Unexpected => &["unexpected_error", "unexpected", "unknown"],
        }
    }

    /// The word that `kind` has for it: of an enum one of its values, else `other`; of a token the first word that fits.
    pub fn word_in(self, kind: &PropertyType) -> &'static str {
        let is_known = |word: &str| match kind {
            PropertyType::Enum { values } => values.iter().any(|value| &**value == word),
            PropertyType::Token { max } => word.len() <= *max,
            _ => false,
        };
        let mut words = self.words().iter().copied();
        words.find(|word| is_known(word)).unwrap_or(OTHER)
    }

    /// How something ended with it: `timeout`, `denied` or `error`, whichever `kind` has.
    fn status_in(self, kind: &PropertyType) -> &'static str {
        let PropertyType::Enum { values } = kind else {
            return OTHER;
        };
        let own = match self {
            Self::Timeout => "timeout",
            Self::Denied => "denied",
            _ => "error",
        };
        let is_known = |word: &str| values.iter().any(|value| &**value == word);
        let mut words = [own, "error", "failure", "failed"].into_iter();
        words.find(|word| is_known(word)).unwrap_or(OTHER)
    }
}

/// What the properties of `spec` say of an ending: with `class` of a failure, else of a success.
pub(super) fn said_of(
    spec: &EventSpec,
    class: Option<ErrorClass>,
) -> impl Iterator<Item = (&str, RawValue<'_>)> {
    spec.properties.iter().filter_map(move |property| {
        let word = said(property, class)?;
        Some((&*property.name, word))
    })
}

fn said<'a>(property: &PropertySpec, class: Option<ErrorClass>) -> Option<RawValue<'a>> {
    let kind = &property.kind;
    match (&*property.name, kind) {
        ("status", PropertyType::Enum { .. }) => {
            Some(class.map_or("ok", |class| class.status_in(kind)).into())
        }
        ("success", PropertyType::Bool) => Some(class.is_none().into()),
        (
            "error_type" | "errorType" | "errorCode",
            PropertyType::Enum { .. } | PropertyType::Token { .. },
        ) => Some(class?.word_in(kind).into()),
        _ => None,
    }
}

type Own = Arc<dyn Fn(&(dyn Error + 'static)) -> Option<ErrorClass> + Send + Sync>;

/// How errors are told apart. The default knows the standard library's, `reqwest`'s (of the version that decantr uses), `tokio`'s
/// timeout and decantr's own; a program adds what it knows of its own errors.
#[derive(Clone, Default)]
pub struct ErrorMap {
    own: Vec<Own>,
}

impl ErrorMap {
    /// Adds a rule, which is asked about an error and about each of its causes, before the rules that everybody has and after the
    /// ones that were added before. A rule that panics says nothing.
    #[must_use]
    pub fn with(
        mut self,
        rule: impl Fn(&(dyn Error + 'static)) -> Option<ErrorClass> + Send + Sync + 'static,
    ) -> Self {
        self.own.push(Arc::new(rule));
        self
    }

    /// The class of an error: that of the first of it and its causes that says anything, own rules first.
    pub fn class_of(&self, error: &(dyn Error + 'static)) -> ErrorClass {
        let own = |error| self.own.iter().find_map(|rule| asked(rule, error));
        links(error)
            .find_map(own)
            .or_else(|| links(error).find_map(known))
            .unwrap_or_default()
    }
}

impl fmt::Debug for ErrorMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorMap({} own rules)", self.own.len())
    }
}

/// The most causes that are looked at: a chain that goes in circles must not hold the caller up.
const MOST_LINKS: usize = 32;

/// An error and its causes.
fn links<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| inner(*error)).take(MOST_LINKS)
}

fn inner<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    // An I/O error passes over the error that it was made of.
    let made_of = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match made_of {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn asked(rule: &Own, error: &(dyn Error + 'static)) -> Option<ErrorClass> {
    let said = std::panic::AssertUnwindSafe(|| rule(error));
    std::panic::catch_unwind(said).unwrap_or(None)
}

/// What is known about errors that everybody has.
fn known(error: &(dyn Error + 'static)) -> Option<ErrorClass> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return of_kind(error.kind());
    }
    if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        return of_request(error);
    }
    match error.downcast_ref::<HttpError>() {
        Some(HttpError::Timeout { .. }) => return Some(ErrorClass::Timeout),
        Some(HttpError::Unreachable { .. }) => return Some(ErrorClass::Unavailable),
        _ => {}
    }
    let has_elapsed = error.is::<tokio::time::error::Elapsed>()
        || matches!(
            error.downcast_ref::<RecvTimeoutError>(),
            Some(RecvTimeoutError::Timeout)
        );
    has_elapsed.then_some(ErrorClass::Timeout)
}

/// A missing file says nothing by itself: it may be the user's mistake or the program's.
fn of_kind(kind: io::ErrorKind) -> Option<ErrorClass> {
    use io::ErrorKind as Kind;
    match kind {
        Kind::TimedOut => Some(ErrorClass::Timeout),
        Kind::PermissionDenied => Some(ErrorClass::Denied),
        Kind::ConnectionRefused
        | Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::NotConnected
        | Kind::BrokenPipe
        | Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown => Some(ErrorClass::Unavailable),
        _ => None,
    }
}

fn of_request(error: &reqwest::Error) -> Option<ErrorClass> {
    if error.is_timeout() {
        return Some(ErrorClass::Timeout);
    }
    if let Some(status) = error.status() {
        return Some(ErrorClass::of_status(status.as_u16(), Question::Own));
    }
    error.is_connect().then_some(ErrorClass::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::Catalog;

    /// An error with a cause.
    #[derive(Debug, thiserror::Error)]
    #[error("the secret of {0}")]
    struct Outer(&'static str, #[source] Box<dyn Error + Send + Sync>);

    #[derive(Debug, thiserror::Error)]
    #[error("no preset called hunter2")]
    struct NoPreset;

    fn class(error: &(dyn Error + 'static)) -> ErrorClass {
        ErrorMap::default().class_of(error)
    }

    #[test]
    fn an_error_is_known_by_its_type_however_deep_it_lies() {
        for (kind, expected) in [
            (io::ErrorKind::TimedOut, ErrorClass::Timeout),
            (io::ErrorKind::PermissionDenied, ErrorClass::Denied),
            (io::ErrorKind::ConnectionRefused, ErrorClass::Unavailable),
            (io::ErrorKind::NotFound, ErrorClass::Unexpected),
            (io::ErrorKind::InvalidData, ErrorClass::Unexpected),
        ] {
            let error = io::Error::from(kind);
            assert_eq!(class(&error), expected, "{kind:?}");
            let wrapped = io::Error::other(io::Error::from(kind));
            let deep = Outer("a", Box::new(Outer("b", Box::new(wrapped))));
            assert_eq!(class(&deep), expected, "{kind:?} deep");
        }
        assert_eq!(class(&NoPreset), ErrorClass::Unexpected);
        assert_eq!(class(&RecvTimeoutError::Timeout), ErrorClass::Timeout);
        assert_eq!(
            class(&RecvTimeoutError::Disconnected),
            ErrorClass::Unexpected
        );
    }

    #[test]
    fn own_rules_come_first_and_may_panic() {
        let map = ErrorMap::default()
            .with(|error| {
                assert!(!error.is::<Outer>(), "a bad rule");
                None
            })
            .with(|error| error.is::<NoPreset>().then_some(ErrorClass::Invalid));
        let denied = io::Error::new(io::ErrorKind::PermissionDenied, NoPreset);
        assert_eq!(
            map.class_of(&Outer("a", Box::new(denied))),
            ErrorClass::Invalid
        );
        let other = Outer("a", Box::new(io::Error::from(io::ErrorKind::TimedOut)));
        assert_eq!(map.class_of(&other), ErrorClass::Timeout);
    }

    #[test]
    fn an_error_that_is_its_own_cause_holds_nobody_up() {
        #[derive(Debug)]
        struct Snake;
        impl fmt::Display for Snake {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("snake")
            }
        }
        impl Error for Snake {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(self)
            }
        }
        assert_eq!(class(&Snake), ErrorClass::Unexpected);
    }

    #[test]
    fn a_status_is_the_users_mistake_only_if_it_was_the_users_question() {
        let own = |status| ErrorClass::of_status(status, Question::Own);
        for (statuses, expected) in [
            (&[401, 403][..], ErrorClass::Denied),
            (&[408, 504], ErrorClass::Timeout),
            (&[429, 502, 503], ErrorClass::Unavailable),
            (&[200, 400, 404, 418, 422, 500], ErrorClass::Unexpected),
        ] {
            for status in statuses {
                assert_eq!(own(*status), expected, "{status}");
            }
        }
        for status in [400, 404, 422] {
            assert_eq!(
                ErrorClass::of_status(status, Question::Users),
                ErrorClass::Invalid
            );
        }
        assert_eq!(
            ErrorClass::of_status(500, Question::Users),
            ErrorClass::Unexpected
        );
    }

    #[test]
    fn a_class_has_the_words_of_the_catalog_or_is_other() {
        let catalog = Catalog::embedded("race-bot").unwrap();
        let spec = catalog.event("discord.generator.failure").unwrap();
        let said = |class| said_of(spec, class).collect::<Vec<_>>();
        assert_eq!(said(None), [("status", "ok".into())]);
        for (class, status, word) in [
            (ErrorClass::Unavailable, "error", "provider_unavailable"),
            (ErrorClass::Timeout, "timeout", "provider_timeout"),
            (ErrorClass::Denied, "denied", "permission_denied"),
            (ErrorClass::Invalid, "error", "invalid_preset"),
            (ErrorClass::Unexpected, "error", "unexpected_error"),
        ] {
            let expected = [("status", status.into()), ("error_type", word.into())];
            assert_eq!(said(Some(class)), expected);
        }
        let few = PropertyType::Enum {
            values: vec!["timeout".into()],
        };
        assert_eq!(ErrorClass::Timeout.word_in(&few), "timeout");
        assert_eq!(ErrorClass::Denied.word_in(&few), "other");
    }
}
