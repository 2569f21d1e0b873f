//! The controls' answers: complete, honest, in the documented shape.

use decantr::client::ExitClass;
use decantr::client::consent::{Actor, Effective, Layer};
use decantr::client::control::{self, Terms};
use decantr::config::Asked;
use serde_json::Value;

use super::support::{Machine, write};

fn json<T: serde::Serialize>(answer: &T) -> Value {
    serde_json::to_value(answer).unwrap()
}

#[test]
fn every_answer_names_its_kind_and_version() {
    let machine = Machine::new();
    let (host, asked) = (machine.host(), Asked::default());
    let plan = control::plan_enable(&host, &asked, Terms::default()).unwrap();
    let answers = [
        (
            json(&control::status(&host, &asked).unwrap()),
            "telemetry.status",
        ),
        (
            json(&control::explain(&host, &asked, None).unwrap()),
            "telemetry.explain",
        ),
        (json(&plan.offer), "telemetry.enable.plan"),
        (
            json(&plan.commit(&host, &asked, Actor::YesFlag).unwrap()),
            "telemetry.enable",
        ),
        (
            json(&control::flush(&host, &asked).unwrap()),
            "telemetry.flush",
        ),
        (
            json(&control::log(&host, &asked, true).unwrap()),
            "telemetry.log",
        ),
        (
            json(&control::disable(&host, &asked, false).unwrap()),
            "telemetry.disable",
        ),
    ];
    for (answer, kind) in answers {
        assert_eq!(answer["schemaVersion"], 1, "{kind}");
        assert_eq!(answer["kind"], kind);
        let mut keys = answer.as_object().unwrap().keys();
        assert!(keys.all(|key| !key.contains('_')), "{answer}");
    }
}

#[test]
fn status_tells_what_is_stored_what_it_comes_to_and_why() {
    let mut machine = Machine::new();
    let host = machine.host();
    let undecided = json(&control::status(&host, &Asked::default()).unwrap());
    assert_eq!(undecided["stored"]["state"], "undecided");
    assert_eq!(undecided["effective"], "undecided");
    assert_eq!(undecided["by"], "record");
    assert_eq!(
        undecided["layers"].as_array().unwrap().len(),
        Layer::ALL.len()
    );
    assert_eq!(undecided["endpoint"]["origin"], "http://127.0.0.1:7317");
    assert_eq!(undecided["endpoint"]["source"], "default");
    assert_eq!(undecided["ids"]["installId"], Value::Null);
    machine.enable();
    machine.record();
    machine.set("DECANTR_TELEMETRY", "off");
    let status = json(&control::status(&machine.host(), &Asked::default()).unwrap());
    assert_eq!(status["stored"]["state"], "granted");
    assert_eq!(status["stored"]["actor"], "terminal");
    assert_eq!(status["effective"], "forced-off");
    assert_eq!(status["by"], "DECANTR_TELEMETRY");
    assert_eq!(status["spool"]["events"], 1);
    assert_eq!(status["spool"]["oldest"], super::support::START);
    assert!(
        status["ids"]["installId"]
            .as_str()
            .unwrap()
            .starts_with("install_")
    );
    machine.set("DECANTR_TELEMETRY", "on");
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(status.effective, Effective::On);
    assert!(
        status.warnings[0].contains("ignored"),
        "{:?}",
        status.warnings
    );
}

#[test]
fn broken_files_are_problems_of_the_status() {
    let machine = Machine::new();
    write(&machine.config("config.json"), "{");
    machine.write_project("{");
    machine.write_policy("=");
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    for file in ["config.json", "project.json", "policy.toml"] {
        let found = status.problems.iter().any(|problem| problem.contains(file));
        assert!(found, "{file} in {:?}", status.problems);
    }
    assert_eq!(status.endpoint.map(|endpoint| endpoint.origin), None);
}

#[test]
fn an_offer_shows_everything_and_writes_nothing() {
    let machine = Machine::new();
    let before = machine.snapshot();
    let plan = control::plan_enable(&machine.host(), &Asked::default(), Terms::default()).unwrap();
    let offer = json(&plan.offer);
    let event = &offer["sample"]["events"][0];
    assert_eq!(event["id"], "00000000-0000-0000-0000-000000000000");
    assert_eq!(
        event["context"]["installId"],
        "install_00000000-0000-0000-0000-000000000000"
    );
    let listed = offer["events"][0]["properties"].as_array().unwrap();
    let sampled = event["properties"].as_object().unwrap();
    assert_eq!(listed.len(), sampled.len(), "a value for every property");
    let context: Vec<&str> = offer["context"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    let sent = event["context"].as_object().unwrap().keys();
    for name in sent.chain(event.as_object().unwrap().keys()) {
        let known = ["name", "context", "properties"].contains(&name.as_str());
        assert!(
            known || context.contains(&name.as_str()),
            "{name} is not explained"
        );
    }
    assert_eq!(offer["stillOff"], Value::Null);
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn an_offer_under_a_policy_says_that_it_would_still_be_off() {
    let machine = Machine::new();
    machine.write_policy("telemetry = \"deny\"");
    let plan = control::plan_enable(&machine.host(), &Asked::default(), Terms::default()).unwrap();
    assert!(plan.offer.still_off.as_ref().unwrap().contains("policy"));
    let enabled = plan
        .commit(&machine.host(), &Asked::default(), Actor::YesFlag)
        .unwrap();
    assert!(enabled.overridden);
    assert_eq!(enabled.by, Some(Layer::Policy));
}

#[test]
fn an_explanation_goes_down_to_each_value() {
    let machine = Machine::new();
    let (host, asked) = (machine.host(), Asked::default());
    let one = control::explain(&host, &asked, Some("cli.command.completed")).unwrap();
    assert_eq!(one.events.len(), 1);
    let command = one.events[0]
        .properties
        .iter()
        .find(|p| p.name == "command")
        .unwrap();
    assert!(command.required && command.values.contains(&"analyze".to_owned()));
    assert!(!command.purpose.is_empty() && !one.never_collected.is_empty());
    assert_eq!(one.controls.len(), Layer::ALL.len());
    assert!(one.recipients[0].contains("http://127.0.0.1:7317"));
    let error = control::explain(&host, &asked, Some("nope")).unwrap_err();
    assert_eq!(error.exit_class(), ExitClass::Usage);
}
