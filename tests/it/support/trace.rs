//! What a command really does, seen from the kernel's side: files it creates, connections it opens, programs it starts.

use std::fs;
use std::process::Command;

use super::process::{BINARY, Home, Run, finish};

/// The system calls of a command and of everything it started.
pub(crate) struct Trace {
    /// What the command printed.
    pub(crate) run: Run,
    lines: Vec<String>,
}

impl Trace {
    /// Runs the binary under `strace`, following children.
    pub(crate) fn of(home: &Home, args: &[&str]) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        let traced = home.command(args);
        let mut command = Command::new("strace");
        command
            .args([
                "-f",
                "-qq",
                "-s",
                "256",
                "-e",
                "trace=%file,%network,%process",
                "-o",
            ])
            .arg(file.path())
            .arg(BINARY)
            .args(args)
            .env_clear()
            .current_dir(traced.get_current_dir().unwrap());
        for (name, value) in traced.get_envs() {
            command.env(name, value.unwrap());
        }
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        let run = finish(command);
        let lines = fs::read_to_string(file.path())
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        Self { run, lines }
    }

    /// The calls that succeeded in creating or changing something below `folder`.
    pub(crate) fn writes_below(&self, folder: &str) -> Vec<&str> {
        let calls = [
            "mkdir", "rename", "unlink", "link", "symlink", "truncate", "chmod", "rmdir", "creat",
        ];
        self.matching(|line, call| {
            let opens = call.starts_with("open")
                && (line.contains("O_CREAT")
                    || line.contains("O_WRONLY")
                    || line.contains("O_RDWR"));
            let changes = calls.iter().any(|name| call.starts_with(name));
            (opens || changes) && line.contains(folder)
        })
    }

    /// The sockets that were opened, whatever their kind.
    pub(crate) fn sockets(&self) -> Vec<&str> {
        self.matching(|_, call| call == "socket" || call == "connect" || call == "sendto")
    }

    /// The programs that were started after the command itself.
    pub(crate) fn programs(&self) -> Vec<&str> {
        self.matching(|_, call| call == "execve")
            .into_iter()
            .skip(1)
            .collect()
    }

    fn matching(&self, wanted: impl Fn(&str, &str) -> bool) -> Vec<&str> {
        self.lines
            .iter()
            .map(String::as_str)
            .filter(|line| {
                let body = line
                    .split_once(' ')
                    .map_or("", |(_, body)| body.trim_start());
                let call = body.split('(').next().unwrap_or_default();
                !line.contains(" = -1 ") && wanted(line, call)
            })
            .collect()
    }
}
