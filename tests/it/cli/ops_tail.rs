//! `decantr ops tail`: events as they come, from a store that a server is writing to.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use super::ops_query::{assert_all_accepted, batch, generator, home, key, post};

#[tokio::test(flavor = "multi_thread")]
async fn events_are_shown_as_they_come_and_ctrl_c_ends_it() {
    let home = home();
    let key = key(&home);
    let server = home.serve_with(&["--catalog", "race-bot"]);
    let send = async |step: &str| {
        let body = batch("race-bot", "1.0.0", &[generator(step, None, "ok")]);
        assert_all_accepted(&post(&server, Some(&key), &body).await.1);
    };
    send("invoke").await;
    let mut tail = home.command(&["ops", "tail", "--json"]);
    let mut tail = tail.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let first = next();
    assert_eq!(first["name"], "discord.generator.invoke");
    assert_eq!(first["sequence"], 1);
    send("success").await;
    let second = next();
    assert_eq!(
        (
            &second["name"],
            &second["catalog"],
            &second["counted"]["actor"]
        ),
        (
            &json!("discord.generator.success"),
            &json!("race-bot"),
            &json!("customer")
        )
    );
    let pid = rustix::process::Pid::from_child(&tail);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(tail.wait().unwrap().code(), Some(0));

    let args = [
        "ops",
        "tail",
        "--once",
        "--event",
        "discord.generator.success",
    ];
    let shown = home.run(&args).ok();
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(
        shown.contains("race-bot  discord.generator.success  discord  customer  org_bots"),
        "{shown}"
    );
    let args = ["ops", "tail", "--once", "-n", "0"];
    assert_eq!(home.run(&args).ok(), "");
    let args = ["ops", "tail", "--once", "-n", "1", "--json"];
    assert!(home.run(&args).ok().contains("\"sequence\":2"));
}

#[test]
fn without_a_store_there_is_nothing_to_show() {
    let home = home();
    let args = ["ops", "tail", "--store", "sqlite:none.db"];
    let told = home.run(&args).exits(3).stderr;
    assert!(told.contains("there is no store"), "{told}");
}
