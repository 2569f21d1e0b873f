//! The decision: one pure function over every layer. Each layer can only subtract, and the first that does is the reason.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::{Grant, Scope, Stored};
use crate::base::error::chain;
use crate::config::Standing;
use crate::config::layers::{Layers, Switch};
use crate::config::policy::Policy;
use crate::config::project::Say;

/// What all layers come to. There is no forced-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effective {
    /// Recorded and sent.
    On,
    /// Recorded and sent as far as the agreed revision goes; the catalog has grown since.
    OnPartial,
    /// Refused.
    Off,
    /// Nobody has decided, or what was decided has ended. Nothing is recorded.
    Undecided,
    /// A layer above the person's record says no.
    ForcedOff,
    /// A file is unreadable or invalid, which counts as no.
    Broken,
}

impl Effective {
    /// The word used in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::OnPartial => "on-partial",
            Self::Off => "off",
            Self::Undecided => "undecided",
            Self::ForcedOff => "forced-off",
            Self::Broken => "broken",
        }
    }

    /// Whether anything is recorded and sent.
    pub fn is_on(self) -> bool {
        matches!(self, Self::On | Self::OnPartial)
    }
}

/// A layer that can say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The build.
    Build,
    /// The administrator's policy.
    Policy,
    /// `DO_NOT_TRACK`.
    DoNotTrack,
    /// `DECANTR_TELEMETRY`.
    Environment,
    /// `--no-telemetry`.
    Flag,
    /// `.decantr/project.json`.
    Project,
    /// A build machine.
    Ci,
    /// The person's record.
    Record,
}

impl Layer {
    /// All of them, in the order in which they name the reason.
    pub const ALL: [Self; 8] = [
        Self::Build,
        Self::Policy,
        Self::DoNotTrack,
        Self::Environment,
        Self::Flag,
        Self::Project,
        Self::Ci,
        Self::Record,
    ];

    /// What it is called in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Policy => "policy",
            Self::DoNotTrack => "DO_NOT_TRACK",
            Self::Environment => "DECANTR_TELEMETRY",
            Self::Flag => "--no-telemetry",
            Self::Project => "project",
            Self::Ci => "ci",
            Self::Record => "record",
        }
    }
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What one layer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The layer.
    pub layer: Layer,
    /// Whether it says no.
    pub denies: bool,
    /// Why, or what it says instead.
    pub says: Cow<'static, str>,
}

/// The decision with every layer's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    effective: Effective,
    verdicts: Vec<Verdict>,
}

impl Decision {
    /// What all layers come to.
    pub fn effective(&self) -> Effective {
        self.effective
    }

    /// Every layer's verdict, in order.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The first layer that says no.
    pub fn reason(&self) -> Option<&Verdict> {
        self.verdicts.iter().find(|verdict| verdict.denies)
    }

    /// The reason as a sentence.
    pub fn why(&self) -> &str {
        match (self.reason(), self.verdicts.last()) {
            (Some(verdict), _) | (None, Some(verdict)) => &verdict.says,
            (None, None) => "",
        }
    }

    /// Whether `layer` is the only one that says no.
    pub fn is_denied_only_by(&self, layer: Layer) -> bool {
        let mut denying = self.verdicts.iter().filter(|verdict| verdict.denies);
        denying.next().is_some_and(|verdict| verdict.layer == layer) && denying.next().is_none()
    }
}

/// Decides: `build ∧ ¬policy ∧ ¬DO_NOT_TRACK ∧ ¬env_off ∧ ¬flag_off ∧ ¬project_off ∧ (¬ci ∨ scope ci) ∧ readable ∧ granted ∧
/// ¬expired`.
///
/// `standing` tells how the catalog stands to a grant; it is asked only when everything permits, since a catalog costs time to
/// load.
pub fn decide(
    layers: &Layers,
    stored: &Stored,
    now: Timestamp,
    standing: impl FnOnce(&Grant) -> Standing,
) -> Decision {
    let verdicts: Vec<Verdict> = Layer::ALL
        .into_iter()
        .map(|layer| verdict(layer, layers, stored, now))
        .collect();
    if let Stored::Granted(grant) = stored
        && !verdicts.iter().any(|verdict| verdict.denies)
    {
        return permitted(verdicts, standing(grant));
    }
    let denying = verdicts.iter().find(|verdict| verdict.denies);
    let effective = match (denying.map(|verdict| verdict.layer), stored) {
        (Some(Layer::Record), Stored::Refused { .. }) => Effective::Off,
        (Some(Layer::Record), Stored::Broken(_)) => Effective::Broken,
        (Some(Layer::Record), Stored::Granted(grant)) if !grant.is_over(now) => Effective::Off,
        (Some(Layer::Record), _) => Effective::Undecided,
        (Some(_) | None, _) => Effective::ForcedOff,
    };
    Decision {
        effective,
        verdicts,
    }
}

