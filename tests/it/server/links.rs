//! Links in a store: whose events of which time they give to whom.

use decantr::base::ids::OpaqueId;
use decantr::model::protocol::OrgName;
use decantr::server::store::{Claimed, NewLink};

use super::accounts_support::by;
use super::support::{Running, event, now, with};

fn id(text: &str) -> OpaqueId {
    OpaqueId::parse(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_does_not_reach_back_into_somebody_elses() {
    let server = Running::start().await;
    let identities = server.store.identities();
    let acme = server.add_org("acme").await;
    let globex = server.add_org("globex").await;
    let hours_ago = |hours| now() - jiff::SignedDuration::from_hours(hours);
    let claimed = Claimed {
        id: id("inst_old"),
        is_proven: false,
    };
    let new = |org: &OrgName, user: &str, hours| NewLink {
        ids: vec![claimed.clone()],
        org: org.id.clone(),
        user: id(user),
        label: None,
        from: hours_ago(hours),
    };
    identities
        .link(&new(&acme, "user_1", 4), &by())
        .await
        .unwrap();
    let ids = [claimed.clone()];
    let (user, by) = (id("user_1"), by());
    let ended = identities.unlink(&ids, &user, hours_ago(2), &by);
    assert_eq!(ended.await.unwrap().len(), 1);
    identities
        .link(&new(&globex, "user_2", 6), &by)
        .await
        .unwrap();
    let at = |hours| {
        with(
            with(event(), "/context/installId", "inst_old"),
            "/timestamp",
            hours_ago(hours).to_string(),
        )
    };
    server.batch(&[at(5), at(3), at(1)]).await;
    let stored = server.store.events(0, 10).await.unwrap();
    let orgs: Vec<_> = stored
        .iter()
        .map(|event| event.counted.owner.org.as_ref().map(OpaqueId::as_str))
        .collect();
    assert_eq!(orgs, [None, Some("org_acme"), Some("org_globex")]);
}
