//! The words by which operators and people with keys speak of organisations, users and ids. Errors do not repeat what was given:
//! it may be an e-mail address.

use crate::base::ids::OpaqueId;
use crate::model::event::opaque_id;

/// The longest short name of an organisation.
const SLUG_MAX: usize = 39;

/// Something that was said in a way that cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermError {
    /// Not the short name of an organisation.
    #[error("an organisation's short name has 1 to 39 of a-z, 0-9 and -, and begins with no -")]
    NotASlug,
    /// Not the opaque id of an organisation.
    #[error("an organisation's id has the form org_ID with 1 to 64 letters, digits and -")]
    NotAnOrg,
    /// Not the opaque id of a user.
    #[error(
        "a user is named by an opaque id of the form user_ID, never by an e-mail address or a name"
    )]
    NotAUser,
    /// An id that is neither a project, an installation nor an anonymous visitor.
    #[error(
        "only installations, projects and anonymous visitors have an alias; users and organisations have flags"
    )]
    NoAlias,
    /// An id that tells its kind, and it is not the one that was given.
    #[error("the id is not of the kind that was given")]
    OtherKind,
    /// An id of another shape, of which nobody can tell what it is of.
    #[error("an id of another shape needs its kind: install, project or anonymous")]
    NeedsKind,
    /// An id about which nothing is kept that could be erased by it alone.
    #[error(
        "installations, projects and anonymous visitors can be forgotten; users, organisations and sessions go with them"
    )]
    NotErasable,
    /// Nothing at all.
    #[error("an id is not blank")]
    Blank,
}

/// What an id with an alias is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasKind {
    /// An installation.
    Install,
    /// A project.
    Project,
    /// An anonymous visitor.
    Anonymous,
}

impl AliasKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Install, Self::Project, Self::Anonymous];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Project => "project",
            Self::Anonymous => "anonymous",
        }
    }

    /// The kind with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The prefixes of its ids; the first is that of hashed ones.
    pub fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Install => &["install", "inst"],
            Self::Project => &["project", "proj"],
            Self::Anonymous => &["anon"],
        }
    }

    /// What an id is of.
    pub fn of(id: &OpaqueId) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.prefixes().contains(&id.prefix()))
    }
}

/// Whether `text` is the short name of an organisation: `[a-z0-9][a-z0-9-]{0,38}`.
pub fn is_slug(text: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=SLUG_MAX).contains(&text.len()) && text.bytes().all(is_inner) && !text.starts_with('-')
}

/// The id of an organisation: the given one, or one made from its short name.
pub fn org_id(slug: &str, given: Option<&str>) -> Result<OpaqueId, TermError> {
    if !is_slug(slug) {
        return Err(TermError::NotASlug);
    }
    let made = format!("org_{slug}");
    of_prefix(given.unwrap_or(&made), "org").ok_or(TermError::NotAnOrg)
}

/// The id of a user.
pub fn user_id(text: &str) -> Result<OpaqueId, TermError> {
    of_prefix(text, "user").ok_or(TermError::NotAUser)
}

/// The id under which a user's events are stored; one of another shape is the user's id in a product.
pub fn any_user_id(text: &str, hmac_key: &[u8; 32]) -> Result<OpaqueId, TermError> {
    opaque_id("user", text, hmac_key).ok_or(TermError::Blank)
}

/// An id that can have an alias. One of another shape is what events with it are stored under; that takes its kind.
pub fn alias_id(
    text: &str,
    kind: Option<AliasKind>,
    hmac_key: &[u8; 32],
) -> Result<OpaqueId, TermError> {
    if let Ok(id) = OpaqueId::parse(text) {
        let found = AliasKind::of(&id).ok_or(TermError::NoAlias)?;
        return if kind.is_none_or(|kind| kind == found) {
            Ok(id)
        } else {
            Err(TermError::OtherKind)
        };
    }
    let kind = kind.ok_or(TermError::NeedsKind)?;
    let prefix = kind.prefixes().first().copied().unwrap_or_default();
    opaque_id(prefix, text, hmac_key).ok_or(TermError::Blank)
}

/// The ids under which anything about `text` may be stored; one of another shape may be of any kind.
pub fn erasable_ids(text: &str, hmac_key: &[u8; 32]) -> Result<Vec<OpaqueId>, TermError> {
    if let Ok(id) = OpaqueId::parse(text) {
        return AliasKind::of(&id)
            .map(|_| vec![id])
            .ok_or(TermError::NotErasable);
    }
    let kinds = AliasKind::ALL.into_iter();
    kinds
        .map(|kind| alias_id(text, Some(kind), hmac_key))
        .collect()
}

fn of_prefix(text: &str, prefix: &str) -> Option<OpaqueId> {
    OpaqueId::parse(text)
        .ok()
        .filter(|id| id.prefix() == prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_short_and_plain() {
        let longest = "a".repeat(39);
        for good in ["a", "acme", "4-you", &longest] {
            assert!(is_slug(good), "{good}");
        }
        let longer = "a".repeat(40);
        for bad in ["", "-a", "Acme", "a_b", "a b", "é", &longer] {
            assert!(!is_slug(bad), "{bad}");
        }
        assert_eq!(org_id("acme", None).unwrap().as_str(), "org_acme");
        assert_eq!(org_id("acme", Some("org_7")).unwrap().as_str(), "org_7");
        assert_eq!(org_id("acme", Some("user_7")), Err(TermError::NotAnOrg));
    }

    #[test]
    fn a_user_is_no_mail_address() {
        assert_eq!(user_id("user_1").unwrap().as_str(), "user_1");
        for bad in ["someone@example.com", "user_a@b.c", "install_1", "someone"] {
            assert_eq!(user_id(bad), Err(TermError::NotAUser), "{bad}");
        }
    }

    #[test]
    fn an_id_of_another_shape_is_found_where_its_events_are() {
        let key = [7; 32];
        let stored = opaque_id("install", "machine 7", &key).unwrap();
        assert_eq!(
            alias_id("machine 7", Some(AliasKind::Install), &key),
            Ok(stored.clone())
        );
        assert_eq!(alias_id("machine 7", None, &key), Err(TermError::NeedsKind));
        assert_eq!(
            alias_id(" ", Some(AliasKind::Install), &key),
            Err(TermError::Blank)
        );
        assert_eq!(alias_id("inst_1", None, &key).unwrap().as_str(), "inst_1");
        assert_eq!(
            alias_id("inst_1", Some(AliasKind::Project), &key),
            Err(TermError::OtherKind)
        );
        assert_eq!(alias_id("user_1", None, &key), Err(TermError::NoAlias));
        assert!(erasable_ids("machine 7", &key).unwrap().contains(&stored));
        assert_eq!(erasable_ids("proj_1", &key).unwrap().len(), 1);
        assert_eq!(erasable_ids("sess_1", &key), Err(TermError::NotErasable));
    }
}
