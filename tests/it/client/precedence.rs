//! Which layer says no: every pair of layers, every combination, and every place where a layer is read from.

use decantr::client::consent::{Actor, Effective, Gate, Grant, Layer, Scope, Stored, decide};
use decantr::config::Asked;
use decantr::config::Standing;
use decantr::config::layers::{CI_VARIABLES, Layers, Switch};
use decantr::config::policy::Policy;
use decantr::config::project::{Project, Say};
use jiff::{SignedDuration, Timestamp};

use super::support::{Machine, START, write};

fn now() -> Timestamp {
    START.parse().unwrap()
}

fn grant() -> Grant {
    Grant {
        revision: 3,
        sha256: String::new(),
        scopes: vec![Scope::Local],
        sources: vec!["cli".to_owned()],
        only: Vec::new(),
        retention_days: None,
        until: None,
        at: now(),
        actor: Actor::Terminal,
        epoch: 1,
    }
}

/// Layers of which exactly those in `denying` say no; the record is `no` if it is among them.
fn layers(denying: &[Layer], no: &Stored) -> (Layers, Stored) {
    let denies = |layer| denying.contains(&layer);
    let layers = Layers {
        build: !denies(Layer::Build),
        policy: if denies(Layer::Policy) {
            Policy::Deny
        } else {
            Policy::Silent
        },
        do_not_track: denies(Layer::DoNotTrack),
        switch: if denies(Layer::Environment) {
            Switch::Off
        } else {
            Switch::On
        },
        no_telemetry: denies(Layer::Flag),
        projects: vec![Project {
            path: "project.json".into(),
            telemetry: if denies(Layer::Project) {
                Say::Off
            } else {
                Say::Invites
            },
            project_id: None,
        }],
        ci: denies(Layer::Ci).then_some("CI"),
    };
    let stored = if denies(Layer::Record) {
        no.clone()
    } else {
        Stored::Granted(grant())
    };
    (layers, stored)
}

/// Every way in which the record can say no, and what it comes to when nothing else does.
fn refusals() -> [(Stored, Effective); 4] {
    let over = Grant {
        until: Some(now()),
        ..grant()
    };
    [
        (Stored::Undecided, Effective::Undecided),
        (Stored::Refused { at: now() }, Effective::Off),
        (
            Stored::Broken("cannot parse it".to_owned()),
            Effective::Broken,
        ),
        (Stored::Granted(over), Effective::Undecided),
    ]
}

#[test]
fn the_order_is_the_documented_one() {
    let names = Layer::ALL.map(Layer::as_str);
    let documented = [
        "build",
        "policy",
        "DO_NOT_TRACK",
        "DECANTR_TELEMETRY",
        "--no-telemetry",
        "project",
        "ci",
        "record",
    ];
    assert_eq!(names, documented);
}

#[test]
fn of_every_ordered_pair_the_first_is_the_reason() {
    for (no, alone) in refusals() {
        for (at, first) in Layer::ALL.into_iter().enumerate() {
            for second in Layer::ALL.into_iter().skip(at) {
                let (layers, stored) = layers(&[first, second], &no);
                let decision = decide(&layers, &stored, now(), |_| Standing::Same);
                let reason = decision.reason().unwrap();
                assert_eq!(reason.layer, first, "{first:?} before {second:?}");
                assert_eq!(decision.why(), reason.says);
                let expected = if first == Layer::Record {
                    alone
                } else {
                    Effective::ForcedOff
                };
                assert_eq!(decision.effective(), expected);
                let denying: Vec<Layer> = decision
                    .verdicts()
                    .iter()
                    .filter(|v| v.denies)
                    .map(|v| v.layer)
                    .collect();
                let both = if first == second {
                    vec![first]
                } else {
                    vec![first, second]
                };
                assert_eq!(denying, both, "every verdict is reported");
            }
        }
    }
}

#[test]
fn every_layer_only_subtracts() {
    for (no, _) in refusals() {
        for set in 0_u32..256 {
            let denying: Vec<Layer> = Layer::ALL
                .into_iter()
                .enumerate()
                .filter_map(|(bit, layer)| (set & (1 << bit) != 0).then_some(layer))
                .collect();
            let (layers, stored) = layers(&denying, &no);
            let decision = decide(&layers, &stored, now(), |_| Standing::Same);
            assert_eq!(
                decision.effective().is_on(),
                denying.is_empty(),
                "{denying:?}"
            );
            assert_eq!(
                decision.is_denied_only_by(Layer::Environment),
                denying == [Layer::Environment]
            );
        }
    }
}

#[test]
fn a_grown_catalog_is_agreed_to_in_part() {
    let (layers, stored) = layers(&[], &Stored::Undecided);
    let grown = Standing::Grown {
        agreed: 3,
        current: 4,
    };
    for (standing, expected) in [
        (Standing::Same, Effective::On),
        (grown, Effective::OnPartial),
        (Standing::Changed, Effective::Undecided),
    ] {
        assert_eq!(
            decide(&layers, &stored, now(), |_| standing).effective(),
            expected
        );
    }
}

