//! Being forgotten: what is asked of which server, what is left here, and what stays pending.

use std::os::unix::fs::PermissionsExt as _;

use axum::http::Method;
use decantr::client::control::{self, Forget};
use decantr::config::Asked;
use decantr::model::protocol::{EVENTS_PATH, FORGET_PATH};
use serde_json::{Value, json};
use uuid::Uuid;

use super::link::{ASK, file, install_id, link, linked};
use super::link_server::{KEY, LinkServer};
use super::support::{Machine, flush, outcomes, record, write};

fn forget(machine: &Machine) -> Forget {
    control::forget(&machine.host(), &Asked::default()).unwrap()
}

fn asks(server: &LinkServer) -> Vec<Value> {
    server.bodies(&Method::POST, FORGET_PATH)
}

fn ids_of(ask: &Value) -> Vec<String> {
    let ids = ask["ids"].as_array().unwrap().iter();
    ids.map(|claim| claim["id"].as_str().unwrap().to_owned())
        .collect()
}

pub(super) fn record_about_project(machine: &Machine) {
    let project = machine.project();
    let asked = Asked {
        project: Some(&project),
        ..Asked::default()
    };
    record(&machine.recorder_for(&asked));
}

fn project_id(machine: &Machine) -> String {
    let projects = file(&machine.state("projects.json"));
    let id = projects["projects"][0]["id"].as_str();
    id.unwrap().to_owned()
}

/// A machine that has sent something.
fn reporting() -> (Machine, LinkServer) {
    let server = LinkServer::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    machine.enable();
    record_about_project(&machine);
    assert!(!flush(&machine).failed);
    (machine, server)
}

#[test]
fn current_and_past_ids_are_forgotten_with_their_proofs() {
    let (machine, server) = reporting();
    let mut ids = vec![install_id(&machine).unwrap(), project_id(&machine)];
    control::reset(&machine.host(), &Asked::default()).unwrap();
    record_about_project(&machine);
    ids.extend([install_id(&machine).unwrap(), project_id(&machine)]);
    let secret = std::fs::read_to_string(machine.state("install-secret")).unwrap();
    let forgotten = forget(&machine);
    assert!(forgotten.pending.is_empty());
    assert_eq!(forgotten.erased[0].receipt, "verified");
    assert_eq!(forgotten.erased[0].forgotten.events, 3);
    let [ask] = &asks(&server)[..] else {
        panic!("{:?}", asks(&server))
    };
    let mut named = ids_of(ask);
    named.sort();
    ids.sort();
    assert_eq!(named, ids);
    let request = server.requests().pop().unwrap();
    assert!(request.headers.get("authorization").is_none());
    // Only the ticket is left.
    assert_eq!(install_id(&machine), None);
    for gone in [
        "install-secret",
        "projects.json",
        "past-ids.json",
        "link.json",
    ] {
        assert!(!machine.state(gone).exists(), "{gone}");
    }
    let kept = std::fs::read_to_string(machine.state("forget.json")).unwrap();
    assert!(kept.contains(&forgotten.erased[0].forgotten.ticket.to_string()));
    assert!(
        !kept.contains(&secret) && !ids.iter().any(|id| kept.contains(id)),
        "{kept}"
    );
    // The next event has nothing to do with them.
    record_about_project(&machine);
    assert!(!ids.contains(&install_id(&machine).unwrap()));
}

#[test]
fn what_waits_under_the_ids_is_dropped_and_noted() {
    let (machine, server) = reporting();
    record(&machine.recorder());
    record(&machine.recorder());
    assert_eq!(forget(&machine).dropped, 2);
    assert_eq!(
        outcomes(&machine),
        ["accepted", "dropped forgotten", "dropped forgotten"]
    );
    assert!(!flush(&machine).failed);
    assert_eq!(server.bodies(&Method::POST, EVENTS_PATH).len(), 1);
}

#[test]
fn a_ledger_that_was_removed_is_no_hindrance() {
    let (machine, _server) = reporting();
    record(&machine.recorder());
    std::fs::remove_dir_all(machine.state("ledger")).unwrap();
    assert_eq!(forget(&machine).dropped, 1);
    assert_eq!(outcomes(&machine), ["dropped forgotten"]);
}

