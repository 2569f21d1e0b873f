//! Whatever is erased and purged, in whichever order and by whichever process: counts stay, and nothing else does.

use std::collections::BTreeSet;
use std::path::Path;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::Validator;
use decantr::model::outcome::{Outcome, Reason};
use decantr::server::rollup::Day;
use decantr::server::store::{self, Store};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::books::{Books, agrees, id, org};
use super::rekeying::{Step, add_org, append, by, some_id, some_step, take};
use super::support::{now, url};

#[derive(Debug, Clone)]
enum Deed {
    Step(Step),
    Forget(String),
    Purge,
}

fn some_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        8 => some_step().prop_map(Deed::Step),
        1 => some_id().prop_map(Deed::Forget),
        1 => Just(Deed::Purge),
    ]
}

/// What the test knows.
#[derive(Default)]
struct Known {
    books: Books,
    gone: BTreeSet<OpaqueId>,
    purged: Option<Day>,
    accepted: i64,
}

impl Known {
    fn forget(&mut self, id: OpaqueId) {
        self.books.aliases.remove(&id);
        self.books.configured.remove(&id);
        self.books.links.retain(|link| link.0 != id);
        self.gone.insert(id);
    }

    /// Whether the step is about an id that is gone.
    fn is_refused(&self, step: &Step) -> bool {
        let (Step::Link { id: of, .. } | Step::Alias { id: of, .. } | Step::Unlink { id: of }) =
            step
        else {
            return false;
        };
        self.gone.contains(&id(of))
    }
}

async fn step(store: &dyn Store, known: &mut Known, step: &Step, number: usize, at: Timestamp) {
    let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
    if let Step::Event(made) = step {
        let append = append(&validator, made, number as u128, at);
        let event = &append.entries[0].event;
        if Some(Day::counted(event.timestamp, at)) < known.purged {
            return;
        }
        let context = &event.context;
        let ids = [
            &context.install_id,
            &context.project_id,
            &context.anonymous_id,
        ];
        let is_gone = ids.into_iter().flatten().any(|id| known.gone.contains(id));
        let expected = if is_gone {
            Outcome::Dropped(Reason::Forgotten)
        } else {
            known.accepted += 1;
            Outcome::Accepted
        };
        assert_eq!(store.append(append).await.unwrap(), [expected]);
    }
    if !known.is_refused(step) {
        take(store, &mut known.books, step, at).await;
        let gone = &known.gone;
        known.books.configured.retain(|id| !gone.contains(id));
    }
}

async fn run(deeds: &[Deed], path: &Path) {
    let clock = Clock::fixed(now());
    let one = store::create(&url(path), &clock).await.unwrap();
    let two = store::create(&url(path), &clock).await.unwrap();
    let mut known = Known::default();
    for number in [0, 1] {
        add_org(&*one, number, now()).await;
        known.books.orgs.insert(number);
        known.books.flags.insert(org(number), false);
    }
    for (number, deed) in deeds.iter().enumerate() {
        let at = now() + SignedDuration::from_mins(37 * i64::try_from(number).unwrap());
        let store = if number % 3 == 0 { &two } else { &one };
        match deed {
            Deed::Step(taken) => step(&**store, &mut known, taken, number, at).await,
            Deed::Forget(text) => {
                let ids = BTreeSet::from([id(text)]);
                let identities = store.identities();
                identities.forget(&ids, &[], &by(at)).await.unwrap();
                known.forget(id(text));
            }
            Deed::Purge => {
                let before = Day::of(at).plus(-1);
                store.purge("decantr", before).await.unwrap();
                known.purged = Some(before);
            }
        }
    }
    for event in one.events(0, 1000).await.unwrap() {
        agrees(&event, &mut known.books);
    }
    one.close().await.unwrap();
    two.close().await.unwrap();
    holds_together(path, &known);
}

/// Fails unless every row is where it belongs, and nothing refers to what is gone.
fn holds_together(path: &Path, known: &Known) {
    let db = rusqlite::Connection::open(path).unwrap();
    let number = |sql: &str| -> i64 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
    let counted = number("SELECT coalesce(sum(events), 0) FROM usage_daily");
    assert_eq!(counted, known.accepted, "counts stay");
    for nothing in [
        "usage_daily WHERE events <= 0",
        "events WHERE sender NOT IN (SELECT id FROM senders)",
        "sender_daily WHERE sender NOT IN (SELECT id FROM senders)",
        "senders WHERE id NOT IN (SELECT sender FROM sender_daily)",
        "(SELECT sum(events) AS n FROM sender_daily) WHERE n <> (SELECT count(*) FROM events)",
        "(SELECT install AS id FROM senders UNION SELECT project FROM senders UNION SELECT anonymous FROM senders
          UNION SELECT owner_user FROM senders UNION SELECT owner_org FROM senders UNION SELECT org FROM usage_daily
          UNION SELECT subject FROM links UNION SELECT subject FROM aliases UNION SELECT subject FROM configured)
         WHERE id <> 0 AND id NOT IN (SELECT id FROM ids)",
        "(SELECT install_link AS link FROM senders UNION SELECT project_link FROM senders)
         WHERE link <> 0 AND link NOT IN (SELECT id FROM links)",
    ] {
        assert_eq!(number(&format!("SELECT count(*) FROM {nothing}")), 0, "{nothing}");
    }
    for id in &known.gone {
        let named = format!(
            "SELECT (SELECT count(*) FROM ids WHERE text = '{id}') + (SELECT count(*) FROM audit WHERE subject = '{id}')"
        );
        assert_eq!(number(&named), 0, "{id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_stay_and_nothing_refers_to_what_is_gone(deeds in prop::collection::vec(some_deed(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(run(&deeds, &folder.path().join("one.db")));
    }
}
