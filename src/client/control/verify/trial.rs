//! The throwaway folder: a tiny web project to analyse, and a home in which telemetry is on, for seeing that what is watched for
//! can be seen. Nothing in it is the person's, nothing of it is sent, and it is removed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::super::enable::example;
use super::super::{Terms, plan_enable};
use crate::base::error::chain;
use crate::base::fsx;
use crate::client::consent::Actor;
use crate::config::{Asked, Env, Host, Product};

/// Where the home's telemetry goes: to this machine, at a port that nobody listens on (tcpmux, RFC 1078). No socket to it is
/// ever opened.
const NOWHERE: &str = "http://127.0.0.1:1";

/// The folder of temporary files where the environment names none.
const TEMPORARY: &str = "/tmp";

/// The project's files.
const PROJECT: [(&str, &str); 2] = [
    (
        "package.json",
        r#"{"name":"throwaway","private":true,"dependencies":{"react":"19.1.2","vite":"7.1.0"}}"#,
    ),
    (
        "index.html",
        "<!doctype html><title>throwaway</title><div id=\"root\"></div>\n",
    ),
];

/// The folder.
#[derive(Debug)]
pub(super) struct Trial {
    folder: TempDir,
    env: Env,
}

impl Trial {
    /// Makes the folder, the project, and a file with an event of `product` as a script would record it; an empty list where no
    /// event of it can be recorded here.
    ///
    /// # Errors
    /// Why that cannot be done, as a phrase.
    pub(super) fn set_up(host: &Host, product: &Product) -> Result<Self, String> {
        let parent = host.env.path("TMPDIR");
        let parent = host
            .cwd
            .join(parent.unwrap_or_else(|| PathBuf::from(TEMPORARY)));
        let folder = tempfile::Builder::new()
            .prefix("decantr-verify-")
            .tempdir_in(&parent)
            .map_err(fsx::context("make a temporary folder in", &parent))
            .map_err(|error| chain(&error))?;
        let trial = Self {
            env: Env::from_pairs([("HOME", folder.path().join("home"))]),
            folder,
        };
        let made = [trial.home(), trial.project()]
            .iter()
            .try_for_each(|path| fsx::create_private_dir(path));
        made.map_err(|error| chain(&error))?;
        let sample = example(product, host.clock.now());
        let sample = sample.and_then(|event| serde_json::to_value(event).ok());
        let sample = sample.map_or_else(
            || json!([]),
            |event| json!({ "name": event.get("name"), "properties": event.get("properties") }),
        );
        let files = PROJECT.map(|(name, text)| (trial.project().join(name), text.to_owned()));
        for (path, text) in files
            .into_iter()
            .chain([(trial.sample(), sample.to_string())])
        {
            fs::write(&path, text)
                .map_err(fsx::context("write", &path))
                .map_err(|error| chain(&error))?;
        }
        Ok(trial)
    }

    /// Says yes in the home, by the real code.
    ///
    /// # Errors
    /// Why telemetry cannot be on here even then: a policy, or the build.
    pub(super) fn turn_on(&self, host: &Host) -> Result<(), String> {
        let host = Host {
            env: self.env.clone(),
            cwd: self.project(),
            ..host.clone()
        };
        let asked = Asked {
            endpoint: Some(NOWHERE),
            ..Asked::default()
        };
        let plan = plan_enable(&host, &asked, Terms::default()).map_err(|error| chain(&error))?;
        let enabled = plan
            .commit(&host, &asked, Actor::YesFlag)
            .map_err(|error| chain(&error))?;
        if enabled.overridden {
            Err(enabled.why)
        } else {
            Ok(())
        }
    }

    /// The environment of the home: nothing else is in it.
    pub(super) fn env(&self) -> &Env {
        &self.env
    }

    /// The home.
    pub(super) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The project.
    pub(super) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// A folder that is not there.
    pub(super) fn missing(&self) -> PathBuf {
        self.folder.path().join("missing")
    }

    /// The file with an event.
    pub(super) fn sample(&self) -> PathBuf {
        self.folder.path().join("sample.json")
    }

    /// The folder of it all.
    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Removes all of it.
    ///
    /// # Errors
    /// What is left, as a sentence.
    pub(super) fn remove(self) -> Result<(), String> {
        let path = self.folder.keep();
        fsx::remove(&path).map_err(|error| chain(&error))
    }
}
