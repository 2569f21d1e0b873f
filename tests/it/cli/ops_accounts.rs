//! The operator's commands about who is who: what they print, what they refuse, and how they end.

use serde_json::{Value, json};

use crate::support::process::{Home, Run};

/// A home whose commands use one store.
fn home() -> Home {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store).set("USER", "ada");
    home
}

fn json_of(home: &Home, args: &[&str]) -> Value {
    home.run(&[args, &["--json"]].concat()).exits(0).json()
}

fn set<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["ops", "alias", "set"], more].concat()
}

fn refused(run: Run, code: i32, words: &str) {
    let run = run.exits(code);
    assert!(run.stderr.contains(words), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn an_operator_sets_up_before_the_first_start() {
    let home = home();
    refused(home.run(&["ops", "org", "list"]), 3, "no store");
    let added = json_of(&home, &["ops", "org", "add", "acme"]);
    assert_eq!(added["kind"], "ops.org.add");
    assert_eq!(added["org"]["id"], "org_acme");
    assert_eq!(added["added"], true);
    assert_eq!(
        json_of(&home, &["ops", "org", "add", "acme"])["added"],
        false
    );
    refused(
        home.run(&["ops", "org", "add", "acme", "--id", "org_9"]),
        1,
        "already",
    );
    refused(
        home.run(&["ops", "org", "add", "other", "--id", "org_acme"]),
        1,
        "already",
    );
    refused(home.run(&["ops", "org", "add", "Acme"]), 2, "short name");
    let flagged = json_of(&home, &["ops", "org", "flag", "acme", "--internal"]);
    assert_eq!(flagged["rekeyed"]["events"], 0);
    let orgs = json_of(&home, &["ops", "org", "list"]);
    assert_eq!(orgs["orgs"][0]["isInternal"], true);
    home.run(&["ops", "org", "flag", "acme"]).ok();
    let orgs = json_of(&home, &["ops", "org", "list"]);
    assert_eq!(orgs["orgs"][0]["isInternal"], false);
    refused(
        home.run(&["ops", "org", "flag", "nobody"]),
        1,
        "ops org list",
    );
}

#[test]
fn a_key_is_shown_once() {
    let home = home();
    home.run(&["ops", "org", "add", "acme"]).ok();
    let args = [
        "ops", "key", "create", "--scope", "link", "--scope", "ingest", "--org", "acme",
    ];
    let made = json_of(&home, &[&args[..], &["--label", "laptop"]].concat());
    assert_eq!(
        (&made["schemaVersion"], &made["kind"]),
        (&json!(1), &json!("ops.key.create"))
    );
    let key = made["key"].as_str().unwrap();
    let id = made["keyId"].as_str().unwrap();
    assert!(
        key.starts_with(&format!("dcr_{id}_")) && key.len() == 60,
        "{key}"
    );
    assert!(made["userId"].as_str().unwrap().starts_with("user_"));
    assert_eq!(made["scopes"], json!(["ingest", "link"]));
    let listed = json_of(&home, &["ops", "key", "list"]);
    assert_eq!(listed["keys"][0]["keyId"], id);
    assert_eq!(listed["keys"][0]["label"], "laptop");
    assert_eq!(listed["keys"][0]["revokedAt"], Value::Null);
    for args in [["ops", "key", "list"], ["ops", "user", "list"]] {
        let shown = home.run(&args).ok();
        assert!(!shown.contains(key) && shown.contains("user_"), "{shown}");
    }
    let revoked = json_of(&home, &["ops", "key", "revoke", id]);
    assert_eq!(revoked["revoked"]["keyId"], id);
    let again = json_of(&home, &["ops", "key", "revoke", id]);
    assert_eq!(again["revoked"], revoked["revoked"]);
    let whole = home.run(&["ops", "key", "revoke", key]).exits(1);
    assert!(
        !whole.stderr.contains(key),
        "a key that is pasted by mistake is repeated"
    );
    // On a terminal's stdout nothing but the key, for `login --api-key-stdin`.
    let plain = home.run(&["ops", "key", "create", "--scope", "admin"]).ok();
    assert!(
        plain.starts_with("dcr_") && plain.trim().len() == 60,
        "{plain}"
    );
}

#[test]
fn a_key_that_cannot_be_is_not_made() {
    let home = home();
    let create = |more: &[&str]| home.run(&[&["ops", "key", "create"], more].concat());
    let _usage = create(&[]).exits(2);
    let _usage = create(&["--scope", "boss"]).exits(2);
    refused(create(&["--scope", "link"]), 2, "organisation");
    refused(
        create(&["--scope", "admin", "--user", "ada@example.com"]),
        2,
        "e-mail",
    );
    refused(
        create(&["--scope", "admin", "--label", "My Laptop"]),
        2,
        "token",
    );
    refused(create(&["--scope", "link", "--org", "acme"]), 3, "no store");
    home.run(&["ops", "org", "add", "other"]).ok();
    refused(
        create(&["--scope", "link", "--org", "acme"]),
        1,
        "ops org list",
    );
    assert_eq!(json_of(&home, &["ops", "key", "list"])["keys"], json!([]));
}

#[test]
fn aliases_are_set_and_taken_back() {
    let home = home();
    home.run(&["ops", "org", "add", "acme"]).ok();
    let said = json_of(
        &home,
        &set(&["inst_1", "--actor", "official-pipeline", "--org", "acme"]),
    );
    assert_eq!(said["after"]["actor"], "official_pipeline");
    assert_eq!(said["after"]["org"], "acme");
    let _usage = home.run(&set(&["inst_1"])).exits(2);
    refused(
        home.run(&set(&["user_1", "--actor", "internal"])),
        2,
        "flags",
    );
    refused(
        home.run(&set(&["machine 7", "--actor", "internal"])),
        2,
        "kind",
    );
    refused(
        home.run(&set(&["inst_1", "--user", "a@b.example"])),
        2,
        "e-mail",
    );
    refused(
        home.run(&set(&["inst_1", "--org", "nobody"])),
        1,
        "ops org list",
    );
    let hashed = json_of(
        &home,
        &set(&["a@b.example", "--kind", "install", "--actor", "service"]),
    );
    let hashed = hashed["after"]["id"].as_str().unwrap();
    assert!(hashed.starts_with("install_hmac-"), "{hashed}");
    let listed = json_of(&home, &["ops", "alias", "list"]);
    assert_eq!(listed["aliases"].as_array().unwrap().len(), 2);
    home.run(&["ops", "alias", "remove", hashed]).ok();
    refused(
        home.run(&["ops", "alias", "remove", hashed]),
        1,
        "nothing is said",
    );
}

#[test]
fn flags_and_erasure_are_written_down() {
    let home = home();
    home.run(&["ops", "org", "add", "acme"]).ok();
    home.run(&set(&["inst_1", "--actor", "internal"])).ok();
    home.run(&["ops", "user", "flag", "user_7", "--test"]).ok();
    refused(
        home.run(&["ops", "user", "flag", "a@b.example"]),
        2,
        "e-mail",
    );
    assert_eq!(
        json_of(&home, &["ops", "user", "list"])["users"][0]["isTest"],
        true
    );
    let none = json_of(&home, &["ops", "alias", "candidates", "--days", "30"]);
    assert_eq!(none["candidates"], json!([]));

    refused(home.run(&["ops", "forget", "inst_1"]), 4, "--yes");
    refused(
        home.run(&["ops", "forget", "user_1", "--yes"]),
        2,
        "forgotten",
    );
    let gone = json_of(&home, &["ops", "forget", "inst_1", "a@b.example", "--yes"]);
    assert_eq!(gone["forgotten"]["links"], 1);
    refused(
        home.run(&set(&["inst_1", "--actor", "internal"])),
        1,
        "forgotten",
    );
    let audit = json_of(&home, &["ops", "audit", "--limit", "3"]);
    let actions: Vec<_> = audit["changes"].as_array().unwrap().iter().collect();
    let words: Vec<_> = actions
        .iter()
        .map(|change| change["action"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["forget", "user.flag", "alias.set"]);
    assert!(
        actions.iter().all(|change| change["by"] == "local:ada"),
        "{audit}"
    );
}

#[test]
fn a_backup_is_a_store_and_replaces_nothing() {
    let home = home();
    home.run(&["ops", "org", "add", "acme"]).ok();
    home.run(&["ops", "backup", "copy.db"]).ok();
    let copy = home.work().join("copy.db");
    let before = std::fs::read(&copy).unwrap();
    let again = home.run(&["ops", "backup", "copy.db"]);
    assert!(!again.stderr.is_empty() && again.code != Some(0));
    assert_eq!(std::fs::read(&copy).unwrap(), before);
    let store = format!("sqlite:{}", copy.display());
    let orgs = json_of(&home, &["ops", "org", "list", "--store", &store]);
    assert_eq!(orgs["orgs"][0]["slug"], "acme");
}

#[test]
fn configured_ids_are_checked_before_anything_is_made() {
    let mut home = home();
    home.set("DECANTR_INTERNAL_USER_IDS", "user_1,ada@example.com");
    let run = home
        .run(&["ops", "serve", "--listen", "127.0.0.1:0"])
        .exits(3);
    assert!(
        run.stderr.contains("value 2 of DECANTR_INTERNAL_USER_IDS"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("example.com"), "{}", run.stderr);
    refused(home.run(&["ops", "org", "list"]), 3, "no store");
    let run = home
        .run(&["ops", "serve", "--trusted-proxy", "everywhere"])
        .exits(2);
    assert!(run.stderr.contains("10.0.0.0/8"), "{}", run.stderr);
}
