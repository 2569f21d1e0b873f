//! Whether a person can attach ids to their organisation, and take them back.

use jiff::Timestamp;

use super::Finding;
use super::ask::{Server, Verb, unanswered};
use super::ids::Ids;
use crate::model::protocol::{
    ACCOUNT_VERSION, LINK_PATH, LinkReply, LinkRequest, ME_PATH, Me, Scope, UnlinkReply,
    UnlinkRequest,
};

const CHECK: &str = "link";

/// Links the ids to the key's own organisation and ends the link again.
pub(super) async fn check(server: &Server, ids: &Ids, now: Timestamp) -> Finding {
    let key_todo =
        "set DECANTR_API_KEY to a key of `decantr ops key create --scope link --org ORG`";
    let Some(key) = server.link.as_ref() else {
        return Finding::not_checked(CHECK, "there is no key of scope link here", key_todo);
    };
    let asked = server.get(ME_PATH, Some(key)).await;
    let me: Me = match asked.and_then(|reply| reply.read()) {
        Ok(me) => me,
        Err(why) => return Finding::failed(CHECK, format!("{ME_PATH} {why}"), key_todo),
    };
    let Some(org) = me.org.filter(|_| me.scopes.contains(&Scope::Link)) else {
        let found = "the key in DECANTR_API_KEY is not for linking, or belongs to no organisation";
        return Finding::failed(CHECK, found, key_todo);
    };
    let link = LinkRequest {
        schema_version: ACCOUNT_VERSION,
        org: org.slug.clone(),
        label: Some("live-check".to_owned()),
        ids: ids.claims(),
        from: now,
    };
    let asked = server
        .ask(Verb::Post, LINK_PATH, Some(key), Some(&link))
        .await;
    let linked = asked.and_then(|reply| reply.read::<LinkReply>());
    let unlink = UnlinkRequest {
        schema_version: ACCOUNT_VERSION,
        ids: ids.claims(),
        until: now,
    };
    let asked = server
        .ask(Verb::Delete, LINK_PATH, Some(key), Some(&unlink))
        .await;
    let unlinked = asked.and_then(|reply| reply.read::<UnlinkReply>());
    match (linked, unlinked) {
        (Ok(linked), Ok(unlinked))
            if linked.linked.len() == link.ids.len()
                && unlinked.unlinked.len() == link.ids.len() =>
        {
            Finding::passed(
                CHECK,
                format!("linked to {} and unlinked again", linked.org.slug),
            )
        }
        (Ok(_), Ok(_)) => unanswered(CHECK, "the server took only some of the ids"),
        (Err(why), _) => unanswered(CHECK, format!("linking {why}")),
        (_, Err(why)) => unanswered(CHECK, format!("unlinking {why}")),
    }
}
