//! `decantr ops dashboard` as an operator meets it: output, exit codes, and no key anywhere.

use serde_json::json;

use super::fake::{Fake, KEY, PROJECT};
use super::tiles::Places;
use crate::support::process::{Home, Run};
use crate::support::trace::Trace;

/// A home whose environment names the fake.
fn home(fake: &Fake) -> Home {
    let mut home = Home::new();
    home.set("POSTHOG_HOST", &*fake.url)
        .set("POSTHOG_ENVIRONMENT_ID", PROJECT.to_string())
        .set("POSTHOG_PERSONAL_API_KEY", KEY);
    home
}

/// The run, when neither stream shows the key.
fn discreet(run: Run) -> Run {
    assert!(!run.stdout.contains(KEY) && !run.stderr.contains(KEY));
    run
}

#[test]
fn without_a_key_a_dry_run_says_what_it_assumes_and_an_apply_says_what_is_missing() {
    let mut home = Home::new();
    let args = ["ops", "dashboard", "--dry-run"];
    let trace = Trace::of(&home, &args);
    assert_eq!(trace.sockets(), Vec::<&str>::new());
    let run = trace.run.exits(0);
    assert!(
        run.stdout.contains("+ insight Activation funnel"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("assumes an empty project"),
        "{}",
        run.stderr
    );
    let run = home.run(&["ops", "dashboard"]).exits(5);
    assert!(
        run.stderr.contains("POSTHOG_PERSONAL_API_KEY"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--dry-run"), "{}", run.stderr);
    assert!(home.snapshot().is_empty());
    home.set("POSTHOG_ENVIRONMENT_ID", "phc_token");
    let run = home.run(&args).exits(3);
    assert!(
        run.stderr.contains("POSTHOG_PROJECT_TOKEN"),
        "{}",
        run.stderr
    );
    home.set("POSTHOG_ENVIRONMENT_ID", "1")
        .set("POSTHOG_HOST", "https://us.i.posthog.com");
    let run = home.run(&args).exits(3);
    assert!(
        run.stderr.contains("https://us.posthog.com"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_plan_becomes_true_and_then_there_is_nothing_to_do() {
    let fake = Fake::start();
    let home = home(&fake);
    let check = ["ops", "dashboard", "--dry-run", "--exit-code"];
    let run = discreet(home.run(&check)).exits(1);
    assert!(
        run.stdout
            .contains("28 to create, 1 to update, 0 to delete"),
        "{}",
        run.stdout
    );
    assert_eq!(fake.writes(), []);
    let run = discreet(home.run(&["ops", "dashboard", "--json"])).exits(0);
    let report = run.json();
    assert_eq!(
        (&report["kind"], &report["dry_run"]),
        (&json!("ops.dashboard"), &json!(false))
    );
    assert_eq!(report["done"].as_array().unwrap().len(), 29);
    assert_eq!(report["remaining"]["changes"], json!([]));
    let run = discreet(home.run(&check)).exits(0);
    assert!(run.stdout.contains("nothing to do"), "{}", run.stdout);
    // Somebody changes something by hand.
    for insight in fake.state().objects.insights.values_mut() {
        if insight["name"] == "Source mix" {
            insight["name"] = json!("Where <b>from</b>");
        }
    }
    let run = discreet(home.run(&check)).exits(1);
    let line = "name: \"Where <b>from</b>\" -> \"Source mix\"";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    let args = ["ops", "dashboard", "--dry-run", "--format", "markdown"];
    let markdown = discreet(home.run(&args)).ok();
    assert!(
        markdown.contains("- **update** insight Source mix"),
        "{markdown}"
    );
    assert!(markdown.contains("\\<b\\>"), "{markdown}");
    assert!(home.snapshot().is_empty());
}

#[test]
fn exit_codes_tell_access_from_failure_and_no_output_holds_the_key() {
    let fake = Fake::start();
    let mut home = home(&fake);
    fake.state().faults.lacks.insert("alert:write".to_owned());
    let run = discreet(home.run(&["ops", "dashboard", "-vv"])).exits(5);
    assert!(run.stderr.contains("alert:write"), "{}", run.stderr);
    assert!(run.stdout.contains("skipped: alerts"), "{}", run.stdout);
    assert_eq!(fake.state().objects.cohorts.len(), 3);
    fake.recover();
    fake.state().objects.places = Places::ReadOnly;
    for tile in fake.state().objects.tiles_mut() {
        *tile = json!({});
    }
    let run = discreet(home.run(&["ops", "dashboard"])).exits(6);
    assert!(run.stdout.contains("still different"), "{}", run.stdout);
    fake.recover();
    fake.state().faults.blurts = true;
    fake.state().faults.says = [(400, None)].into();
    let _said = discreet(home.run(&["ops", "dashboard", "--json"])).exits(6);
    home.set("POSTHOG_PERSONAL_API_KEY", "phx_unknown-and-secret");
    let run = home.run(&["ops", "dashboard"]).exits(5);
    assert!(!format!("{}{}", run.stdout, run.stderr).contains("unknown-and-secret"));
}

#[test]
fn a_project_with_two_of_one_is_left_as_it_is() {
    let fake = Fake::start();
    let home = home(&fake);
    for _twice in 0..2 {
        let twin = json!({"name": "a", "description": "decantr:insight:source-mix"});
        fake.state().objects.add_insight(twin);
    }
    let run = discreet(home.run(&["ops", "dashboard", "--json"])).exits(6);
    assert_eq!(run.json()["kind"], "error");
    assert!(
        run.stderr.contains("decantr:insight:source-mix (ids"),
        "{}",
        run.stderr
    );
    assert_eq!(fake.writes(), []);
}