#[test]
fn offline_the_request_stays_and_goes_with_the_next_call() {
    let (machine, server) = reporting();
    let id = install_id(&machine).unwrap();
    server.refuse("POST", FORGET_PATH, 503, "busy");
    let first = forget(&machine);
    assert_eq!(first.pending[0].ids, 2);
    let error = first.pending[0].error.as_ref().unwrap();
    assert!(error.contains("503"), "{error}");
    assert_eq!(install_id(&machine), None, "not used any more all the same");
    let kept = machine.state("forget.json");
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    let status = serde_json::to_value(status).unwrap();
    assert_eq!(status["forget"]["pending"][0]["ids"], 2);
    let secret = file(&kept)["pending"][0]["ids"][0]["secret"].take();
    assert!(!status.to_string().contains(secret.as_str().unwrap()));
    server.behave();
    let second = forget(&machine);
    assert!(second.pending.is_empty() && second.erased.len() == 1);
    assert!(ids_of(asks(&server).last().unwrap()).contains(&id));
    let third = forget(&machine);
    assert!(third.erased.is_empty() && third.pending.is_empty());
    assert_eq!(asks(&server).len(), 2);
}

#[test]
fn new_ids_join_a_request_that_is_pending() {
    let (machine, server) = reporting();
    server.refuse("POST", FORGET_PATH, 404, "not_found");
    let pending = forget(&machine).pending;
    let error = pending[0].error.as_ref().unwrap();
    assert!(error.contains("too old"), "{error}");
    record(&machine.recorder());
    let new = install_id(&machine).unwrap();
    server.behave();
    assert!(forget(&machine).pending.is_empty());
    let named = ids_of(asks(&server).last().unwrap());
    assert_eq!(named.len(), 3);
    assert!(named.contains(&new));
}

#[test]
fn nothing_to_forget_opens_nothing_and_writes_nothing() {
    let server = LinkServer::start();
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
    let forgotten = forget(&machine);
    assert!(forgotten.erased.is_empty() && forgotten.pending.is_empty());
    assert!(machine.files().is_empty());
    write(
        &machine.config("config.json"),
        r#"{"telemetryInstallId":"inst_legacy"}"#,
    );
    let before = machine.snapshot();
    assert_eq!(forget(&machine).foreign[0].as_str(), "inst_legacy");
    assert_eq!(machine.snapshot(), before);
    assert!(server.requests().is_empty());
}

#[test]
fn it_works_while_telemetry_is_off() {
    let (mut machine, server) = reporting();
    machine.set("DO_NOT_TRACK", "1");
    assert_eq!(forget(&machine).erased.len(), 1);
    assert_eq!(asks(&server).len(), 1);
}

#[test]
fn a_team_keeps_its_id() {
    let (machine, server) = reporting();
    let asked = Asked::default();
    let terms = control::Terms {
        share_project: true,
        ..control::Terms::default()
    };
    let plan = control::plan_enable(&machine.host(), &asked, terms).unwrap();
    let actor = decantr::client::consent::Actor::Terminal;
    let enabled = plan.commit(&machine.host(), &asked, actor).unwrap();
    let shared = enabled.shared_project_id.unwrap();
    assert_eq!(shared.as_str(), project_id(&machine));
    let committed = file(&machine.project().join(".decantr/project.json"));
    assert_eq!(committed, json!({"telemetryProjectId": shared}));
    control::reset(&machine.host(), &asked).unwrap();
    assert_eq!(project_id(&machine), shared.as_str());
    assert!(forget(&machine).pending.is_empty());
    let named: Vec<String> = asks(&server).iter().flat_map(ids_of).collect();
    assert!(!named.contains(&shared.to_string()), "{named:?}");
}

#[test]
fn every_server_that_had_events_or_the_link_is_asked_and_no_other() {
    let (mut machine, first) = reporting();
    let (second, stranger) = (LinkServer::start(), LinkServer::start());
    machine.set("DECANTR_TELEMETRY_ENDPOINT", &second.url);
    machine.enable();
    record(&machine.recorder());
    let third = LinkServer::start();
    machine.set("DECANTR_API_URL", &third.url);
    machine.set("DECANTR_API_KEY", KEY);
    link(&machine, &ASK).unwrap();
    // What a repository could set.
    machine.set("DECANTR_TELEMETRY_ENDPOINT", &stranger.url);
    machine.set("DECANTR_API_URL", &stranger.url);
    let forgotten = forget(&machine);
    // The second had no event yet, and the environment does not name it any more.
    let asked: Vec<_> = forgotten.erased.iter().map(|done| &*done.server).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!((asks(&first).len(), asks(&third).len()), (1, 1));
    assert!(stranger.requests().is_empty());
}

#[test]
fn a_link_is_gone_with_the_ids() {
    let (machine, server) = linked();
    assert!(forget(&machine).pending.is_empty());
    assert!(!machine.state("link.json").exists());
    assert!(!asks(&server).is_empty());
}

#[test]
fn a_link_that_was_ended_here_only_is_erased_where_it_was_made() {
    let (mut machine, server) = reporting();
    let accounts = LinkServer::start();
    machine.set("DECANTR_API_URL", &accounts.url);
    machine.set("DECANTR_API_KEY", KEY);
    link(&machine, &ASK).unwrap();
    control::unlink(&machine.host(), &Asked::default(), true).unwrap();
    assert!(forget(&machine).pending.is_empty());
    assert_eq!((asks(&server).len(), asks(&accounts).len()), (1, 1));
}

