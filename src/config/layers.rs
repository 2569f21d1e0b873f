//! Everything outside the user's own record that can say no to telemetry, as facts; `client::consent` judges them.

use std::path::Path;

use super::policy::Policy;
use super::project::{Project, Say};
use super::{ConfigError, Host, Product};

/// The variable that turns telemetry off, or shows it.
pub const TELEMETRY_VARIABLE: &str = "DECANTR_TELEMETRY";

/// The variable by which people refuse tracking everywhere.
pub const DO_NOT_TRACK_VARIABLE: &str = "DO_NOT_TRACK";

/// Variables that build machines set; anything but empty, `0` and `false` means that nobody is watching.
pub const CI_VARIABLES: [&str; 14] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "BUILDKITE",
    "CIRCLECI",
    "TRAVIS",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "BITBUCKET_BUILD_NUMBER",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "APPVEYOR",
];

/// What the command line said about telemetry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// `--no-telemetry`.
    pub no_telemetry: bool,
    /// The project that the command is about (its PATH argument), if it is about one.
    pub project: Option<&'a Path>,
    /// Another endpoint, for this command only.
    pub endpoint: Option<&'a str>,
    /// Whose telemetry it is about; decantr's own when not given.
    pub product: Option<&'a Product>,
}

impl Asked<'_> {
    /// Whose telemetry it is about.
    pub fn product(&self) -> Product {
        self.product.cloned().unwrap_or_default()
    }
}

/// What `DECANTR_TELEMETRY` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// Nothing.
    Unset,
    /// `off`, `0`, `false`.
    Off,
    /// `log`: show what would be sent, and do not send it.
    Log,
    /// `on`, `1`, `true`: ignored, since consent is a person's and not a variable's.
    On,
    /// Anything else. Somebody meant something; it counts as off and is reported.
    Unknown(String),
}

/// The layers that can only subtract.
#[derive(Debug)]
pub struct Layers {
    /// Whether this build can send at all.
    pub build: bool,
    /// The administrator's policy.
    pub policy: Policy,
    /// Whether `DO_NOT_TRACK` is set.
    pub do_not_track: bool,
    /// What `DECANTR_TELEMETRY` says.
    pub switch: Switch,
    /// Whether `--no-telemetry` was given.
    pub no_telemetry: bool,
    /// The project files of the working directory and of the PATH argument.
    pub projects: Vec<Project>,
    /// The variable by which this is known to be a build machine.
    pub ci: Option<&'static str>,
}

impl Layers {
    /// Reads them all; writes nothing.
    pub fn read(host: &Host, asked: &Asked<'_>) -> Self {
        let argument = asked.project.map(|path| host.cwd.join(path));
        let argument = argument.filter(|path| *path != host.cwd);
        let folders = argument.iter().chain([&host.cwd]);
        Self {
            build: cfg!(feature = "telemetry"),
            policy: Policy::read(&host.policy_file),
            do_not_track: host.env.is_on(DO_NOT_TRACK_VARIABLE),
            switch: host
                .env
                .text(TELEMETRY_VARIABLE)
                .map_or(Switch::Unset, |text| Switch::parse(&text)),
            no_telemetry: asked.no_telemetry,
            projects: folders.map(|folder| Project::read(folder)).collect(),
            ci: CI_VARIABLES.into_iter().find(|key| host.env.is_on(key)),
        }
    }
}

impl Layers {
    /// The files among the layers that cannot be read or understood. Each of them says no.
    pub fn problems(&self) -> impl Iterator<Item = &ConfigError> {
        let policy = match &self.policy {
            Policy::Unreadable(error) => Some(error),
            Policy::Silent | Policy::Deny => None,
        };
        let projects = self
            .projects
            .iter()
            .filter_map(|project| match &project.telemetry {
                Say::Unreadable(error) => Some(error),
                Say::Nothing | Say::Invites | Say::Off => None,
            });
        policy.into_iter().chain(projects)
    }
}

impl Switch {
    fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "" => Self::Unset,
            "off" | "0" | "false" => Self::Off,
            "log" => Self::Log,
            "on" | "1" | "true" => Self::On,
            _ => Self::Unknown(text.to_owned()),
        }
    }
}
