//! Opening, reading beside a writer, purging: what a store promises about its files.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use decantr::base::clock::Clock;
use decantr::server::rollup::Day;
use decantr::server::store::{self, StoreError};

use super::support::{Running, event, everything, now, url, with};

fn clock() -> Clock {
    Clock::fixed(now())
}

fn files(folder: &Path) -> Vec<(String, u32)> {
    let mut files: Vec<(String, u32)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            (entry.file_name().into_string().unwrap(), mode)
        })
        .collect();
    files.sort();
    files
}

async fn error_of(path: &Path) -> (StoreError, StoreError) {
    let reading = store::open(&url(path)).await.err().unwrap();
    let writing = store::create(&url(path), &clock()).await.err().unwrap();
    for error in [&reading, &writing] {
        assert!(
            error.to_string().contains(&*path.to_string_lossy()),
            "{error}"
        );
    }
    (reading, writing)
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_missing_store_is_an_error_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/events.db");
    let error = store::open(&url(&path)).await.err().unwrap();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert!(files(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_and_its_folder_are_private_and_its_secrets_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/events.db");
    let store = store::create(&url(&path), &clock()).await.unwrap();
    assert_eq!(files(folder.path()), [("deep".to_owned(), 0o700)]);
    assert!(
        files(&folder.path().join("deep"))
            .iter()
            .all(|(_, mode)| *mode == 0o600)
    );
    let (hmac, public) = (
        store.secrets().hmac_key,
        store.secrets().signing_key.public(),
    );
    store.close().await.unwrap();
    drop(store);
    let again = store::open(&url(&path)).await.unwrap();
    assert_eq!(again.secrets().hmac_key, hmac);
    assert_eq!(again.secrets().signing_key.public(), public);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_every_commit_beside_a_server_and_changes_no_file_without_one() {
    let mut server = Running::start().await;
    let folder = server.path.parent().unwrap().to_owned();
    server.batch(&[event()]).await;
    let reader = store::open(&url(&server.path)).await.unwrap();
    assert_eq!(reader.events(0, 10).await.unwrap().len(), 1);
    server.batch(&[event()]).await;
    assert_eq!(reader.events(0, 10).await.unwrap().len(), 2);
    server.stop().await.unwrap();

    let before = std::fs::read(&server.path).unwrap();
    assert_eq!(reader.events(0, 10).await.unwrap().len(), 2);
    let late = store::open(&url(&server.path)).await.unwrap();
    assert_eq!(late.usage(&everything()).await.unwrap().len(), 1);
    late.close().await.unwrap();
    assert_eq!(files(&folder), [("events.db".to_owned(), 0o600)]);
    assert_eq!(std::fs::read(&server.path).unwrap(), before);
    let append = store::Append {
        catalog: "decantr".into(),
        received_at: now(),
        entries: Vec::new(),
        drops: Vec::new(),
        losses: Vec::new(),
    };
    assert!(matches!(
        late.append(append).await,
        Err(StoreError::ReadOnly { .. })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_store_of_ours_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "not a database, but long enough to have a header of a hundred bytes, which SQLite will read and then refuse.").unwrap();
    let (reading, writing) = error_of(&text).await;
    assert!(
        matches!(reading, StoreError::NotAStore { .. }),
        "{reading:?}"
    );
    assert!(
        matches!(writing, StoreError::NotAStore { .. }),
        "{writing:?}"
    );

    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let (reading, writing) = error_of(&foreign).await;
    assert!(
        matches!(reading, StoreError::NotAStore { .. }),
        "{reading:?}"
    );
    assert!(
        matches!(writing, StoreError::NotAStore { .. }),
        "{writing:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_changed_or_damaged_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    store::create(&url(&path), &clock())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let good = std::fs::read(&path).unwrap();
    let edit = |sql: &str| {
        std::fs::write(&path, &good).unwrap();
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    };

    edit("INSERT INTO migrations VALUES (99, '9999_from_the_future', '', 0)");
    let (reading, writing) = error_of(&path).await;
    assert!(matches!(reading, StoreError::Newer { .. }), "{reading:?}");
    assert!(matches!(writing, StoreError::Newer { .. }), "{writing:?}");

    edit("UPDATE migrations SET sha256 = 'other'");
    let (reading, writing) = error_of(&path).await;
    assert!(matches!(reading, StoreError::Changed { .. }), "{reading:?}");
    assert!(matches!(writing, StoreError::Changed { .. }), "{writing:?}");

    edit("DELETE FROM secrets WHERE name = 'signing_key'");
    let reading = store::open(&url(&path)).await.err().unwrap();
    assert!(matches!(reading, StoreError::Damaged { .. }), "{reading:?}");

    let mut torn = good.clone();
    torn.iter_mut()
        .skip(2000)
        .step_by(3)
        .for_each(|byte| *byte ^= 0x5a);
    std::fs::write(&path, torn).unwrap();
    error_of(&path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_removes_old_events_with_their_identities_and_keeps_counts() {
    let mut server = Running::start().await;
    let old = with(event(), "/timestamp", "2026-11-01T12:00:00Z");
    let old = with(old, "/context/installId", "install_old");
    server.batch(&[old, event(), event()]).await;
    let counts = server.usage().await;
    let before = Day::of(now()).plus(-7);
    let purged = server.store.purge("decantr", before).await.unwrap();
    assert_eq!((purged.events, purged.identity_rows, purged.ids), (1, 2, 1));
    assert_eq!(server.store.events(0, 10).await.unwrap().len(), 2);
    assert_eq!(server.active().await.installs, 1);
    assert_eq!(server.usage().await, counts);
    // The id is new to the dictionary again, under another number.
    let back = with(event(), "/context/installId", "install_back");
    server.batch(&[back]).await;
    assert_eq!(server.active().await.installs, 2);
    server.stop().await.unwrap();
    let file = std::fs::read(&server.path).unwrap();
    let holds = |needle: &str| file.windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(holds("install_back"));
    assert!(
        !holds("install_old"),
        "a purged identifier is still in the file"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_on_one_store_never_mix_up_identities() {
    let mut one = Running::start().await;
    let mut two = Running::on(&one.path, clock()).await;
    let from = |install: &str| with(event(), "/context/installId", format!("install_{install}"));
    one.batch(&[from("a"), from("b")]).await;
    two.batch(&[from("c"), from("b")]).await;
    let tomorrow = Day::of(now()).plus(1);
    assert_eq!(
        two.store.purge("decantr", tomorrow).await.unwrap().events,
        4
    );
    // Numbers are free again; what the first writer remembers of them is not true any more.
    two.batch(&[from("d"), from("e")]).await;
    one.batch(&[from("b"), from("f")]).await;
    let stored = one.store.events(0, 10).await.unwrap();
    let installs: Vec<&str> = stored
        .iter()
        .map(|event| event.context.install_id.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(
        installs,
        ["install_d", "install_e", "install_b", "install_f"]
    );
    two.stop().await.unwrap();
    one.stop().await.unwrap();
}
