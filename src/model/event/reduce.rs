//! Reducers: narrowing a raw value before anything is stored or sent; the raw value exists only on the stack.

use std::borrow::Cow;

use super::credential::could_be_an_account;
use super::raw::RawValue;
use super::value::{OTHER, is_hash};
use crate::base::crypto;
use crate::model::catalog::{PropertySpec, PropertyType, Reduce};
use crate::model::outcome::Strip;

/// Narrows the value of a property by what its catalog says. What could be the number of an account in the place of a hash is hashed,
/// and noted.
pub(super) fn narrow<'m, 'a>(
    raw: &'m RawValue<'a>,
    property: &PropertySpec,
    hmac_key: &[u8; 32],
    strips: &mut Vec<Strip>,
) -> Cow<'m, RawValue<'a>> {
    let kind = &property.kind;
    let narrowed = match &property.reduce {
        Some(by) => Cow::Owned(reduce(raw, by, kind, hmac_key)),
        None => Cow::Borrowed(raw),
    };
    if !could_be_an_account(&narrowed, kind) {
        return narrowed;
    }
    strips.push(Strip::IdHashed);
    Cow::Owned(reduce(&narrowed, &Reduce::IdToHmac, kind, hmac_key))
}

/// Narrows `raw` by `reduce` on its way into `kind`. What the reducer does not understand passes through, to be refused by the
/// type.
pub fn reduce<'a>(
    raw: &RawValue<'a>,
    reduce: &Reduce,
    kind: &PropertyType,
    hmac_key: &[u8; 32],
) -> RawValue<'a> {
    let reduced = match (reduce, raw) {
        (Reduce::UrlToDomain, RawValue::Text(text)) => domain_of(text),
        (Reduce::UrlToPathTemplate, RawValue::Text(text)) => path_of(text),
        (Reduce::UserAgentToFamily, RawValue::Text(text)) => Some(family_of(text, kind).to_owned()),
        (Reduce::TextToToken, RawValue::Text(text)) => Some(token_of(text, kind)),
        (Reduce::IdToHmac, RawValue::Text(text)) => hash_of(text, kind, hmac_key),
        (Reduce::IdToHmac, RawValue::Int(id)) => hash_of(&id.to_string(), kind, hmac_key),
        (Reduce::NumberToTier { tiers }, RawValue::Int(value)) => Some(tier_of(*value, tiers)),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "`as` saturates; a tier is coarse"
        )]
        (Reduce::NumberToTier { tiers }, RawValue::Float(value)) if value.is_finite() => {
            Some(tier_of(*value as i64, tiers))
        }
        _ => None,
    };
    reduced.map_or_else(|| raw.clone(), |text| RawValue::Text(Cow::Owned(text)))
}

/// The host of an address with or without a scheme; no user part, port, path or query.
fn domain_of(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?.trim_end_matches('.');
    Some(host.to_ascii_lowercase())
}

/// The path of an address with or without scheme and host; no query, no fragment.
fn path_of(text: &str) -> Option<String> {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => text,
    };
    path.starts_with('/').then(|| path.to_owned())
}

/// The browser families told apart, each with the mark that names it, in the order in which they must be looked for (the later
/// ones also claim to be the earlier ones; see <https://developer.mozilla.org/en-US/docs/Web/HTTP/Browser_detection_using_the_user_agent>).
const FAMILIES: [(&str, &str); 8] = [
    ("bot", "bot"),
    ("edg/", "edge"),
    ("opr/", "opera"),
    ("firefox/", "firefox"),
    ("chrome/", "chrome"),
    ("safari/", "safari"),
    ("curl/", "curl"),
    ("node", "node"),
];

/// A family stays what it is: what a client has narrowed, a server narrows again.
fn family_of<'t>(text: &'t str, kind: &PropertyType) -> &'t str {
    if is_listed(text, kind) {
        return text;
    }
    let text = text.to_ascii_lowercase();
    FAMILIES
        .iter()
        .find(|(mark, _)| text.contains(mark))
        .map_or(OTHER, |(_, family)| family)
}

/// Lower case, every run of other characters one `_`. A text that looks like an address, a path or a key-value pair, that is
/// too long, or that no letter starts, is `other`: folding must not carry over what the type exists to keep out.
fn token_of(text: &str, kind: &PropertyType) -> String {
    if is_listed(text, kind) {
        return text.to_owned();
    }
    let name = text.trim().trim_start_matches('@');
    if name.contains(['/', '\\', ':', '@', '=', '%', '<', '{']) {
        return OTHER.to_owned();
    }
    let max = if let PropertyType::Token { max } = kind {
        *max
    } else {
        usize::MAX
    };
    let mut token = String::new();
    for c in name.chars() {
        if token.len() >= max {
            return OTHER.to_owned();
        }
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() || c == '-' => token.push(c),
            _ if token.ends_with('_') => {}
            _ => token.push('_'),
        }
    }
    let token = token.trim_matches('_');
    let starts_well = token.starts_with(|c: char| c.is_ascii_lowercase());
    if starts_well {
        token.to_owned()
    } else {
        OTHER.to_owned()
    }
}

