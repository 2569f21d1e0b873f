//! Reports on their way out, by the real binary: where they go, what a dry run does, and what is never shown.

use std::fs;

use crate::support::process::{Home, Run};
use crate::support::trace::Trace;

use super::recorder::Recorder;

/// A part of a webhook's address that nobody else may see.
const TOKEN: &str = "s3cret-t0ken";

/// A home with an empty store that a server has made, and the webhook of a recorder.
fn home(recorder: &Recorder, variable: &str) -> Home {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    home.serve().kill();
    home.run(&["ops", "snapshot"]).ok();
    home.set(variable, format!("{}/{TOKEN}", recorder.url));
    home
}

fn keeps_the_secret(run: &Run, recorder: &Recorder) {
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.contains(TOKEN), "{said}");
    let host = recorder.url.trim_start_matches("http://");
    assert!(!said.contains(host), "{said}");
}

/// The bytes of the store's files.
fn store_bytes(home: &Home) -> Vec<u8> {
    let store = home.store();
    let path = store.trim_start_matches("sqlite:");
    let parts =
        ["", "-wal", "-shm"].map(|end| fs::read(format!("{path}{end}")).unwrap_or_default());
    parts.concat()
}

#[test]
fn a_digest_is_posted_once_in_the_form_asked_for_and_the_address_is_never_shown() {
    let recorder = Recorder::answering(&[(200, "", "ok")]);
    let mut home = home(&recorder, "TELEMETRY_DIGEST_WEBHOOK_URL");
    for (at, form) in ["discord", "slack", "teams", "json"]
        .into_iter()
        .enumerate()
    {
        home.set("TELEMETRY_DIGEST_WEBHOOK_FORMAT", form);
        let run = home.run(&["ops", "digest"]).exits(0);
        assert!(
            run.stderr.contains("posted to the webhook"),
            "{}",
            run.stderr
        );
        keeps_the_secret(&run, &recorder);
        let asked = recorder.asked();
        assert_eq!(asked.len(), at + 1);
        let body = asked[at].json();
        let member = ["embeds", "blocks", "attachments", "sections"][at];
        assert!(body.get(member).is_some(), "{form}: {body}");
        assert!(asked[at].headers.contains("content-type: application/json"));
        let query = if form == "discord" { "?wait=true" } else { "" };
        assert_eq!(asked[at].line, format!("POST /{TOKEN}{query}"));
    }
}

#[test]
fn a_dry_run_shows_the_payload_and_opens_no_connection_and_writes_nothing() {
    let recorder = Recorder::answering(&[(500, "", "")]);
    let mut home = home(&recorder, "TELEMETRY_HEALTH_WEBHOOK_URL");
    let summary = home.work().join("summary.md");
    home.set("GITHUB_STEP_SUMMARY", summary.display().to_string());
    let before = (home.snapshot(), store_bytes(&home));
    for args in [
        &["ops", "digest", "--dry-run"][..],
        &[
            "ops",
            "digest",
            "--dry-run",
            "--format",
            "markdown",
            "--webhook-format",
            "slack",
        ],
        &["ops", "health", "--dry-run", "--always"],
        &["ops", "health", "--dry-run", "--format", "markdown"],
        &["ops", "digest", "--dry-run", "--sample", "--format", "html"],
    ] {
        let trace = Trace::of(&home, args);
        assert!(
            trace.sockets().is_empty(),
            "{args:?}: {:?}",
            trace.sockets()
        );
        let run = trace.run.exits(0);
        assert!(run.stderr.contains("dry run:"), "{}", run.stderr);
        keeps_the_secret(&run, &recorder);
    }
    let run = home
        .run(&[
            "ops",
            "digest",
            "--dry-run",
            "--json",
            "--webhook-format",
            "discord",
        ])
        .exits(0);
    let destination = &run.json()["destinations"][0];
    assert_eq!(
        (&destination["service"], &destination["host"]),
        (&"discord".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        destination["payload"]["embeds"][0]["title"],
        "Telemetry digest: attention"
    );
    keeps_the_secret(&run, &recorder);
    assert!(recorder.asked().is_empty(), "a dry run has posted");
    assert!(!summary.exists());
    assert_eq!(
        (home.snapshot(), store_bytes(&home)),
        before,
        "something was written"
    );
}

#[test]
fn health_is_posted_when_something_is_stale_or_always() {
    let recorder = Recorder::answering(&[(200, "", "ok")]);
    let home = home(&recorder, "TELEMETRY_HEALTH_WEBHOOK_URL");
    let run = home.run(&["ops", "health"]).exits(0);
    assert!(run.stderr.contains("not posted"), "{}", run.stderr);
    assert_eq!(recorder.asked().len(), 0);
    home.run(&["ops", "health", "--always"]).ok();
    assert_eq!(recorder.asked().len(), 1);
    let db = rusqlite::Connection::open(home.store().trim_start_matches("sqlite:")).unwrap();
    db.execute("UPDATE snapshots SET day = day - 1", [])
        .unwrap();
    drop(db);
    let run = home
        .run(&["ops", "health", "--json", "--exit-code"])
        .exits(1);
    assert_eq!(run.json()["destinations"][0]["service"], "json");
    let asked = recorder.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].json()["status"], "warning");
}

