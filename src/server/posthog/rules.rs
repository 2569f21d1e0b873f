//! What may be asked again after which failure, and which scope a refusal names.

use crate::base::http::HttpError;

/// What a request may do, and therefore when it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Changes nothing.
    Read,
    /// Sets something to what it may be already.
    Set,
    /// Makes something new, which must not happen twice.
    Make,
}

/// Whether a request may be sent again after this status. What makes something new is repeated only after those that say that
/// nothing was done; so does PostHog's own client (posthog-definitions, `src/client/http.ts`).
pub(super) fn repeats(kind: Kind, status: u16) -> bool {
    match kind {
        Kind::Make => matches!(status, 408 | 425 | 429),
        Kind::Read | Kind::Set => matches!(status, 408 | 425 | 429 | 500..=599),
    }
}

/// Whether it may go better next time.
pub(super) fn is_passing(error: &HttpError) -> bool {
    matches!(
        error,
        HttpError::Unreachable { .. } | HttpError::Timeout { .. }
    )
}

/// The scope that is named in a refusal: `API key missing required scope 'insight:read'`.
pub(super) fn scope_in(detail: &str) -> Option<String> {
    let is_scope = |word: &&str| {
        word.split_once(':').is_some_and(|(object, right)| {
            let is_name = |name: &str| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            };
            is_name(object) && matches!(right, "read" | "write")
        })
    };
    detail
        .split(['\'', '"', '`', ' ', ',', '.'])
        .find(is_scope)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_scope_where_it_can() {
        let said = ": API key missing required scope 'insight:read'";
        assert_eq!(scope_in(said).as_deref(), Some("insight:read"));
        for said in ["", "no: really", "https://x"] {
            assert_eq!(scope_in(said), None, "{said}");
        }
    }

    #[test]
    fn what_makes_something_new_is_never_sent_again_when_it_may_have_been_made() {
        for status in [500, 502, 503, 504] {
            assert!(repeats(Kind::Read, status) && repeats(Kind::Set, status));
            assert!(!repeats(Kind::Make, status), "{status}");
        }
        assert!(repeats(Kind::Make, 429) && !repeats(Kind::Read, 400));
    }
}
