//! What is known about ids, kept by simpler means than a store's, to compare with.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use decantr::base::ids::OpaqueId;
use decantr::model::event::{Alias, Directory, Owner, Sender, resolve};
use decantr::server::store::{Classification, StoredEvent};
use jiff::Timestamp;

pub(super) fn org(number: u8) -> OpaqueId {
    OpaqueId::parse(&format!("org_{number}")).unwrap()
}

pub(super) fn user(number: u8) -> OpaqueId {
    OpaqueId::parse(&format!("user_{number}")).unwrap()
}

pub(super) fn id(text: &str) -> OpaqueId {
    OpaqueId::parse(text).unwrap()
}

/// What is known in the end, kept by other means than the store's.
#[derive(Debug, Default, Clone)]
pub(super) struct Books {
    pub(super) orgs: BTreeSet<u8>,
    pub(super) flags: BTreeMap<OpaqueId, bool>,
    pub(super) aliases: BTreeMap<OpaqueId, Classification>,
    pub(super) configured: BTreeSet<OpaqueId>,
    pub(super) links: Vec<(OpaqueId, Owner<OpaqueId>, Timestamp, Option<Timestamp>)>,
}

impl Books {
    pub(super) fn end_link(&mut self, id: &OpaqueId, at: Timestamp) {
        for link in self.links.iter_mut().filter(|link| link.0 == *id) {
            link.3 = link.3.or(Some(at));
        }
    }

    fn link(&self, id: Option<&OpaqueId>, at: Timestamp) -> Option<Owner<u64>> {
        let holds = |link: &&(OpaqueId, Owner<OpaqueId>, Timestamp, Option<Timestamp>)| {
            Some(&link.0) == id && link.2 <= at && link.3.is_none_or(|until| at < until)
        };
        let found = self.links.iter().rev().find(holds)?;
        Some(hashed(&found.1))
    }
}

/// Ids as numbers, since the rule takes only what can be copied.
fn number(id: &OpaqueId) -> u64 {
    let hash = decantr::base::crypto::sha256(id.as_str().as_bytes());
    u64::from_le_bytes(hash[..8].try_into().unwrap())
}

fn hashed(owner: &Owner<OpaqueId>) -> Owner<u64> {
    Owner {
        user: owner.user.as_ref().map(number),
        org: owner.org.as_ref().map(number),
    }
}

impl Directory<u64> for Books {
    type Error = Infallible;

    fn is_configured(&mut self, id: u64) -> Result<bool, Infallible> {
        Ok(self.configured.iter().any(|known| number(known) == id))
    }

    fn is_flagged(&mut self, id: u64) -> Result<Option<bool>, Infallible> {
        let mut flags = self.flags.iter();
        Ok(flags
            .find(|(known, _)| number(known) == id)
            .map(|(_, flag)| *flag))
    }

    fn alias(&mut self, id: u64) -> Result<Option<Alias<u64>>, Infallible> {
        let mut aliases = self.aliases.iter();
        let found = aliases.find(|(known, _)| number(known) == id);
        Ok(found.map(|(_, says)| Alias {
            actor: says.actor,
            owner: Owner {
                user: says.user.as_ref().map(number),
                org: says.org.as_ref().map(number),
            },
        }))
    }
}

/// Fails unless the event counts as the books say.
pub(super) fn agrees(event: &StoredEvent, books: &mut Books) {
    let context = &event.context;
    let ids = |id: &Option<OpaqueId>| id.as_ref().map(number);
    let sender = Sender {
        source: &*context.source,
        install: ids(&context.install_id),
        project: ids(&context.project_id),
        anonymous: ids(&context.anonymous_id),
        claimed: Owner {
            user: ids(&context.user_id),
            org: ids(&context.org_id),
        },
        install_link: books.link(context.install_id.as_ref(), event.timestamp),
        project_link: books.link(context.project_id.as_ref(), event.timestamp),
    };
    let Ok(expected) = resolve(&sender, books);
    let counted = &event.counted;
    assert_eq!(
        (counted.actor, hashed(&counted.owner), counted.standing),
        (expected.actor, expected.owner, expected.standing),
        "{event:?}"
    );
}
