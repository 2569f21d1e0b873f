//! Renewal of ids: after 90 days, never wildly, and never so that a batch ties a new id to an old one.

use std::os::unix::fs::PermissionsExt as _;

use decantr::base::ids::OpaqueId;
use decantr::client::consent::Gate;
use decantr::client::spool::waiting_events;
use decantr::config::Asked;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::server::Server;
use super::support::{Machine, flush, record, write};

const DAY: i64 = 24;

fn json_at(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn config(machine: &Machine) -> Value {
    json_at(&machine.config("config.json"))
}

fn install_id(machine: &Machine) -> String {
    let id = &config(machine)["telemetryInstallId"];
    id.as_str().unwrap().to_owned()
}

fn later(machine: &Machine, days: i64) {
    machine
        .clock
        .advance(SignedDuration::from_hours(days * DAY));
}

fn record_about_project(machine: &Machine) {
    let project = machine.project();
    let asked = Asked {
        project: Some(&project),
        ..Asked::default()
    };
    record(&machine.recorder_for(&asked));
}

fn contexts(machine: &Machine) -> Vec<Value> {
    let epoch = machine.gate().grant().unwrap().epoch;
    let events = waiting_events(&machine.paths(), epoch).unwrap();
    events
        .iter()
        .map(|event| event["context"].clone())
        .collect()
}

fn secret_of(hex: &Value) -> [u8; 32] {
    let bytes = decantr::base::crypto::unhex(hex.as_str().unwrap()).unwrap();
    bytes.try_into().unwrap()
}

#[test]
fn ids_are_certified_and_dated() {
    let machine = Machine::new();
    machine.enable();
    record_about_project(&machine);
    assert_eq!(
        config(&machine)["telemetryInstallIdAt"],
        "2026-03-01T12:00:00Z"
    );
    let projects = json_at(&machine.state("projects.json"));
    let project = &projects["projects"][0];
    let id = OpaqueId::parse(project["id"].as_str().unwrap()).unwrap();
    assert!(id.is_certified() && id.is_proven_by(&secret_of(&project["secret"])));
    assert_eq!(contexts(&machine)[0]["projectId"], id.as_str());
}

#[test]
fn a_project_file_of_the_earlier_shape_still_reads() {
    let machine = Machine::new();
    machine.enable();
    record_about_project(&machine);
    let path = machine.state("projects.json");
    let mut file = json_at(&path);
    let old = "project_5f0c1e9a-8a34-4a5e-9d0c-3f1f3c6a1a11";
    let project = file["projects"][0].as_object_mut().unwrap();
    project.remove("secret");
    project.insert("id".to_owned(), json!(old));
    write(&path, &file.to_string());
    record_about_project(&machine);
    assert_eq!(contexts(&machine)[1]["projectId"], old);
}

#[test]
fn after_ninety_days_all_own_ids_are_new_and_the_old_ones_remembered() {
    let machine = Machine::new();
    machine.enable();
    record_about_project(&machine);
    let before = (install_id(&machine), contexts(&machine)[0].clone());
    later(&machine, 89);
    record_about_project(&machine);
    assert_eq!(install_id(&machine), before.0);
    later(&machine, 1);
    record_about_project(&machine);
    assert_ne!(install_id(&machine), before.0);
    assert_eq!(
        config(&machine)["telemetryInstallIdAt"],
        "2026-05-30T12:00:00Z"
    );
    let context = contexts(&machine).pop().unwrap();
    assert_eq!(context["installId"], install_id(&machine).as_str());
    assert_ne!(context["projectId"], before.1["projectId"]);
    let past = json_at(&machine.state("past-ids.json"));
    let past = past["ids"].as_array().unwrap();
    assert_eq!(past.len(), 2);
    for (past, id) in past
        .iter()
        .zip([&before.1["installId"], &before.1["projectId"]])
    {
        assert_eq!(past["id"], *id);
        let id = OpaqueId::parse(id.as_str().unwrap()).unwrap();
        assert!(id.is_proven_by(&secret_of(&past["secret"])));
    }
    let mode = machine.state("past-ids.json").metadata().unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_recorder_that_waits_over_the_day_and_others_beside_it_agree() {
    let machine = Machine::new();
    machine.enable();
    record(&machine.recorder());
    let old = install_id(&machine);
    later(&machine, 90);
    let recorders: Vec<_> = (0..6).map(|_| machine.recorder()).collect();
    std::thread::scope(|scope| {
        for recorder in &recorders {
            scope.spawn(move || record(recorder));
        }
    });
    let new = install_id(&machine);
    assert_ne!(new, old);
    let ids: Vec<Value> = contexts(&machine)
        .into_iter()
        .map(|mut context| context["installId"].take())
        .collect();
    assert_eq!(ids.len(), 7);
    assert!(ids[1..].iter().all(|id| *id == new.as_str()), "{ids:?}");
    let past = json_at(&machine.state("past-ids.json"));
    assert_eq!(past["ids"].as_array().unwrap().len(), 1);
}

#[test]
fn a_clock_that_jumps_does_not_rotate_and_neither_does_a_missing_date() {
    let machine = Machine::new();
    machine.enable();
    record(&machine.recorder());
    let id = install_id(&machine);
    for at in [
        json!("2027-01-01T00:00:00Z"),
        json!("9999-01-01T00:00:00Z"),
        json!("yesterday"),
        json!(7),
        Value::Null,
    ] {
        let mut file = config(&machine);
        file["telemetryInstallIdAt"] = at.clone();
        write(&machine.config("config.json"), &file.to_string());
        later(&machine, 1);
        record(&machine.recorder());
        assert_eq!(install_id(&machine), id, "{at}");
    }
    let mut file = config(&machine);
    let _gone = file.as_object_mut().unwrap().remove("telemetryInstallIdAt");
    write(&machine.config("config.json"), &file.to_string());
    later(&machine, 5000);
    record(&machine.recorder());
    assert_eq!(install_id(&machine), id, "no date");
    assert!(!machine.state("past-ids.json").exists());
}

#[test]
fn an_id_of_a_day_that_never_came_does_not_last_for_years() {
    let machine = Machine::new();
    machine.enable();
    later(&machine, 10_000);
    record(&machine.recorder());
    let id = install_id(&machine);
    later(&machine, -10_000);
    record(&machine.recorder());
    assert_eq!(install_id(&machine), id, "kept, but dated");
    later(&machine, 91);
    record(&machine.recorder());
    assert_ne!(install_id(&machine), id);
}

#[test]
fn a_date_that_is_none_is_reported() {
    let machine = Machine::new();
    machine.enable();
    record(&machine.recorder());
    let mut file = config(&machine);
    file["telemetryInstallIdAt"] = json!("yesterday");
    write(&machine.config("config.json"), &file.to_string());
    let status = decantr::client::control::status(&machine.host(), &Asked::default()).unwrap();
    let problem = &status.problems[0];
    assert!(problem.contains("telemetryInstallIdAt"), "{problem}");
}

#[test]
fn a_team_keeps_its_id_over_a_renewal() {
    let machine = Machine::new();
    machine.enable();
    let id = "project_01234567-89ab-cdef-0123-456789abcdef";
    machine.write_project(&format!(r#"{{"telemetryProjectId":"{id}"}}"#));
    record_about_project(&machine);
    later(&machine, 90);
    record_about_project(&machine);
    assert_eq!(contexts(&machine).pop().unwrap()["projectId"], id);
}

#[test]
fn no_batch_has_events_of_both_ids() {
    let server = Server::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    // Ids of today, so that the waiting events are still young after the renewal.
    record(&machine.recorder());
    let mut file = config(&machine);
    file["telemetryInstallIdAt"] = json!("2025-11-01T00:00:00Z");
    write(&machine.config("config.json"), &file.to_string());
    let late = machine.recorder();
    record(&machine.recorder());
    record(&machine.recorder());
    record(&late);
    assert!(!flush(&machine).failed);
    let batches: Vec<Vec<String>> = server
        .posts()
        .iter()
        .map(|post| {
            let batch = post.batch();
            let events = batch["events"].as_array().unwrap().clone();
            let id = |event: &Value| event["context"]["installId"].as_str().unwrap().to_owned();
            events.iter().map(id).collect()
        })
        .collect();
    assert!(batches.len() >= 2, "{batches:?}");
    for batch in &batches {
        assert!(batch.iter().all(|id| id == &batch[0]), "{batches:?}");
    }
    assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 4);
}

#[test]
fn a_renewal_that_cannot_be_written_leaves_the_old_ids_in_use() {
    let machine = Machine::new();
    machine.enable();
    record(&machine.recorder());
    let id = install_id(&machine);
    later(&machine, 90);
    write(&machine.state("past-ids.json"), "{damaged");
    record(&machine.recorder());
    assert_eq!(install_id(&machine), id);
    let context = contexts(&machine).pop().unwrap();
    assert_eq!(context["installId"], id.as_str());
    let status = decantr::client::control::status(&machine.host(), &Asked::default()).unwrap();
    let problem = &status.problems[0];
    assert!(problem.contains("past-ids.json"), "{problem}");
    let kept = std::fs::read_to_string(machine.state("past-ids.json")).unwrap();
    assert_eq!(kept, "{damaged");
}

#[test]
fn a_second_process_finds_nothing_left_to_renew() {
    let machine = Machine::new();
    machine.enable();
    record(&machine.recorder());
    later(&machine, 90);
    let permit = Gate::open(&machine.host(), &Asked::default())
        .unwrap()
        .permit()
        .unwrap();
    let renew = || decantr::client::identity::renew(&machine.paths(), &permit, machine.now());
    renew().unwrap();
    let id = install_id(&machine);
    renew().unwrap();
    assert_eq!(install_id(&machine), id);
}

#[test]
fn a_renewal_that_was_cut_short_is_done_again_and_nothing_is_forgotten() {
    let machine = Machine::new();
    machine.enable();
    record_about_project(&machine);
    let old = install_id(&machine);
    later(&machine, 90);
    let before = std::fs::read(machine.config("config.json")).unwrap();
    record(&machine.recorder());
    let lost = install_id(&machine);
    // As after a crash before the last of its writes, or with a configuration that was put back from a copy.
    std::fs::write(machine.config("config.json"), before).unwrap();
    record(&machine.recorder());
    let new = install_id(&machine);
    assert!(new != old && new != lost);
    let known = decantr::client::identity::Known::read(&machine.paths()).unwrap();
    let proven: Vec<&str> = known.proven.iter().map(|claim| claim.id.as_str()).collect();
    assert!(
        proven.contains(&&*old) && proven.contains(&&*new),
        "{proven:?}"
    );
    assert!(known.foreign.is_empty(), "{:?}", known.foreign);
}
