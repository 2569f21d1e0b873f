//! Signing in to the real server with a key that an operator made, until the operator takes it back.

use super::login_support::{home, run_with};

#[test]
fn a_key_that_an_operator_made_signs_in_until_it_is_revoked() {
    let home = home();
    let store = home.store();
    home.run(&["ops", "org", "add", "acme", "--store", &store])
        .ok();
    let words = [
        "ops", "key", "create", "--scope", "link", "--org", "acme", "--label", "laptop",
    ];
    let words: Vec<&str> = words
        .into_iter()
        .chain(["--json", "--store", &store])
        .collect();
    let made = home.run(&words).exits(0).json();
    let (key, id) = (
        made["key"].as_str().unwrap(),
        made["keyId"].as_str().unwrap(),
    );
    let served = home.serve();

    let args = [
        "login",
        "--api-key-stdin",
        "--store",
        "file",
        "--api-url",
        &served.url,
    ];
    run_with(home.command(&args), &format!("{key}\n")).ok();
    let who = home.run(&["whoami", "--json"]).exits(0).json();
    for name in ["userId", "org", "scopes", "label", "keyId"] {
        assert_eq!(who[name], made[name], "{name}");
    }
    assert_eq!(who["org"]["slug"], "acme");

    home.run(&["ops", "key", "revoke", id, "--store", &store])
        .ok();
    let refused = home.run(&["whoami"]).exits(5);
    assert!(refused.stderr.contains("revoked"), "{}", refused.stderr);
    let again = run_with(home.command(&args), key).exits(5);
    assert!(!(again.stdout + &again.stderr).contains(key));
    home.run(&["logout"]).ok();
}