/// Everything permits; what remains is whether the catalog is the one that was agreed to.
fn permitted(mut verdicts: Vec<Verdict>, standing: Standing) -> Decision {
    let effective = match standing {
        Standing::Same => Effective::On,
        Standing::Grown { .. } => Effective::OnPartial,
        Standing::Changed => Effective::Undecided,
    };
    if let Some(last) = verdicts.last_mut() {
        match standing {
            Standing::Same => {}
            Standing::Grown { agreed, current } => {
                last.says = format!(
                    "granted for revision {agreed} of the catalog, which is at {current}: what is newer is not sent"
                )
                .into();
            }
            Standing::Changed => {
                (last.denies, last.says) = no(
                    "the catalog is not the one that was agreed to: what that revision can express has changed; decide again",
                );
            }
        }
    }
    Decision {
        effective,
        verdicts,
    }
}

fn verdict(layer: Layer, layers: &Layers, stored: &Stored, now: Timestamp) -> Verdict {
    let (denies, says) = match layer {
        Layer::Build => build(layers),
        Layer::Policy => policy(layers),
        Layer::DoNotTrack if layers.do_not_track => no("DO_NOT_TRACK is set"),
        Layer::DoNotTrack => yes("not set"),
        Layer::Environment => environment(layers),
        Layer::Flag if layers.no_telemetry => no("--no-telemetry was given"),
        Layer::Flag => yes("not given"),
        Layer::Project => project(layers),
        Layer::Ci => ci(layers, stored),
        Layer::Record => record(layers, stored, now),
    };
    Verdict {
        layer,
        denies,
        says,
    }
}

type Says = (bool, Cow<'static, str>);

fn yes(says: impl Into<Cow<'static, str>>) -> Says {
    (false, says.into())
}

fn no(says: impl Into<Cow<'static, str>>) -> Says {
    (true, says.into())
}

fn build(layers: &Layers) -> Says {
    if layers.build {
        yes("this build can send")
    } else {
        no("this build was made without telemetry")
    }
}

fn policy(layers: &Layers) -> Says {
    match &layers.policy {
        Policy::Silent => yes("no policy"),
        Policy::Deny => no("the administrator's policy forbids it"),
        Policy::Unreadable(error) => no(format!("{}, which counts as forbidden", chain(error))),
    }
}

fn environment(layers: &Layers) -> Says {
    match &layers.switch {
        Switch::Unset => yes("not set"),
        Switch::On => {
            yes("set to on, which is ignored: only `decantr telemetry enable` turns it on")
        }
        Switch::Off => no("DECANTR_TELEMETRY turns it off"),
        Switch::Log => no("DECANTR_TELEMETRY=log shows events instead of sending them"),
        Switch::Unknown(_) => {
            no("DECANTR_TELEMETRY has a value that is not off, log or on, which counts as off")
        }
    }
}

fn project(layers: &Layers) -> Says {
    let mut projects = layers.projects.iter();
    match projects
        .find(|project| project.denies())
        .map(|p| &p.telemetry)
    {
        Some(Say::Unreadable(error)) => no(format!("{}, which counts as off", chain(error))),
        Some(_) => no("the project's .decantr/project.json turns it off"),
        None => yes("no project turns it off"),
    }
}

fn ci(layers: &Layers, stored: &Stored) -> Says {
    let covered = matches!(stored, Stored::Granted(grant) if grant.scopes.contains(&Scope::Ci));
    match layers.ci {
        None => yes("not a build machine"),
        Some(key) if covered => yes(format!(
            "a build machine ({key} is set), which the grant covers"
        )),
        Some(key) => no(format!(
            "a build machine ({key} is set), which no grant covers"
        )),
    }
}

fn record(layers: &Layers, stored: &Stored, now: Timestamp) -> Says {
    match stored {
        Stored::Undecided => no("nobody has decided about this endpoint"),
        Stored::Refused { at } => no(format!("refused on {}", day(*at))),
        Stored::Broken(problem) => no(problem.clone()),
        Stored::Granted(grant) => match grant.until {
            Some(until) if grant.is_over(now) => no(format!("the grant ended on {}", day(until))),
            _ if layers.ci.is_none() && !grant.scopes.contains(&Scope::Local) => {
                no("the grant covers build machines only")
            }
            _ => yes(format!("granted on {}", day(grant.at))),
        },
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