/// What stands before a hash that the sender made itself, with a salt that only it knows: it is kept as it is, so that the sender's
/// identifiers never leave it and still arrive as the same hash. The hash has the property's exact length.
pub const HASHED_BY_SENDER: &str = "hmac-";

fn is_listed(text: &str, kind: &PropertyType) -> bool {
    let PropertyType::Enum { values } = kind else {
        return false;
    };
    values.iter().any(|value| &**value == text)
}

fn hash_of(text: &str, kind: &PropertyType, key: &[u8; 32]) -> Option<String> {
    let PropertyType::Hash { length } = kind else {
        return None;
    };
    let made = text.strip_prefix(HASHED_BY_SENDER);
    if let Some(made) = made.filter(|made| is_hash(made, *length)) {
        return Some(made.to_owned());
    }
    let hash = crypto::hex(&crypto::hmac_sha256(key, text.as_bytes()));
    hash.get(..*length).map(str::to_owned)
}

fn tier_of(value: i64, tiers: &[i64]) -> String {
    match tiers.iter().find(|bound| value < **bound) {
        Some(bound) => format!("lt_{bound}"),
        None => format!("gte_{}", tiers.last().copied().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(text: &str, by: &Reduce, kind: &PropertyType) -> String {
        match reduce(&text.into(), by, kind, &[7; 32]) {
            RawValue::Text(text) => text.into_owned(),
            other => panic!("not a text: {other:?}"),
        }
    }

    #[test]
    fn an_address_keeps_its_host_only() {
        let to = |text| reduced(text, &Reduce::UrlToDomain, &PropertyType::Domain);
        assert_eq!(
            to("https://me:pw@Sub.Example.com:8443/a?b#c"),
            "sub.example.com"
        );
        assert_eq!(to("example.com/path"), "example.com");
    }

    #[test]
    fn an_address_keeps_its_path_only() {
        let kind = PropertyType::PathTemplate {
            segments: vec!["docs".into()],
        };
        let to = |text| reduced(text, &Reduce::UrlToPathTemplate, &kind);
        assert_eq!(to("https://example.com/docs/x?token=1"), "/docs/x?token=1");
        assert_eq!(to("https://example.com"), "/");
        assert_eq!(to("/docs"), "/docs");
    }

    #[test]
    fn a_text_becomes_a_token_or_other() {
        let kind = PropertyType::Token { max: 12 };
        let to = |text| reduced(text, &Reduce::TextToToken, &kind);
        assert_eq!(to("Get  Started!"), "get_started");
        assert_eq!(to("@official"), "official");
        for bad in ["123", "me@x.com", "/home/me", "a:b", "https://x"] {
            assert_eq!(to(bad), "other", "{bad}");
        }
        assert_eq!(to(""), "other");
        assert_eq!(to("much too long to keep"), "other");
    }

    #[test]
    fn a_user_agent_becomes_its_family() {
        let kind = PropertyType::Enum {
            values: vec!["firefox".into()],
        };
        let to = |text| reduced(text, &Reduce::UserAgentToFamily, &kind);
        assert_eq!(
            to("Mozilla/5.0 (X11; rv:130.0) Gecko/20100101 Firefox/130.0"),
            "firefox"
        );
        assert_eq!(
            to("Mozilla/5.0 AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130"),
            "edge"
        );
        assert_eq!(to("something else"), "other");
        assert_eq!(to("firefox"), "firefox", "narrowed before");
    }

    #[test]
    fn an_id_becomes_its_keyed_hash_and_a_number_its_tier() {
        let kind = PropertyType::Hash { length: 16 };
        let hash = reduced("me@example.com", &Reduce::IdToHmac, &kind);
        assert_eq!(hash.len(), 16);
        assert_ne!(hash, reduced("you@example.com", &Reduce::IdToHmac, &kind));
        let number = reduce(&RawValue::Int(17), &Reduce::IdToHmac, &kind, &[7; 32]);
        assert_eq!(number, reduced("17", &Reduce::IdToHmac, &kind).into());
        let made = format!("{HASHED_BY_SENDER}{hash}");
        assert_eq!(reduced(&made, &Reduce::IdToHmac, &kind), hash);
        for short in ["hmac-", "hmac-0123", "hmac-0123456789ABCDEF"] {
            let hashed = reduced(short, &Reduce::IdToHmac, &kind);
            assert_ne!(format!("{HASHED_BY_SENDER}{hashed}"), short);
        }
        assert_eq!(tier_of(9, &[10, 100]), "lt_10");
        assert_eq!(tier_of(100, &[10, 100]), "gte_100");
    }
}
