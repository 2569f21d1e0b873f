//! Linking: what is sent and kept, in which order, and what each refusal leaves behind.

use std::os::unix::fs::PermissionsExt as _;

use axum::http::Method;
use decantr::base::ids::OpaqueId;
use decantr::client::ExitClass;
use decantr::client::consent::Actor;
use decantr::client::control::{self, LinkAsk, LinkFailure, Linked};
use decantr::config::Asked;
use decantr::model::protocol::{LINK_PATH, ME_PATH};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::link_server::{KEY, LinkServer};
use super::support::{Machine, record, write};

/// What most tests ask for.
pub(super) const ASK: LinkAsk<'_> = LinkAsk {
    enable: false,
    org: "acme",
    label: Some("laptop"),
    fresh: false,
    dry_run: false,
    is_seen: true,
    api_url: None,
};

pub(super) const ENABLING: LinkAsk<'_> = LinkAsk {
    enable: true,
    ..ASK
};

/// A machine that is signed in to a server.
pub(super) fn signed_in() -> (Machine, LinkServer) {
    let server = LinkServer::start();
    let machine = Machine::new()
        .with("DECANTR_API_URL", &server.url)
        .with("DECANTR_API_KEY", KEY);
    (machine, server)
}

pub(super) fn link(machine: &Machine, ask: &LinkAsk<'_>) -> Result<Linked, LinkFailure> {
    let (host, asked) = (machine.host(), Asked::default());
    let plan = control::plan_link(&host, &asked, ask)?;
    plan.commit(&host, &asked, Actor::YesFlag)
}

pub(super) fn linked() -> (Machine, LinkServer) {
    let (machine, server) = signed_in();
    link(&machine, &ENABLING).unwrap();
    (machine, server)
}

