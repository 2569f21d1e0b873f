//! Random lives of a machine: whatever is decided, set, broken and tried in whatever order, the program is where the rules of
//! [`model`] say, and off never becomes on by itself.

mod model;
mod world;

use std::collections::BTreeSet;

use proptest::prelude::*;

use self::model::{Effective, Event, Layer, Model, Record, Terms};
use self::world::{Ran, World};

/// Together 10,000 steps.
const LIVES: u32 = 200;
const STEPS: usize = 50;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Enable {
        only_use: bool,
        local: bool,
        ci: bool,
        hours: Option<u16>,
    },
    /// Without `--yes`: nobody is there to ask.
    EnableUnasked,
    Accept(u32),
    Disable {
        keep_log: bool,
    },
    Record(Event),
    /// What no catalog allows.
    RecordNonsense,
    Flush,
    /// A command that only looks.
    Look(&'static [&'static str]),
    Reset,
    Layer(Layer, bool),
    BuildMachine(bool),
    Catalog(u32),
    Hours(i64),
    Server(bool),
    Damage(&'static str),
}

const LOOKS: [&[&str]; 7] = [
    &["status"],
    &["explain"],
    &["explain", "--format", "markdown"],
    &["explain", "--diff"],
    &["preview"],
    &["preview", "--", "analyze", "."],
    &["log", "--bytes"],
];

fn step() -> impl Strategy<Value = Step> {
    let event = prop_oneof![Just(Event::Sync), Just(Event::Edit), Just(Event::Open)];
    let layer = prop_oneof![
        Just(Layer::Policy),
        Just(Layer::DoNotTrack),
        Just(Layer::Environment),
        Just(Layer::Project)
    ];
    prop_oneof![
        4 => (any::<bool>(), 0..4_u8, prop::option::weighted(0.3, 1..60_u16)).prop_map(
            |(only_use, place, hours)| Step::Enable {
                only_use,
                local: place != 1,
                ci: place != 0,
                hours,
            }
        ),
        1 => Just(Step::EnableUnasked),
        2 => (1..4_u32).prop_map(Step::Accept),
        3 => any::<bool>().prop_map(|keep_log| Step::Disable { keep_log }),
        10 => event.prop_map(Step::Record),
        1 => Just(Step::RecordNonsense),
        4 => Just(Step::Flush),
        3 => (0..LOOKS.len()).prop_map(|at| Step::Look(LOOKS[at])),
        1 => Just(Step::Reset),
        2 => (layer, prop::bool::weighted(0.3)).prop_map(|(layer, no)| Step::Layer(layer, no)),
        1 => prop::bool::weighted(0.3).prop_map(Step::BuildMachine),
        1 => (1..3_u32).prop_map(Step::Catalog),
        2 => (-3..24_i64).prop_map(Step::Hours),
        1 => prop::bool::weighted(0.7).prop_map(Step::Server),
        1 => prop_oneof![Just("consent.json"), Just("config.json")].prop_map(Step::Damage),
    ]
}

/// The program beside its model.
struct Life {
    world: World,
    model: Model,
    /// The largest epoch seen, and the requests seen.
    epoch: u64,
    requests: usize,
}

impl Life {
    /// Takes a step in both, and gives the exit codes that both say.
    fn step(&mut self, step: &Step) -> (u8, u8, Option<Ran>) {
        let Self { world, model, .. } = self;
        let (expected, ran) = match step {
            Step::Enable {
                only_use,
                local,
                ci,
                hours,
            } => {
                let terms = Terms {
                    revision: model.revision,
                    only_use: *only_use,
                    local: *local,
                    ci: *ci,
                    until: hours.map(|hours| model.hour + i64::from(hours)),
                };
                let hours = hours.map(|hours| format!("{hours}h"));
                let mut words = vec!["enable", "--yes"];
                words.extend(only_use.then_some(["--only", "use"]).into_iter().flatten());
                words.extend(local.then_some(["--scope", "local"]).into_iter().flatten());
                words.extend(ci.then_some(["--scope", "ci"]).into_iter().flatten());
                words.extend(hours.iter().flat_map(|hours| ["--for", hours]));
                (model.enable(terms), world.run(&words))
            }
            Step::EnableUnasked => {
                let expected = if model.is_damaged() { 3 } else { 4 };
                (expected, world.run(&["enable"]))
            }
            Step::Accept(revision) => {
                let text = revision.to_string();
                let expected = model.accept(*revision);
                (expected, world.run(&["enable", "--accept", &text, "--yes"]))
            }
            Step::Disable { keep_log } => {
                let words = ["disable", "--keep-log"];
                let words = &words[..=usize::from(*keep_log)];
                (model.disable(*keep_log), world.run(words))
            }
            Step::Record(event) => {
                let expected = model.record(*event);
                (expected, world.run(&["record", event.name()]))
            }
            Step::RecordNonsense => {
                let expected = if model.effective().is_on() { 2 } else { 0 };
                model.end_what_is_over();
                (expected, world.run(&["record", "notes.nonsense"]))
            }
            Step::Flush => (model.flush(), world.run(&["flush"])),
            Step::Look(words) => {
                // Only `status` looks at every file.
                let ran = world.run(words);
                let expected = if words[0] == "status" {
                    model.look()
                } else {
                    ran.code
                };
                (expected, ran)
            }
            Step::Reset => {
                let expected = if model.is_damaged() { 3 } else { 0 };
                (expected, world.run(&["reset"]))
            }
            other => {
                self.circumstance(other);
                return (0, 0, None);
            }
        };
        (expected, ran.code, Some(ran))
    }

