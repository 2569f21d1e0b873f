//! A store's files: links to them, what lies in their place, what a crash leaves, and what happens when they go.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::http::{Http, Request, parse_base_url};
use decantr::model::protocol::EVENTS_PATH;
use decantr::server::store::{self, StoreError, StoreUrl};

use super::support::{Running, batch, event, now, url};
use crate::support::process::Home;
use crate::support::unprivileged::Unprivileged;

fn clock() -> Clock {
    Clock::fixed(now())
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_store_shows_what_the_store_holds_now() {
    let mut server = Running::start().await;
    let links = tempfile::tempdir().unwrap();
    let link = links.path().join("link.db");
    symlink(&server.path, &link).unwrap();
    server.batch(&[event()]).await;
    let reader = store::open(&url(&link)).await.unwrap();
    assert_eq!(reader.events(0, 10).await.unwrap().len(), 1);
    server.batch(&[event()]).await;
    assert_eq!(reader.events(0, 10).await.unwrap().len(), 2);

    let mut second = Running::on(&link, clock()).await;
    second.batch(&[event()]).await;
    assert_eq!(server.store.events(0, 10).await.unwrap().len(), 3);
    second.stop().await.unwrap();
    server.stop().await.unwrap();
    assert_eq!(fs::read_dir(links.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_database_is_refused_without_changing_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.db");
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(foreign);
    let before = contents(folder.path());
    let error = store::create(&url(&path), &clock()).await.err().unwrap();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error:?}");
    assert!(
        contents(folder.path()) == before,
        "the database was changed"
    );

    // One of ours that a newer version has changed is left alone just as well.
    let path = folder.path().join("newer.db");
    let store = store::create(&url(&path), &clock()).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = DELETE;
         INSERT INTO migrations VALUES (99, '9999_from_the_future', '', 0)",
    )
    .unwrap();
    drop(db);
    let before = contents(folder.path());
    let error = store::create(&url(&path), &clock()).await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { .. }), "{error:?}");
    assert!(contents(folder.path()) == before, "the store was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_regular_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for path in [&*pipe, folder.path(), Path::new("/dev/null")] {
        let both = async {
            let reading = store::open(&url(path)).await.err().unwrap();
            let writing = store::create(&url(path), &clock()).await.err().unwrap();
            [reading, writing]
        };
        let errors = tokio::time::timeout(Duration::from_secs(5), both).await;
        for error in errors.unwrap() {
            assert!(matches!(error, StoreError::NotAFile { .. }), "{error:?}");
            assert!(error.to_string().contains(&*path.to_string_lossy()));
        }
    }
}

/// The folder of a store whose server was killed after it had acknowledged three events.
async fn crashed() -> (Home, tempfile::TempDir, StoreUrl) {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("store.db").display());
    let server = home.serve_on(&store);
    let http = Http::new(Duration::from_secs(20)).unwrap();
    let target = parse_base_url(&format!("{}{EVENTS_PATH}", server.url)).unwrap();
    let at = Clock::system().now().to_string();
    let events: Vec<_> = (0..3)
        .map(|_| super::support::with(event(), "/timestamp", at.clone()))
        .collect();
    let request = Request {
        body: Some(batch(&events).to_string().into_bytes()),
        ..Request::default()
    };
    assert_eq!(http.post(&target, request).await.unwrap().status, 202);
    server.kill();
    assert!(folder.path().join("store.db-wal").metadata().unwrap().len() > 0);
    (home, folder, store.parse().unwrap())
}

fn total(digest: &serde_json::Value) -> u64 {
    digest["pulse"]["total_7d"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_after_a_crash_shows_everything_and_changes_nothing() {
    let (home, folder, store) = crashed().await;
    let digest = ["ops", "digest", "--dry-run", "--json", "--store"];
    for has_index in [true, false] {
        let index = folder.path().join("store.db-shm");
        if !has_index {
            fs::remove_file(index).unwrap();
        }
        let before = contents(folder.path());
        let run = home.run(&[&digest[..], &[&store.to_string()]].concat());
        assert_eq!(total(&run.exits(0).json()), 3, "index: {has_index}");
        let reader = store::open(&store).await.unwrap();
        assert_eq!(reader.events(0, 10).await.unwrap().len(), 3);
        assert!(contents(folder.path()) == before, "index: {has_index}");
    }
    let again = store::create(&store, &Clock::system()).await.unwrap();
    assert_eq!(again.events(0, 10).await.unwrap().len(), 3);
    again.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_store_can_be_read_in_a_folder_that_is_not_ours_to_write() {
    let (_home, folder, _) = crashed().await;
    for has_index in [true, false] {
        let user = Unprivileged::new();
        for (name, bytes) in contents(folder.path()) {
            if has_index || !name.ends_with("-shm") {
                fs::write(user.work().join(&name), bytes).unwrap();
            }
        }
        // Gives what was copied to the user, too.
        user.write("marker", "");
        for name in contents(&user.work()).keys() {
            user.chmod(&format!("work/{name}"), 0o444);
        }
        user.chmod("work", 0o555);
        let before = contents(&user.work());
        let run = user.run(&["ops", "digest", "--json", "--store", "sqlite:store.db"]);
        assert_eq!(total(&run.exits(0).json()), 3, "index: {has_index}");
        assert!(contents(&user.work()) == before, "index: {has_index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_into_files_that_are_gone() {
    for suffix in ["", "-wal", "-shm"] {
        let server = Running::start().await;
        server.batch(&[event()]).await;
        let file = server.path.with_extension(format!("db{suffix}"));
        let aside = file.with_extension("aside");
        fs::rename(&file, &aside).unwrap();
        let body = batch(&[event()]).to_string();
        let answer = server.post_bytes(body.clone()).await;
        assert_eq!(
            (answer.status, answer.retry_after),
            (503, Some(1)),
            "{file:?}"
        );
        assert_eq!(server.get("/v1/ready").await.0, 503);

        // Something else in its place is no better.
        fs::copy(&aside, &file).unwrap();
        assert_eq!(server.post_bytes(body.clone()).await.status, 503);
        fs::rename(&aside, &file).unwrap();
        assert_eq!(server.post_bytes(body).await.status, 202);
        assert_eq!(server.store.events(0, 10).await.unwrap().len(), 2);
    }
}
