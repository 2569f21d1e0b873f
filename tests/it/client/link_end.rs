//! Ending a link, and taking new ids by hand.

use axum::http::Method;
use decantr::client::ExitClass;
use decantr::client::consent::Actor;
use decantr::client::control;
use decantr::config::Asked;
use decantr::model::protocol::LINK_PATH;
use serde_json::{Value, json};

use super::forget::record_about_project;
use super::link::{ASK, ENABLING, file, install_id, link, linked, signed_in};
use super::link_server::LinkServer;
use super::support::{Machine, record, write};

fn deletes(server: &LinkServer) -> Vec<Value> {
    server.bodies(&Method::DELETE, LINK_PATH)
}

fn unlink(
    machine: &Machine,
    local: bool,
) -> Result<control::Unlinked, decantr::client::ClientError> {
    control::unlink(&machine.host(), &Asked::default(), local)
}

#[test]
fn unlinking_proves_the_ids_and_takes_new_ones() {
    let (machine, server) = linked();
    let old = install_id(&machine).unwrap();
    let unlinked = unlink(&machine, false).unwrap();
    assert!(unlinked.was_linked);
    assert_eq!(unlinked.unlinked[0].as_str(), old);
    let body = &deletes(&server)[0];
    assert_eq!(body["until"], "2026-03-01T12:00:00Z");
    assert_eq!(body["ids"][0]["id"], old.as_str());
    assert!(body["ids"][0]["secret"].is_string());
    let new = install_id(&machine).unwrap();
    assert_ne!(new, old);
    assert_eq!(unlinked.install_id.unwrap().as_str(), new);
    assert!(!machine.state("link.json").exists());
    let settings = file(&machine.config("config.json"));
    assert!(
        settings["telemetryInstallIdAt"].is_string(),
        "renewed again"
    );
    assert!(!unlink(&machine, false).unwrap().was_linked);
    assert_eq!(deletes(&server).len(), 1);
}

#[test]
fn an_unlink_that_fails_changes_nothing() {
    for (status, code, class) in [
        (401, "unknown_key", ExitClass::Access),
        (403, "missing_scope", ExitClass::Access),
        (404, "not_found", ExitClass::Remote),
        (500, "internal", ExitClass::Remote),
    ] {
        let (machine, server) = linked();
        let before = machine.snapshot();
        server.refuse("DELETE", LINK_PATH, status, code);
        assert_eq!(unlink(&machine, false).unwrap_err().exit_class(), class);
        assert_eq!(machine.snapshot(), before);
    }
    let (machine, server) = linked();
    let before = machine.snapshot();
    drop(server);
    let error = unlink(&machine, false).unwrap_err();
    assert_eq!(error.exit_class(), ExitClass::Remote);
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn signed_out_the_link_can_be_ended_here() {
    let (mut machine, server) = linked();
    let old = install_id(&machine).unwrap();
    machine.set("DECANTR_API_KEY", "");
    let error = unlink(&machine, false).unwrap_err();
    assert_eq!(error.exit_class(), ExitClass::Access);
    assert_eq!(install_id(&machine).unwrap(), old);
    let unlinked = unlink(&machine, true).unwrap();
    assert!(unlinked.was_linked && unlinked.unlinked.is_empty());
    assert_ne!(install_id(&machine).unwrap(), old);
    assert!(deletes(&server).is_empty() && !machine.state("link.json").exists());
}

#[test]
fn a_link_can_be_ended_while_telemetry_is_off() {
    let (mut machine, server) = linked();
    machine.set("DO_NOT_TRACK", "1");
    let old = install_id(&machine).unwrap();
    let unlinked = unlink(&machine, false).unwrap();
    assert_eq!(unlinked.unlinked[0].as_str(), old);
    assert_eq!(deletes(&server)[0]["ids"][0]["id"], old.as_str());
    assert_eq!(install_id(&machine), None, "none is made while it is off");
    assert!(!machine.state("link.json").exists());
    let (mut machine, server) = linked();
    machine.set("DO_NOT_TRACK", "1");
    let before = server.requests().len();
    unlink(&machine, true).unwrap();
    assert_eq!(install_id(&machine), None);
    assert_eq!(server.requests().len(), before);
}

#[test]
fn what_cannot_be_read_is_no_refusal() {
    for name in ["config.json", "consent.json"] {
        let (machine, server) = linked();
        let before = server.requests().len();
        write(&machine.config(name), "{");
        let snapshot = machine.snapshot();
        let (host, asked) = (machine.host(), Asked::default());
        let errors = [
            unlink(&machine, false).unwrap_err(),
            unlink(&machine, true).unwrap_err(),
            control::reset(&host, &asked).unwrap_err(),
            control::plan_link(&host, &asked, &ASK).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.exit_class(), ExitClass::Config, "{name}: {error}");
            assert!(error.to_string().contains(name), "{error}");
        }
        assert_eq!(machine.snapshot(), snapshot);
        assert_eq!(server.requests().len(), before);
    }
}

