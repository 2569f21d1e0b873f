//! Catalogs by name and by file: serving them, and the jobs about them.

use std::fs;

use decantr::model::catalog::Catalog;
use decantr::model::protocol::USAGE_PATH;
use serde_json::{Value, json};

use super::ops_query::{assert_all_accepted, batch, generator, home, key, key_with, post};

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_about_the_catalog_that_is_named() {
    let mut home = home();
    let key = key(&home);
    let server = home.serve_with(&["--catalog", "conversations"]);
    let events = [json!({
        "name": "conversation_started",
        "context": { "source": "api" },
        "properties": { "scenarioId": 17 },
    })];
    let (_, reply) = post(
        &server,
        Some(&key),
        &batch("conversations", "1.0.0", &events),
    )
    .await;
    assert_all_accepted(&reply);
    drop(server);
    home.run(&["ops", "snapshot", "--catalog", "conversations"])
        .ok();
    home.run(&["ops", "health", "--catalog", "conversations", "--exit-code"])
        .ok();
    let stale = home.run(&["ops", "health", "--exit-code"]).exits(1);
    assert!(stale.stdout.contains("Catalog decantr"), "{}", stale.stdout);
    let purge = home
        .run(&[
            "ops",
            "purge",
            "--catalog",
            "race-bot",
            "--dry-run",
            "--json",
        ])
        .exits(0)
        .json();
    assert_eq!(
        (&purge["catalog"], &purge["keepDays"]),
        (&json!("race-bot"), &json!(30))
    );
    home.set("DECANTR_CATALOG", "conversations");
    let digest = home.run(&["ops", "digest", "--json"]).exits(0).json();
    assert_eq!(
        (&digest["catalog"], &digest["pulse"]["total_7d"]),
        (&json!("conversations"), &json!(1))
    );
    let refused = home.run(&["ops", "query", "p95"]).exits(2);
    assert!(
        refused.stderr.contains("conversations") && refused.stderr.contains("race-bot"),
        "{}",
        refused.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_file_of_ones_own_is_served_and_queried() {
    let home = home();
    let key = key(&home);
    let own = include_str!("../../../src/model/catalog/data/race-bot.toml")
        .replace("id = \"race-bot\"", "id = \"my-bot\"");
    home.write("my-bot.toml", &own);
    let server = home.serve_with(&["--catalog", "my-bot.toml"]);
    let (_, reply) = post(
        &server,
        Some(&key),
        &batch("my-bot", "1.0.0", &[generator("success", None, "ok")]),
    )
    .await;
    assert_all_accepted(&reply);
    drop(server);
    let top = home.run(&[
        "ops",
        "query",
        "top-features",
        "--catalog",
        "./my-bot.toml",
        "--json",
    ]);
    let top = top.exits(0).json();
    assert_eq!(top["catalog"], "my-bot");
    let csv = home
        .run(&[
            "ops",
            "query",
            "events-per-day",
            "--catalog",
            "my-bot.toml",
            "--format",
            "csv",
        ])
        .ok();
    assert!(csv.contains(",discord.generator.success,2\r\n"), "{csv}");
}

#[test]
fn catalogs_that_are_none_are_refused_and_nothing_is_made() {
    let home = home();
    home.write("broken.toml", "id = ");
    let text = include_str!("../../../src/model/catalog/data/race-bot.toml");
    home.write(
        "wrong.toml",
        &text.replacen(
            r#"buckets = ["discord_usage""#,
            r#"buckets = ["nothing""#,
            1,
        ),
    );
    home.write("huge.toml", &"#".repeat(2 * 1024 * 1024));
    fs::create_dir(home.work().join("folder.toml")).unwrap();
    fs::write(home.work().join("binary.toml"), [0xff, 0xfe]).unwrap();
    let jobs: [&[&str]; 6] = [
        &["ops", "serve", "--listen", "127.0.0.1:0"],
        &["ops", "digest"],
        &["ops", "snapshot"],
        &["ops", "health"],
        &["ops", "purge"],
        &["ops", "query", "events-per-day"],
    ];
    for job in jobs {
        let refused = home.run(&[job, &["--catalog", "nobody"]].concat()).exits(2);
        for id in Catalog::IDS {
            assert!(refused.stderr.contains(id), "{}", refused.stderr);
        }
        for (file, said) in [
            ("missing.toml", "missing.toml"),
            ("./nobody", "./nobody"),
            ("broken.toml", "line 1"),
            ("wrong.toml", "discord.generator.invoke: no bucket nothing"),
            ("huge.toml", "larger than"),
            ("folder.toml", "folder.toml"),
            ("binary.toml", "binary.toml"),
        ] {
            let refused = home.run(&[job, &["--catalog", file]].concat()).exits(3);
            assert!(
                refused.stderr.contains(said),
                "{job:?} {file}: {}",
                refused.stderr
            );
        }
    }
    assert!(home.snapshot().is_empty());
    assert!(!fs::exists(home.store().trim_start_matches("sqlite:")).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_reports_are_about_its_own_catalog() {
    let home = home();
    let key = key(&home);
    let admin = key_with(&home, "admin");
    let server = home.serve_with(&["--catalog", "race-bot"]);
    let events = [generator("failure", None, "denied")];
    let (_, reply) = post(&server, Some(&key), &batch("race-bot", "1.0.0", &events)).await;
    assert_all_accepted(&reply);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |query: &str| {
        let url = format!("{}{USAGE_PATH}{query}", server.url);
        let answer = client.get(url).bearer_auth(&admin).send().await.unwrap();
        let status = answer.status().as_u16();
        let report: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        (status, report)
    };
    let (status, report) = ask("?days=7&catalog=race-bot").await;
    assert_eq!(
        (status, &report["catalog"]),
        (200, &json!("race-bot")),
        "{report}"
    );
    assert_eq!(report["summary"]["failures"], 1);
    assert_eq!(report["activation"], Value::Null);
    let (status, report) = ask("?days=7&catalog=decantr").await;
    assert_eq!(status, 400, "{report}");
}

#[test]
fn the_help_names_every_embedded_catalog() {
    let help = home().run(&["ops", "purge", "--help"]).ok();
    for id in Catalog::IDS {
        assert!(help.contains(&format!("`{id}`")), "{id}: {help}");
    }
}