#[test]
fn a_configuration_that_was_removed_is_no_hindrance() {
    let (machine, server) = reporting();
    let id = install_id(&machine).unwrap();
    std::fs::remove_dir_all(machine.paths().config_dir).unwrap();
    assert!(forget(&machine).pending.is_empty());
    assert!(ids_of(&asks(&server)[0]).contains(&id));
}

#[test]
fn a_receipt_that_does_not_hold_leaves_the_request_pending() {
    let (machine, server) = reporting();
    server.forge();
    let forgotten = forget(&machine);
    assert!(forgotten.erased.is_empty());
    let error = forgotten.pending[0].error.as_ref().unwrap();
    assert!(error.contains("does not hold"), "{error}");
}

#[test]
fn a_ticket_can_be_asked_for_later() {
    let (machine, server) = reporting();
    let ticket = forget(&machine).erased[0].forgotten.ticket;
    let check = |ticket| control::check_ticket(&machine.host(), &Asked::default(), ticket);
    let found = check(ticket).unwrap();
    assert!(found.holds, "{}", found.receipt);
    assert_eq!(found.forgotten.unwrap().beyond, ["an analytics service"]);
    let unknown = check(Uuid::new_v4()).unwrap();
    assert!(!unknown.holds && unknown.forgotten.is_none());
    // Also after everything else is gone, and not by another key.
    control::disable(&machine.host(), &Asked::default(), false).unwrap();
    assert!(check(ticket).unwrap().holds);
    server.forge();
    assert!(!check(ticket).unwrap().holds);
}

#[test]
fn disable_and_forget_disables_whatever_the_server_does() {
    for fails in [false, true] {
        let (machine, server) = reporting();
        record(&machine.recorder());
        if fails {
            server.refuse("POST", FORGET_PATH, 500, "internal");
        }
        let (host, asked) = (machine.host(), Asked::default());
        let disabled = control::disable_and_forget(&host, &asked, false).unwrap();
        assert!(disabled.residue.is_empty(), "{:?}", disabled.residue);
        assert_eq!(disabled.forget.unwrap().pending.len(), usize::from(fails));
        assert_eq!(asks(&server).len(), 1);
        let state: Vec<String> = std::fs::read_dir(machine.paths().state_dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(state, ["forget.json"]);
        assert_eq!(install_id(&machine), None);
        if fails {
            server.behave();
            assert_eq!(forget(&machine).erased.len(), 1);
        }
    }
}

#[test]
fn plain_disable_keeps_a_request_that_is_pending() {
    let (machine, server) = reporting();
    server.refuse("POST", FORGET_PATH, 500, "internal");
    assert_eq!(forget(&machine).pending.len(), 1);
    control::disable(&machine.host(), &Asked::default(), false).unwrap();
    server.behave();
    assert_eq!(forget(&machine).erased.len(), 1);
}

#[test]
fn a_damaged_note_is_reported_and_nothing_is_lost() {
    let (machine, server) = reporting();
    write(&machine.state("forget.json"), "{");
    let before = machine.snapshot();
    let error = control::forget(&machine.host(), &Asked::default()).unwrap_err();
    assert!(error.to_string().contains("forget.json"), "{error}");
    let status = control::status(&machine.host(), &Asked::default()).unwrap();
    assert!(status.problems[0].contains("forget.json"));
    assert_eq!(machine.snapshot(), before);
    assert!(asks(&server).is_empty());
}

#[test]
fn what_a_killed_write_left_goes_too() {
    let (machine, _server) = reporting();
    let left = machine.state(".tmp-killed");
    let secret = std::fs::read_to_string(machine.state("install-secret")).unwrap();
    write(&left, &secret);
    assert_eq!(forget(&machine).erased.len(), 1);
    assert!(!left.exists());
}

#[test]
fn agreeing_again_meanwhile_neither_stops_it_nor_saves_an_event() {
    let (machine, server) = reporting();
    let old = install_id(&machine).unwrap();
    for _ in 0..5 {
        record_about_project(&machine);
        std::thread::scope(|scope| {
            let agreeing = scope.spawn(|| {
                for _ in 0..20 {
                    machine.enable();
                }
            });
            let _forgotten = forget(&machine);
            agreeing.join().unwrap();
        });
        let _sent = flush(&machine);
    }
    let asked = asks(&server).len();
    assert!(asked >= 5, "{asked}");
    let requests = server.requests();
    let first = requests.iter().position(|r| r.path == FORGET_PATH).unwrap();
    let late = requests[first..].iter().filter(|r| r.path == EVENTS_PATH);
    for request in late {
        assert!(!request.batch().to_string().contains(&old));
    }
}