#[test]
fn files_of_another_version_are_neither_used_nor_changed() {
    for name in ["link.json", "past-ids.json", "projects.json", "forget.json"] {
        let (machine, server) = linked();
        record_about_project(&machine);
        let before = server.requests().len();
        let mut state = match name {
            "link.json" | "projects.json" => file(&machine.state(name)),
            "past-ids.json" => json!({"ids": []}),
            _ => json!({"pending": []}),
        };
        state["schemaVersion"] = json!(2);
        write(&machine.state(name), &state.to_string());
        let status = control::status(&machine.host(), &Asked::default()).unwrap();
        assert!(
            status
                .problems
                .iter()
                .any(|said| said.contains(name) && said.contains("version")),
            "{name}: {:?}",
            status.problems
        );
        let error = control::forget(&machine.host(), &Asked::default()).unwrap_err();
        assert_eq!(error.exit_class(), ExitClass::Config, "{name}: {error}");
        assert_eq!(file(&machine.state(name)), state);
        assert_eq!(server.requests().len(), before);
    }
}

#[test]
fn a_damaged_note_about_the_link_is_reported_and_left_alone() {
    let (machine, _server) = linked();
    write(&machine.state("link.json"), "{");
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert!(
        status.problems[0].contains("link.json"),
        "{:?}",
        status.problems
    );
    assert_eq!(
        unlink(&machine, false).unwrap_err().exit_class(),
        ExitClass::Config
    );
    assert_eq!(
        std::fs::read_to_string(machine.state("link.json")).unwrap(),
        "{"
    );
}

#[test]
fn disable_removes_the_note_and_says_that_the_link_stays() {
    let (machine, server) = linked();
    let before = server.requests().len();
    let disabled = control::disable(&machine.host(), &Asked::default(), false).unwrap();
    assert!(disabled.residue.is_empty(), "{:?}", disabled.residue);
    let warnings = disabled.warnings.join("\n");
    assert!(warnings.contains("link to acme stays"), "{warnings}");
    assert!(warnings.contains("disable --forget"), "{warnings}");
    assert!(!machine.state("link.json").exists());
    assert_eq!(server.requests().len(), before);
}

#[test]
fn reset_takes_new_ids_and_remembers_the_old_ones() {
    let machine = Machine::new();
    machine.enable();
    let project = machine.project();
    let asked = Asked {
        project: Some(&project),
        ..Asked::default()
    };
    record(&machine.recorder_for(&asked));
    let old = install_id(&machine).unwrap();
    let reset = control::reset(&machine.host(), &Asked::default()).unwrap();
    assert!(reset.renewed && reset.projects == 1);
    assert_eq!(reset.old_install_id.unwrap().as_str(), old);
    assert_eq!(
        reset.install_id.unwrap().as_str(),
        install_id(&machine).unwrap()
    );
    assert!(!machine.state("projects.json").exists());
    let past = file(&machine.state("past-ids.json"));
    assert_eq!(past["ids"].as_array().unwrap().len(), 2);
}

