//! What `telemetry verify` answers: the claims, how well each is known to hold, and what stands against it.

use serde::Serialize;

use crate::client::consent::Effective;

/// What `telemetry verify` found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.verify`.
    pub kind: &'static str,
    /// Whether anything is recorded and sent here and now, and so what was checked.
    pub effective: Effective,
    /// The reason, as a sentence.
    pub why: String,
    /// Every check, in the order in which a person would ask.
    pub checks: Vec<Check>,
    /// How many checks hold, by proof.
    pub proved: usize,
    /// How many hold as far as was seen.
    pub observed: usize,
    /// How many could not be made.
    pub not_checked: usize,
    /// How many do not hold.
    pub failed: usize,
    /// Whether any check does not hold: exit code 1.
    pub verdict: Verdict,
    /// The same as a sentence.
    pub says: String,
    /// Files and settings that cannot be read or understood; not empty means exit code 3, unless a check does not hold.
    pub problems: Vec<String>,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// The claim, as a sentence.
    pub what: String,
    /// How well it is known.
    pub level: Level,
    /// Whether it holds; absent when it could not be checked.
    pub passed: Option<bool>,
    /// What the answer rests on, or why there is none.
    pub details: String,
    /// What stands against it, one sentence each. Empty when it holds.
    pub residue: Vec<String>,
}

/// How well the answer of a check is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// The kernel enforced it, and was seen to enforce it; or a digest and a signature leave no other possibility.
    Proved,
    /// It was looked at.
    Observed,
    /// Nobody looked.
    NotChecked,
}

impl Level {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Observed => "observed",
            Self::NotChecked => "not checked",
        }
    }
}

/// What all checks come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// No check failed.
    Ok,
    /// At least one failed.
    NotOk,
}

impl Check {
    /// A check that found `residue`; it holds when there is none.
    pub(super) fn found(
        name: &'static str,
        what: impl Into<String>,
        level: Level,
        details: impl Into<String>,
        residue: Vec<String>,
    ) -> Self {
        Self {
            name,
            what: what.into(),
            level,
            passed: Some(residue.is_empty()),
            details: details.into(),
            residue,
        }
    }

    /// A check that could not be made.
    pub(super) fn not_checked(
        name: &'static str,
        what: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            name,
            what: what.into(),
            level: Level::NotChecked,
            passed: None,
            details: why.into(),
            residue: Vec::new(),
        }
    }

    /// Whether it is known not to hold.
    pub fn has_failed(&self) -> bool {
        self.passed == Some(false)
    }
}

impl Verified {
    /// The answer that `checks` come to.
    pub(super) fn of(
        effective: Effective,
        why: String,
        checks: Vec<Check>,
        problems: Vec<String>,
    ) -> Self {
        let passed = |level| {
            let holds = |check: &&Check| check.level == level && check.passed == Some(true);
            checks.iter().filter(holds).count()
        };
        let (proved, observed) = (passed(Level::Proved), passed(Level::Observed));
        let not_checked = checks.iter().filter(|check| check.passed.is_none()).count();
        let failed = checks.iter().filter(|check| check.has_failed()).count();
        let verdict = if failed == 0 {
            Verdict::Ok
        } else {
            Verdict::NotOk
        };
        let counts = format!("{proved} proved, {observed} observed, {not_checked} not checked");
        let says = match (failed, proved + observed) {
            (0, 0) => "nothing could be checked".to_owned(),
            (0, _) if effective.is_on() => format!(
                "the promise holds: only what the catalog allows was sent, and all of it is in the log ({counts})"
            ),
            (0, _) => format!(
                "the promise holds: telemetry is not on, nothing of it happens, and nothing is kept that you did not agree to ({counts})"
            ),
            (1, _) => format!("the promise does not hold: 1 check failed ({counts})"),
            _ => format!("the promise does not hold: {failed} checks failed ({counts})"),
        };
        Self {
            schema_version: super::super::SCHEMA_VERSION,
            kind: "telemetry.verify",
            effective,
            why,
            checks,
            proved,
            observed,
            not_checked,
            failed,
            verdict,
            says,
            problems,
        }
    }
}