#[test]
fn a_sample_is_posted_only_when_asked_for_and_is_marked() {
    let recorder = Recorder::answering(&[(200, "", "ok")]);
    let mut home = Home::new();
    home.set(
        "TELEMETRY_DIGEST_WEBHOOK_URL",
        format!("{}/{TOKEN}", recorder.url),
    );
    home.run(&["ops", "digest", "--sample"]).ok();
    assert!(recorder.asked().is_empty());
    home.run(&["ops", "digest", "--sample", "--always"]).ok();
    assert_eq!(recorder.asked()[0].json()["sample"], true);
}

#[test]
fn what_goes_wrong_with_a_webhook_is_said_without_its_address() {
    let recorder = Recorder::answering(&[(404, "", ""), (500, "", ""), (403, "", "")]);
    let mut home = home(&recorder, "TELEMETRY_DIGEST_WEBHOOK_URL");
    for (code, words) in [(6, "is gone (HTTP 404)"), (6, "HTTP 500"), (5, "HTTP 403")] {
        let run = home.run(&["ops", "digest", "-v"]).exits(code);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert!(
            code == 5 || run.stdout.contains("Pulse"),
            "the digest is printed all the same"
        );
        keeps_the_secret(&run, &recorder);
    }
    let secret = format!("http://far.example/{TOKEN}");
    for args in [
        &["ops", "digest", "--webhook-url", &secret][..],
        &["ops", "digest", &secret],
        &["ops", "health", "--webhook-url", TOKEN],
    ] {
        let run = home.run(args).exits(2);
        assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
    }
    home.set("TELEMETRY_DIGEST_WEBHOOK_URL", secret);
    let run = home.run(&["ops", "digest"]).exits(3);
    assert!(run.stderr.contains("TELEMETRY_DIGEST_WEBHOOK_URL") && !run.stderr.contains(TOKEN));
    home.set("TELEMETRY_DIGEST_WEBHOOK_FORMAT", "pigeon");
    assert!(
        home.run(&["ops", "digest"])
            .exits(3)
            .stderr
            .contains("_FORMAT")
    );
}

#[test]
fn variables_come_from_a_file_only_when_it_is_named() {
    let recorder = Recorder::answering(&[(200, "", "ok")]);
    let home = home(&recorder, "UNUSED");
    let line = format!(
        "export TELEMETRY_DIGEST_WEBHOOK_URL='{}/{TOKEN}' # ours\n",
        recorder.url
    );
    home.write(".env", &line);
    home.run(&["ops", "digest"]).ok();
    assert!(
        recorder.asked().is_empty(),
        "a file of the working directory was read"
    );
    home.run(&["ops", "digest", "--env-file", ".env"]).ok();
    assert_eq!(recorder.asked().len(), 1);
    home.write("bad.env", &format!("A=1\n{TOKEN}\n"));
    for file in ["bad.env", "none.env"] {
        for job in ["digest", "health", "snapshot", "purge"] {
            let run = home.run(&["ops", job, "--env-file", file]).exits(3);
            assert!(
                run.stderr.contains(file) && !run.stderr.contains(TOKEN),
                "{}",
                run.stderr
            );
            assert!(
                file != "bad.env" || run.stderr.contains("line 2"),
                "{}",
                run.stderr
            );
        }
    }
}

#[test]
fn a_job_summary_gets_what_fits_and_never_fails_the_job() {
    let recorder = Recorder::answering(&[(200, "", "ok")]);
    let mut home = home(&recorder, "UNUSED");
    let summary = home.work().join("summary.md");
    home.set("GITHUB_STEP_SUMMARY", summary.display().to_string());
    fs::write(&summary, "before\n").unwrap();
    home.run(&["ops", "digest", "--json"]).ok();
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("before\n# Telemetry digest: "), "{text}");
    fs::write(&summary, "x".repeat(1024 * 1024 - 300)).unwrap();
    home.run(&["ops", "digest"]).ok();
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.len() <= 1024 * 1024 && text.ends_with("does not fit into the summary\n"));
    for bad in [home.work(), home.work().join("none/summary.md")] {
        home.set("GITHUB_STEP_SUMMARY", bad.display().to_string());
        let run = home.run(&["ops", "digest"]).exits(0);
        assert!(run.stderr.contains("GITHUB_STEP_SUMMARY"), "{}", run.stderr);
    }
}
