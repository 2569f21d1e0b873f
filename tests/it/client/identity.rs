//! Ids: minted once, by permit only, at the first record; older ones and a team's are honoured.

use decantr::client::recorder::{Recorded, Recorder};
use decantr::client::spool::waiting_events;
use decantr::config::Asked;
use decantr::model::outcome::{Outcome, Reason};
use serde_json::Value;

use super::support::{Machine, outcomes, record, write};

/// An id can be neither used nor made, so the event is dropped, and the ledger says so.
const DROPPED: Recorded = Recorded::Done(Outcome::Dropped(Reason::SpoolUnwritable));

fn install_id(machine: &Machine) -> Option<String> {
    let text = std::fs::read_to_string(machine.config("config.json")).ok()?;
    let file: Value = serde_json::from_str(&text).unwrap();
    file["telemetryInstallId"].as_str().map(str::to_owned)
}

/// The last event that waits.
fn last(machine: &Machine) -> Value {
    let epoch = machine.gate().grant().unwrap().epoch;
    waiting_events(&machine.paths(), epoch)
        .unwrap()
        .pop()
        .unwrap()
}

fn about(machine: &Machine, project: &std::path::Path) -> Recorder {
    let asked = Asked {
        project: Some(project),
        ..Asked::default()
    };
    machine.recorder_for(&asked)
}

#[test]
fn the_first_record_mints_and_consent_does_not() {
    let machine = Machine::new();
    machine.enable();
    assert_eq!(install_id(&machine), None);
    assert!(!machine.state("install-secret").exists());
    machine.record();
    let id = install_id(&machine).unwrap();
    assert_eq!(last(&machine)["context"]["installId"], id.as_str());
    machine.record();
    assert_eq!(install_id(&machine).unwrap(), id);
}

#[test]
fn an_event_that_is_refused_mints_nothing() {
    let machine = Machine::new();
    machine.enable();
    let outcome = machine.recorder().record("no.such.event", []);
    assert_eq!(
        outcome,
        Recorded::Done(Outcome::Dropped(Reason::UnknownEvent))
    );
    assert_eq!(install_id(&machine), None);
}

#[test]
fn an_id_of_an_earlier_tool_is_kept_without_a_secret() {
    let machine = Machine::new();
    write(
        &machine.config("config.json"),
        r#"{"x":1,"telemetryInstallId":"inst_legacy"}"#,
    );
    machine.enable();
    machine.record();
    assert_eq!(last(&machine)["context"]["installId"], "inst_legacy");
    assert!(!machine.state("install-secret").exists());
}

#[test]
fn what_is_no_id_is_reported_and_left_alone() {
    for text in [
        r#"{"telemetryInstallId":"me@example.com"}"#,
        r#"{"telemetryInstallId":"user_1"}"#,
        r#"{"telemetryInstallId":7}"#,
    ] {
        let machine = Machine::new();
        write(&machine.config("config.json"), text);
        machine.enable();
        assert_eq!(machine.record(), DROPPED);
        let status = decantr::client::control::status(&machine.host(), &Asked::default()).unwrap();
        assert!(
            status.problems[0].contains("telemetryInstallId"),
            "{:?}",
            status.problems
        );
        assert_eq!(
            std::fs::read_to_string(machine.config("config.json")).unwrap(),
            text
        );
    }
}

#[test]
fn processes_that_mint_at_once_agree() {
    let machine = Machine::new();
    machine.enable();
    let project = machine.project();
    let recorders: Vec<Recorder> = (0..8).map(|_| about(&machine, &project)).collect();
    std::thread::scope(|scope| {
        for recorder in &recorders {
            scope.spawn(move || assert_eq!(record(recorder), Recorded::Done(Outcome::Accepted)));
        }
    });
    let epoch = machine.gate().grant().unwrap().epoch;
    let events = waiting_events(&machine.paths(), epoch).unwrap();
    assert_eq!(events.len(), 8);
    for event in &events {
        assert_eq!(
            event["context"]["installId"],
            install_id(&machine).unwrap().as_str()
        );
        assert_eq!(
            event["context"]["projectId"],
            events[0]["context"]["projectId"]
        );
    }
}

#[test]
fn a_lost_config_gets_the_same_id_from_the_secret() {
    let machine = Machine::new();
    machine.enable();
    machine.record();
    let id = install_id(&machine).unwrap();
    std::fs::remove_file(machine.config("config.json")).unwrap();
    machine.record();
    assert_eq!(install_id(&machine).unwrap(), id);
}

#[test]
fn projects_have_ids_of_their_own_and_nothing_is_written_into_them() {
    let machine = Machine::new();
    machine.enable();
    let (one, two) = (machine.root().join("one"), machine.root().join("two"));
    for folder in [&one, &two] {
        std::fs::create_dir(folder).unwrap();
    }
    let id = |project: &std::path::Path| {
        record(&about(&machine, project));
        last(&machine)["context"]["projectId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (first, second) = (id(&one), id(&two));
    assert_ne!(first, second);
    assert!(first.starts_with("project_"));
    assert_eq!(id(&one), first);
    std::os::unix::fs::symlink(&one, machine.root().join("link")).unwrap();
    assert_eq!(id(&machine.root().join("link")), first, "by canonical path");
    assert_eq!(std::fs::read_dir(&one).unwrap().count(), 0);
    let file = std::fs::read_to_string(machine.state("projects.json")).unwrap();
    assert!(!file.contains(machine.root().to_str().unwrap()), "{file}");
    machine.record();
    assert!(
        last(&machine)["context"].get("projectId").is_none(),
        "about no project"
    );
}

#[test]
fn a_committed_project_id_is_the_teams_choice() {
    let machine = Machine::new();
    machine.enable();
    let id = "project_01234567-89ab-cdef-0123-456789abcdef";
    machine.write_project(&format!(r#"{{"telemetryProjectId":"{id}"}}"#));
    record(&about(&machine, &machine.project()));
    assert_eq!(last(&machine)["context"]["projectId"], id);
    assert!(!machine.state("projects.json").exists());
}

#[test]
fn a_committed_project_id_cannot_spell_a_name() {
    let machine = Machine::new();
    machine.enable();
    for id in ["project_acme-secret-repository", "proj_team", "install_1"] {
        machine.write_project(&format!(r#"{{"telemetryProjectId":"{id}"}}"#));
        assert_eq!(
            record(&about(&machine, &machine.project())),
            Recorded::Nothing,
            "{id}"
        );
    }
}

#[test]
fn a_broken_projects_file_is_reported_and_left_alone() {
    let machine = Machine::new();
    machine.enable();
    write(&machine.state("projects.json"), "{broken");
    assert_eq!(record(&about(&machine, &machine.project())), DROPPED);
    assert_eq!(outcomes(&machine), ["dropped spool_unwritable"]);
    let status = decantr::client::control::status(&machine.host(), &Asked::default()).unwrap();
    assert!(
        status.problems[0].contains("projects.json"),
        "{:?}",
        status.problems
    );
    assert_eq!(
        std::fs::read_to_string(machine.state("projects.json")).unwrap(),
        "{broken"
    );
}

#[cfg(unix)]
#[test]
fn secrets_and_ids_are_private_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::new();
    machine.enable();
    record(&about(&machine, &machine.project()));
    for path in [
        machine.config("consent.json"),
        machine.config("config.json"),
        machine.state("install-secret"),
        machine.state("projects.json"),
        machine.spool().folder().join("queue.ndjson"),
    ] {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
    let mode = machine
        .paths()
        .state_dir
        .metadata()
        .unwrap()
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode, 0o700);
}