#[test]
fn the_catalog_is_loaded_only_for_a_yes() {
    let (layers, _) = layers(&[], &Stored::Undecided);
    decide(&layers, &Stored::Undecided, now(), |_| {
        panic!("nothing was granted")
    });
}

#[test]
fn scopes_and_ends_are_kept() {
    let decide = |ci: Option<&'static str>, scopes: &[Scope], ends_in: i64| {
        let (layers, _) = layers(&[], &Stored::Undecided);
        let layers = Layers { ci, ..layers };
        let granted = Grant {
            scopes: scopes.to_vec(),
            until: Some(
                now()
                    .checked_add(SignedDuration::from_secs(ends_in))
                    .unwrap(),
            ),
            ..grant()
        };
        decide(&layers, &Stored::Granted(granted), now(), |_| {
            Standing::Same
        })
        .effective()
    };
    assert_eq!(decide(None, &[Scope::Local], 1), Effective::On);
    assert_eq!(decide(None, &[Scope::Local], 0), Effective::Undecided);
    assert_eq!(decide(Some("CI"), &[Scope::Local], 1), Effective::ForcedOff);
    assert_eq!(
        decide(Some("CI"), &[Scope::Local, Scope::Ci], 1),
        Effective::On
    );
    assert_eq!(decide(None, &[Scope::Ci], 1), Effective::Off);
    assert_eq!(decide(None, &[], 1), Effective::Off);
}

fn reason(machine: &Machine, asked: &Asked<'_>) -> Option<Layer> {
    let gate = Gate::open(&machine.host(), asked).unwrap();
    gate.decision().reason().map(|verdict| verdict.layer)
}

#[test]
fn layers_are_read_from_where_they_are_promised() {
    let mut machine = Machine::new();
    machine.enable();
    let asked = Asked::default();
    assert_eq!(reason(&machine, &asked), None);
    for (key, value, expected) in [
        ("DO_NOT_TRACK", "1", Some(Layer::DoNotTrack)),
        ("DO_NOT_TRACK", "yes", Some(Layer::DoNotTrack)),
        ("DO_NOT_TRACK", "false", None),
        ("DECANTR_TELEMETRY", "off", Some(Layer::Environment)),
        ("DECANTR_TELEMETRY", "0", Some(Layer::Environment)),
        ("DECANTR_TELEMETRY", "FALSE", Some(Layer::Environment)),
        ("DECANTR_TELEMETRY", "log", Some(Layer::Environment)),
        ("DECANTR_TELEMETRY", "offf", Some(Layer::Environment)),
        ("DECANTR_TELEMETRY", "on", None),
        ("DECANTR_TELEMETRY", "", None),
        ("CI", "false", None),
    ] {
        machine.set(key, value);
        assert_eq!(reason(&machine, &asked), expected, "{key}={value}");
        machine.set(key, "");
    }
    for key in CI_VARIABLES {
        machine.set(key, "1");
        assert_eq!(reason(&machine, &asked), Some(Layer::Ci), "{key}");
        machine.set(key, "");
    }
    let no = Asked {
        no_telemetry: true,
        ..asked
    };
    assert_eq!(reason(&machine, &no), Some(Layer::Flag));
    machine.write_policy("telemetry = \"deny\"");
    assert_eq!(reason(&machine, &no), Some(Layer::Policy));
}

#[test]
fn a_project_says_no_from_the_working_directory_and_from_the_argument() {
    let machine = Machine::new();
    machine.enable();
    let other = machine.root().join("other");
    let about = Asked {
        project: Some(&other),
        ..Asked::default()
    };
    assert_eq!(reason(&machine, &about), None);
    write(
        &other.join(".decantr/project.json"),
        r#"{"telemetry":false}"#,
    );
    assert_eq!(reason(&machine, &about), Some(Layer::Project));
    assert_eq!(reason(&machine, &Asked::default()), None);
    write(
        &other.join(".decantr/project.json"),
        r#"{"telemetry":true}"#,
    );
    machine.write_project("{");
    assert_eq!(reason(&machine, &about), Some(Layer::Project));
    let gate = Gate::open(&machine.host(), &about).unwrap();
    assert_eq!(gate.problems.len(), 1);
    assert!(
        gate.decision().why().contains("project.json"),
        "{}",
        gate.decision().why()
    );
}

#[test]
fn an_invitation_turns_nothing_on() {
    let machine = Machine::new();
    machine.write_project(r#"{"telemetry":true}"#);
    let status = decantr::client::control::status(&machine.host(), &Asked::default()).unwrap();
    assert_eq!(status.effective, Effective::Undecided);
    assert!(
        status.warnings.iter().any(|text| text.contains("invites")),
        "{:?}",
        status.warnings
    );
}
