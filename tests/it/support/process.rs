//! Running the real binary in a home of its own, with nothing else of this machine's environment.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_decantr");

/// A home that nothing but the test touches, with an empty working directory beside it.
pub(crate) struct Home {
    folder: TempDir,
    env: BTreeMap<String, String>,
}

/// What a run of the binary gave.
#[must_use]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Run {
    /// Stdout, when the exit code is 0.
    pub(crate) fn ok(self) -> String {
        self.exits(0).stdout
    }

    /// The run, when it ended with this exit code.
    pub(crate) fn exits(self, code: i32) -> Self {
        let Self { stdout, stderr, .. } = &self;
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{stdout}\nstderr:\n{stderr}"
        );
        self
    }

    /// Stdout as the one JSON value it must be.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "{error}\nstdout:\n{}\nstderr:\n{}",
                self.stdout, self.stderr
            )
        })
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::below(tempfile::tempdir().unwrap())
    }

    /// The same on a disk of memory where there is one, for tests in which many processes write at once.
    pub(crate) fn in_memory() -> Self {
        let memory = tempfile::tempdir_in("/dev/shm");
        memory.map_or_else(|_none| Self::new(), Self::below)
    }

    fn below(folder: TempDir) -> Self {
        for name in ["home", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            env: BTreeMap::new(),
        }
    }

    /// The home folder itself.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The working directory of commands.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Sets a variable for all further commands.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    /// The binary with these arguments, ready to run.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(args)
            .env_clear()
            .env("HOME", self.path())
            .envs(&self.env)
            .current_dir(self.work())
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(self.command(args))
    }

    /// Every file and folder below the home, with the bytes of files.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        walk(&self.path(), &mut found);
        found
    }

    /// Writes a file below the working directory.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A small web project in the working directory.
    pub(crate) fn with_project(self) -> Self {
        self.write(
            "package.json",
            r#"{"name":"x","dependencies":{"next":"15.5.8","react":"19.1.2"}}"#,
        );
        self.write(
            "app/page.tsx",
            "export default function Page() { return <p>hello</p>; }\n",
        );
        self
    }

    /// Starts `ops serve` on a free port with a store in this home's parent, and waits until it listens.
    pub(crate) fn serve(&self) -> Served {
        self.serve_on(&self.store())
    }

    /// As [`Home::serve`], with more arguments.
    pub(crate) fn serve_with(&self, more: &[&str]) -> Served {
        let store = self.store();
        let args = ["ops", "serve", "--listen", "127.0.0.1:0", "--store", &store];
        Served::start(self.command(&[&args, more].concat()), Stdio::null())
    }

    /// As [`Home::serve_with`], with the server's log in a file.
    pub(crate) fn serve_logging(&self, more: &[&str], log: &Path) -> Served {
        let store = self.store();
        let args = ["ops", "serve", "--listen", "127.0.0.1:0", "--store", &store];
        let log = fs::File::create(log).unwrap();
        Served::start(self.command(&[&args, more].concat()), log.into())
    }

    /// As [`Home::serve`], with the store at this address.
    pub(crate) fn serve_on(&self, store: &str) -> Served {
        let args = ["ops", "serve", "--listen", "127.0.0.1:0", "--store", store];
        Served::start(self.command(&args), Stdio::null())
    }

    /// The store that [`Home::serve`] uses.
    pub(crate) fn store(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("store.db").display())
    }
}

/// Runs a command to its end.
pub(crate) fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.insert(path.clone(), Vec::new());
            walk(&path, found);
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
}

/// A running `ops serve`; killed when dropped.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Its base URL.
    pub(crate) url: String,
}

impl Served {
    fn start(mut command: Command, stderr: Stdio) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        Self { child, stdout, url }
    }

    /// The most memory that it has had at once, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let mut lines = status.lines();
        let peak = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kib: u64 = peak.trim_end_matches("kB").trim().parse().unwrap();
        kib * 1024
    }

    /// Kills it at once, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, waits, and gives its exit code and the rest of its stdout.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