pub(super) fn file(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub(super) fn install_id(machine: &Machine) -> Option<String> {
    let text = std::fs::read_to_string(machine.config("config.json")).ok()?;
    let settings: Value = serde_json::from_str(&text).unwrap();
    settings["telemetryInstallId"].as_str().map(str::to_owned)
}

fn posts(server: &LinkServer) -> Vec<Value> {
    server.bodies(&Method::POST, LINK_PATH)
}

fn failure(machine: &Machine, ask: &LinkAsk<'_>) -> (ExitClass, String, bool) {
    let failure = link(machine, ask).unwrap_err();
    let text = decantr::base::error::chain(&failure.error);
    (failure.error.exit_class(), text, failure.is_on)
}

#[test]
fn enabling_and_linking_is_one_step() {
    let (machine, server) = signed_in();
    let linked = link(&machine, &ENABLING).unwrap();
    assert!(linked.enabled.is_some());
    let id = install_id(&machine).unwrap();
    assert_eq!(linked.linked[0].as_str(), id);
    let body = &posts(&server)[0];
    assert_eq!(body["org"], "acme");
    assert_eq!(body["label"], "laptop");
    assert_eq!(body["from"], "2026-03-01T12:00:00Z");
    assert_eq!(body["ids"].as_array().unwrap().len(), 1);
    let secret = std::fs::read_to_string(machine.state("install-secret")).unwrap();
    assert_eq!(body["ids"][0], json!({"id": id, "secret": secret}));
    let kept = file(&machine.state("link.json"));
    assert_eq!(kept["origin"], server.url);
    assert_eq!(kept["org"], json!({"id": "org_acme", "slug": "acme"}));
    assert_eq!(kept["userId"], "user_u1");
    assert_eq!(kept["ids"], json!([id]));
    let mode = machine.state("link.json").metadata().unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let settings = file(&machine.config("config.json"));
    assert!(settings.get("telemetryInstallIdAt").is_none());
}

#[test]
fn a_linked_id_lasts() {
    let (machine, _server) = linked();
    let id = install_id(&machine);
    machine.clock.advance(SignedDuration::from_hours(24 * 1000));
    record(&machine.recorder());
    assert_eq!(install_id(&machine), id);
    // Also when the configuration is lost, and the id is made from its secret again.
    std::fs::remove_file(machine.config("config.json")).unwrap();
    record(&machine.recorder());
    assert_eq!(install_id(&machine), id);
    let settings = file(&machine.config("config.json"));
    assert!(settings.get("telemetryInstallIdAt").is_none());
}

#[test]
fn the_projects_own_id_goes_along_and_a_teams_does_not() {
    let (machine, server) = signed_in();
    machine.enable();
    let project = machine.project();
    let asked = Asked {
        project: Some(&project),
        ..Asked::default()
    };
    record(&machine.recorder_for(&asked));
    link(&machine, &ASK).unwrap();
    let ids = &posts(&server)[0]["ids"];
    let own = OpaqueId::parse(ids[1]["id"].as_str().unwrap()).unwrap();
    assert!(own.as_str().starts_with("project_") && ids[1]["secret"].is_string());
    let team = "project_01234567-89ab-cdef-0123-456789abcdef";
    machine.write_project(&format!(r#"{{"telemetryProjectId":"{team}"}}"#));
    link(&machine, &ASK).unwrap();
    let ids = &posts(&server)[1]["ids"];
    assert_eq!(ids.as_array().unwrap().len(), 1, "{ids}");
    // Who shared it can prove it.
    machine.write_project(&format!(r#"{{"telemetryProjectId":"{own}"}}"#));
    link(&machine, &ASK).unwrap();
    assert_eq!(posts(&server)[2]["ids"][1]["id"], own.as_str());
}

#[test]
fn fresh_ids_tell_nothing_of_earlier_ones() {
    let (machine, server) = signed_in();
    machine.enable();
    record(&machine.recorder());
    let old = install_id(&machine).unwrap();
    let fresh = LinkAsk { fresh: true, ..ASK };
    link(&machine, &fresh).unwrap();
    assert_ne!(install_id(&machine).unwrap(), old);
    assert!(!posts(&server)[0].to_string().contains(&old));
    let past = file(&machine.state("past-ids.json"));
    assert_eq!(past["ids"][0]["id"], old.as_str());
    let (class, text, _) = failure(&machine, &fresh);
    assert_eq!(class, ExitClass::Consent);
    assert!(text.contains("telemetry unlink"), "{text}");
}

#[test]
fn telemetry_that_is_off_is_not_linked() {
    let (machine, server) = signed_in();
    let before = machine.snapshot();
    let (class, text, _) = failure(&machine, &ASK);
    assert_eq!(class, ExitClass::Consent);
    assert!(text.contains("--enable"), "{text}");
    assert_eq!(machine.snapshot(), before);
    assert!(server.requests().is_empty());
}

#[test]
fn a_layer_that_says_no_saves_the_record_and_links_nothing() {
    let (mut machine, server) = signed_in();
    machine.set("DO_NOT_TRACK", "1");
    let (class, text, _) = failure(&machine, &ENABLING);
    assert_eq!(class, ExitClass::Consent);
    assert!(text.contains("DO_NOT_TRACK"), "{text}");
    assert!(machine.gate().grant().is_some());
    assert_eq!(install_id(&machine), None);
    assert!(posts(&server).is_empty() && !machine.state("link.json").exists());
}

#[test]
fn nobody_is_signed_in() {
    let server = LinkServer::start();
    let machine = Machine::new().with("DECANTR_API_URL", &server.url);
    let (class, text, is_on) = failure(&machine, &ENABLING);
    assert_eq!((class, is_on), (ExitClass::Access, false));
    assert!(text.contains("decantr login"), "{text}");
    assert!(machine.files().is_empty() && server.requests().is_empty());
}

/// What the server finds out first stops everything before a question is asked.
#[test]
fn a_key_that_is_not_good_for_this_changes_nothing() {
    let me = |org: Value, scopes: Value| json!({"schemaVersion": 1, "keyId": "k", "userId": "user_u1", "org": org, "scopes": scopes});
    let globex = json!({"id": "org_globex", "slug": "globex"});
    let acme = json!({"id": "org_acme", "slug": "acme"});
    for (status, body, words) in [
        (200, me(globex, json!(["link"])), "belongs to globex"),
        (200, me(Value::Null, json!(["link"])), "no organisation"),
        (200, me(acme, json!(["ingest"])), "scope link"),
        (
            401,
            json!({"accepted": false, "code": "unknown_key", "detail": "x"}),
            "revoked",
        ),
    ] {
        let (machine, server) = signed_in();
        server.say("GET", ME_PATH, status, body);
        let (class, text, _) = failure(&machine, &ENABLING);
        assert_eq!(class, ExitClass::Access, "{text}");
        assert!(text.contains(words), "{text}");
        assert!(machine.files().is_empty() && posts(&server).is_empty());
    }
}

#[test]
fn what_the_server_refuses_is_said_and_no_link_is_noted() {
    for (status, code, class, words) in [
        (404, "unknown_org", ExitClass::Access, "unknown_org"),
        (403, "not_a_member", ExitClass::Access, "not_a_member"),
        (403, "missing_scope", ExitClass::Access, "missing_scope"),
        (401, "unknown_key", ExitClass::Access, "revoked"),
        (
            409,
            "linked_by_another",
            ExitClass::Access,
            "linked_by_another",
        ),
        (404, "not_found", ExitClass::Remote, "too old"),
        (500, "internal", ExitClass::Remote, "failed with 500"),
    ] {
        let (machine, server) = signed_in();
        server.refuse("POST", LINK_PATH, status, code);
        let (found, text, is_on) = failure(&machine, &ENABLING);
        assert_eq!(found, class, "{text}");
        assert!(text.contains(words), "{text}");
        assert!(is_on, "{code}");
        assert!(machine.gate().permit().is_some());
        assert!(!machine.state("link.json").exists());
        server.behave();
        assert!(link(&machine, &ASK).is_ok(), "again after {code}");
    }
}

#[test]
fn offline_is_said_before_anything_is_written() {
    let (machine, server) = signed_in();
    drop(server);
    let (class, text, _) = failure(&machine, &ENABLING);
    assert_eq!(class, ExitClass::Remote);
    assert!(text.contains("cannot reach"), "{text}");
    assert!(machine.files().is_empty());
}

#[test]
fn an_id_whose_secret_is_gone_is_not_linked() {
    let (machine, server) = signed_in();
    machine.enable();
    record(&machine.recorder());
    std::fs::remove_file(machine.state("install-secret")).unwrap();
    let (class, text, _) = failure(&machine, &ASK);
    assert_eq!(class, ExitClass::Config);
    assert!(text.contains("telemetry reset"), "{text}");
    assert!(posts(&server).is_empty());
}

#[test]
fn an_id_of_an_earlier_tool_is_linked_without_a_proof() {
    let (machine, server) = signed_in();
    write(
        &machine.config("config.json"),
        r#"{"telemetryInstallId":"inst_legacy"}"#,
    );
    link(&machine, &ENABLING).unwrap();
    assert_eq!(posts(&server)[0]["ids"], json!([{"id": "inst_legacy"}]));
}

#[test]
fn a_server_that_links_something_else_is_not_believed() {
    let (machine, server) = signed_in();
    let answer = |org: &str, user: &str, id: &str| {
        json!({"schemaVersion": 1, "org": {"id": org, "slug": "acme"}, "userId": user, "linked": [id],
            "from": "2026-03-01T12:00:00Z"})
    };
    server.say(
        "POST",
        LINK_PATH,
        200,
        answer("org_acme", "user_u1", "install_other"),
    );
    assert_eq!(failure(&machine, &ENABLING).0, ExitClass::Remote);
    let own = install_id(&machine).unwrap();
    for (org, user) in [("org_evil", "user_u1"), ("org_acme", "user_other")] {
        server.say("POST", LINK_PATH, 200, answer(org, user, &own));
        assert_eq!(failure(&machine, &ASK).0, ExitClass::Remote, "{org} {user}");
        let note = note_of(&machine);
        assert!(!note.contains("org_evil") && !note.contains("user_other"));
        assert!(note.contains("unconfirmed"));
    }
    assert!(!note_of(&machine).contains("install_other"));
}

/// The note about the link, as text.
fn note_of(machine: &Machine) -> String {
    std::fs::read_to_string(machine.state("link.json")).unwrap()
}

#[test]
fn status_shows_the_link_and_explain_no_secret() {
    let (machine, server) = linked();
    let host = machine.host();
    let secret = std::fs::read_to_string(machine.state("install-secret")).unwrap();
    let status = serde_json::to_value(control::status(&host, &Asked::default()).unwrap()).unwrap();
    assert_eq!(status["link"]["org"]["slug"], "acme");
    assert_eq!(status["link"]["userId"], "user_u1");
    assert_eq!(status["link"]["at"], "2026-03-01T12:00:00Z");
    assert!(
        status["link"]["server"]
            .as_str()
            .unwrap()
            .starts_with(&server.url)
    );
    let explained = control::explain(&host, &Asked::default(), None).unwrap();
    let explained = serde_json::to_string(&explained).unwrap();
    for text in [status.to_string(), explained] {
        assert!(!text.contains(&secret) && !text.contains(KEY));
    }
}