    /// What happens to the machine from outside.
    fn circumstance(&mut self, step: &Step) {
        let Self { world, model, .. } = self;
        match step {
            Step::Layer(layer, says_no) => {
                world.layer(*layer, *says_no);
                if *says_no {
                    model.layers.insert(*layer);
                } else {
                    model.layers.remove(layer);
                }
            }
            Step::BuildMachine(is_one) => {
                world.build_machine(*is_one);
                model.ci = *is_one;
            }
            // A catalog only grows.
            Step::Catalog(revision) => {
                model.revision = model.revision.max(*revision);
                world.catalog(model.revision);
            }
            Step::Hours(hours) => {
                world.pass(*hours);
                model.hour += hours;
            }
            Step::Server(is_up) => {
                world.server(*is_up);
                model.server_is_up = *is_up;
            }
            Step::Damage(name) => {
                if model.consent_damaged {
                    world.mend("consent.json");
                    model.consent_damaged = false;
                } else if model.config_damaged {
                    world.mend("config.json");
                    model.config_damaged = false;
                } else if world.damage(name) {
                    model.consent_damaged = *name == "consent.json";
                    model.config_damaged = *name == "config.json";
                }
            }
            _ => unreachable!("a command"),
        }
    }

    /// What must hold after every step.
    fn check(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let (world, model) = (&self.world, &self.model);
        let before = world.machine.snapshot();
        let status = world.status();
        prop_assert_eq!(status.effective.as_str(), model.effective().as_str());
        prop_assert_eq!(status.problems.is_empty(), model.look() == 0);
        prop_assert_eq!(
            world.machine.snapshot(),
            before,
            "looking changed something"
        );

        let requests = world.requests();
        if requests != self.requests {
            let may_send = matches!(step, Step::Flush | Step::Record(_));
            prop_assert!(may_send && model.effective().is_on(), "a request left");
            prop_assert_eq!(world.arrived(), model.sent);
            self.requests = requests;
        }

        if !model.consent_damaged {
            let epoch = world.epoch();
            prop_assert!(epoch >= self.epoch, "the epoch went back");
            self.epoch = epoch;
        }
        // While settings cannot be read nobody knows which grant's events to look for.
        if !model.is_damaged() {
            let waits: Vec<&str> = model.waiting.iter().map(|event| event.name()).collect();
            prop_assert_eq!(world.waiting(), waits);
        }
        self.check_files()
    }

    /// Without a yes that stands there is nothing but what the person decided.
    fn check_files(&self) -> Result<(), TestCaseError> {
        let model = &self.model;
        let is_trace = |name: &String| {
            let name = name.as_str();
            name.contains("spool") && !matches!(model.record, Record::Granted(_))
                || name.ends_with("install-secret") && !model.may_have_ids
                || name.contains("ledger") && !model.may_have_log
                || name.contains(".tmp-")
                || name.ends_with(".removed")
        };
        let files = self.world.machine.files();
        let traces: Vec<&String> = files.iter().filter(|name| is_trace(name)).collect();
        prop_assert!(traces.is_empty(), "{:?}", traces);
        let undecided_from_birth = self.epoch == 0 && !model.consent_damaged;
        prop_assert!(!undecided_from_birth || files.is_empty(), "{:?}", files);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: LIVES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_program_keeps_the_rules_whatever_happens(steps in prop::collection::vec(step(), STEPS)) {
        let mut life = Life {
            world: World::new(),
            model: Model::new(),
            epoch: 0,
            requests: 0,
        };
        for step in &steps {
            let was_on = life.model.effective().is_on();
            let (expected, code, ran) = life.step(step);
            let said = ran.map(|ran| format!("{}{}", ran.stdout, ran.stderr)).unwrap_or_default();
            prop_assert_eq!(code, expected, "{:?} said:\n{}", step, said);
            life.check(step)?;
            // The law above all: only a person's own act, or the lifting of a no that stood above a yes, turns it on.
            let turned_on = !was_on && life.model.effective().is_on();
            let is_act = matches!(step, Step::Enable { .. } | Step::Accept(_));
            let granted = matches!(life.model.record, Record::Granted(_));
            prop_assert!(!turned_on || is_act || granted);
        }
    }
}

/// The model itself, where it matters most.
#[test]
fn no_layer_can_say_yes() {
    let all = [
        Layer::Policy,
        Layer::DoNotTrack,
        Layer::Environment,
        Layer::Project,
    ];
    for set in 0..16_u32 {
        let layers = all.into_iter().enumerate();
        let layers: BTreeSet<Layer> = layers
            .filter_map(|(bit, layer)| (set & (1 << bit) != 0).then_some(layer))
            .collect();
        for record in [Record::Undecided, Record::Refused] {
            let model = Model {
                layers: layers.clone(),
                record,
                ..Model::new()
            };
            assert!(!model.effective().is_on());
            let forced = model.effective() == Effective::ForcedOff;
            assert_eq!(forced, set != 0);
        }
    }
}