#[test]
fn reset_without_ids_or_consent_does_nothing() {
    let reset = |machine: &Machine| control::reset(&machine.host(), &Asked::default()).unwrap();
    let machine = Machine::new();
    assert!(!reset(&machine).renewed);
    assert!(machine.files().is_empty());
    write(
        &machine.config("config.json"),
        r#"{"telemetryInstallId":"inst_legacy"}"#,
    );
    let before = machine.snapshot();
    assert!(!reset(&machine).renewed, "nobody agreed");
    assert_eq!(machine.snapshot(), before);
    let machine = Machine::new();
    machine.enable();
    let before = machine.snapshot();
    assert!(!reset(&machine).renewed);
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn reset_and_a_link_exclude_each_other() {
    let (machine, _server) = linked();
    let before = machine.snapshot();
    let error = control::reset(&machine.host(), &Asked::default()).unwrap_err();
    assert_eq!(error.exit_class(), ExitClass::Consent);
    assert!(error.to_string().contains("telemetry unlink"), "{error}");
    assert_eq!(machine.snapshot(), before);
    let (machine, _server) = signed_in();
    assert!(!unlink(&machine, false).unwrap().was_linked);
    assert!(machine.files().is_empty());
}

#[test]
fn a_link_whose_answer_was_lost_can_be_ended_or_asked_for_again() {
    for unlinks in [true, false] {
        let (machine, server) = signed_in();
        server.say("POST", LINK_PATH, 502, json!("a proxy's page"));
        let failure = link(&machine, &ENABLING).unwrap_err();
        assert!(failure.is_open && failure.is_on);
        server.behave();
        let status = control::status(&machine.host(), &Asked::default()).unwrap();
        assert!(status.link.unwrap().unconfirmed);
        let old = install_id(&machine).unwrap();
        if unlinks {
            assert!(unlink(&machine, false).unwrap().was_linked);
            assert_eq!(deletes(&server)[0]["ids"][0]["id"], old.as_str());
        } else {
            link(&machine, &ASK).unwrap();
            assert_eq!(install_id(&machine).unwrap(), old);
            let status = control::status(&machine.host(), &Asked::default()).unwrap();
            assert!(!status.link.unwrap().unconfirmed);
        }
    }
}

#[test]
fn a_refused_link_leaves_the_one_that_holds() {
    let (machine, server) = linked();
    let before = file(&machine.state("link.json"));
    record_about_project(&machine);
    server.refuse("POST", LINK_PATH, 409, "linked_by_another");
    let failure = link(&machine, &ASK).unwrap_err();
    assert!(!failure.is_open);
    assert_eq!(file(&machine.state("link.json")), before);
}

#[test]
fn what_was_linked_in_another_project_is_ended_too() {
    let (machine, server) = linked();
    let mut ids = vec![install_id(&machine).unwrap()];
    for name in ["a", "b"] {
        let mut host = machine.host();
        host.cwd = machine.root().join(name);
        std::fs::create_dir(&host.cwd).unwrap();
        let asked = Asked {
            project: Some(&host.cwd),
            ..Asked::default()
        };
        record(&machine.recorder_for(&asked));
        let plan = control::plan_link(&host, &Asked::default(), &ASK).unwrap();
        let done = plan.commit(&host, &Asked::default(), Actor::YesFlag);
        ids.extend(done.unwrap().linked.iter().skip(1).map(ToString::to_string));
    }
    assert_eq!(ids.len(), 3);
    unlink(&machine, false).unwrap();
    let ended: Vec<Value> = deletes(&server)[0]["ids"].as_array().unwrap().clone();
    for id in ids {
        assert!(ended.iter().any(|claim| claim["id"] == id.as_str()), "{id}");
    }
}
