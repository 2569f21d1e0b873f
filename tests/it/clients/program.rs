//! The clients as they are installed, and our programs that give events to them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The files that say which versions the tests were written for.
const LOCKS: [(&str, &str); 2] = [
    (
        "package-lock.json",
        include_str!("../../clients/package-lock.json"),
    ),
    (
        "requirements.txt",
        include_str!("../../clients/requirements.txt"),
    ),
];

/// Variables by which a machine's own settings would reach the clients.
const NOT_OURS: [&str; 8] = [
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "NODE_OPTIONS",
    "POSTHOG_CAPTURE_MODE",
];

/// A program that gives events to a client.
#[derive(Debug, Clone, Copy)]
pub(super) enum Program {
    PosthogPython,
    PosthogNode,
    DecantrTelemetry,
    Drift,
}

/// Where the clients are.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients");
    for (name, text) in LOCKS {
        let installed = fs::read_to_string(folder.join("installed").join(name));
        assert!(
            installed.is_ok_and(|installed| installed == text),
            "target/clients does not hold the clients of tests/clients/{name}: run ./tests/clients/install, as ./tests/run does"
        );
    }
    folder
}

impl Program {
    fn command(self, folder: &Path) -> Command {
        let node = |text| {
            let mut command = Command::new("node");
            command.args(["--input-type=module", "-e", text]);
            command
        };
        match self {
            Self::PosthogPython => {
                let mut command = Command::new(folder.join("venv/bin/python"));
                let text = include_str!("../../clients/posthog_python.py");
                command.args(["-I", "-c", text]);
                command
            }
            Self::PosthogNode => node(include_str!("../../clients/posthog_node.mjs")),
            Self::DecantrTelemetry => node(include_str!("../../clients/decantr_telemetry.mjs")),
            Self::Drift => node(include_str!("../../clients/drift.mjs")),
        }
    }

    /// Runs it to its end with this on its stdin and these variables; gives what it says.
    pub(super) fn run(self, asked: &Value, variables: &[(&str, &str)]) -> Value {
        let folder = folder();
        let mut command = self.command(&folder);
        for name in NOT_OURS {
            command.env_remove(name);
        }
        let mut child = command
            .current_dir(&folder)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{self:?} does not start: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(asked.to_string().as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let last = said.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|_| {
            let errors = String::from_utf8_lossy(&output.stderr);
            panic!("{self:?} ended with {}: {said}\n{errors}", output.status)
        })
    }
}
