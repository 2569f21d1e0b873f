//! One watched run of a program, in a cage or without: how it ended, and what the kernel says about its cage. Bounded in time, and
//! ended together with whatever it started.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::Watch;
use super::cage::{CAGED_ARGUMENT, Kind, Network, OPEN, SHUT};
use super::process::{self, Seal};
use crate::config::Env;

/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// How long the streams of a run that has ended are waited for; what it started may still hold them.
const STREAM_GRACE: Duration = Duration::from_millis(200);

/// The most that is read of what a run says, in bytes.
const MOST_SAID: u64 = 64 * 1024;

/// Where a program runs, and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The whole environment.
    pub(super) env: &'a Env,
    /// The working directory.
    pub(super) cwd: &'a Path,
    /// When it is stopped.
    pub(super) watch: Watch<'a>,
}

/// The cage to run in.
#[derive(Debug, Clone)]
pub(super) struct Cage {
    /// The program with the hidden entry.
    pub(super) launcher: PathBuf,
    /// What is forbidden.
    pub(super) kind: Kind,
    /// The network inside.
    pub(super) network: Network,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with this exit code.
    Exited(i32),
    /// By the kernel, for a call that its cage forbids.
    Stopped,
    /// By another signal.
    Signalled(i32),
    /// It took too long.
    TimedOut,
    /// The person does not want to wait any more.
    Interrupted,
    /// It did not begin: why.
    NotRun(String),
}

/// A run.
#[derive(Debug, Clone)]
pub(super) struct Ran {
    /// How it ended.
    pub(super) end: End,
    /// What the kernel said about the cage when it was shut; without a cage nothing.
    pub(super) seal: Option<Seal>,
    /// The last line that it wrote to standard error.
    pub(super) said: String,
}

impl Ran {
    fn none(end: End) -> Self {
        Self {
            end,
            seal: None,
            said: String::new(),
        }
    }
}

/// Runs `program` with `args` in `cage`.
pub(super) fn run_caged(cage: &Cage, program: &OsStr, args: &[OsString], place: Place<'_>) -> Ran {
    let mut command = Command::new(&cage.launcher);
    command
        .args([CAGED_ARGUMENT, cage.kind.as_str(), cage.network.as_str()])
        .arg(program)
        .args(args);
    run(command, true, place)
}

/// Runs `program` with `args` as it is.
pub(super) fn run_free(program: &Path, args: &[OsString], place: Place<'_>) -> Ran {
    let mut command = Command::new(program);
    command.args(args);
    run(command, false, place)
}

fn run(mut command: Command, is_caged: bool, place: Place<'_>) -> Ran {
    command
        .env_clear()
        .envs(place.env.all())
        .current_dir(place.cwd)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A group of its own, by which all of it can be ended.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ran::none(End::NotRun(error.to_string())),
    };
    let stdout = child.stdout.take().map(listen);
    let stderr = child.stderr.take().map(listen);
    let deadline = Instant::now() + place.watch.limit;
    let mut seal = None;
    if is_caged {
        match shut(&mut child, stdout.as_ref(), deadline) {
            Ok(found) => seal = Some(found),
            Err(why) => {
                end(&mut child);
                return Ran::none(End::NotRun(why));
            }
        }
    }
    drop(child.stdin.take());
    let ended = wait(&mut child, deadline, place.watch.interrupted);
    end(&mut child);
    Ran {
        end: ended,
        seal,
        said: stderr.map(|heard| last_line(&heard)).unwrap_or_default(),
    }
}

/// Waits for the cage to be shut, asks the kernel about it, and gives the word to go.
fn shut(
    child: &mut Child,
    stdout: Option<&Receiver<Vec<u8>>>,
    deadline: Instant,
) -> Result<Seal, String> {
    let heard = stdout.map(|stdout| first_line(stdout, deadline));
    let heard = heard.flatten().unwrap_or_default();
    if heard != SHUT {
        let why = heard.strip_prefix(OPEN);
        return Err(why.unwrap_or("the program knows no cage").to_owned());
    }
    let seal = process::seal(child.id());
    let told = child.stdin.as_mut().map(|stdin| stdin.write_all(b"\n"));
    match told {
        Some(Ok(())) => Ok(seal),
        _ => Err("the cage does not listen".to_owned()),
    }
}

/// The pieces of a stream as they come, read by a thread of its own so that nobody waits for a full pipe.
fn listen(stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    let listener = std::thread::Builder::new().spawn(move || {
        let mut stream = stream.take(MOST_SAID);
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut piece) {
            let piece = piece.get(..length).unwrap_or_default();
            if send.send(piece.to_owned()).is_err() {
                break;
            }
        }
        // The rest interests nobody, but its writer must not be stopped by a pipe that is full or closed.
        drop(std::io::copy(
            &mut stream.into_inner(),
            &mut std::io::sink(),
        ));
    });
    drop(listener);
    receive
}

fn first_line(heard: &Receiver<Vec<u8>>, deadline: Instant) -> Option<String> {
    let mut line = Vec::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        line.extend(heard.recv_timeout(left).ok()?);
        if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
            line.truncate(end);
            return String::from_utf8(line).ok();
        }
    }
}

fn last_line(heard: &Receiver<Vec<u8>>) -> String {
    let deadline = Instant::now() + STREAM_GRACE;
    let mut text = Vec::new();
    while let Ok(piece) = heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        text.extend(piece);
    }
    let text = String::from_utf8_lossy(&text);
    text.lines().last().unwrap_or_default().to_owned()
}

fn wait(child: &mut Child, deadline: Instant, interrupted: &AtomicBool) -> End {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return how(status),
            Ok(None) if interrupted.load(Ordering::Relaxed) => return End::Interrupted,
            Ok(None) if Instant::now() >= deadline => return End::TimedOut,
            Ok(None) => std::thread::sleep(LOOK),
            Err(error) => return End::NotRun(error.to_string()),
        }
    }
}

fn how(status: ExitStatus) -> End {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return if signal == rustix::process::Signal::SYS.as_raw() {
            End::Stopped
        } else {
            End::Signalled(signal)
        };
    }
    End::Exited(status.code().unwrap_or(-1))
}

/// Ends the process and all of its group, and waits for it.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _nobody_is_left =
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    drop(child.kill());
    drop(child.wait());
}
